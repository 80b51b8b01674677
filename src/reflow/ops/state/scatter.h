#pragma once

#include "reflow/graph/shape_context.h"
#include "reflow/op/kernel.h"
#include "reflow/op/scatter.h"

namespace reflow::ops {

using namespace ::reflow::op;

// The update of rows params[indices[i], ...] by updates[i, ...] (or by a scalar), after all is checked.
// REQUIRES: the caller holds the variable's mutex; T moves or computes elements of params.
template <typename F, typename T>
Status scatter_rows(Tensor& params, const Tensor& indices, const Tensor& updates) {
  if (params.rank() < 1) return invalid_argument("params must be at least 1-D, got shape {}", params.shape().str());
  const bool single = updates.rank() == 0;
  if (!single) {
    bool fits = updates.rank() == indices.rank() + params.rank() - 1;
    for (int d = 0; fits && d < updates.rank(); ++d) {
      fits = updates.dim(d) == (d < indices.rank() ? indices.dim(d) : params.dim(d - indices.rank() + 1));
    }
    if (!fits) {
      return invalid_argument(
          "Must have updates.shape = indices.shape + params.shape[1:] or updates.shape = [], got updates.shape {}, "
          "indices.shape {}, params.shape {}",
          updates.shape().str(), indices.shape().str(), params.shape().str());
    }
  }
  RETURN_IF_ERROR(check_rows(indices, params.dim(0)));
  const IndexReader rows(indices);
  if (rows.size() == 0 || params.num_elements() == 0) return OkStatus();
  const T* from = static_cast<const T*>(updates.raw_data());
  if (!divisors_are_valid<F>(from, updates.num_elements())) return invalid_argument("Integer division by zero");
  T* to = static_cast<T*>(params.raw_data());
  const int64_t row_size = params.num_elements() / params.dim(0);
  for (int64_t i = 0; i < rows.size(); ++i) {
    scatter_row<F>(to + rows[i] * row_size, single ? from : from + i * row_size, row_size, single);
  }
  return OkStatus();
}

// What the updates of slices have to be like.
Status check_nd_shapes(const Shape& params, const Shape& indices, const Shape& updates);

// The update of slices params[indices[i, :], ...] by updates[i, ...], likewise.
template <typename F, typename T>
Status scatter_slices(Tensor& params, const Tensor& indices, const Tensor& updates) {
  RETURN_IF_ERROR(check_nd_shapes(params.shape(), indices.shape(), updates.shape()));
  if (indices.num_elements() == 0 && updates.num_elements() == 0) return OkStatus();
  const NdIndices at(indices, params.shape(), NdIndices::Vector::kIsScalars);
  RETURN_IF_ERROR(at.check("shape"));
  const T* from = static_cast<const T*>(updates.raw_data());
  T* to = static_cast<T*>(params.raw_data());
  for (int64_t i = 0; i < at.num_indices() && at.slice_size() > 0; ++i) {
    scatter_row<F>(to + at.offset(i), from + i * at.slice_size(), at.slice_size(), false);
  }
  return OkStatus();
}

// Shape functions: what the updates have to be, given the shape of the variable.
Status check_row_updates(ShapeContext& c, const Shape& params, const Shape& indices, const Shape& updates);
Status check_nd_updates(ShapeContext& c, const Shape& params, const Shape& indices, const Shape& updates);

}  // namespace reflow::ops
