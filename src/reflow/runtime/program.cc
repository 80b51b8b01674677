#include "reflow/runtime/program.h"

#include <algorithm>

#include "reflow/graph/shape_context.h"
#include "reflow/runtime/arena_planner.h"
#include "reflow/runtime/lent_parts.h"

namespace reflow::runtime {

using graph::Node;
using op::OpTraits;

namespace {

constexpr int64_t kMaxEvaluatedElements = 4096;

// What is known of a slot while a program is made.
struct SlotInfo {
  enum Kind { kDynamic, kFeed, kPreset, kPlanned, kHeld };
  Kind kind = kDynamic;      // kHeld: the kernel puts a tensor there that it shares with something
  Shape shape = Shape::unknown();
  bool from_shapes = false;  // a preset that follows from shapes (not a constant of the user)
  Tensor value;              // of a preset
  int buffer = -1;           // of the arena planner, for kPlanned
  int64_t offset = 0;        // in that buffer: not 0 for parts
  std::vector<int> may_hold;  // kHeld: buffers that its tensor may share
};

class ProgramBuilder {
 public:
  ProgramBuilder(Program& program, const Plan& plan) : program_(program), plan_(plan), slots_(plan.num_slots) {
    fetched_.resize(plan.num_slots);
    for (const int slot : plan.fetch_slots) fetched_[slot] = true;
  }

  void set_feed(int i, const Shape& shape) {
    SlotInfo& slot = slots_[plan_.feed_slots[i]];
    slot.kind = SlotInfo::kFeed;
    slot.shape = shape;
  }

  void build() {
    for (size_t i = 0; i < plan_.instructions.size(); ++i) {
      index_ = static_cast<int>(i);
      const Instruction& instruction = plan_.instructions[i];
      if (instruction.kernel == nullptr) continue;
      add(instruction);
    }
    finish();
  }

 private:
  SlotInfo& input(const Instruction& in, int i) { return slots_[plan_.input_slots[in.first_input + i]]; }
  SlotInfo& output(const Instruction& in, int i) { return slots_[in.first_output + i]; }

  void add(const Instruction& in) {
    if (const Tensor* constant = in.kernel->constant()) {
      SlotInfo& slot = output(in, 0);
      preset(in.first_output, *constant, false);
      slot.shape = constant->shape();
      return;
    }
    std::vector<Shape> shapes;
    const bool known = infer(in, &shapes);
    if (evaluate(in, known ? &shapes : nullptr)) return;
    if (known && (alias(in, shapes) || take_apart(in, shapes))) return;
    for (int i = 0; i < in.num_inputs; ++i) use(plan_.input_slots[in.first_input + i], index_);
    if (known && !in.traits->sets_outputs && all_plannable(in, shapes)) {
      plan_outputs(in, shapes);
      add_step(in, false);
      return;
    }
    for (int i = 0; i < in.num_outputs; ++i) {
      SlotInfo& out = output(in, i);
      out.kind = SlotInfo::kDynamic;
      if (known) out.shape = shapes[i];
      if (in.traits->sets_outputs) hold(in, out);
    }
    add_step(in, !in.traits->sets_outputs);
  }

  // Output shapes from the shape function; false when they aren't all known, or it says that the op can't run (which
  // the run then says in its place).
  bool infer(const Instruction& in, std::vector<Shape>* shapes) {
    std::vector<Shape> input_shapes;
    std::vector<const Tensor*> values;
    for (int i = 0; i < in.num_inputs; ++i) {
      const SlotInfo& slot = input(in, i);
      if (!slot.shape.fully_defined()) return false;
      input_shapes.push_back(slot.shape);
      values.push_back(slot.kind == SlotInfo::kPreset ? &slot.value : nullptr);
    }
    bool used_values;
    if (!op::concrete_output_shapes(*in.node, input_shapes, values, shapes, &used_values).ok()) return false;
    return std::all_of(shapes->begin(), shapes->end(), [](const Shape& s) { return s.fully_defined(); });
  }

