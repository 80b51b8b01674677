// Reductions of chosen rows by sorted segment numbers, and their gradients.

#include <algorithm>
#include <cmath>
#include <vector>

#include "reflow/op/compute_type.h"
#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/op/wrapping.h"
#include "reflow/ops/sparse/gradient_ops.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

enum class Scale { kSum, kMean, kSqrtN };

// What the sum of `count` rows is divided by.
double divisor(Scale scale, int64_t count) {
  const auto n = static_cast<double>(count);
  return scale == Scale::kMean ? n : scale == Scale::kSqrtN ? std::sqrt(n) : 1;
}

Status check_vectors(const Tensor& indices, const Tensor& segment_ids) {
  if (indices.rank() != 1) return invalid_argument("indices should be a vector.");
  if (segment_ids.rank() != 1) return invalid_argument("segment_ids should be a vector.");
  if (indices.num_elements() != segment_ids.num_elements()) {
    return invalid_argument("segment_ids and indices should have same size.");
  }
  return OkStatus();
}

template <Scale kScale, typename T>
class SparseSegment : public Kernel {
  using C = ComputeType<T>;

 public:
  explicit SparseSegment(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &data = c.input(0), &indices = c.input(1), &segment_ids = c.input(2);
    if (data.rank() < 1) return invalid_argument("data should have at least one dimension, got shape {}", data.shape().str());
    int64_t num_segments = -1;
    if (c.num_inputs() == 4) {
      if (c.input(3).rank() != 0) {
        return invalid_argument("num_segments should be a scalar, not shape {}", c.input(3).shape().str());
      }
      num_segments = IndexReader(c.input(3))[0];
      if (num_segments < 0) return invalid_argument("segment ids must be >= 0");
    }
    RETURN_IF_ERROR(check_vectors(indices, segment_ids));
    const IndexReader rows(indices);
    const int32_t* ids = segment_ids.data<int32_t>();
    const int64_t n = rows.size(), needed = n > 0 ? int64_t{ids[n - 1]} + 1 : 0;
    if (num_segments >= 0 && needed > num_segments) return invalid_argument("segment ids must be < num_segments");
    if (num_segments < 0) num_segments = needed;
    if (num_segments < 0) return invalid_argument("segment ids must be >= 0");
    Shape shape = data.shape();
    shape.set_dim(0, num_segments);
    RETURN_IF_ERROR(c.allocate_output(0, shape));
    std::fill_n(c.output(0).data<T>(), c.output(0).num_elements(), T(0));
    const int64_t row = data.dim(0) > 0 ? data.num_elements() / data.dim(0) : 0;
    std::vector<C> sum(static_cast<size_t>(row));
    for (int64_t begin = 0, end; begin < n; begin = end) {
      const int64_t id = ids[begin];
      for (end = begin + 1; end < n && ids[end] == id; ++end) {}
      if (end < n && ids[end] < id) return invalid_argument("segment ids are not increasing");
      if (id < 0 || id >= num_segments) {
        return invalid_argument(
            "Segment id {} out of range [0, {}), possibly because 'segment_ids' input is not sorted.", id, num_segments);
      }
      std::fill(sum.begin(), sum.end(), C(0));
      for (int64_t i = begin; i < end; ++i) {
        if (rows[i] < 0 || rows[i] >= data.dim(0)) {
          return invalid_argument("Bad: indices[{}] == {} out of range [0, {})", i, rows[i], data.dim(0));
        }
        const T* from = data.data<T>() + rows[i] * row;
        for (int64_t k = 0; k < row; ++k) sum[k] = wrapping_sum(sum[k], static_cast<C>(from[k]));
      }
      T* out = c.output(0).data<T>() + id * row;
      const auto by = static_cast<C>(divisor(kScale, end - begin));
      for (int64_t k = 0; k < row; ++k) out[k] = static_cast<T>(kScale == Scale::kSum ? sum[k] : static_cast<C>(sum[k] / by));
    }
    return OkStatus();
  }
};
template <typename T>
using SparseSegmentSum = SparseSegment<Scale::kSum, T>;
template <typename T>
using SparseSegmentMean = SparseSegment<Scale::kMean, T>;
template <typename T>
using SparseSegmentSqrtN = SparseSegment<Scale::kSqrtN, T>;

// The shape of the rows behind dimension 0, and `num_rows` before it.
Status set_rows_shape(ShapeContext& c, int64_t num_rows) {
  Shape data, indices, ids, merged, rest;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 1, &data));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &indices));
  RETURN_IF_ERROR(c.with_rank(c.input(2), 1, &ids));
  RETURN_IF_ERROR(c.merge(indices, ids, &merged));
  RETURN_IF_ERROR(c.sub_shape(data, 1, INT32_MAX, &rest));
  if (rest.known_rank()) rest.insert_dim(0, num_rows);
  c.set_output(0, std::move(rest));
  return OkStatus();
}

