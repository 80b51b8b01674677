// Reductions of rows by sorted segment numbers: SegmentSum, SegmentMean, SegmentProd, SegmentMin, SegmentMax.

#include "reflow/ops/array/segment.h"

#include <algorithm>

#include "reflow/op/indices.h"
#include "reflow/op/late_slices.h"
#include "reflow/op/op.h"

namespace reflow::ops {

using namespace ::reflow::op;

Endpoint gather_rows(GradContext& g, Endpoint params, Endpoint indices) {
  GradContext::Scope scope(g.graph(), "GatherV2");
  params = as_argument(g, "GatherV2", 0, params);
  const Endpoint axis = g.constant(0, DType::kInt32, "axis");
  return g.op("GatherV2", {params, indices, axis}, {}, scope.name());
}

namespace {

Status check_segments(const Tensor& data, const Tensor& ids) {
  if (ids.rank() != 1) return invalid_argument("segment_ids should be a vector.");
  if (data.rank() < 1 || data.dim(0) != ids.num_elements()) {
    return invalid_argument("segment_ids should be the same size as dimension 0 of input.");
  }
  return OkStatus();
}

// kMean divides the sums. Segments without rows are 0, or 1 in products.
template <typename F, bool kMean, typename T>
class Segment : public Kernel {
 public:
  explicit Segment(KernelInit&) {}

  Status compute(KernelContext& c) override {
    const Tensor &data = c.input(0), &segment_ids = c.input(1);
    RETURN_IF_ERROR(check_segments(data, segment_ids));
    const IndexReader ids(segment_ids);
    const int64_t n = ids.size();
    // The largest number has none above it.
    const auto num_segments = n > 0 ? static_cast<int64_t>(static_cast<uint64_t>(ids[n - 1]) + 1) : 0;
    if (num_segments < 0) return invalid_argument("segment ids must be >= 0");
    Shape shape = data.shape();
    shape.set_dim(0, num_segments);
    RETURN_IF_ERROR(c.allocate_output(0, shape));
    Tensor& result = c.output(0);
    T* out = result.data<T>();
    const T empty = std::is_same_v<F, SegmentMultiply> ? T(1) : T(0);
    std::fill(out, out + result.num_elements(), empty);
    const int64_t row = n > 0 ? data.num_elements() / n : 0;
    const T* in = data.data<T>();
    for (int64_t begin = 0; begin < n;) {
      const int64_t id = ids[begin];
      int64_t end = begin + 1;
      while (end < n && ids[end] == id) ++end;
      if (end < n && ids[end] < id) return invalid_argument("segment ids are not increasing");
      if (id < 0 || id >= num_segments) {
        return invalid_argument(
            "Segment id {} out of range [0, {}), possibly because 'segment_ids' input is not sorted.", id, num_segments);
      }
      reduce(in + begin * row, end - begin, row, out + id * row);
      begin = end;
    }
    return OkStatus();
  }

 private:
  static void reduce(const T* in, int64_t num_rows, int64_t row, T* out) {
    std::copy(in, in + row, out);
    for (int64_t i = 1; i < num_rows; ++i) {
      for (int64_t k = 0; k < row; ++k) out[k] = F::apply(out[k], in[i * row + k]);
    }
    if constexpr (kMean) {
      for (int64_t k = 0; k < row && num_rows > 1; ++k) out[k] = static_cast<T>(out[k] / static_cast<T>(num_rows));
    }
  }
};

template <typename T>
using SegmentSum = Segment<SegmentAdd, false, T>;
template <typename T>
using SegmentMean = Segment<SegmentAdd, true, T>;
template <typename T>
using SegmentProd = Segment<SegmentMultiply, false, T>;
template <typename T>
using SegmentMin = Segment<SegmentSmallest, false, T>;
template <typename T>
using SegmentMax = Segment<SegmentLargest, false, T>;

Status segment_shape(ShapeContext& c) {
  if (c.concrete()) {
    c.set_output(0, Shape::unknown());  // the number of segments is in the values: the kernel allocates
    return OkStatus();
  }
  Shape data, ids, rest;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 1, &data));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &ids));
  RETURN_IF_ERROR(c.sub_shape(data, 1, INT32_MAX, &rest));
  if (rest.known_rank()) rest.insert_dim(0, Shape::kUnknown);
  c.set_output(0, std::move(rest));
  return OkStatus();
}

