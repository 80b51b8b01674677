#include "reflow/runtime/scheduled_run.h"

#include <algorithm>
#include <utility>

#include "reflow/runtime/compute.h"
#include "reflow/runtime/lent_parts.h"

namespace reflow::runtime {

using op::Value;
using Step = Schedule::Step;
using StepKind = Schedule::StepKind;

namespace {

// Larger outputs go back to the allocator, or take over the memory of inputs, which the cache has already.
constexpr int64_t kMaxKeptElements = 256;
constexpr int kStepsBetweenChecks = 64;

bool same_shape(const Shape& a, const Shape& b) {
  return a.rank() == b.rank() && std::equal(a.begin(), a.end(), b.begin());
}

}  // namespace

ScheduledRun::ScheduledRun(const Plan& plan, Frame& frame)
    : plan_(plan), schedule_(*plan.schedule), frame_(frame), dead_(schedule_.num_flags), keeps_(plan.num_slots), small_(plan.num_slots),
      settled_(plan.num_slots), checked_(plan.instructions.size()), carried_shapes_(schedule_.frames.size()) {
  frame.memos.resize(plan.instructions.size());
  for (const Instruction& in : plan.instructions) {
    for (int i = 0; i < in.num_outputs; ++i) {
      const DType type = in.node->output_type(i);
      keeps_[in.first_output + i] = !is_ref(type) && is_plain(type);
    }
  }
  for (size_t i = 0; i < carried_shapes_.size(); ++i) carried_shapes_[i].resize(schedule_.frames[i].carried.size());
}

Status ScheduledRun::run_root() {
  const Schedule::Frame& root = schedule_.frames[0];
  until_check_ = 0;
  RETURN_IF_ERROR(run_steps(root.head, ++last_epoch_));
  for (size_t i = 0; i < plan_.fetch_slots.size(); ++i) {
    const int slot = plan_.fetch_slots[i], source = schedule_.source_of[slot];
    if (dead_[slot]) return invalid_argument("Retval[{}] does not have value", i);
    if (source != slot) frame_.values[slot] = frame_.values[source];
  }
  for (const int slot : root.own_slots) {
    if (std::ranges::find(plan_.fetch_slots, slot) == plan_.fetch_slots.end()) let_go(slot);
  }
  return OkStatus();
}

bool ScheduledRun::any_dead(int first, int num) const {
  for (int i = first; i < first + num; ++i) {
    if (dead_[schedule_.conditions[i]]) return true;
  }
  return false;
}

// Whatever instruction `i` gives is dead, or live.
void ScheduledRun::mark(int i, bool dead) {
  const Instruction& in = plan_.instructions[i];
  for (int j = 0; j < in.num_outputs; ++j) dead_[in.first_output + j] = dead;
  dead_[plan_.num_slots + i] = dead;
}

// Nothing reads the slot any more. What is small and its own stays, to be used again.
void ScheduledRun::release(int slot) {
  if (!small_[slot]) let_go(slot);
}

void ScheduledRun::let_go(int slot) {
  Value& value = frame_.values[slot];
  const Tensor& tensor = value.tensor;
  const bool kept = value.ref == nullptr && keeps_[slot] && tensor.num_elements() <= kMaxKeptElements && tensor.owns_alone();
  if (!kept && (tensor.valid() || value.ref != nullptr)) value = Value();
}

inline Status ScheduledRun::check_now_and_then() {
  if (--until_check_ >= 0) [[likely]] return OkStatus();
  until_check_ = kStepsBetweenChecks;
  return control_->check();
}

Status ScheduledRun::run_steps(const std::vector<Step>& steps, uint64_t epoch) {
  RETURN_IF_ERROR(check_now_and_then());  // a loop may have no steps at all
  for (const Step& step : steps) {
    RETURN_IF_ERROR(check_now_and_then());
    bool dead = false;
    if (step.num_conditions > 0) {
      dead = any_dead(step.first_condition, step.num_conditions);
      if (step.kind != StepKind::kLoop) mark(step.instruction, dead);
    }
    if (step.kind == StepKind::kKernel) [[likely]] {
      if (!dead) RETURN_IF_ERROR(run_kernel(step, epoch));
    } else if (step.kind == StepKind::kLoop) {
      if (!dead) RETURN_IF_ERROR(run_inner_loop(step));
      else for (const Schedule::Border& exit : schedule_.frames[step.instruction].exits) mark(exit.instruction, true);
    } else if (step.kind == StepKind::kMerge) {
      RETURN_IF_ERROR(run_merge(step));
    } else if (step.kind == StepKind::kSwitch && !dead) {
      RETURN_IF_ERROR(run_switch(step));
    }
    for (int i = step.first_release; i < step.first_release + step.num_releases; ++i) release(schedule_.releases[i]);
  }
  return OkStatus();
}

Status ScheduledRun::run_kernel(const Step& step, uint64_t epoch) {
  op::KernelContext& context = frame_.contexts[step.instruction];
  const Instruction& in = plan_.instructions[step.instruction];
  for (int j = 0; step.dereferences && j < in.num_inputs; ++j) {
    if (context.is_ref(j) && !context.input(j).valid()) return at_node(uninitialized(in, j), *in.node);
  }
  Status status;
  if (step.prepares_outputs) status = prepare(step, context, epoch);
  if (status.ok() && !std::exchange(parts_lent_, false)) status = compute(*step.kernel, context);
  if (!status.ok()) [[unlikely]] return at_instruction(plan_, in, status);
  return status;
}

Status ScheduledRun::prepare(const Step& step, op::KernelContext& context, uint64_t epoch) {
  const Instruction& in = plan_.instructions[step.instruction];
  if (checked_[step.instruction] == epoch) {
    bool there = true;
    for (int slot = in.first_output; slot < in.first_output + in.num_outputs; ++slot) {
      there = there && small_[slot] && frame_.values[slot].tensor.owns_alone();
    }
    if (there) [[likely]] return OkStatus();
    return allocate_outputs(step, context);
  }
  ShapeMemo& memo = frame_.memos[step.instruction];
  RETURN_IF_ERROR(update_shapes(in, context, memo));
  bool settled = memo.valid;
  for (int j = 0; settled && j < in.num_inputs; ++j) {
    const int slot = schedule_.input_slots[in.first_input + j];
    settled = settled_[slot] == epoch || schedule_.is_constant[slot];
  }
  for (int i = 0; settled && i < in.num_outputs; ++i) settled = memo.outputs[i].fully_defined();
  if (settled) {
    checked_[step.instruction] = epoch;
    for (int i = 0; i < in.num_outputs; ++i) settled_[in.first_output + i] = epoch;
  }
  return allocate_outputs(step, context);
}

Status ScheduledRun::allocate_outputs(const Step& step, op::KernelContext& context) {
  const Instruction& in = plan_.instructions[step.instruction];
  const ShapeMemo& memo = frame_.memos[step.instruction];
  if (in.parts != nullptr) parts_lent_ = try_lend_parts(plan_, in, memo.inputs, memo.outputs, context);
  for (int i = 0; parts_lent_ && i < in.num_outputs; ++i) small_[in.first_output + i] = false;
  if (parts_lent_) return OkStatus();
  for (int i = 0; i < in.num_outputs; ++i) {
    const int slot = in.first_output + i;
    const Value& output = context.output_value(i);
    const Shape& shape = memo.outputs[i];
    const bool known = shape.fully_defined();
    small_[slot] = known && keeps_[slot] && shape.num_elements() <= kMaxKeptElements;
    if (output.tensor.owns_alone() && output.ref == nullptr && keeps_[slot] && same_shape(output.tensor.shape(), shape)) continue;
    // Memory of its own makes a small output dearer once, and cheaper in all iterations to come.
    if (known) RETURN_IF_ERROR(allocate_output(in, context, small_[slot] ? 0 : step.dying_inputs, i, shape));
  }
  return OkStatus();
}

Status ScheduledRun::run_switch(const Step& step) {
  const Instruction& in = plan_.instructions[step.instruction];
  const Tensor& predicate = frame_.contexts[step.instruction].input(1);
  if (predicate.dtype() != DType::kBool || predicate.rank() != 0) {
    return at_node(invalid_argument("The second input must be a scalar, but it has shape {}", predicate.shape().str()), *in.node);
  }
  const int taken = predicate.item<bool>() ? 1 : 0;
  const int output = in.first_output + taken;
  dead_[output] = false;
  dead_[in.first_output + 1 - taken] = true;
  if (schedule_.source_of[output] != output) return OkStatus();
  return take(step.instruction, schedule_.input_slots[in.first_input], false, &frame_.values[output]);
}

Status ScheduledRun::run_merge(const Step& step) {
  const Instruction& in = plan_.instructions[step.instruction];
  int arrived = 0;
  while (arrived < in.num_inputs && dead_[plan_.input_slots[in.first_input + arrived]]) ++arrived;
  mark(step.instruction, arrived == in.num_inputs);
  if (arrived == in.num_inputs) return OkStatus();
  const int from = schedule_.input_slots[in.first_input + arrived];
  Value& source = frame_.values[from];
  Value& output = frame_.values[in.first_output];
  if (source.ref != nullptr && !is_ref(in.node->output_type(0))) {
    if (!source.ref->tensor.valid()) return at_node(uninitialized(in, arrived), *in.node);
    output = Value{source.ref->tensor};
  } else if (arrived < 64 && (step.dying_inputs >> arrived & 1)) {
    std::swap(output, source);
    small_[from] = false;  // what is there now may have another shape
  } else {
    output = source;
  }
  if (plan_.control_flow->num_readers[in.first_output + 1] > 0) {
    frame_.values[in.first_output + 1].tensor = Tensor::scalar(static_cast<int32_t>(arrived));
  }
  return OkStatus();
}

// What instruction `i`, which hands its input on, makes of it.
Status ScheduledRun::take(int i, int from, bool move, Value* to) {
  const Instruction& in = plan_.instructions[i];
  Value& source = frame_.values[from];
  if (source.ref != nullptr && !is_ref(in.node->output_type(0))) {
    if (!source.ref->tensor.valid()) return at_node(uninitialized(in, 0), *in.node);
    *to = Value{source.ref->tensor};
  } else if (move) {
    *to = std::exchange(source, Value());
  } else {
    *to = source;
  }
  return OkStatus();
}

// ---- loops

Status ScheduledRun::run_inner_loop(const Step& step) {
  const Schedule::Frame& loop = schedule_.frames[step.instruction];
  for (const Schedule::Border& enter : loop.enters) {
    RETURN_IF_ERROR(take(enter.instruction, enter.from, enter.move, &frame_.values[enter.to]));
  }
  bool leaves = false;
  RETURN_IF_ERROR(iterate(step.instruction, &leaves));
  for (const Schedule::Border& exit : loop.exits) {
    mark(exit.instruction, !leaves);
    if (leaves) RETURN_IF_ERROR(take(exit.instruction, exit.from, exit.move, &frame_.values[exit.to]));
  }
  end_loop(step.instruction);
  return OkStatus();
}

Status ScheduledRun::run_loop(int frame, std::vector<Outside> entering, bool* leaves) {
  const Schedule::Frame& loop = schedule_.frames[frame];
  for (Outside& value : entering) {
    const auto enter = std::ranges::find(loop.enters, value.instruction, &Schedule::Border::instruction);
    if (enter != loop.enters.end()) frame_.values[enter->to] = std::move(value.value);
  }
  return iterate(frame, leaves);
}

Value ScheduledRun::leaving(const Schedule::Border& exit) {
  Value value = exit.move ? std::exchange(frame_.values[exit.from], Value()) : frame_.values[exit.from];
  if (value.ref != nullptr && !is_ref(plan_.instructions[exit.instruction].node->output_type(0))) value = Value{value.ref->tensor};
  return value;
}

void ScheduledRun::end_loop(int frame) {
  for (const int slot : schedule_.frames[frame].own_slots) let_go(slot);
}

// The shapes of what comes into the loop, and goes round in it, don't change in this epoch.
void ScheduledRun::settle(const Schedule::Frame& loop, uint64_t epoch) {
  for (const Schedule::Border& enter : loop.enters) settled_[enter.to] = epoch;
}

Status ScheduledRun::iterate(int frame, bool* leaves) {
  const Schedule::Frame& loop = schedule_.frames[frame];
  uint64_t epoch = ++last_epoch_;
  settle(loop, epoch);
  for (const Schedule::Border& enter : loop.enters) small_[enter.to] = false;
  std::vector<Shape>& shapes = carried_shapes_[frame];
  for (size_t i = 0; i < shapes.size(); ++i) shapes[i] = frame_.values[loop.carried[i].to].get().shape();
  *leaves = false;
  while (true) {
    RETURN_IF_ERROR(run_steps(loop.head, epoch));
    if (any_dead(loop.first_condition, loop.num_conditions)) return OkStatus();
    const Tensor& predicate = frame_.values[loop.predicate].get();
    if (predicate.dtype() != DType::kBool || predicate.rank() != 0) {
      const Status status = invalid_argument("The second input must be a scalar, but it has shape {}", predicate.shape().str());
      return loop.loop_switch < 0 ? status : at_node(status, *plan_.instructions[loop.loop_switch].node);
    }
    if (!predicate.item<bool>()) break;
    RETURN_IF_ERROR(run_steps(loop.body, epoch));
    for (const Schedule::Carried& carried : loop.carried) {
      if (any_dead(carried.first_condition, carried.num_conditions)) return OkStatus();
    }
    RETURN_IF_ERROR(carry_on(frame, &epoch));
  }
  *leaves = true;
  return OkStatus();
}

// The values of the next iteration take the place of this one's, all at once.
Status ScheduledRun::carry_on(int frame, uint64_t* epoch) {
  const Schedule::Frame& loop = schedule_.frames[frame];
  moving_.clear();
  for (const Schedule::Carried& carried : loop.carried) {
    if (carried.swap) continue;
    RETURN_IF_ERROR(take(carried.instruction, carried.from, false, &moving_.emplace_back()));
  }
  size_t moved = 0;
  bool same_shapes = true;
  for (size_t i = 0; i < loop.carried.size(); ++i) {
    const Schedule::Carried& carried = loop.carried[i];
    Value& next = frame_.values[carried.to];
    if (carried.swap) {
      std::swap(next, frame_.values[carried.from]);
      small_[carried.to] = small_[carried.from];
    } else {
      next = std::move(moving_[moved++]);
    }
    Shape& shape = carried_shapes_[frame][i];
    if (same_shape(next.get().shape(), shape)) continue;
    shape = next.get().shape();
    same_shapes = false;
  }
  if (!same_shapes) settle(loop, *epoch = ++last_epoch_);
  return OkStatus();
}

}  // namespace reflow::runtime
