#include "reflow/client/sort_ops.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/clip_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"

namespace reflow {

using client::apply_op;
using client::convert;

namespace {

// The order of dimensions that puts `axis` and the last one in each other's place.
TensorLike exchanging(const Output& values, int axis, const Output& rank) {
  const int known = values.shape().rank();
  if (known >= 0) {
    std::vector<int64_t> order;
    for (int i = 0; i < known; ++i) order.push_back(i == axis ? known - 1 : i == known - 1 ? axis : i);
    return constant(order, {.name = "transposition"});
  }
  const TensorLike place = axis < 0 ? TensorLike(axis + rank) : TensorLike(axis);
  const Output before = range(place);
  const Output last = rank - 1;
  const Output behind = client::binary_operator("AddV2", "add", place, 1);
  const Output end = rank - 1;
  const Output between = range(behind, end);
  return concat({before, TensorLike(TensorList{last}), between, TensorLike(TensorList{place})}, 0);
}

Output descending(const Output& values, int axis, bool indices) {
  const Output k = shape(values)[axis];
  const Output dims = rank(values);
  const int known = values.shape().rank();
  if (axis == -1 || axis + 1 == known) {  // top_k works along the last dimension
    const nn::TopK sorted = nn::top_k(values, k);
    return indices ? sorted.indices : sorted.values;
  }
  if (axis < 0 && known >= 0) axis += known;
  const TensorLike order = exchanging(values, axis, dims);
  const nn::TopK sorted = nn::top_k(transpose(values, order), k);
  return transpose(indices ? sorted.indices : sorted.values, order);
}

Output arranged(const TensorLike& values, int axis, const std::string& direction, bool indices) {
  if (direction != "ASCENDING" && direction != "DESCENDING") {
    throw ValueError(direction + " should be one of ASCENDING, DESCENDING");
  }
  convert(axis, DType::kInvalid, "axis");
  const Output numbers = convert(values, DType::kInvalid, "values");
  if (direction == "DESCENDING") return descending(numbers, axis, indices);
  const Output result = descending(-numbers, axis, indices);
  return indices ? result : -result;
}

}  // namespace

Output sort(const TensorLike& values, const SortOptions& options) {
  const name_scope scope(options.name, "sort");
  return arranged(values, options.axis, options.direction, false);
}

Output argsort(const TensorLike& values, const ArgsortOptions& options) {
  const name_scope scope(options.name, "argsort");
  return arranged(values, options.axis, options.direction, true);
}

Output histogram_fixed_width(const TensorLike& values, const TensorLike& value_range, const HistogramOptions& options) {
  const name_scope scope(options.name, "histogram_fixed_width");
  return apply_op("HistogramFixedWidth", scope.name(), {values, value_range, options.nbins},
                  {{"dtype", options.dtype}});
}

Output histogram_fixed_width_bins(const TensorLike& values, const TensorLike& value_range,
                                  const HistogramOptions& options) {
  const name_scope scope(options.name, "histogram_fixed_width_bins");
  const Output numbers = convert(values, DType::kInvalid, "values");
  const Output dims = shape(numbers);
  const Output flat = reshape(numbers, {-1});
  const Output bounds = convert(value_range, DType::kInvalid, "value_range");
  const Output nbins = convert(options.nbins, int32, "nbins");
  const Output count = cast(nbins, base_type(flat.dtype()));
  const Output distance = flat - bounds[0];
  const Output last = bounds[1];
  const Output width = last - bounds[0];
  const Output scaled = truediv(distance, width, {"scaled_values"});
  const Output indices = floor(count * scaled, {"indices"});
  const Output highest = count - 1;
  const Output clipped = clip_by_value(indices, 0, highest);
  return reshape(cast(clipped, int32), dims);
}

}  // namespace reflow