Status segment_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  return set_rows_shape(c, Shape::kUnknown);
}

Status segment_shape_with_number(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape number;
  RETURN_IF_ERROR(c.with_rank(c.input(3), 0, &number));
  int64_t num_segments;
  RETURN_IF_ERROR(c.dim_from_scalar(3, &num_segments));
  return set_rows_shape(c, num_segments);
}

Status segment_grad_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape number;
  RETURN_IF_ERROR(c.with_rank(c.input(3), 0, &number));
  int64_t num_rows = Shape::kUnknown;
  if (const Tensor* value = c.value(3)) num_rows = value->item<int32_t>();
  if (c.value(3) != nullptr && num_rows < 0) {
    return invalid_argument("Cannot specify a negative value for output_dim0");
  }
  Shape data, indices, merged, rest;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 1, &data));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &indices));
  RETURN_IF_ERROR(c.merge(c.input(2), indices, &merged));
  RETURN_IF_ERROR(c.sub_shape(data, 1, INT32_MAX, &rest));
  if (rest.known_rank()) rest.insert_dim(0, num_rows);
  c.set_output(0, std::move(rest));
  return OkStatus();
}

void segment_sum_gradient(GradContext& g) {
  const Endpoint num_rows = first_size(g, g.x(0));
  g.dx(0) = g.op("UnsortedSegmentSum", {gather(g, g.dy(0), g.x(2)), g.x(1), num_rows});
}
void segment_mean_gradient(GradContext& g) {
  const Endpoint num_rows = first_size(g, g.x(0));
  g.dx(0) = g.op("SparseSegmentMeanGrad", {g.dy(0), g.x(1), g.x(2), num_rows});
}
void segment_sqrt_n_gradient(GradContext& g) {
  const Endpoint num_rows = first_size(g, g.x(0));
  g.dx(0) = g.op("SparseSegmentSqrtNGrad", {g.dy(0), g.x(1), g.x(2), num_rows});
}

REFLOW_OP("SparseSegmentSum")
    .input("data: T")
    .input("indices: Tidx")
    .input("segment_ids: int32")
    .output("output: T")
    .attr("T: realnumbertype")
    .attr("Tidx: {int32, int64} = DT_INT32")
    .doc("Sums of the rows `indices` of `data` that have the same segment number; the numbers are sorted.")
    .shape(segment_shape)
    .kernel<SparseSegmentSum>(kCpu, kRealTypes)
    .gradient(segment_sum_gradient);

REFLOW_OP("SparseSegmentSumWithNumSegments")
    .input("data: T")
    .input("indices: Tidx")
    .input("segment_ids: int32")
    .input("num_segments: Tnumsegments")
    .output("output: T")
    .attr("T: realnumbertype")
    .attr("Tidx: {int32, int64} = DT_INT32")
    .attr("Tnumsegments: {int32, int64} = DT_INT32")
    .doc("SparseSegmentSum with `num_segments` rows, of which those without a row of their number are 0.")
    .shape(segment_shape_with_number)
    .kernel<SparseSegmentSum>(kCpu, kRealTypes)
    .gradient(segment_sum_gradient);

REFLOW_OP("SparseSegmentMean")
    .input("data: T")
    .input("indices: Tidx")
    .input("segment_ids: int32")
    .output("output: T")
    .attr("T: {float, double}")
    .attr("Tidx: {int32, int64} = DT_INT32")
    .doc("Means of the rows `indices` of `data` that have the same segment number; the numbers are sorted.")
    .shape(segment_shape)
    .kernel<SparseSegmentMean>(kCpu, kFloat32And64)
    .gradient(segment_mean_gradient);

REFLOW_OP("SparseSegmentMeanWithNumSegments")
    .input("data: T")
    .input("indices: Tidx")
    .input("segment_ids: int32")
    .input("num_segments: Tnumsegments")
    .output("output: T")
    .attr("T: {float, double}")
    .attr("Tidx: {int32, int64} = DT_INT32")
    .attr("Tnumsegments: {int32, int64} = DT_INT32")
    .doc("SparseSegmentMean with `num_segments` rows, of which those without a row of their number are 0.")
    .shape(segment_shape_with_number)
    .kernel<SparseSegmentMean>(kCpu, kFloat32And64)
    .gradient(segment_mean_gradient);

