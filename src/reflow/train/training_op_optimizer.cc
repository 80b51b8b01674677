#include "reflow/graph/immediate.h"
#include "reflow/train/optimizers.h"
#include "reflow/train/update_ops.h"

namespace reflow::train {

void HyperTensor::convert(const std::string& name) {
  tensor = client::convert(value(), DType::kInvalid, name);
  held = std::make_shared<graph::NodeRef>(tensor.node());
  if (value.became_tensor) value.became_tensor(tensor);
}

Operation TrainingOpOptimizer::apply(const std::string& form, const Variable& var, DType type,
                                     const std::vector<TensorLike>& gradient) {
  const Update update = _update_of(var, type);
  TensorList inputs{var.ref()};
  for (const Variable& slot : update.slots) inputs.push_back(slot.ref());
  inputs.insert(inputs.end(), update.before.begin(), update.before.end());
  inputs.insert(inputs.end(), gradient.begin(), gradient.end());
  inputs.insert(inputs.end(), update.after.begin(), update.after.end());
  graph::AttrMap attrs{{"use_locking", use_locking()}};
  for (const auto& [name, value] : update.attrs) attrs.set(name, value);
  return Operation(client::make_op(form + update.op, "", inputs, std::move(attrs)));
}

Operation TrainingOpOptimizer::_apply_dense(const Output& grad, const Variable& var) {
  return apply("Apply", var, base_type(var.dtype()), {grad});
}

Operation TrainingOpOptimizer::_apply_sparse(const IndexedSlices& grad, const Variable& var) {
  return apply("SparseApply", var, base_type(var.dtype()), {grad.values, grad.indices});
}

Operation TrainingOpOptimizer::_resource_apply_dense(const Output& grad, const Variable& var) {
  return apply("ResourceApply", var, base_type(grad.dtype()), {grad});
}

Operation TrainingOpOptimizer::_resource_apply_sparse(const Output& grad, const Variable& var, const Output& indices) {
  return apply("ResourceSparseApply", var, base_type(grad.dtype()), {grad, indices});
}

}  // namespace reflow::train
