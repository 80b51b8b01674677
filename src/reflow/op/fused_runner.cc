#include "reflow/op/fused_runner.h"

#include <absl/container/inlined_vector.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <numeric>

#include "reflow/op/fused_operand.h"

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
    int64_t buffer;  // where in the scratch memory a row or column is spread, or a part collected
    int64_t stride;  // of the rows that a part is of
    bool is_collected() const { return layout == Layout::kRow || layout == Layout::kColumn || layout == Layout::kPart; }
  };
  struct Joined {  // a result that is a part of an output
    int slot;
    int64_t buffer, stride;
  };
  const Shape* shape;
  std::span<Variable* const> refs;
  int64_t num_elements, columns = 0, tile = 0;
  int64_t row_size = 0;  // the last dimension, where there are parts
  const float* base[kMaxSlots];
  absl::InlinedVector<Input, 16> inputs;
  absl::InlinedVector<Joined, 8> joined;
  absl::InlinedVector<Tensor, 2> copies;   // of inputs that had to be rearranged
  struct Late {
    int output;
    Tensor value;
  };
  absl::InlinedVector<Late, 2> late;  // outputs whose memory is still read as an input
};

FusedRunner::FusedRunner(FusedProgram program) : program_(std::move(program)) { assign_slots(); }

// The shape of each of the results that output o is made of.
Shape FusedRunner::shape_of_results(KernelContext& c, int o) const {
  const Shape& shape = c.output(o).shape();
  const int joined = program_.num_joined(o);
  return joined == 1 ? shape : with_last_dim(shape, shape.dim(shape.rank() - 1) / joined);
}

