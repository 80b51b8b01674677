#include "reflow/ops/array/dense_argument.h"

namespace reflow::ops {

using namespace ::reflow::op;

Endpoint dense_argument(GradContext& g, const std::string& argument) {
  const Gradient dy = g.dy_gradient(0);
  if (!dy.is_slices() || !dy.dense_shape) return g.dy(0);
  const Endpoint rows = g.op("StridedSlice",
                             {dy.dense_shape, g.constant_ints({0}, DType::kInt32, "strided_slice/stack"),
                              g.constant_ints({1}, DType::kInt32, "strided_slice/stack_1"),
                              g.constant_ints({1}, DType::kInt32, "strided_slice/stack_2")},
                             {{"shrink_axis_mask", 1}}, "strided_slice");
  return g.op("UnsortedSegmentSum", {dy.values, dy.indices, rows}, {}, argument);
}

}  // namespace reflow::ops
