#include <algorithm>

#include "reflow/runtime/program.h"
#include "reflow/runtime/compute.h"
#include "reflow/runtime/lent_parts.h"
#include "reflow/runtime/schedule.h"
#include "reflow/tensor/allocator.h"

namespace reflow::runtime {

namespace {

constexpr size_t kLentBytes = 2 << 20;  // an arena from here on is others' between runs

}  // namespace

Arena::Arena(size_t size_bytes) : Buffer(nullptr, size_bytes) { transient_ = true; }

Arena::~Arena() {
  if (data_ != nullptr) CachingAllocator::instance().deallocate(data_, allocated_);
}

bool Arena::take() {
  if (data_ != nullptr) return true;
  CachingAllocator& allocator = CachingAllocator::instance();
  allocated_ = size_bytes_;
  data_ = size_bytes_ < kLentBytes ? allocator.allocate(size_bytes_) : allocator.allocate_at_least(size_bytes_, &allocated_);
  return data_ != nullptr;
}

void Arena::lend() {
  if (size_bytes_ < kLentBytes || data_ == nullptr) return;
  CachingAllocator::instance().deallocate(data_, allocated_);
  data_ = nullptr;
}

Frame::Frame(const Program& program) {
  const Plan& plan = program.plan();
  values.resize(plan.num_slots);
  inputs.reserve(plan.input_slots.size());
  for (const int slot : plan.schedule ? plan.schedule->input_slots : plan.input_slots) inputs.push_back(&values[slot]);
  envs.resize(plan.devices.size());
  for (size_t i = 0; i < envs.size(); ++i) {
    envs[i].device = plan.devices[i];
    envs[i].pool = plan.pool;
    envs[i].functions = plan.functions;
    envs[i].cancellation = &cancellation;
    envs[i].step_resources = &step_resources;
  }
  contexts.reserve(plan.instructions.size());
  for (const Instruction& in : plan.instructions) {
    contexts.emplace_back(&envs[in.device], in.node, inputs.data() + in.first_input, in.num_inputs,
                          values.data() + in.first_output, in.num_outputs);
  }
}

Status Frame::bind(const Program& program) {
  if (program.arena_bytes > 0) {
    if (!arena) arena = BufferRef::adopt(new Arena(program.arena_bytes));
    auto* const memory = static_cast<Arena*>(arena.get());
    if (!memory->take()) {
      return resource_exhausted("OOM when allocating {} bytes for the intermediate values of a run",
                                program.arena_bytes);
    }
    if (memory->data() != bound_to) {
      for (const Program::Planned& p : program.planned) {
        values[p.slot].tensor = Tensor(p.type, p.shape, arena, static_cast<char*>(memory->data()) + p.offset);
      }
      bound_to = memory->data();
    }
  }
  if (!has_presets) {
    for (const Program::Preset& p : program.presets) values[p.slot].tensor = p.value;
  }
  has_presets = true;
  return OkStatus();
}

namespace {

bool same_input_shapes(const op::KernelContext& context, const ShapeMemo& memo) {
  if (!memo.valid) return false;
  for (int i = 0; i < context.num_inputs(); ++i) {
    if (!(context.input(i).shape() == memo.inputs[i])) return false;
  }
  return true;
}

Status infer_outputs(const Instruction& in, const op::KernelContext& context, ShapeMemo* memo) {
  memo->valid = false;
  memo->inputs.clear();
  std::vector<const Tensor*> values;
  for (int i = 0; i < in.num_inputs; ++i) {
    memo->inputs.push_back(context.input(i).shape());
    const bool is_constant = i < 64 && (in.constant_inputs >> i & 1);
    values.push_back(is_constant ? &context.input(i) : nullptr);
  }
  bool depends_on_values = false;
  if (!memo->needs_values) {
    const Status status = op::concrete_output_shapes(*in.node, memo->inputs, values, &memo->outputs, &depends_on_values);
    const auto known = [](const Shape& shape) { return shape.fully_defined(); };
    memo->valid = status.ok() && (!depends_on_values || std::ranges::all_of(memo->outputs, known));
    if (memo->valid) return status;
  }
  for (int i = 0; i < in.num_inputs; ++i) values[i] = &context.input(i);
  RETURN_IF_ERROR(op::concrete_output_shapes(*in.node, memo->inputs, values, &memo->outputs, &depends_on_values));
  memo->valid = !depends_on_values;
  memo->needs_values = depends_on_values;
  return OkStatus();
}

}  // namespace

Status allocate_output(const Instruction& in, op::KernelContext& context, uint64_t dying_inputs, int i,
                       const Shape& shape) {
  op::Value& output = context.output_value(i);
  const DType type = in.node->output_type(i);
  output.ref = nullptr;
  for (const op::OpTraits::Pair& pair : in.traits->in_place) {
    if (pair.output != i || pair.input >= in.num_inputs || !(dying_inputs >> pair.input & 1)) continue;
    const op::Value& source = *context.input_value(pair.input);
    if (source.ref != nullptr || !source.tensor.owns_alone()) continue;
    if (base_type(source.tensor.dtype()) != type || !(source.tensor.shape() == shape)) continue;
    // Both hold the buffer from here on, so that no other output takes it too.
    output.tensor = source.tensor;
    return OkStatus();
  }
  if (output.tensor.dtype() == type && output.tensor.owns_alone() && output.tensor.shape() == shape && is_plain(type)) {
    return OkStatus();
  }
  ASSIGN_OR_RETURN(output.tensor, allocate_tensor(type, shape));
  return OkStatus();
}

Status update_shapes(const Instruction& in, const op::KernelContext& context, ShapeMemo& memo) {
  return same_input_shapes(context, memo) ? OkStatus() : infer_outputs(in, context, &memo);
}

Status prepare_outputs(const Plan& plan, const Instruction& in, op::KernelContext& context, uint64_t dying_inputs,
                       ShapeMemo& memo, bool* done) {
  *done = false;
  if (in.traits->sets_outputs || in.num_outputs == 0) return OkStatus();
  RETURN_IF_ERROR(update_shapes(in, context, memo));
  if (in.parts != nullptr) *done = try_lend_parts(plan, in, memo.inputs, memo.outputs, context);
  if (*done) return OkStatus();
  for (int i = 0; i < in.num_outputs; ++i) {
    const Shape& shape = memo.outputs[i];
    if (shape.fully_defined()) RETURN_IF_ERROR(allocate_output(in, context, dying_inputs, i, shape));
  }
  return OkStatus();
}

Status run_dynamic(const Plan& plan, int index, Frame& frame) {
  const Instruction& in = plan.instructions[index];
  op::KernelContext& context = frame.contexts[index];
  if (frame.memos.empty()) frame.memos.resize(plan.instructions.size());
  bool done;
  RETURN_IF_ERROR(prepare_outputs(plan, in, context, in.dying_inputs, frame.memos[index], &done));
  return done ? OkStatus() : compute(*in.kernel, context);
}

}  // namespace reflow::runtime
