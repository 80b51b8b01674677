#include "reflow/op/fused_runner.h"

#include <absl/container/inlined_vector.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <numeric>

namespace reflow::op {

namespace {

constexpr int kMaxSlots = FusedProgram::kMaxInputs + FusedProgram::kMaxRefs + FusedProgram::kMaxConstants +
                          FusedProgram::kMaxResults + FusedProgram::kMaxSteps;
constexpr int64_t kScratchFloats = 16384, kCacheFloats = 8192, kMinTile = 32, kMaxTile = 2048;
constexpr int64_t kVector = 16;  // floats: tiles are multiples of it, so that only the last one has elements that fill none
constexpr int64_t kNearFloats = 1 << 18, kFarTile = 256;  // more than so many floats aren't in cache

// Registers of the tiles that this thread works on.
struct alignas(64) Scratch {
  float data[kScratchFloats];
};
// On the heap: a library that is opened while a program runs gets little memory for thread-locals.
float* scratch_of_thread() {
  thread_local const std::unique_ptr<Scratch> scratch(new Scratch);
  return scratch->data;
}

// How an operand is laid against the elements of the output, seen as [rows, columns].
enum class Layout : uint8_t { kFull, kScalar, kRow, kColumn };

// The layout of `shape` against `whole`; *columns is what a row or column implies. False: something more involved.
bool find_layout(const Shape& shape, const Shape& whole, int64_t num_elements, Layout* layout, int64_t* columns) {
  if (shape == whole) {
    *layout = Layout::kFull;
    return true;
  }
  const int64_t n = shape.num_elements();
  if (n == 1) {
    *layout = Layout::kScalar;
    return true;
  }
  if (shape.rank() > whole.rank()) return false;
  int leading_ones = 0, trailing_ones = 0;
  while (leading_ones < shape.rank() && shape.dim(leading_ones) == 1) ++leading_ones;
  while (trailing_ones < shape.rank() && shape.dim(shape.rank() - 1 - trailing_ones) == 1) ++trailing_ones;
  const int row_rank = shape.rank() - leading_ones;
  if (std::equal(shape.end() - row_rank, shape.end(), whole.end() - row_rank)) {
    *layout = Layout::kRow;
    *columns = n;
    return true;
  }
  if (shape.rank() == whole.rank() && std::equal(shape.begin(), shape.end() - trailing_ones, whole.begin())) {
    *layout = Layout::kColumn;
    *columns = num_elements / n;
    return true;
  }
  return false;
}

bool broadcasts_to(const Shape& from, const Shape& to) {
  const auto fits = [](int64_t a, int64_t b) { return a == 1 || a == b; };
  return from.rank() <= to.rank() && std::equal(from.begin(), from.end(), to.end() - from.rank(), fits);
}

// `from`, broadcast to `shape`.
void broadcast_to(const Tensor& from, const Shape& shape, float* to) {
  const int rank = shape.rank(), missing = rank - from.rank();
  absl::InlinedVector<int64_t, 8> strides(rank), index(rank);
  int64_t stride = 1;
  for (int i = rank - 1; i >= missing; --i) {
    strides[i] = from.dim(i - missing) == 1 ? 0 : stride;
    stride *= from.dim(i - missing);
  }
  const float* source = from.data<float>();
  const int64_t n = shape.num_elements();
  int64_t at = 0;
  for (int64_t i = 0; i < n; ++i) {
    to[i] = source[at];
    for (int d = rank - 1; d >= 0; --d) {
      at += strides[d];
      if (++index[d] < shape.dim(d)) break;
      at -= strides[d] * index[d];
      index[d] = 0;
    }
  }
}

bool overlap(const float* a, int64_t a_size, const float* b, int64_t b_size) { return a < b + b_size && b < a + a_size; }

float scalar_op(VecOp op, float a, float b) {
  switch (op) {
    case VecOp::kNeg: return -a;
    case VecOp::kAbs: return std::fabs(a);
    case VecOp::kSquare: return a * a;
    case VecOp::kRelu: return a < 0 ? 0.0f : a;
    case VecOp::kAdd: return a + b;
    case VecOp::kSub: return a - b;
    case VecOp::kMul: return a * b;
    case VecOp::kDiv: return a / b;
    case VecOp::kMaximum: return a < b ? b : a;
    case VecOp::kMinimum: return b < a ? b : a;
    case VecOp::kSquaredDifference: return (a - b) * (a - b);
    default: break;
  }
  float result;
  if (is_unary(op)) unary_f32(op)(&a, &result, 1);
  else binary_f32(op)(&a, 0, &b, 0, &result, 1);
  return result;
}

}  // namespace

// What is the same for all parts of one run.
struct FusedRunner::Run {
  struct Input {
    Layout layout;
    int slot;
    int64_t buffer;  // where in the scratch memory a row or column is spread
  };
  const Shape* shape;
  std::span<Variable* const> refs;
  int64_t num_elements, columns = 0, tile = 0;
  const float* base[kMaxSlots];
  absl::InlinedVector<Input, 16> inputs;
  absl::InlinedVector<Tensor, 2> copies;   // of inputs that had to be rearranged
  struct Late {
    int output;
    Tensor value;
  };
  absl::InlinedVector<Late, 2> late;  // outputs whose memory is still read as an input
};

FusedRunner::FusedRunner(FusedProgram program) : program_(std::move(program)) { assign_slots(); }

// The function that step i and the one after it are together, where the latter alone reads the value of step i.
std::optional<TernaryOp> FusedRunner::joins_next(int i, const std::vector<int>& uses) const {
  const FusedProgram& p = program_;
  const int value = p.first_step_value() + i;
  if (i + 1 >= std::ssize(p.steps) || p.is_store(i) || p.is_store(i + 1) || uses[value] != 1) return std::nullopt;
  const FusedProgram::Step &first = p.steps[i], &next = p.steps[i + 1];
  if (next.b < 0 || (next.a != value && next.b != value)) return std::nullopt;
  const VecOp op = p.vec_op(i), next_op = p.vec_op(i + 1);
  if (first.b < 0) return std::nullopt;
  if (op == VecOp::kMul && next_op == VecOp::kAdd) return TernaryOp::kMulAdd;
  if (op == VecOp::kMul && next_op == VecOp::kSub) return next.a == value ? TernaryOp::kMulSub : TernaryOp::kMulSubFrom;
  if (op == VecOp::kAdd && next_op == VecOp::kMul) return TernaryOp::kAddMul;
  if (op == VecOp::kSub && next_op == VecOp::kMul) return TernaryOp::kSubMul;
  return std::nullopt;
}

void FusedRunner::assign_slots() {
  const FusedProgram& p = program_;
  const int num_steps = static_cast<int>(p.steps.size()), first = p.first_step_value();
  first_output_slot_ = first;
  first_register_ = first + static_cast<int>(p.results.size());
  std::vector<int> uses(p.num_values()), last_use(p.num_values(), -1), output_of(p.num_values(), -1), slot(p.num_values(), -1);
  for (int i = 0; i < num_steps; ++i) {
    if (!p.is_store(i)) ++uses[p.steps[i].a];
    if (p.steps[i].b >= 0) ++uses[p.steps[i].b];
  }
  for (size_t i = 0; i < p.results.size(); ++i) {
    output_of[p.results[i]] = static_cast<int>(i);
    ++uses[p.results[i]];
  }
  std::vector<std::optional<TernaryOp>> joined(num_steps);  // by the later step of a pair
  for (int i = 0; i + 1 < num_steps; ++i) {
    if (!joined[i]) joined[i + 1] = joins_next(i, uses);
  }
  for (int i = 0; i < num_steps; ++i) {
    const int at = i + 1 < num_steps && joined[i + 1] ? i + 1 : i;
    if (!p.is_store(i)) last_use[p.steps[i].a] = at;
    if (p.steps[i].b >= 0) last_use[p.steps[i].b] = at;
  }
  for (int i = 0; i < first; ++i) slot[i] = i;
  last_use_.assign(last_use.begin(), last_use.begin() + p.num_inputs);

  // A value that is stored at once is computed in the variable's memory, unless it is read again after the next store.
  const auto stored_in_place = [&](int i) {
    if (i + 1 >= num_steps || !p.is_store(i + 1) || p.steps[i + 1].b != first + i || output_of[first + i] >= 0) return false;
    for (int j = i + 2; j < num_steps && j <= last_use[first + i]; ++j) {
      if (p.is_store(j) && p.steps[j].a == p.steps[i + 1].a) return false;
    }
    return true;
  };

  std::vector<int> free_registers;
  const auto slot_of = [&](int value) { return static_cast<uint16_t>(slot[value]); };
  for (int i = 0; i < num_steps; ++i) {
    const FusedProgram::Step& step = p.steps[i];
    const auto release = [&](int value) {
      if (value < first || slot[value] < first_register_ || last_use[value] != i) return;
      free_registers.push_back(slot[value]);
      last_use[value] = -2;  // once
    };
    if (p.is_store(i)) {
      if (slot[step.b] != step.a) {
        Step copy{.kind = Kind::kCopy, .unary = nullptr};
        copy.to = static_cast<uint16_t>(step.a);
        copy.a = slot_of(step.b);
        steps_.push_back(copy);
      }
      release(step.b);
      continue;
    }
    const VecOp op = p.vec_op(i);
    element_cost_ns_ += cost_ns(op);
    if (i + 1 < num_steps && joined[i + 1]) continue;
    Step compiled{.kind = Kind::kUnary, .unary = nullptr};
    if (joined[i]) {
      const FusedProgram::Step& before = p.steps[i - 1];
      const int other = step.a == first + i - 1 ? step.b : step.a;
      compiled.kind = Kind::kTernary;
      compiled.ternary = ternary_f32(*joined[i]);
      compiled.a = slot_of(before.a);
      compiled.b = slot_of(before.b);
      compiled.c = slot_of(other);
      for (const int value : {before.a, before.b, other}) release(value);
    } else {
      compiled.a = slot_of(step.a);
      release(step.a);
      if (step.b >= 0) {
        compiled.kind = Kind::kBinary;
        compiled.binary = binary_f32(op);
        compiled.b = slot_of(step.b);
        release(step.b);
      } else {
        compiled.unary = unary_f32(op);
      }
    }
    int& to = slot[first + i];
    if (output_of[first + i] >= 0) {
      to = first_output_slot_ + output_of[first + i];
    } else if (stored_in_place(i)) {
      to = p.steps[i + 1].a;
    } else if (!free_registers.empty()) {
      to = free_registers.back();
      free_registers.pop_back();
    } else {
      to = first_register_ + num_registers_++;
    }
    compiled.to = static_cast<uint16_t>(to);
    steps_.push_back(compiled);
  }
  // What is read another thread may have written.
  element_cost_ns_ += 0.5 * (p.num_inputs + 2 * p.num_refs + static_cast<double>(p.results.size()));
  for (const int result : p.results) result_step_.push_back(result - first);
}

Status FusedRunner::run(KernelContext& c, std::span<Variable* const> refs) const {
  for (size_t i = 1; i < refs.size(); ++i) {
    if (!(refs[i]->tensor.shape() == refs[0]->tensor.shape())) {
      return invalid_argument("var and delta do not have the same shape{} {}", refs[0]->tensor.shape().str(),
                              refs[i]->tensor.shape().str());
    }
  }
  const Shape& shape = refs.empty() ? c.output(0).shape() : refs[0]->tensor.shape();
  const int64_t n = shape.num_elements();
  bool same = true;
  for (int i = 0; i < c.num_outputs(); ++i) same = same && c.output(i).shape() == shape;
  if (!same) return run_each_output(c, refs);
  if (n == 0) return OkStatus();
  if (n == 1) {
    bool scalars = true;
    for (int i = 0; i < program_.num_inputs; ++i) scalars = scalars && c.input(i).num_elements() == 1;
    if (scalars) {
      run_scalars(c, refs);
      return OkStatus();
    }
  }
  return run_tiles(c, refs, shape);
}

void FusedRunner::run_scalars(KernelContext& c, std::span<Variable* const> refs) const {
  const FusedProgram& p = program_;
  float v[kMaxSlots];
  for (int i = 0; i < p.num_inputs; ++i) v[i] = *c.input(i).data<float>();
  for (size_t i = 0; i < refs.size(); ++i) v[p.first_ref() + i] = *refs[i]->tensor.data<float>();
  std::copy(p.constants.begin(), p.constants.end(), v + p.first_constant());
  float* out = v + p.first_step_value();
  for (const FusedProgram::Step& step : p.steps) {
    if (step.op == FusedProgram::kStore) [[unlikely]] {
      // What shares the variable's memory sees the new value, as it does when tensors are larger.
      float* memory = refs[step.a - p.first_ref()]->tensor.data<float>();
      *memory = v[step.b];
      for (size_t i = 0; i < refs.size(); ++i) v[p.first_ref() + i] = *refs[i]->tensor.data<float>();
      for (int i = 0; i < p.num_inputs; ++i) {
        if (c.input(i).data<float>() == memory) v[i] = *memory;
      }
      ++out;
      continue;
    }
    *out++ = scalar_op(static_cast<VecOp>(step.op & 0xff), v[step.a], step.b < 0 ? 0.0f : v[step.b]);
  }
  for (size_t i = 0; i < p.results.size(); ++i) *c.output(static_cast<int>(i)).data<float>() = v[p.results[i]];
}

// Outputs of several shapes come only where shapes that looked equal when the graph was compiled aren't: each output is
// then computed by itself, from inputs broadcast to it.
Status FusedRunner::run_each_output(KernelContext& c, std::span<Variable* const> refs) const {
  if (!refs.empty()) return invalid_argument("Values of a fused update differ in shape");
  for (int i = 0; i < c.num_outputs(); ++i) {
    const FusedRunner part(program_.slice(i));
    // An output may have taken over an input's memory, which the next part reads.
    ASSIGN_OR_RETURN(Tensor value, c.allocate_scratch(DType::kFloat32, c.output(i).shape()));
    std::vector<Value*> inputs;
    for (int j = 0; j < c.num_inputs(); ++j) inputs.push_back(c.input_value(j));
    Value output{std::move(value), nullptr};
    KernelContext inner(&c.env(), &c.node(), inputs.data(), c.num_inputs(), &output, 1);
    RETURN_IF_ERROR(part.run_tiles(inner, refs, output.tensor.shape()));
    c.set_output(i, std::move(output.tensor));
  }
  return OkStatus();
}

Status FusedRunner::run_tiles(KernelContext& c, std::span<Variable* const> refs, const Shape& shape) const {
  const FusedProgram& p = program_;
  Run run;
  run.shape = &shape;
  run.refs = refs;
  run.num_elements = shape.num_elements();
  if (run.num_elements == 0) return OkStatus();
  for (size_t i = 0; i < refs.size(); ++i) run.base[p.first_ref() + i] = refs[i]->tensor.data<float>();
  for (size_t i = 0; i < p.constants.size(); ++i) run.base[p.first_constant() + i] = &p.constants[i];
  RETURN_IF_ERROR(read_inputs(c, run));
  RETURN_IF_ERROR(place_outputs(c, run));

  int num_spread = 0;
  for (const Run::Input& input : run.inputs) num_spread += input.layout == Layout::kRow || input.layout == Layout::kColumn;
  const int64_t own = num_registers_ + num_spread, streams = p.num_inputs + p.num_refs + std::ssize(p.results) - num_spread;
  int64_t tile = std::clamp(kCacheFloats / (own + streams + 1), kMinTile, kMaxTile);
  if (own > 0) tile = std::min(tile, kScratchFloats / own);
  // In short turns a core reads all streams of memory beside one another.
  if (run.columns == 0 && streams * run.num_elements > kNearFloats) tile = std::min(tile, kFarTile);
  tile -= tile % kVector;
  if (run.columns > 0 && run.columns <= tile) {  // whole rows, and whole vectors, if a tile has room for both
    const int64_t both = std::lcm(run.columns, kVector);
    tile -= tile % (both <= tile ? both : run.columns);
  }
  run.tile = tile;
  int64_t buffer = num_registers_ * tile;
  for (Run::Input& input : run.inputs) {
    if (input.layout != Layout::kRow && input.layout != Layout::kColumn) continue;
    input.buffer = buffer;
    buffer += tile;
  }
  // Parts are tiles, or whole rows where a row is longer than a tile.
  const bool by_rows = run.columns > tile;
  const int64_t part = by_rows ? run.columns : tile;
  const int64_t num_parts = (run.num_elements + part - 1) / part;
  c.pool().parallel_for(num_parts, element_cost_ns_ * static_cast<double>(part),
                        [&](int64_t begin, int64_t end) { run_part(run, begin, end); });
  for (Run::Late& late : run.late) {
    std::memcpy(c.output(late.output).raw_data(), late.value.raw_data(), late.value.size_bytes());
  }
  return OkStatus();
}

Status FusedRunner::read_inputs(KernelContext& c, Run& run) const {
  for (int i = 0; i < program_.num_inputs; ++i) {
    const Tensor* value = &c.input(i);
    run.base[i] = value->data<float>();
    if (last_use_[i] < 0) {
      run.inputs.push_back({Layout::kScalar, i, 0});
      continue;
    }
    Layout layout;
    int64_t columns = 0;
    const bool simple = find_layout(value->shape(), *run.shape, run.num_elements, &layout, &columns);
    if (!simple && !broadcasts_to(value->shape(), *run.shape)) {
      return invalid_argument("Incompatible shapes: {} vs. {}", value->shape().str(), run.shape->str());
    }
    if (!simple || (columns > 0 && run.columns > 0 && columns != run.columns)) {
      ASSIGN_OR_RETURN(Tensor whole, c.allocate_scratch(DType::kFloat32, *run.shape));
      broadcast_to(*value, *run.shape, whole.data<float>());
      run.base[i] = whole.data<float>();
      run.copies.push_back(std::move(whole));
      layout = Layout::kFull;
    } else {
      if (columns > 0) run.columns = columns;
      // Elements that a variable's update would change before they are read: only at the same place is that in order.
      for (const Variable* ref : run.refs) {
        const float* memory = ref->tensor.data<float>();
        if (layout == Layout::kFull && run.base[i] == memory) continue;
        if (!overlap(run.base[i], value->num_elements(), memory, run.num_elements)) continue;
        run.copies.push_back(value->copy());
        run.base[i] = run.copies.back().data<float>();
        break;
      }
    }
    run.inputs.push_back({layout, i, 0});
  }
  return OkStatus();
}

Status FusedRunner::place_outputs(KernelContext& c, Run& run) const {
  for (int o = 0; o < std::ssize(program_.results); ++o) {
    float* memory = c.output(o).data<float>();
    bool read_later = false;
    for (const Run::Input& input : run.inputs) {
      if (run.base[input.slot] != memory) continue;
      // The same place is read before it is written, unless a later step reads it again; elsewhere nothing is sure.
      read_later |= input.layout != Layout::kFull || last_use_[input.slot] > result_step_[o];
    }
    if (read_later) {
      ASSIGN_OR_RETURN(Tensor value, c.allocate_scratch(DType::kFloat32, *run.shape));
      memory = value.data<float>();
      run.late.push_back({o, std::move(value)});
    }
    run.base[first_output_slot_ + o] = memory;
  }
  return OkStatus();
}

void FusedRunner::run_part(const Run& run, int64_t begin, int64_t end) const {
  const FusedProgram& p = program_;
  float* at[kMaxSlots];
  uint8_t step[kMaxSlots];
  float* const memory = scratch_of_thread();
  for (int i = 0; i < num_registers_; ++i) {
    at[first_register_ + i] = memory + i * run.tile;
    step[first_register_ + i] = 1;
  }
  for (int i = p.first_constant(); i < p.first_step_value(); ++i) {
    at[i] = const_cast<float*>(run.base[i]);
    step[i] = 0;
  }
  const bool by_rows = run.columns > run.tile;
  for (const Run::Input& input : run.inputs) {
    at[input.slot] = const_cast<float*>(run.base[input.slot]);
    step[input.slot] = !(input.layout == Layout::kScalar || (input.layout == Layout::kColumn && by_rows));
    if (input.layout == Layout::kRow && !by_rows) {
      float* const spread = memory + input.buffer;
      for (int64_t i = 0; i < run.tile; i += run.columns) {
        std::memcpy(spread + i, run.base[input.slot], sizeof(float) * run.columns);
      }
      at[input.slot] = spread;
    }
  }
  const auto move_to = [&](int64_t offset) {
    for (int i = p.first_ref(); i < p.first_constant(); ++i) at[i] = const_cast<float*>(run.base[i]) + offset, step[i] = 1;
    for (int i = first_output_slot_; i < first_register_; ++i) at[i] = const_cast<float*>(run.base[i]) + offset, step[i] = 1;
    for (const Run::Input& input : run.inputs) {
      if (input.layout == Layout::kFull) at[input.slot] = const_cast<float*>(run.base[input.slot]) + offset;
    }
  };

  if (by_rows) {
    for (int64_t row = begin; row < end; ++row) {
      for (int64_t column = 0; column < run.columns; column += run.tile) {
        move_to(row * run.columns + column);
        for (const Run::Input& input : run.inputs) {
          float* const base = const_cast<float*>(run.base[input.slot]);
          if (input.layout == Layout::kRow) at[input.slot] = base + column;
          if (input.layout == Layout::kColumn) at[input.slot] = base + row;
        }
        run_steps(run, at, step, std::min(run.tile, run.columns - column));
      }
    }
    return;
  }
  for (int64_t part = begin; part < end; ++part) {
    const int64_t offset = part * run.tile, n = std::min(run.tile, run.num_elements - offset);
    move_to(offset);
    for (const Run::Input& input : run.inputs) {
      if (input.layout != Layout::kColumn) continue;
      float* const spread = memory + input.buffer;
      const float* from = run.base[input.slot] + offset / run.columns;
      for (int64_t i = 0; i < n; i += run.columns) std::fill_n(spread + i, run.columns, *from++);
      at[input.slot] = spread;
    }
    run_steps(run, at, step, n);
  }
}

void FusedRunner::run_steps(const Run&, float* const* at, const uint8_t* step, int64_t n) const {
  for (const Step& s : steps_) {
    switch (s.kind) {
      case Kind::kBinary:
        s.binary(at[s.a], step[s.a], at[s.b], step[s.b], at[s.to], n);
        break;
      case Kind::kTernary:
        s.ternary(at[s.a], step[s.a], at[s.b], step[s.b], at[s.c], step[s.c], at[s.to], n);
        break;
      case Kind::kUnary:
        if (step[s.a] != 0) {
          s.unary(at[s.a], at[s.to], n);
        } else {
          float value;
          s.unary(at[s.a], &value, 1);
          std::fill_n(at[s.to], n, value);
        }
        break;
      case Kind::kCopy:
        if (step[s.a] != 0) std::memcpy(at[s.to], at[s.a], sizeof(float) * n);
        else std::fill_n(at[s.to], n, *at[s.a]);
        break;
    }
  }
}

}  // namespace reflow::op
