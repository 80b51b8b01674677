#include "reflow/client/confusion_matrix.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/check_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/sparse_tensor.h"
#include "reflow/client/weights_broadcast.h"

namespace reflow {

using client::convert;

Output confusion_matrix(const TensorLike& labels_like, const TensorLike& predictions_like,
                        const ConfusionMatrixOptions& options) {
  const name_scope scope(options.name, "confusion_matrix");
  const Output given_labels = convert(labels_like, DType::kInvalid, "labels");
  const Output given_predictions = convert(predictions_like, DType::kInvalid, "predictions");
  const Squeezed pair = remove_squeezable_dimensions(given_labels, given_predictions);
  Output predictions = cast(pair.predictions, int64);
  Output labels = cast(pair.labels, int64);
  labels = with_dependencies({assert_non_negative(labels, {.message = "`labels` contains negative values"})}, labels);
  predictions = with_dependencies(
      {assert_non_negative(predictions, {.message = "`predictions` contains negative values"})}, predictions);
  TensorLike classes = options.num_classes;
  if (classes.is_none()) {
    const Output largest_prediction = reduce_max(predictions);
    classes = maximum(largest_prediction, reduce_max(labels)) + 1;
  } else {
    const Output limit = cast(classes, int64);
    labels = with_dependencies({assert_less(labels, limit, {.message = "`labels` out of bound"})}, labels);
    predictions =
        with_dependencies({assert_less(predictions, limit, {.message = "`predictions` out of bound"})}, predictions);
  }
  Output weights;
  if (!options.weights.is_none()) {
    weights = convert(options.weights, DType::kInvalid, "weights");
    if (!predictions.shape().compatible_with(weights.shape())) {
      throw ValueError("Shapes " + client::python_shape(predictions.shape()) + " and " +
                       client::python_shape(weights.shape()) + " are incompatible");
    }
    weights = cast(weights, options.dtype);
  }
  const Output dims = stack({classes, classes});
  const Output indices = stack({labels, predictions}, {.axis = 1});
  const Output values = weights.valid() ? weights : ones_like(predictions, {.dtype = options.dtype});
  const SparseTensor entries(indices, values, cast(dims, int64));
  const Output zero = zeros(cast(dims, int32), {.dtype = options.dtype});
  return client::apply_op("SparseTensorDenseAdd", "",
                          {entries.indices, entries.values, entries.dense_shape, zero});
}

}  // namespace reflow
