#include "reflow/client/conditional_accumulators.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/python_text.h"

namespace reflow {

using client::apply_op;
using client::make_op;

namespace {

Output as_int64(const TensorLike& value) { return cast(convert_to_tensor(value), int64); }

}  // namespace

ConditionalAccumulatorBase::ConditionalAccumulatorBase(const char* op, const char* prefix, const char* default_name,
                                                       DType dtype, const AccumulatorOptions& options)
    : dtype_(dtype), shape_(options.shape), prefix_(prefix) {
  ref_ = apply_op(op, options.name.empty() ? default_name : options.name, {},
                  {{"dtype", dtype},
                   {"shape", options.shape},
                   {"shared_name", options.shared_name},
                   {"reduction_type", options.reduction_type}});
}

std::string ConditionalAccumulatorBase::name() const {
  const std::string& whole = ref_.op().name();
  return whole.substr(whole.rfind('/') + 1);
}

Output ConditionalAccumulatorBase::num_accumulated(const NameOptions& options) const {
  const std::string op = prefix_ + "AccumulatorNumAccumulated";
  return apply_op(op, options.name.empty() ? name() + "_NumAccumulated" : options.name, {ref_});
}

Operation ConditionalAccumulatorBase::set_global_step(const TensorLike& new_global_step,
                                                      const NameOptions& options) const {
  return Operation(make_op(prefix_ + "AccumulatorSetGlobalStep", options.name, {ref_, as_int64(new_global_step)}));
}

ConditionalAccumulator::ConditionalAccumulator(DType dtype, const AccumulatorOptions& options)
    : ConditionalAccumulatorBase("ResourceConditionalAccumulator", "Resource", "conditional_accumulator", dtype, options) {}

Operation ConditionalAccumulator::apply_grad(const TensorLike& grad, const ApplyGradOptions& options) const {
  const Output gradient = convert_to_tensor(grad, {.dtype = dtype_});
  if (!gradient.shape().compatible_with(shape_)) {
    throw ValueError("Shapes " + client::python_shape(gradient.shape()) + " and " + client::python_shape(shape_) +
                     " are incompatible");
  }
  return Operation(make_op("ResourceAccumulatorApplyGradient", options.name,
                           {ref_, as_int64(options.local_step), gradient}));
}

Output ConditionalAccumulator::take_grad(const TensorLike& num_required, const NameOptions& options) const {
  const Output taken =
      apply_op("ResourceAccumulatorTakeGradient", options.name, {ref_, num_required}, {{"dtype", dtype_}});
  taken.set_shape(shape_);
  return taken;
}

SparseConditionalAccumulator::SparseConditionalAccumulator(DType dtype, const AccumulatorOptions& options)
    : ConditionalAccumulatorBase("SparseConditionalAccumulator", "", "sparse_conditional_accumulator", dtype, options) {}

Operation SparseConditionalAccumulator::apply_grad(const TensorLike& grad_indices, const TensorLike& grad_values,
                                                   const TensorLike& grad_shape,
                                                   const ApplyGradOptions& options) const {
  const Output local_step = as_int64(options.local_step);
  const Output indices = cast(grad_indices, int64);
  const Output shape = cast(grad_shape.is_none() ? TensorLike(TensorLike::List()) : grad_shape, int64);
  return Operation(make_op("SparseAccumulatorApplyGradient", options.name,
                           {ref_, local_step, indices, grad_values, shape},
                           {{"has_known_shape", !grad_shape.is_none()}}));
}

Operation SparseConditionalAccumulator::apply_indexed_slices_grad(const IndexedSlices& grad,
                                                                  const ApplyGradOptions& options) const {
  const TensorLike shape = grad.dense_shape.valid() ? TensorLike(grad.dense_shape) : TensorLike();
  return apply_grad(grad.indices, grad.values, shape, options);
}

SparseConditionalAccumulator::Rows SparseConditionalAccumulator::take_grad(const TensorLike& num_required,
                                                                           const NameOptions& options) const {
  graph::Node* node =
      make_op("SparseAccumulatorTakeGradient", options.name, {ref_, num_required}, {{"dtype", dtype_}});
  return {Output(node, 0), Output(node, 1), Output(node, 2)};
}

IndexedSlices SparseConditionalAccumulator::take_indexed_slices_grad(const TensorLike& num_required,
                                                                     const NameOptions& options) const {
  const Rows rows = take_grad(num_required, options);
  return {rows.values, rows.indices, rows.shape};
}

}  // namespace reflow
