// Reductions of slices by segment numbers in any order: UnsortedSegmentSum, -Prod, -Min, -Max.

#include <algorithm>
#include <string>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/ops/array/segment.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// Slices with a negative number are left out.
template <typename F, typename T>
class UnsortedSegment : public Kernel {
 public:
  explicit UnsortedSegment(KernelInit&) {}

  Status compute(KernelContext& c) override {
    const Tensor& data = c.input(0);
    const IndexReader ids(c.input(1));
    Tensor& result = c.output(0);
    const int64_t n = ids.size(), num_segments = result.dim(0);
    for (int64_t i = 0; i < n; ++i) {
      if (ids[i] >= num_segments) {
        return invalid_argument("segment_ids{} = {} is out of range [0, {})", coordinates(c.input(1).shape(), i), ids[i],
                                num_segments);
      }
    }
    T* out = result.data<T>();
    std::fill(out, out + result.num_elements(), F::template start<T>());
    if (n == 0 || data.num_elements() == 0) return OkStatus();
    const int64_t slice = data.num_elements() / n;
    const T* in = data.data<T>();
    // Each thread does its columns of all slices: no two write to one place, and the order stays.
    c.pool().parallel_for(slice, 0.4 * static_cast<double>(n), [&](int64_t begin, int64_t end) {
      for (int64_t i = 0; i < n; ++i) {
        const int64_t id = ids[i];
        if (id < 0) continue;
        T* to = out + id * slice;
        const T* from = in + i * slice;
        for (int64_t k = begin; k < end; ++k) to[k] = F::apply(to[k], from[k]);
      }
    });
    return OkStatus();
  }
};

template <typename T>
using UnsortedSum = UnsortedSegment<SegmentAdd, T>;
template <typename T>
using UnsortedProd = UnsortedSegment<SegmentMultiply, T>;
template <typename T>
using UnsortedMin = UnsortedSegment<SegmentSmallest, T>;
template <typename T>
using UnsortedMax = UnsortedSegment<SegmentLargest, T>;

Status check_concrete(ShapeContext& c) {
  const Shape &data = c.input(0), &ids = c.input(1);
  if (c.input(2).rank() != 0) {
    return invalid_argument("num_segments should be a scalar, not shape {}", c.input(2).str());
  }
  bool starts = data.rank() >= ids.rank();
  for (int d = 0; starts && d < ids.rank(); ++d) starts = data.dim(d) == ids.dim(d);
  if (!starts) {
    return invalid_argument("data.shape = {} does not start with segment_ids.shape = {}", data.str(), ids.str());
  }
  if (const Tensor* num = c.value(2); num != nullptr && IndexReader(*num)[0] < 0) {
    return invalid_argument("Input num_segments == {} must not be negative.", IndexReader(*num)[0]);
  }
  return OkStatus();
}