Status FusedRunner::run(KernelContext& c, std::span<Variable* const> refs) const {
  for (size_t i = 1; i < refs.size(); ++i) {
    if (!(refs[i]->tensor.shape() == refs[0]->tensor.shape())) {
      return invalid_argument("var and delta do not have the same shape{} {}", refs[0]->tensor.shape().str(),
                              refs[i]->tensor.shape().str());
    }
  }
  const Shape shape = refs.empty() ? shape_of_results(c, 0) : refs[0]->tensor.shape();
  const int64_t n = shape.num_elements();
  bool same = true;
  for (int i = 0; i < c.num_outputs(); ++i) same = same && shape_of_results(c, i) == shape;
  if (!same) return run_each_output(c, refs);
  if (n == 0) return OkStatus();
  if (n == 1 && program_.parts.empty() && program_.joins.empty()) {
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

// Outputs of several shapes come only where shapes that looked equal when the graph was compiled aren't: each result is
// then computed by itself, from inputs broadcast to it.
Status FusedRunner::run_each_output(KernelContext& c, std::span<Variable* const> refs) const {
  if (!refs.empty()) return invalid_argument("Values of a fused update differ in shape");
  std::vector<Value> parts(c.num_inputs());
  std::vector<Value*> inputs;
  for (int i = 0; i < c.num_inputs(); ++i) {
    inputs.push_back(c.input_value(i));
    if (!program_.is_part(i)) continue;
    ASSIGN_OR_RETURN(parts[i].tensor, copy_of_part(c, i));
    inputs.back() = &parts[i];
  }
  for (int o = 0, result = 0; o < c.num_outputs(); ++o) {
    const Shape shape = shape_of_results(c, o);
    const int joined = program_.num_joined(o);
    // An output may have taken over an input's memory, which the next part reads.
    ASSIGN_OR_RETURN(Tensor whole, c.allocate_scratch(DType::kFloat32, c.output(o).shape()));
    for (int i = 0; i < joined; ++i) {
      const FusedRunner part(program_.slice(result++));
      Value value{whole, nullptr};
      if (joined > 1) {
        ASSIGN_OR_RETURN(value.tensor, c.allocate_scratch(DType::kFloat32, shape));
      }
      KernelContext inner(&c.env(), &c.node(), inputs.data(), c.num_inputs(), &value, 1);
      RETURN_IF_ERROR(part.run_tiles(inner, refs, shape));
      if (joined == 1 || shape.num_elements() == 0) continue;
      const int64_t columns = shape.dim(shape.rank() - 1);
      write_columns(value.tensor.data<float>(), 0, shape.num_elements(), columns, columns * joined,
                    whole.data<float>() + i * columns);
    }
    c.set_output(o, std::move(whole));
  }
  return OkStatus();
}

StatusOr<Tensor> FusedRunner::copy_of_part(KernelContext& c, int i) const {
  const FusedProgram::Part& part = program_.parts[i];
  const Shape& shape = c.input(i).shape();
  ASSIGN_OR_RETURN(Tensor copy, c.allocate_scratch(DType::kFloat32, with_last_dim(shape, part.size)));
  if (copy.num_elements() > 0) {
    read_columns(c.input(i).data<float>() + part.first, 0, copy.num_elements(), part.size, shape.dim(shape.rank() - 1),
                 copy.data<float>());
  }
  return copy;
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
  if (shape.rank() > 0) run.row_size = shape.dim(shape.rank() - 1);
  RETURN_IF_ERROR(read_inputs(c, run));
  RETURN_IF_ERROR(place_outputs(c, run));

  int num_spread = 0;
  for (const Run::Input& input : run.inputs) num_spread += input.is_collected();
  const int64_t own = num_registers_ + num_spread + std::ssize(run.joined);
  const int64_t streams = p.num_inputs + p.num_refs + std::ssize(p.results) - num_spread;
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
    if (!input.is_collected()) continue;
    input.buffer = buffer;
    buffer += tile;
  }
  for (Run::Joined& joined : run.joined) {
    joined.buffer = buffer;
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
      run.inputs.push_back({Layout::kScalar, i, 0, 0});
      continue;
    }
    Tensor part;
    if (program_.is_part(i)) {
      const Shape& shape = value->shape();
      if (with_last_dim(shape, program_.parts[i].size) == *run.shape) {
        run.base[i] += program_.parts[i].first;
        run.inputs.push_back({Layout::kPart, i, 0, shape.dim(shape.rank() - 1)});
        continue;
      }
      ASSIGN_OR_RETURN(part, copy_of_part(c, i));
      run.copies.push_back(part);
      run.base[i] = part.data<float>();
      value = &part;
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
    run.inputs.push_back({layout, i, 0, 0});
  }
  return OkStatus();
}

Status FusedRunner::place_outputs(KernelContext& c, Run& run) const {
  for (int o = 0, result = 0; o < program_.num_outputs(); ++o) {
    float* memory = c.output(o).data<float>();
    const int joined = program_.num_joined(o);
    bool read_later = false;
    for (const Run::Input& input : run.inputs) {
      const bool is_part = input.layout == Layout::kPart;
      if (run.base[input.slot] - (is_part ? program_.parts[input.slot].first : 0) != memory) continue;
      // The same place is read before it is written, unless a later step reads it again; elsewhere nothing is sure.
      read_later |= input.layout != Layout::kFull || joined > 1 || last_use_[input.slot] > result_step_[result];
    }
    if (read_later) {
      ASSIGN_OR_RETURN(Tensor value, c.allocate_scratch(DType::kFloat32, c.output(o).shape()));
      memory = value.data<float>();
      run.late.push_back({o, std::move(value)});
    }
    for (int i = 0; i < joined; ++i, ++result) {
      const int slot = first_output_slot_ + result;
      run.base[slot] = memory + i * run.row_size;
      if (joined > 1) run.joined.push_back({slot, 0, joined * run.row_size});
    }
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
  const auto run_at = [&](int64_t offset, int64_t n) {
    for (const Run::Input& input : run.inputs) {
      if (input.layout != Layout::kPart) continue;
      at[input.slot] = memory + input.buffer;
      read_columns(run.base[input.slot], offset, n, run.row_size, input.stride, at[input.slot]);
    }
    for (const Run::Joined& joined : run.joined) at[joined.slot] = memory + joined.buffer;
    run_steps(run, at, step, n);
    for (const Run::Joined& joined : run.joined) {
      write_columns(at[joined.slot], offset, n, run.row_size, joined.stride, const_cast<float*>(run.base[joined.slot]));
    }
  };

  if (by_rows) {
    for (int64_t row = begin; row < end; ++row) {
      for (int64_t column = 0; column < run.columns; column += run.tile) {
        const int64_t offset = row * run.columns + column;
        move_to(offset);
        for (const Run::Input& input : run.inputs) {
          float* const base = const_cast<float*>(run.base[input.slot]);
          if (input.layout == Layout::kRow) at[input.slot] = base + column;
          if (input.layout == Layout::kColumn) at[input.slot] = base + row;
        }
        run_at(offset, std::min(run.tile, run.columns - column));
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
    run_at(offset, n);
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
