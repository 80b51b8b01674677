#include "reflow/ops/sparse/gradient_ops.h"

#include "reflow/op/late_slices.h"

namespace reflow::ops {

using namespace ::reflow::op;

Endpoint first_size(GradContext& g, Endpoint x) {
  const Endpoint shape = g.shape(x);
  GradContext::Scope scope(g.graph(), "strided_slice");
  const Endpoint begin = g.constant_ints({0}, DType::kInt32, "stack");
  const Endpoint end = g.constant_ints({1}, DType::kInt32, "stack_1");
  const Endpoint step = g.constant_ints({1}, DType::kInt32, "stack_2");
  return g.op("StridedSlice", {shape, begin, end, step}, {{"shrink_axis_mask", 1}}, scope.name());
}

Endpoint range_to(GradContext& g, Endpoint n) {
  GradContext::Scope scope(g.graph(), "range");
  const Endpoint start = g.constant(0, DType::kInt32, "start"), delta = g.constant(1, DType::kInt32, "delta");
  return g.op("Range", {start, n, delta}, {}, scope.name());
}

Endpoint gather(GradContext& g, Endpoint x, Endpoint indices) {
  GradContext::Scope scope(g.graph(), "GatherV2");
  x = as_argument(g, "GatherV2", 0, x);
  const Endpoint axis = g.constant(0, DType::kInt32, "axis");
  return g.op("GatherV2", {x, indices, axis}, {}, scope.name());
}

Endpoint column_of(GradContext& g, Endpoint x, int64_t column) {
  GradContext::Scope scope(g.graph(), "strided_slice");
  const Endpoint begin = g.constant_ints({0, column}, DType::kInt32, "stack");
  const Endpoint end = g.constant_ints({0, column + 1}, DType::kInt32, "stack_1");
  const Endpoint step = g.constant_ints({1, 1}, DType::kInt32, "stack_2");
  return g.op("StridedSlice", {x, begin, end, step}, {{"begin_mask", 1}, {"end_mask", 1}, {"shrink_axis_mask", 2}},
              scope.name());
}

}  // namespace reflow::ops
