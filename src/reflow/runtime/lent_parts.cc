#include "reflow/runtime/lent_parts.h"

#include <algorithm>
#include <vector>

namespace reflow::runtime {

namespace {

// A hold on `buffer` that isn't taken for the only one.
BufferRef lent(const BufferRef& buffer) {
  if (buffer->transient()) return buffer;
  buffer->ref();
  const auto release = [](void* argument) { static_cast<Buffer*>(argument)->unref(); };
  return wrap_memory(buffer->data(), buffer->size_bytes(), release, buffer.get(), true);
}

}  // namespace

void lend_parts(const Plan& plan, const Instruction& in, const op::Parts& parts, std::span<const Shape> shapes,
                op::KernelContext& context) {
  const Tensor& whole = context.input(parts.input);
  const BufferRef memory = lent(whole.buffer());
  auto* const begin = static_cast<char*>(const_cast<void*>(whole.raw_data()));
  for (int i = 0; i < in.num_outputs; ++i) {
    op::Value& output = context.output_value(i);
    output.ref = nullptr;
    if (plan.last_use[in.first_output + i] < 0) {
      output.tensor = Tensor();
      continue;
    }
    output.tensor = Tensor(whole.dtype(), shapes[i], memory, begin + parts.offsets[i] * dtype_size(whole.dtype()));
  }
}

bool large_enough_to_lend(const Instruction& in, std::span<const Shape> outputs) {
  return !outputs.empty() && std::ranges::all_of(outputs, [&](const Shape& shape) {
    return shape.fully_defined() && shape.num_elements() >= op::kMinPartBytes / dtype_size(in.node->output_type(0));
  });
}

bool try_lend_parts(const Plan& plan, const Instruction& in, std::span<const Shape> inputs, std::span<const Shape> outputs,
                    op::KernelContext& context) {
  if (in.parts == nullptr || !large_enough_to_lend(in, outputs) || !is_plain(in.node->output_type(0))) return false;
  std::vector<const Tensor*> values;
  for (int i = 0; i < in.num_inputs; ++i) values.push_back(&context.input(i));
  op::Parts parts;
  if (!in.parts(*in.node, inputs, values, outputs, &parts) || !op::are_aligned(parts, in.node->output_type(0))) return false;
  const Tensor& whole = context.input(parts.input);
  // Planned memory is used again when the plan knows of no reader.
  const bool may_be_planned = !plan.needs_dataflow && whole.buffer() && whole.buffer()->transient();
  if (!whole.buffer() || may_be_planned) return false;
  lend_parts(plan, in, parts, outputs, context);
  return true;
}

}  // namespace reflow::runtime
