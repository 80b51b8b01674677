#pragma once

// How a reduction walks through its input: dimensions of size 1 dropped, neighbours that are both kept or both reduced
// merged, so that kept and reduced ones alternate.

#include <absl/container/inlined_vector.h>

#include <bitset>
#include <cstdint>

#include "reflow/graph/shape_context.h"
#include "reflow/tensor/tensor.h"

namespace reflow::ops {

using AxisSet = std::bitset<Shape::kMaxRank>;

// The axes (int32 or int64, of any shape) as a set. InvalidArgument: one is out of range; `concrete` chooses between
// TensorFlow's texts at run and at building.
Status reduced_axes(const Tensor& axes, int rank, bool concrete, AxisSet* set);

// The shape function of Sum and its sisters: inputs (x, axes), attribute keep_dims.
Status reduction_shape(graph::ShapeContext& c);

struct ReductionLayout {
  ReductionLayout(const Shape& x, const AxisSet& reduced);
  absl::InlinedVector<int64_t, 6> dims;  // empty: one element
  bool first_is_reduced = false;         // dims[0] is reduced, dims[1] kept, ...
  int64_t num_kept = 1, num_reduced = 1;

  bool is_reduced(size_t i) const { return (i % 2 == 0) == first_is_reduced; }
};

}  // namespace reflow::ops