  // Computes now what follows from shapes alone. `shapes` of the outputs: null where the values say what these are, as for
  // the axes that broadcasting has added.
  bool evaluate(const Instruction& in, const std::vector<Shape>* shapes) {
    const OpTraits& traits = *in.traits;
    if (in.num_inputs == 0 || in.num_outputs == 0 || in.node->op().is_stateful || traits.blocking) return false;
    for (int i = 0; i < in.num_outputs; ++i) {
      const DType type = in.node->output_type(i);
      if (is_ref(type) || !is_plain(type) || (shapes && (*shapes)[i].num_elements() > kMaxEvaluatedElements)) return false;
    }
    if (shapes == nullptr && traits.value_from_shapes) return false;
    bool from_shapes = traits.value_from_shapes;
    std::vector<Tensor> inputs;
    for (int i = 0; i < in.num_inputs; ++i) {
      const SlotInfo& slot = input(in, i);
      if (traits.value_from_shapes) {
        inputs.emplace_back(base_type(in.node->input(i).dtype()), slot.shape, BufferRef(), nullptr);
      } else if (slot.kind == SlotInfo::kPreset) {
        inputs.push_back(slot.value);
        from_shapes |= slot.from_shapes;
      } else {
        return false;
      }
    }
    if (!from_shapes || references(in)) return false;
    auto outputs = op::evaluate(*in.node, inputs);
    if (!outputs.ok()) return false;
    if (std::ranges::any_of(*outputs, [](const Tensor& t) { return !t.valid() || t.num_elements() > kMaxEvaluatedElements; })) {
      return false;
    }
    for (int i = 0; i < in.num_outputs; ++i) {
      output(in, i).shape = (*outputs)[i].shape();
      preset(in.first_output + i, std::move((*outputs)[i]), true);
    }
    return true;
  }

  bool references(const Instruction& in) const {
    for (const graph::Endpoint& e : in.node->inputs()) {
      if (is_ref(e.dtype())) return true;
    }
    return false;
  }

  // Leaves out an op whose output is the memory of a planned or preset input.
  bool alias(const Instruction& in, const std::vector<Shape>& shapes) {
    if (in.traits->alias.size() != 1 || in.num_outputs != 1 || in.node->op().is_stateful) return false;
    const SlotInfo& source = input(in, in.traits->alias[0].input);
    SlotInfo& out = output(in, 0);
    if (source.kind == SlotInfo::kPreset && source.value.num_elements() == shapes[0].num_elements()) {
      const Tensor view = source.value.reshaped(shapes[0]);
      out.shape = shapes[0];
      preset(in.first_output, view, source.from_shapes);
      return true;
    }
    // A fetched one gets a tensor of its own from its kernel.
    if (source.kind != SlotInfo::kPlanned || fetched_[in.first_output] || source.buffer < 0) return false;
    out.kind = SlotInfo::kPlanned;
    out.shape = shapes[0];
    out.buffer = source.buffer;
    out.offset = source.offset;
    add_planned(in.first_output, shapes[0], in.node->output_type(0));
    return true;
  }

  // Outputs that are stretches of an input aren't copied: they lie in its planned memory, or are lent in each run.
  bool take_apart(const Instruction& in, const std::vector<Shape>& shapes) {
    if (in.parts == nullptr || in.num_outputs == 0 || !is_plain(in.node->output_type(0))) return false;
    std::vector<Shape> input_shapes;
    std::vector<const Tensor*> values;
    for (int i = 0; i < in.num_inputs; ++i) {
      const SlotInfo& slot = input(in, i);
      input_shapes.push_back(slot.shape);
      values.push_back(slot.kind == SlotInfo::kPreset ? &slot.value : nullptr);
    }
    op::Parts parts;
    const DType type = in.node->output_type(0);
    if (!in.parts(*in.node, input_shapes, values, shapes, &parts) || !op::are_aligned(parts, type)) return false;
    const SlotInfo& source = input(in, parts.input);
    int64_t taken = 0;
    for (const Shape& shape : shapes) taken += shape.num_elements();
    // A small part of much would keep all of it.
    const bool large = large_enough_to_lend(in, shapes);
    const auto begin = fetched_.begin() + in.first_output;
    const auto num_fetched = std::count(begin, begin + in.num_outputs, true);
    if (source.kind == SlotInfo::kPlanned && source.buffer >= 0 && num_fetched == 0) {
      if (!large && taken < source.shape.num_elements()) return false;
      for (int i = 0; i < in.num_outputs; ++i) {
        SlotInfo& out = output(in, i);
        out.kind = SlotInfo::kPlanned;
        out.shape = shapes[i];
        out.buffer = source.buffer;
        out.offset = source.offset + parts.offsets[i] * dtype_size(type);
        add_planned(in.first_output + i, shapes[i], type);
      }
      return true;
    }
    const int source_slot = plan_.input_slots[in.first_input + parts.input];
    if (!large || source.kind == SlotInfo::kPreset) return false;
    // What is fetched has to be copied, here by all threads; and a whole that is fetched too had to be, if parts held it.
    if (2 * num_fetched > in.num_outputs || (num_fetched > 0 && fetched_[source_slot])) return false;
    for (int i = 0; i < in.num_inputs; ++i) use(plan_.input_slots[in.first_input + i], index_);
    for (int i = 0; i < in.num_outputs; ++i) {
      output(in, i).shape = shapes[i];
      hold(in, output(in, i));
    }
    add_step(in, false);
    program_.steps.back().plain = false;
    program_.steps.back().parts = static_cast<int32_t>(program_.lent_parts.size());
    program_.lent_parts.push_back({std::move(parts), source.shape, shapes});
    return true;
  }

