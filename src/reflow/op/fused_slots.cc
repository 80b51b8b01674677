// How a FusedRunner turns its program into steps: which steps one function does together, and where each value lies.

#include <optional>
#include <vector>

#include "reflow/op/fused_runner.h"

namespace reflow::op {

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

}  // namespace reflow::op
