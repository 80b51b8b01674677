#include "reflow/client/older_names.h"

#include <algorithm>

#include "reflow/client/apply_op.h"
#include "reflow/client/errors.h"
#include "reflow/client/python_text.h"
#include "reflow/client/selection_ops.h"

namespace reflow {

using client::apply_op;

Output arg_max(const TensorLike& input, const TensorLike& dimension, const ArgDimensionOptions& options) {
  return apply_op("ArgMax", options.name, {input, dimension}, {{"output_type", options.output_type}});
}

Output arg_min(const TensorLike& input, const TensorLike& dimension, const ArgDimensionOptions& options) {
  return apply_op("ArgMin", options.name, {input, dimension}, {{"output_type", options.output_type}});
}

Output where_v2(const TensorLike& condition, const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  if (x.is_none() && y.is_none()) return where(condition, options);
  if (x.is_none() || y.is_none()) throw ValueError("x and y must both be non-None or both be None.");
  return apply_op("SelectV2", options.name, {condition, x, y});
}

Output broadcast_dynamic_shape(const TensorLike& shape_x, const TensorLike& shape_y) {
  return apply_op("BroadcastArgs", "", {shape_x, shape_y});
}

Shape broadcast_static_shape(const Shape& shape_x, const Shape& shape_y) {
  if (!shape_x.known_rank() || !shape_y.known_rank()) return Shape::unknown();
  const int rank = std::max(shape_x.rank(), shape_y.rank());
  Shape result = Shape::unknown_of_rank(rank);
  for (int i = 1; i <= rank; ++i) {
    const int64_t x = i <= shape_x.rank() ? shape_x.dim(shape_x.rank() - i) : 1;
    const int64_t y = i <= shape_y.rank() ? shape_y.dim(shape_y.rank() - i) : 1;
    if (x > 1 && y > 1 && x != y) {
      throw ValueError("Incompatible shapes for broadcasting: " + client::python_shape(shape_x) + " and " +
                       client::python_shape(shape_y));
    }
    // A size that isn't known may be 1; one that is above 1 wins.
    result.set_dim(rank - i, x > 1 ? x : y > 1 ? y : x == 1 ? y : y == 1 ? x : x == 0 && y == 0 ? 0 : -1);
  }
  return result;
}

Output timestamp(const NameOptions& options) {
  return apply_op("Timestamp", options.name, std::initializer_list<TensorLike>{});
}

}  // namespace reflow
