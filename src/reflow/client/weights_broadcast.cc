#include "reflow/client/weights_broadcast.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"
#include "reflow/client/status_errors.h"

#include <fmt/format.h>

namespace reflow {
namespace {

using client::convert;

constexpr const char* kPrefix = "weights can not be broadcast to values.";

// A tensor with its shape and rank, made below a name scope.
struct Measured {
  Measured(const TensorLike& value, const char* name) {
    const name_scope scope("", name);
    tensor = convert(value, DType::kInvalid, scope.name());
    dims = shape(tensor, {.name = "shape"});
    rank = reflow::rank(tensor, {"rank"});
  }
  const Shape& known() const { return tensor.shape(); }
  Output tensor, dims, rank;
};

std::string list_text(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape.dims(), " ")); }

// True: the shapes are known to fit. ValueError: they are known not to.
bool check_dims(const Shape& weights, const Shape& values) {
  if (weights.rank() != values.rank()) {
    throw ValueError(fmt::format("{} values.rank={}. weights.rank={}. values.shape={}. weights.shape={}.", kPrefix,
                                 values.rank(), weights.rank(), client::python_shape(values),
                                 client::python_shape(weights)));
  }
  if (!weights.fully_defined() || !values.fully_defined()) return false;
  for (int i = 0; i < weights.rank(); ++i) {
    if (weights.dim(i) == 1 || weights.dim(i) == values.dim(i)) continue;
    throw ValueError(fmt::format("{} Mismatch at dim {}. values.shape={} weights.shape={}.", kPrefix, i,
                                 list_text(values), list_text(weights)));
  }
  return true;
}

Output has_valid_dims(const Output& weights_dims, const Output& values_dims) {
  const name_scope scope("", "has_invalid_dims");
  const Output values_column = expand_dims(values_dims, -1);
  const Output valid = concat(TensorList{values_column, ones_like(values_column)}, 1);
  const Output weights_column = expand_dims(weights_dims, -1);
  Output invalid;
  {
    const name_scope sets("", "DenseToDenseSetOperation");
    invalid = Output(client::make_op("DenseToDenseSetOperation", sets.name(), {weights_column, valid},
                                     {{"set_operation", "a-b"}, {"validate_indices", true}}), 1);
  }
  const Output count = size(invalid, {.name = "num_invalid_dims"});
  return equal(0, count, {scope.name()});
}

Output has_valid_shape(const Measured& weights, const Measured& values) {
  const name_scope scope("", "has_valid_nonscalar_shape");
  const Output same_rank = equal(values.rank, weights.rank, {"is_same_rank"});
  return cond(same_rank, [&] { return has_valid_dims(weights.dims, values.dims); }, [&] { return same_rank; },
              {scope.name()});
}

}  // namespace

Operation assert_broadcastable(const TensorLike& weights_like, const TensorLike& values_like) {
  const name_scope scope("", "assert_broadcastable");
  const Measured weights(weights_like, "weights"), values(values_like, "values");
  if (weights.known().known_rank() && values.known().known_rank()) {
    if (weights.known().rank() == 0) return no_op("static_scalar_check_success");
    if (check_dims(weights.known(), values.known())) return no_op("static_dims_check_success");
  }
  const Output is_scalar = equal(0, weights.rank, {"is_scalar"});
  const TensorList data{kPrefix, "weights.shape=", weights.tensor.name(), weights.dims,
                        "values.shape=", values.tensor.name(), values.dims, "is_scalar=", is_scalar};
  const Output valid = cond(is_scalar, [&] { return is_scalar; }, [&] { return has_valid_shape(weights, values); },
                            {"is_valid_shape"});
  return Assert(valid, data, {.name = scope.name()});
}

Output broadcast_weights(const TensorLike& weights_like, const TensorLike& values_like) {
  const name_scope scope("", "broadcast_weights");
  const Output values = convert(values_like, DType::kInvalid, "values");
  const Output weights = convert(weights_like, DType::kInvalid, "weights");
  if (weights.shape().fully_defined() && values.shape().fully_defined() && weights.shape() == values.shape()) {
    return weights;
  }
  const control_dependencies after({assert_broadcastable(weights, values)});
  return multiply(weights, ones_like(values), {scope.name()});
}

namespace {

bool ends_in_one(const Output& tensor) {
  const Shape& shape = tensor.shape();
  return !shape.known_rank() || (shape.rank() > 0 && (shape.dim(shape.rank() - 1) == 1 || shape.dim(shape.rank() - 1) < 0));
}

}  // namespace

Squeezed remove_squeezable_dimensions(const TensorLike& labels_like, const TensorLike& predictions_like,
                                      int expected_rank_diff, const NameOptions& options) {
  const name_scope scope(options.name, "remove_squeezable_dimensions");
  Output predictions = convert(predictions_like, DType::kInvalid, "");
  Output labels = convert(labels_like, DType::kInvalid, "");
  const int predictions_rank = predictions.shape().rank(), labels_rank = labels.shape().rank();
  if (predictions_rank >= 0 && labels_rank >= 0) {
    const int difference = predictions_rank - labels_rank;
    if (difference == expected_rank_diff + 1 && ends_in_one(predictions)) predictions = squeeze(predictions, {-1});
    else if (difference == expected_rank_diff - 1 && ends_in_one(labels)) labels = squeeze(labels, {-1});
    return {labels, predictions};
  }
  const Output rank_of_predictions = rank(predictions);
  const Output difference = rank_of_predictions - rank(labels);
  if (ends_in_one(predictions)) {
    const Output squeezable = equal(expected_rank_diff + 1, difference);
    predictions = cond(squeezable, [&] { return squeeze(predictions, {-1}); }, [&] { return predictions; });
  }
  if (ends_in_one(labels)) {
    const Output squeezable = equal(expected_rank_diff - 1, difference);
    labels = cond(squeezable, [&] { return squeeze(labels, {-1}); }, [&] { return labels; });
  }
  return {labels, predictions};
}

}  // namespace reflow