  bool all_plannable(const Instruction& in, const std::vector<Shape>& shapes) {
    for (int i = 0; i < in.num_outputs; ++i) {
      const DType type = in.node->output_type(i);
      if (is_ref(type) || !is_plain(type) || !checked_num_elements(shapes[i]).ok()) return false;
    }
    return true;
  }

  void plan_outputs(const Instruction& in, const std::vector<Shape>& shapes) {
    for (int i = 0; i < in.num_outputs; ++i) {
      SlotInfo& out = output(in, i);
      const DType type = in.node->output_type(i);
      out.kind = SlotInfo::kPlanned;
      out.shape = shapes[i];
      const int slot = in.first_output + i;
      if (fetched_[slot]) {
        program_.fresh_fetches.push_back({slot, shapes[i], type});
        continue;
      }
      const int64_t bytes = shapes[i].num_elements() * dtype_size(type);
      out.buffer = in_place_buffer(in, i, bytes);
      if (out.buffer < 0) {
        out.buffer = arena_.add(bytes, index_);
        last_use_of_buffer_.push_back(-1);
      }
      add_planned(slot, shapes[i], type);
    }
  }

  void add_planned(int slot, const Shape& shape, DType type) {
    planned_.push_back({slot, shape, base_type(type)});
    int& last = last_use_of_buffer_[slots_[slot].buffer];
    last = std::max(last, plan_.last_use[slot]);
  }

  // The buffer of an input that output i may take over: it dies here, and is as large.
  int in_place_buffer(const Instruction& in, int i, int64_t bytes) {
    for (const OpTraits::Pair& pair : in.traits->in_place) {
      if (pair.output != i || pair.input >= in.num_inputs) continue;
      const SlotInfo& source = input(in, pair.input);
      if (source.kind != SlotInfo::kPlanned || source.buffer < 0 || arena_.bytes(source.buffer) != bytes) continue;
      if (last_use_of_buffer_[source.buffer] > index_ || read_twice(in, source.buffer) || taken(in, i, source.buffer)) continue;
      return source.buffer;
    }
    return -1;
  }

  bool read_twice(const Instruction& in, int buffer) {
    int reads = 0;
    for (int i = 0; i < in.num_inputs; ++i) {
      const SlotInfo& slot = input(in, i);
      reads += slot.buffer == buffer || std::ranges::find(slot.may_hold, buffer) != slot.may_hold.end();
    }
    return reads > 1;
  }

  bool taken(const Instruction& in, int i, int buffer) {
    for (int j = 0; j < i; ++j) {
      if (output(in, j).buffer == buffer) return true;
    }
    return false;
  }

  void hold(const Instruction& in, SlotInfo& out) {
    out.kind = SlotInfo::kHeld;
    for (int i = 0; i < in.num_inputs; ++i) {
      const SlotInfo& source = input(in, i);
      if (source.buffer >= 0) out.may_hold.push_back(source.buffer);
      out.may_hold.insert(out.may_hold.end(), source.may_hold.begin(), source.may_hold.end());
    }
    const int last_use = plan_.last_use[&out - slots_.data()];
    for (const int buffer : out.may_hold) last_use_of_buffer_[buffer] = std::max(last_use_of_buffer_[buffer], last_use);
  }

  // The buffers behind `slot` are needed until instruction `at`.
  void use(int slot, int at) {
    const SlotInfo& info = slots_[slot];
    if (info.buffer >= 0) arena_.extend(info.buffer, at);
    for (const int buffer : info.may_hold) arena_.extend(buffer, at);
  }

  void preset(int slot, Tensor value, bool from_shapes) {
    SlotInfo& info = slots_[slot];
    info.kind = SlotInfo::kPreset;
    info.from_shapes = from_shapes;
    info.value = value;
    program_.presets.push_back({slot, std::move(value)});
  }