Status unsorted_segment_shape(ShapeContext& c) {
  if (c.concrete()) RETURN_IF_ERROR(check_concrete(c));
  const Shape &data = c.input(0), &ids = c.input(1);
  Shape scalar;
  RETURN_IF_ERROR(c.with_rank(c.input(2), 0, &scalar));
  if (!ids.known_rank()) {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  if (data.known_rank()) {
    Shape enough;
    RETURN_IF_ERROR(c.with_rank_at_least(data, ids.rank(), &enough));
    for (int d = 0; d < ids.rank(); ++d) {
      int64_t merged;
      RETURN_IF_ERROR(c.merge_dim(data.dim(d), ids.dim(d), &merged));
    }
  }
  int64_t num_segments;
  RETURN_IF_ERROR(c.dim_from_scalar(2, &num_segments));
  if (!data.known_rank()) {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  Shape out = data.sub_shape(ids.rank(), data.rank());
  out.insert_dim(0, num_segments);
  c.set_output(0, std::move(out));
  return OkStatus();
}

// params[ids], with zeros where ids are negative; also the ids without the negative ones, and where they weren't.
struct Gathered {
  Endpoint values, positive_ids, is_positive;
};

Endpoint expand_last(GradContext& g, Endpoint x) {
  GradContext::Scope scope(g.graph(), "ExpandDims");
  const Endpoint dim = g.constant(-1, DType::kInt32, "dim");
  return g.op("ExpandDims", {x, dim}, {}, scope.name());
}

Endpoint ones_like(GradContext& g, Endpoint x, DType type) {
  GradContext::Scope scope(g.graph(), "ones_like");
  const Endpoint shape = g.shape(x);
  Endpoint one = type == DType::kBool ? g.constant_tensor(Tensor::scalar(true)) : g.constant(1, type);
  return g.op("Fill", {shape, one}, {}, scope.name());
}

Gathered gather_without_negatives(GradContext& g, Endpoint params, Endpoint ids, Endpoint positive = {},
                                  Endpoint is_positive = {}) {
  if (!positive) positive = g.op("Maximum", {ids, g.zeros_like(ids)});
  const Endpoint values = gather_rows(g, params, positive);
  if (!is_positive) {
    {
      GradContext::Scope scope(g.graph(), "GreaterEqual");
      const Endpoint zero = g.constant(0, base_type(ids.dtype()), "y");
      is_positive = g.op("GreaterEqual", {ids, zero}, {}, scope.name());
    }
    if (!g.status().ok()) return {};
    const Shape &all = values.shape(), &some = ids.shape();
    if (!all.known_rank() || !some.known_rank()) {
      g.fail(invalid_argument("The gradient of {} needs data of known rank: '{}'", g.node().type(), g.node().name()));
      return {};
    }
    for (int d = some.rank(); d < all.rank(); ++d) is_positive = expand_last(g, is_positive);
    is_positive = g.op("LogicalAnd", {is_positive, ones_like(g, values, DType::kBool)}, {}, "and");
  }
  const Endpoint kept = g.op("Select", {is_positive, values, g.zeros_like(values)});
  return {kept, positive, is_positive};
}

// dy goes to the slices that are the extreme, in equal parts.
void unsorted_extreme_gradient(GradContext& g) {
  const Endpoint x = g.x(0), ids = g.x(1), num_segments = g.x(2);
  const Gathered extreme = gather_without_negatives(g, g.y(0), ids);
  Endpoint selected = g.op("Equal", {x, extreme.values});
  selected = g.op("LogicalAnd", {selected, extreme.is_positive});
  if (!g.status().ok()) return;
  const Endpoint count =
      g.op("UnsortedSegmentSum", {g.cast(selected, base_type(g.dy(0).dtype())), ids, num_segments});
  const Endpoint parts = g.op("RealDiv", {g.dy(0), count}, {}, "truediv");
  const Gathered gathered = gather_without_negatives(g, parts, {}, extreme.positive_ids, extreme.is_positive);
  if (!g.status().ok()) return;
  g.dx(0) = g.op("Select", {selected, gathered.values, g.zeros_like(gathered.values)});
}

// The product of the others: that of all divided by x, or, where x is the only zero, that of those that aren't zero.
void unsorted_prod_gradient(GradContext& g) {
  const Endpoint x = g.x(0), ids = g.x(1), num_segments = g.x(2);
  const DType type = base_type(x.dtype());
  Endpoint is_zero, many_zeros;
  {
    GradContext::Scope scope(g.graph(), "Equal");
    const Endpoint zero = g.constant(0, type, "y");
    is_zero = g.op("Equal", {x, zero}, {}, scope.name());
  }
  if (!g.status().ok()) return;
  const Endpoint num_zeros = g.op("UnsortedSegmentSum", {g.cast(is_zero, DType::kInt32), ids, num_segments});
  {
    GradContext::Scope scope(g.graph(), "Greater");
    const Endpoint one = g.constant(1, DType::kInt32, "y");
    many_zeros = g.op("Greater", {num_zeros, one}, {}, scope.name());
  }
  const Endpoint dy = g.op("Select", {many_zeros, g.zeros_like(g.dy(0)), g.dy(0)});
  if (!g.status().ok()) return;
  const Endpoint without_zeros = g.op("Select", {is_zero, ones_like(g, x, type), x});
  const Endpoint product = g.op("UnsortedSegmentProd", {without_zeros, ids, num_segments});
  const Endpoint positive = g.op("Maximum", {ids, g.zeros_like(ids)});
  const Endpoint all = gather_rows(g, g.y(0), positive);
  const Endpoint others = gather_rows(g, product, positive);
  const Endpoint quotient = g.op("RealDiv", {all, x}, {}, "truediv");
  const Endpoint partial = g.op("Select", {is_zero, others, quotient});
  const Gathered gathered = gather_without_negatives(g, dy, ids, positive);
  g.dx(0) = g.op("Mul", {gathered.values, partial}, {}, "mul");
}

REFLOW_OP("UnsortedSegmentSum")
    .input("data: T")
    .input("segment_ids: Tindices")
    .input("num_segments: Tnumsegments")
    .output("output: T")
    .attr("T: numbertype")
    .attr("Tindices: {int32, int64}")
    .attr("Tnumsegments: {int32, int64} = DT_INT32")
    .doc("Sums of the slices of `data` that have the same segment number, for `num_segments` segments. Segments without "
         "slices are 0; slices with a negative number are left out.")
    .shape(unsorted_segment_shape)
    .kernel<UnsortedSum>(kCpu, kNumberTypes)
    .gradient([](GradContext& g) { g.dx(0) = gather_without_negatives(g, g.dy(0), g.x(1)).values; });

REFLOW_OP("UnsortedSegmentProd")
    .input("data: T")
    .input("segment_ids: Tindices")
    .input("num_segments: Tnumsegments")
    .output("output: T")
    .attr("T: numbertype")
    .attr("Tindices: {int32, int64}")
    .attr("Tnumsegments: {int32, int64} = DT_INT32")
    .doc("Products of the slices of `data` that have the same segment number. Segments without slices are 1.")
    .shape(unsorted_segment_shape)
    .kernel<UnsortedProd>(kCpu, kNumberTypes)
    .gradient(unsorted_prod_gradient);

REFLOW_OP("UnsortedSegmentMin")
    .input("data: T")
    .input("segment_ids: Tindices")
    .input("num_segments: Tnumsegments")
    .output("output: T")
    .attr("T: realnumbertype")
    .attr("Tindices: {int32, int64}")
    .attr("Tnumsegments: {int32, int64} = DT_INT32")
    .doc("Minima of the slices of `data` that have the same segment number. Segments without slices are the largest "
         "number of the type.")
    .shape(unsorted_segment_shape)
    .kernel<UnsortedMin>(kCpu, kRealTypes)
    .gradient(unsorted_extreme_gradient);

REFLOW_OP("UnsortedSegmentMax")
    .input("data: T")
    .input("segment_ids: Tindices")
    .input("num_segments: Tnumsegments")
    .output("output: T")
    .attr("T: realnumbertype")
    .attr("Tindices: {int32, int64}")
    .attr("Tnumsegments: {int32, int64} = DT_INT32")
    .doc("Maxima of the slices of `data` that have the same segment number. Segments without slices are the smallest "
         "number of the type.")
    .shape(unsorted_segment_shape)
    .kernel<UnsortedMax>(kCpu, kRealTypes)
    .gradient(unsorted_extreme_gradient);

}  // namespace
}  // namespace reflow::ops
