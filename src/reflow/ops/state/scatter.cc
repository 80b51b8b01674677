#include "reflow/ops/state/scatter.h"

namespace reflow::ops {

Status check_nd_shapes(const Shape& params, const Shape& indices, const Shape& updates) {
  if (params.rank() < 1) return invalid_argument("Output must be at least 1-D, got shape: {}", params.str());
  if (indices.rank() < 1 || updates.rank() < 1 || indices.dim(0) != updates.dim(0)) {
    return invalid_argument(
        "The outermost dimension of updates and indices must match. Got indices.shape {}, updates.shape {}",
        indices.str(), updates.str());
  }
  const int64_t slice_dim = indices.rank() > 1 ? indices.dim(indices.rank() - 1) : 1;
  const int batch_dim = indices.rank() > 1 ? indices.rank() - 1 : 1;
  bool fits = slice_dim <= params.rank() && updates.rank() == batch_dim + params.rank() - slice_dim;
  for (int d = 0; fits && d < updates.rank(); ++d) {
    fits = updates.dim(d) ==
           (d < batch_dim ? indices.dim(d) : params.dim(static_cast<int>(slice_dim) + d - batch_dim));
  }
  if (fits) return OkStatus();
  return invalid_argument(
      "Must have updates.shape = indices.shape[:batch_dim] + params_shape[slice_dim:], got updates.shape: {}, "
      "indices.shape: {}, params_shape: {}, slice_dim: {}, and batch_dim: {}",
      updates.str(), indices.str(), params.str(), slice_dim, batch_dim);
}

Status check_row_updates(ShapeContext& c, const Shape& params, const Shape& indices, const Shape& updates) {
  if (updates.rank() == 0) return OkStatus();
  Shape row, expected, merged;
  RETURN_IF_ERROR(c.sub_shape(params, 1, params.known_rank() ? params.rank() : 0, &row));
  if (!params.known_rank()) row = Shape::unknown();
  RETURN_IF_ERROR(c.concatenate(indices, row, &expected));
  return c.merge(updates, expected, &merged);
}

Status check_nd_updates(ShapeContext& c, const Shape& params, const Shape& indices, const Shape& updates) {
  Shape params_known, indices_known;
  RETURN_IF_ERROR(c.with_rank_at_least(params, 1, &params_known));
  RETURN_IF_ERROR(c.with_rank_at_least(indices, 1, &indices_known));
  if (!indices_known.known_rank()) return OkStatus();
  const int outer = indices_known.rank() - 1;
  const int64_t depth = indices_known.dim(outer);
  if (!updates.known_rank() || depth < 0) return OkStatus();
  if (updates.rank() < outer) return OkStatus();
  Shape merged;
  const Shape outer_updates = updates.sub_shape(0, outer), outer_indices = indices_known.sub_shape(0, outer);
  if (Status s = c.merge(outer_indices, outer_updates, &merged); !s.ok()) {
    return invalid_argument(
        "The outer {} dimensions of indices.shape={} must match the outer {} dimensions of updates.shape={}: {}", outer,
        indices_known.str(), outer, updates.str(), message_of(s));
  }
  if (!params_known.known_rank() || depth > params_known.rank()) return OkStatus();
  const Shape inner_params = params_known.sub_shape(static_cast<int>(depth), params_known.rank());
  const Shape inner_updates = updates.sub_shape(outer, updates.rank());
  if (Status s = c.merge(inner_params, inner_updates, &merged); !s.ok()) {
    return invalid_argument(
        "The inner {} dimensions of input.shape={} must match the inner {} dimensions of updates.shape={}: {}",
        inner_params.rank(), params_known.str(), inner_updates.rank(), updates.str(), message_of(s));
  }
  return OkStatus();
}

}  // namespace reflow::ops