  void add_step(const Instruction& in, bool dynamic) {
    Program::Step step{in.kernel, index_, true};
    step.dynamic = dynamic;
    step.first_check = static_cast<int32_t>(program_.checks.size());
    if (in.dereferences) {
      for (int i = 0; i < in.num_inputs; ++i) {
        if (is_ref(in.node->input(i).dtype())) program_.checks.push_back({i, input(in, i).shape});
      }
    }
    step.num_checks = static_cast<int16_t>(program_.checks.size() - step.first_check);
    step.first_release = static_cast<int32_t>(program_.releases.size());
    for (int i = 0; i < in.num_inputs; ++i) {
      const int slot = plan_.input_slots[in.first_input + i];
      const bool own = slots_[slot].kind == SlotInfo::kDynamic || slots_[slot].kind == SlotInfo::kHeld;
      if (own && plan_.last_use[slot] == index_) program_.releases.push_back(slot);
    }
    step.num_releases = static_cast<int16_t>(program_.releases.size() - step.first_release);
    step.plain = !step.dynamic && step.num_checks == 0 && step.num_releases == 0;
    program_.steps.push_back(step);
    for (int i = 0; i < in.num_outputs; ++i) {
      const SlotInfo::Kind kind = output(in, i).kind;
      const int last = plan_.last_use[in.first_output + i];
      const bool read_later = last >= 0 && last < static_cast<int>(plan_.instructions.size());
      if ((kind == SlotInfo::kDynamic || kind == SlotInfo::kHeld) && !read_later) {
        program_.releases_at_end.push_back(in.first_output + i);
      }
    }
  }

  // Kernels that read the rows of several inputs as those of one matrix say so (`_adjacent_inputs`: how many inputs are each
  // such matrix), and save themselves a copy where they lie one behind the other.
  void join_inputs() {
    for (const Instruction& in : plan_.instructions) {
      const graph::AttrValue* attr = in.kernel != nullptr ? in.node->find_attr("_adjacent_inputs") : nullptr;
      const std::vector<int64_t>* counts = attr != nullptr ? attr->get<std::vector<int64_t>>() : nullptr;
      if (counts == nullptr) continue;
      int64_t first = 0;
      for (const int64_t count : *counts) {
        if (count < 0 || count > in.num_inputs - first) break;
        join_inputs(in, static_cast<int>(first), static_cast<int>(first + count));
        first += count;
      }
    }
  }
  void join_inputs(const Instruction& in, int first, int end) {
    std::vector<int> buffers;
    for (int i = first; i < end; ++i) {
      const SlotInfo& slot = input(in, i);
      if (slot.kind != SlotInfo::kPlanned || slot.buffer < 0 || slot.offset != 0) return;
      buffers.push_back(slot.buffer);
    }
    arena_.join(buffers);
  }

  void finish() {
    const int end = static_cast<int>(plan_.instructions.size());
    for (const int slot : plan_.fetch_slots) use(slot, end);
    join_inputs();
    const std::vector<int64_t> offsets = arena_.plan(&program_.arena_bytes);
    for (const PlannedSlot& p : planned_) {
      program_.planned.push_back({p.slot, offsets[slots_[p.slot].buffer] + slots_[p.slot].offset, p.shape, p.type});
    }
  }

  struct PlannedSlot {
    int slot;
    Shape shape;
    DType type;
  };
  Program& program_;
  const Plan& plan_;
  std::vector<SlotInfo> slots_;
  std::vector<bool> fetched_;
  std::vector<PlannedSlot> planned_;
  std::vector<int> last_use_of_buffer_;  // over all slots that share it
  ArenaPlanner arena_;
  int index_ = 0;
};

}  // namespace

Program::Program(Plan& plan, std::span<const Tensor> feeds, bool specialized)
    : plan_(plan), specialized_(specialized && !plan.needs_dataflow) {
  if (plan.needs_dataflow) {  // which goes by the plan
    for (const Instruction& in : plan.instructions) {
      const Tensor* constant = in.kernel ? in.kernel->constant() : nullptr;
      if (constant != nullptr) presets.push_back({in.first_output, *constant});
    }
    return;
  }
  ProgramBuilder builder(*this, plan);
  for (size_t i = 0; i < feeds.size(); ++i) {
    feed_shapes_.push_back(feeds[i].shape());
    builder.set_feed(static_cast<int>(i), specialized ? feeds[i].shape() : Shape::unknown());
  }
  builder.build();
}

bool Program::accepts(std::span<const Tensor> feeds) const {
  if (!specialized_) return true;
  for (size_t i = 0; i < feeds.size(); ++i) {
    if (!(feeds[i].shape() == feed_shapes_[i])) return false;
  }
  return true;
}

StatusOr<std::unique_ptr<Frame>> Program::take_frame() {
  std::unique_ptr<Frame> frame;
  {
    std::lock_guard lock(mutex_);
    if (!free_frames_.empty()) {
      frame = std::move(free_frames_.back());
      free_frames_.pop_back();
    }
  }
  if (frame == nullptr) frame = std::make_unique<Frame>(*this);
  RETURN_IF_ERROR(frame->bind(*this));
  return frame;
}

void Program::give_back(std::unique_ptr<Frame> frame) {
  if (frame->spoiled) return;
  if (frame->arena) static_cast<Arena*>(frame->arena.get())->lend();
  std::lock_guard lock(mutex_);
  free_frames_.push_back(std::move(frame));
}

}  // namespace reflow::runtime