// Each row of dy, divided by the number of rows of its segment.
void segment_mean_gradient(GradContext& g) {
  const Endpoint rank = g.rank(g.x(0)), count = g.shape(g.x(1));
  Endpoint others;
  {
    GradContext::Scope scope(g.graph(), "sub");
    const Endpoint one = g.constant(1, DType::kInt32, "y");
    others = g.op("Sub", {rank, one}, {}, scope.name());
  }
  Endpoint num_others;
  {
    GradContext::Scope scope(g.graph(), "ExpandDims");
    const Endpoint dim = g.constant(0, DType::kInt32, "dim");
    num_others = g.op("ExpandDims", {others, dim}, {}, scope.name());
  }
  Endpoint ones;
  {
    GradContext::Scope scope(g.graph(), "Fill");
    const Endpoint value = g.constant(1, DType::kInt32, "value");
    ones = g.op("Fill", {num_others, value}, {}, scope.name());
  }
  Endpoint shape;
  {
    GradContext::Scope scope(g.graph(), "concat");
    const Endpoint axis = g.constant(0, DType::kInt32, "axis");
    shape = g.op("ConcatV2", {std::vector<Endpoint>{count, ones}, axis}, {}, scope.name());
  }
  const Endpoint one_each = g.op("Fill", {shape, g.constant(1, base_type(g.dy(0).dtype()))});
  const Endpoint sizes = g.op("SegmentSum", {one_each, g.x(1)});
  g.dx(0) = gather_rows(g, g.op("RealDiv", {g.dy(0), sizes}, {}, "truediv"), g.x(1));
}

// dy goes to the rows that are the extreme, in equal parts.
void segment_extreme_gradient(GradContext& g) {
  const Endpoint zeros = g.zeros_like(g.x(0));
  const Endpoint extreme = gather_rows(g, g.y(0), g.x(1));
  const Endpoint selected = g.op("Equal", {g.x(0), extreme});
  const Endpoint count = g.op("SegmentSum", {g.cast(selected, base_type(g.dy(0).dtype())), g.x(1)});
  const Endpoint parts = gather_rows(g, g.op("RealDiv", {g.dy(0), count}, {}, "truediv"), g.x(1));
  g.dx(0) = g.op("Select", {selected, parts, zeros});
}

REFLOW_OP("SegmentSum")
    .input("data: T")
    .input("segment_ids: Tindices")
    .output("output: T")
    .attr("T: numbertype")
    .attr("Tindices: {int32, int64}")
    .doc("Sums of the rows of `data` that have the same segment number; the numbers are sorted.")
    .shape(segment_shape)
    .kernel<SegmentSum>(kCpu, kNumberTypes)
    .gradient([](GradContext& g) { g.dx(0) = gather_rows(g, g.dy(0), g.x(1)); });

REFLOW_OP("SegmentMean")
    .input("data: T")
    .input("segment_ids: Tindices")
    .output("output: T")
    .attr("T: numbertype")
    .attr("Tindices: {int32, int64}")
    .doc("Means of the rows of `data` that have the same segment number; the numbers are sorted.")
    .shape(segment_shape)
    .kernel<SegmentMean>(kCpu, kNumberTypes)
    .gradient(segment_mean_gradient);

REFLOW_OP("SegmentProd")
    .input("data: T")
    .input("segment_ids: Tindices")
    .output("output: T")
    .attr("T: numbertype")
    .attr("Tindices: {int32, int64}")
    .doc("Products of the rows of `data` that have the same segment number; the numbers are sorted.")
    .shape(segment_shape)
    .kernel<SegmentProd>(kCpu, kNumberTypes);

REFLOW_OP("SegmentMin")
    .input("data: T")
    .input("segment_ids: Tindices")
    .output("output: T")
    .attr("T: realnumbertype")
    .attr("Tindices: {int32, int64}")
    .doc("Minima of the rows of `data` that have the same segment number; the numbers are sorted.")
    .shape(segment_shape)
    .kernel<SegmentMin>(kCpu, kRealTypes)
    .gradient(segment_extreme_gradient);

REFLOW_OP("SegmentMax")
    .input("data: T")
    .input("segment_ids: Tindices")
    .output("output: T")
    .attr("T: realnumbertype")
    .attr("Tindices: {int32, int64}")
    .doc("Maxima of the rows of `data` that have the same segment number; the numbers are sorted.")
    .shape(segment_shape)
    .kernel<SegmentMax>(kCpu, kRealTypes)
    .gradient(segment_extreme_gradient);

}  // namespace
}  // namespace reflow::ops