REFLOW_OP("SparseSegmentSqrtN")
    .input("data: T")
    .input("indices: Tidx")
    .input("segment_ids: int32")
    .output("output: T")
    .attr("T: {float, double}")
    .attr("Tidx: {int32, int64} = DT_INT32")
    .doc("Sums of the rows `indices` of `data` that have the same segment number, divided by the square root of how many "
         "there are; the numbers are sorted.")
    .shape(segment_shape)
    .kernel<SparseSegmentSqrtN>(kCpu, kFloat32And64)
    .gradient(segment_sqrt_n_gradient);

REFLOW_OP("SparseSegmentSqrtNWithNumSegments")
    .input("data: T")
    .input("indices: Tidx")
    .input("segment_ids: int32")
    .input("num_segments: Tnumsegments")
    .output("output: T")
    .attr("T: {float, double}")
    .attr("Tidx: {int32, int64} = DT_INT32")
    .attr("Tnumsegments: {int32, int64} = DT_INT32")
    .doc("SparseSegmentSqrtN with `num_segments` rows, of which those without a row of their number are 0.")
    .shape(segment_shape_with_number)
    .kernel<SparseSegmentSqrtN>(kCpu, kFloat32And64)
    .gradient(segment_sqrt_n_gradient);

template <Scale kScale, typename T>
class SparseSegmentGrad : public Kernel {
 public:
  explicit SparseSegmentGrad(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &dy = c.input(0), &indices = c.input(1), &segment_ids = c.input(2), &dim0 = c.input(3);
    RETURN_IF_ERROR(check_vectors(indices, segment_ids));
    if (dim0.rank() != 0) return invalid_argument("output_dim0 should be a scalar.");
    const int64_t num_rows = dim0.item<int32_t>(), num_segments = dy.rank() > 0 ? dy.dim(0) : 0;
    if (dy.rank() < 1) return invalid_argument("grad should have at least one dimension, got shape {}", dy.shape().str());
    if (num_rows < 0) return invalid_argument("Cannot specify a negative value for output_dim0");
    Shape shape = dy.shape();
    shape.set_dim(0, num_rows);
    const IndexReader rows(indices);
    const int32_t* ids = segment_ids.data<int32_t>();
    const int64_t n = rows.size();
    if (n > 0 && int64_t{ids[n - 1]} + 1 > num_segments) return invalid_argument("Invalid number of segments");
    std::vector<int64_t> counts(static_cast<size_t>(num_segments));
    for (int64_t i = 0; i < n; ++i) {
      if (ids[i] < 0 || ids[i] >= num_segments) {
        return invalid_argument("Segment id {} out of range [0, {}).", ids[i], num_segments);
      }
      ++counts[ids[i]];
    }
    RETURN_IF_ERROR(c.allocate_output(0, shape));
    std::fill_n(c.output(0).data<T>(), c.output(0).num_elements(), T(0));
    const int64_t row = num_segments > 0 ? dy.num_elements() / num_segments : 0;
    for (int64_t i = 0; i < n; ++i) {
      if (rows[i] < 0 || rows[i] >= num_rows) return invalid_argument("Index {} out of range [0, {}).", rows[i], num_rows);
      const auto factor = static_cast<T>(1 / divisor(kScale, counts[ids[i]]));
      const T* from = dy.data<T>() + ids[i] * row;
      T* to = c.output(0).data<T>() + rows[i] * row;
      for (int64_t k = 0; k < row; ++k) to[k] += from[k] * factor;
    }
    return OkStatus();
  }
};
template <typename T>
using SparseSegmentMeanGrad = SparseSegmentGrad<Scale::kMean, T>;
template <typename T>
using SparseSegmentSqrtNGrad = SparseSegmentGrad<Scale::kSqrtN, T>;

REFLOW_OP("SparseSegmentMeanGrad")
    .input("grad: T")
    .input("indices: Tidx")
    .input("segment_ids: int32")
    .input("output_dim0: int32")
    .output("output: T")
    .attr("T: {float, double}")
    .attr("Tidx: {int32, int64} = DT_INT32")
    .doc("The gradient of SparseSegmentMean to its data of `output_dim0` rows.")
    .shape(segment_grad_shape)
    .kernel<SparseSegmentMeanGrad>(kCpu, kFloat32And64);

REFLOW_OP("SparseSegmentSqrtNGrad")
    .input("grad: T")
    .input("indices: Tidx")
    .input("segment_ids: int32")
    .input("output_dim0: int32")
    .output("output: T")
    .attr("T: {float, double}")
    .attr("Tidx: {int32, int64} = DT_INT32")
    .doc("The gradient of SparseSegmentSqrtN to its data of `output_dim0` rows.")
    .shape(segment_grad_shape)
    .kernel<SparseSegmentSqrtNGrad>(kCpu, kFloat32And64);

}  // namespace
}  // namespace reflow::ops
