#include "reflow/client/control_flow_ops.h"

#include <map>

#include "reflow/client/apply_op.h"
#include "reflow/client/eager.h"
#include "reflow/client/errors.h"
#include "reflow/client/numpy_text.h"
#include "reflow/client/scopes.h"

namespace reflow {
namespace {

using client::make_op;

// A NoOp that waits for `inputs`, on their device.
Operation group_on_device(const std::string& device_name, const std::vector<GraphElement>& inputs,
                          const std::string& name) {
  const auto make = [&] {
    const control_dependencies control(inputs);
    return no_op(NameOptions{name});
  };
  if (device_name.empty()) return make();
  const device placed(device_name);
  return make();
}

}  // namespace

Operation no_op(const NameOptions& options) { return Operation(make_op("NoOp", options.name, TensorList{})); }

// Where ops run at once all have run, in their order.
Operation group(const std::vector<GraphElement>& inputs, const NameOptions& options) {
  if (executing_eagerly()) return Operation();
  const name_scope scope(options.name, "group_deps");
  const std::string& name = scope.name();
  std::map<std::string, std::vector<GraphElement>> by_device;
  for (const GraphElement& input : inputs) by_device[input.operation().device()].push_back(input);
  if (by_device.empty()) return no_op(NameOptions{name});
  if (by_device.size() == 1) return group_on_device(by_device.begin()->first, by_device.begin()->second, name);
  std::vector<GraphElement> groups;
  for (const auto& [device_name, elements] : by_device) groups.push_back(group_on_device(device_name, elements, ""));
  const control_dependencies control(groups);
  return no_op(NameOptions{name});
}

Output with_dependencies(const std::vector<GraphElement>& dependencies, const TensorLike& output_tensor,
                         const NameOptions& options) {
  if (executing_eagerly()) return client::convert(output_tensor, DType::kInvalid, "");
  const name_scope scope(options.name, "control_dependency");
  const Output output = client::convert(output_tensor, DType::kInvalid, "");
  const colocate_with colocated(output);
  const control_dependencies control(dependencies);
  return client::apply_op(is_ref(output.dtype()) ? "RefIdentity" : "Identity", scope.name(), {output});
}

std::vector<Output> tuple(const std::vector<Output>& tensors, const TupleOptions& options) {
  if (executing_eagerly()) return tensors;
  const name_scope scope(options.name, "tuple");
  std::vector<GraphElement> gating;
  for (const Output& tensor : tensors) {
    if (tensor.valid()) gating.emplace_back(tensor.op());
  }
  if (gating.empty()) throw ValueError("Must have at least one Tensor: [None]");
  gating.insert(gating.end(), options.control_inputs.begin(), options.control_inputs.end());
  const Operation gate = group(gating);
  std::vector<Output> gated;
  for (const Output& tensor : tensors) gated.push_back(tensor.valid() ? with_dependencies({gate}, tensor) : Output());
  return gated;
}

namespace {

// Assert where ops run at once: InvalidArgumentError, unless `condition` is true.
Operation assert_now(const TensorLike& condition, const TensorList& data) {
  if (eager_bool(condition)) return Operation();
  std::string values;
  for (const TensorLike& value : data) {
    const Tensor known = constant_value(client::convert(value, DType::kInvalid, ""));
    values += (values.empty() ? "" : "\n") + (known.valid() ? client::numpy_str(known) : client::describe(value));
  }
  throw errors::InvalidArgumentError("Expected 'False' to be true. Summarized data: " + values);
}

}  // namespace

Operation Assert(const TensorLike& condition, const TensorList& data, const AssertOptions& options) {
  if (executing_eagerly()) return assert_now(condition, data);
  const name_scope scope(options.name, "Assert");
  bool on_host = true;  // such types need no guard that keeps `data` from being copied for nothing
  for (const TensorLike& value : data) {
    const DType type = client::convert(value, DType::kInvalid, "").dtype();
    on_host = on_host && (base_type(type) == DType::kString || base_type(type) == DType::kInt32);
  }
  const auto make = [&](const TensorLike& holds) {
    return Operation(make_op("Assert", "", {holds, TensorLike(data)}, {{"summarize", options.summarize}}));
  };
  if (on_host) return make(condition);
  const Output holds = client::convert(condition, DType::kInvalid, "Condition");
  const Output guarded = cond(holds, [] { return no_op(); }, [&] { return make(holds); }, {.name = "AssertGuard"});
  return guarded.op();
}

Output Print(const TensorLike& input, const TensorList& data, const PrintOptions& options) {
  return client::apply_op("Print", options.name, {input, TensorLike(data)},
                          {{"message", options.message}, {"first_n", options.first_n}, {"summarize", options.summarize}});
}

}  // namespace reflow
