#include "reflow/runtime/executor.h"

#include "reflow/base/interrupt.h"
#include "reflow/runtime/compute.h"
#include "reflow/runtime/lent_parts.h"
#include "reflow/runtime/tracer.h"

namespace reflow::runtime {

Status RunControl::check() const {
  if (session->cancelled()) return cancelled("Run call was cancelled");
  if (caller != nullptr && caller->cancelled()) return cancelled("Run call was cancelled");
  if (has_deadline() && std::chrono::steady_clock::now() > deadline) {
    return deadline_exceeded("Timed out waiting for notification");
  }
  if (Interrupt::requested()) return cancelled("Run call was interrupted");
  return OkStatus();
}

namespace {

// Kernels of references find an uninitialised variable, or one that has another shape than the program counts with,
// here. *reshaped: the latter, or what is to be taken apart has.
Status check_references(const Program& program, const Program::Step& step, const Frame& frame, bool* reshaped) {
  const op::KernelContext& context = frame.contexts[step.instruction];
  for (int i = step.first_check; i < step.first_check + step.num_checks; ++i) {
    const Program::RefCheck& check = program.checks[i];
    if (!context.is_ref(check.input)) continue;
    const Tensor& value = context.input(check.input);
    const Instruction& in = program.plan().instructions[step.instruction];
    if (!value.valid()) return at_node(uninitialized(in, check.input), *in.node);
    if (check.shape.fully_defined() && !(value.shape() == check.shape)) *reshaped = true;
  }
  if (step.parts >= 0) {
    const Program::LentParts& lent = program.lent_parts[step.parts];
    *reshaped |= !(context.input(lent.parts.input).shape() == lent.whole);
  }
  return OkStatus();
}

// Goes on from `first` without counting on any shape: a variable turned out to have another one.
Status run_rest_dynamically(const Plan& plan, int first, Frame& frame, const RunControl& control) {
  frame.spoiled = true;
  for (int i = first; i < static_cast<int>(plan.instructions.size()); ++i) {
    const Instruction& in = plan.instructions[i];
    if (in.kernel == nullptr || in.kernel->constant() != nullptr) continue;
    RETURN_IF_ERROR(control.check());
    for (int j = 0; in.dereferences && j < in.num_inputs; ++j) {
      if (frame.contexts[i].is_ref(j) && !frame.contexts[i].input(j).valid()) return at_node(uninitialized(in, j), *in.node);
    }
    if (const Status status = run_dynamic(plan, i, frame); !status.ok()) return at_instruction(plan, in, status);
  }
  return OkStatus();
}

// What isn't plain.
Status run_step(const Program& program, const Program::Step& step, Frame& frame) {
  if (step.dynamic) return run_dynamic(program.plan(), step.instruction, frame);
  op::KernelContext& context = frame.contexts[step.instruction];
  if (step.parts < 0) return compute(*step.kernel, context);
  const Program::LentParts& lent = program.lent_parts[step.parts];
  lend_parts(program.plan(), program.plan().instructions[step.instruction], lent.parts, lent.shapes, context);
  return OkStatus();
}

}  // namespace

Status run_straight_line(const Program& program, Frame& frame, const RunControl& control, RunMetadata* metadata) {
  const Plan& plan = program.plan();
  Tracer tracer(plan, metadata);
  int until_check = 1;
  for (const Program::Step& step : program.steps) {
    if (--until_check == 0) {
      RETURN_IF_ERROR(control.check());
      until_check = 8;
    }
    Tracer::Begin begin;
    if (metadata != nullptr) [[unlikely]] begin = Tracer::begin();
    if (step.plain) [[likely]] {
      const Status status = compute(*step.kernel, frame.contexts[step.instruction]);
      if (!status.ok()) [[unlikely]] return at_instruction(plan, plan.instructions[step.instruction], status);
    } else {
      bool reshaped = false;
      if (step.num_checks > 0 || step.parts >= 0) RETURN_IF_ERROR(check_references(program, step, frame, &reshaped));
      if (reshaped) [[unlikely]] return run_rest_dynamically(plan, step.instruction, frame, control);
      const Status status = run_step(program, step, frame);
      if (!status.ok()) [[unlikely]] return at_instruction(plan, plan.instructions[step.instruction], status);
      if (metadata == nullptr) {
        for (int i = step.first_release; i < step.first_release + step.num_releases; ++i) {
          frame.values[program.releases[i]].tensor = Tensor();
        }
      }
    }
    if (metadata != nullptr) [[unlikely]] {
      const Instruction& in = plan.instructions[step.instruction];
      tracer.end(begin, step.instruction, frame.contexts[step.instruction], {frame.values.data() + in.first_output, static_cast<size_t>(in.num_outputs)});
    }
  }
  return OkStatus();
}

}  // namespace reflow::runtime
