#include "reduction_layout.h"

namespace reflow::ops {

Status reduced_axes(const Tensor& axes, int rank, bool concrete, AxisSet* set) {
  for (int64_t i = 0; i < axes.num_elements(); ++i) {
    const int64_t axis = axes.dtype() == DType::kInt64 ? axes.data<int64_t>()[i] : axes.data<int32_t>()[i];
    if (axis < -rank || axis >= rank) {
      if (concrete) return invalid_argument("Invalid reduction dimension ({} for input with {} dimension(s)", axis, rank);
      return invalid_argument("Invalid reduction dimension {} for input with {} dimensions.", axis, rank);
    }
    set->set(axis < 0 ? axis + rank : axis);
  }
  return OkStatus();
}

Status reduction_shape(graph::ShapeContext& c) {
  const Shape& x = c.input(0);
  if (!c.concrete()) {
    Shape axes_shape;
    RETURN_IF_ERROR(c.with_rank_at_most(c.input(1), 1, &axes_shape));
  }
  const bool keep_dims = c.attr_or("keep_dims", false);
  const Tensor* axes = x.known_rank() ? c.value(1) : nullptr;
  if (axes == nullptr) {
    c.set_output(0, keep_dims && x.known_rank() ? Shape::unknown_of_rank(x.rank()) : Shape::unknown());
    return OkStatus();
  }
  AxisSet reduced;
  RETURN_IF_ERROR(reduced_axes(*axes, x.rank(), c.concrete(), &reduced));
  Shape y;
  for (int i = 0; i < x.rank(); ++i) {
    if (!reduced[i]) {
      y.add_dim(x.dim(i));
    } else if (keep_dims) {
      y.add_dim(1);
    }
  }
  c.set_output(0, std::move(y));
  return OkStatus();
}

ReductionLayout::ReductionLayout(const Shape& x, const AxisSet& reduced) {
  for (int i = 0; i < x.rank(); ++i) {
    const int64_t size = x.dim(i);
    (reduced[i] ? num_reduced : num_kept) *= size;
    if (size == 1) continue;
    if (dims.empty()) {
      first_is_reduced = reduced[i];
      dims.push_back(size);
    } else if (is_reduced(dims.size() - 1) == reduced[i]) {
      dims.back() *= size;
    } else {
      dims.push_back(size);
    }
  }
}

}  // namespace reflow::ops
