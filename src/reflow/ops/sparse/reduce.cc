// Sums and maxima of sparse tensors along dimensions, and softmax along the last.

#include <algorithm>
#include <cmath>
#include <complex>
#include <vector>

#include <fmt/format.h>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/op/wrapping.h"
#include "reflow/ops/sparse/gradient_ops.h"
#include "reflow/ops/sparse/sparse_tensor.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

struct EntrySum {
  template <typename T> static T apply(T a, T b) { return wrapping_sum(a, b); }
};
struct EntryMax {
  template <typename T> static T apply(T a, T b) { return a < b ? b : a; }
};

// The result's entries: elements of the dense result at `places`, in order, each reduced from those of the input.
template <typename T>
struct Reduced {
  std::vector<int64_t> kept, shape;  // dimensions that stay; the result's shape
  std::vector<int64_t> places;
  std::vector<T> values;
};

template <typename F, typename T>
Status reduce(KernelContext& c, bool keep_dims, Reduced<T>* result) {
  const Tensor &indices = c.input(0), &values = c.input(1), &sizes = c.input(2), &axes = c.input(3);
  if (sizes.rank() != 1) return invalid_argument("Expected input_shape to be a vector; got shape: {}", sizes.shape().str());
  if (axes.rank() > 1) {
    return invalid_argument("Expected reduction_axes to be a scalar or a vector; got shape: {}", axes.shape().str());
  }
  if (values.rank() != 1) return invalid_argument("vals must be a vec, but got: {}", values.shape().str());
  if (indices.rank() < 1) return invalid_argument("indices must not be a scalar");
  RETURN_IF_ERROR(check_sparse_sizes(indices, values, sizes));
  if (indices.rank() != 2) return invalid_argument("indices must be a matrix, but got: {}", indices.shape().str());
  const auto rank = static_cast<int32_t>(sizes.num_elements());
  std::vector<bool> reduced(static_cast<size_t>(rank));
  for (const int32_t axis : axes.flat<int32_t>()) {
    if (axis < -rank || axis >= rank) {
      return invalid_argument("Invalid reduction dimension {}, for input with {} dimensions.", axis, rank);
    }
    reduced[axis < 0 ? axis + rank : axis] = true;
  }
  ASSIGN_OR_RETURN(const Shape shape, dense_shape(sizes));
  for (int d = 0; d < rank; ++d) {
    if (!reduced[d]) {
      result->kept.push_back(d);
      result->shape.push_back(shape.dim(d));
    } else if (keep_dims) {
      result->shape.push_back(1);
    }
  }
  const IndexRows rows(indices);
  RETURN_IF_ERROR(check_within(rows, sizes.flat<int64_t>()));
  std::vector<std::pair<int64_t, int64_t>> entries;  // place in the result, number
  for (int64_t i = 0; i < rows.size(); ++i) {
    int64_t place = 0;
    for (const int64_t d : result->kept) place = place * shape.dim(static_cast<int>(d)) + rows[i][d];
    entries.emplace_back(place, i);
  }
  std::sort(entries.begin(), entries.end());
  for (const auto& [place, i] : entries) {
    const T value = values.data<T>()[i];
    if (!result->places.empty() && result->places.back() == place) {
      result->values.back() = F::apply(result->values.back(), value);
    } else {
      result->places.push_back(place);
      result->values.push_back(value);
    }
  }
  return OkStatus();
}

// A place without entries is 0, in maxima too.
template <typename F, typename T>
class SparseReduce : public Kernel {
 public:
  explicit SparseReduce(KernelInit& c) : keep_dims_(c.attr<bool>("keep_dims")) {}
  Status compute(KernelContext& c) override {
    Reduced<T> result;
    RETURN_IF_ERROR((reduce<F, T>(c, keep_dims_, &result)));
    RETURN_IF_ERROR(c.allocate_output(0, Shape(std::span<const int64_t>(result.shape))));
    T* out = c.output(0).data<T>();
    std::fill_n(out, c.output(0).num_elements(), T(0));
    for (size_t i = 0; i < result.places.size(); ++i) out[result.places[i]] = result.values[i];
    return OkStatus();
  }

 private:
  bool keep_dims_;
};

template <typename F, typename T>
class SparseReduceToSparse : public Kernel {
 public:
  explicit SparseReduceToSparse(KernelInit& c) : keep_dims_(c.attr<bool>("keep_dims")) {}
  Status compute(KernelContext& c) override {
    Reduced<T> result;
    RETURN_IF_ERROR((reduce<F, T>(c, keep_dims_, &result)));
    const auto n = static_cast<int64_t>(result.places.size());
    const auto rank = static_cast<int64_t>(result.shape.size());
    RETURN_IF_ERROR(c.allocate_output(0, Shape{n, rank}));
    RETURN_IF_ERROR(c.allocate_output(1, Shape{n}));
    RETURN_IF_ERROR(c.allocate_output(2, Shape{rank}));
    int64_t* out = c.output(0).data<int64_t>();
    for (int64_t i = 0; i < n; ++i) {
      int64_t rest = result.places[i];
      for (int64_t d = rank - 1; d >= 0; --d) {
        out[i * rank + d] = rest % result.shape[d];
        rest /= result.shape[d];
      }
    }
    std::copy(result.values.begin(), result.values.end(), c.output(1).data<T>());
    std::copy(result.shape.begin(), result.shape.end(), c.output(2).data<int64_t>());
    return OkStatus();
  }

 private:
  bool keep_dims_;
};

template <typename T>
using SparseReduceSum = SparseReduce<EntrySum, T>;
template <typename T>
using SparseReduceMax = SparseReduce<EntryMax, T>;
template <typename T>
using SparseReduceSumSparse = SparseReduceToSparse<EntrySum, T>;
template <typename T>
using SparseReduceMaxSparse = SparseReduceToSparse<EntryMax, T>;

Status reduce_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  const Tensor *sizes = c.value(2), *axes = c.value(3);
  if (sizes == nullptr || axes == nullptr || sizes->num_elements() == 0) return unknown_shape(c);
  const int64_t rank = sizes->num_elements();
  std::vector<bool> reduced(static_cast<size_t>(rank));
  for (const int32_t axis : axes->flat<int32_t>()) reduced[((axis + rank) % rank + rank) % rank] = true;
  Shape shape;
  for (int64_t d = 0; d < rank; ++d) {
    if (!reduced[d]) {
      shape.add_dim(sizes->data<int64_t>()[d]);
    } else if (c.attr_or("keep_dims", false)) {
      shape.add_dim(1);
    }
  }
  c.set_output(0, std::move(shape));
  return OkStatus();
}

// Each entry gets the gradient of the place that it was added to.
void reduce_sum_gradient(GradContext& g) {
  const Endpoint sizes = g.cast(g.x(2), DType::kInt32);
  // math_ops.reduced_shape: the shape with 1 for each reduced dimension.
  const Endpoint rank = g.size(sizes);
  const Endpoint sum = g.op("AddV2", {g.x(3), rank}, {}, "add");
  const Endpoint axes = g.op("FloorMod", {sum, rank}, {}, "mod");
  const Endpoint axes_shape = g.shape(axes);
  const Endpoint all = range_to(g, rank);
  Endpoint ones;
  {
    GradContext::Scope scope(g.graph(), "Fill");
    const Endpoint one = g.constant(1, DType::kInt32, "value");
    ones = g.op("Fill", {axes_shape, one}, {}, scope.name());
  }
  const Endpoint kept = g.op("DynamicStitch", {std::vector<Endpoint>{all, axes}, std::vector<Endpoint>{sizes, ones}});
  const Endpoint dy = g.reshape(g.dy(0), kept);
  const Endpoint scale = g.op("FloorDiv", {g.x(2), g.cast(kept, DType::kInt64)}, {}, "floordiv");
  g.dx(1) = g.op("GatherNd", {dy, g.op("FloorDiv", {g.x(0), scale}, {}, "floordiv")});
}

REFLOW_OP("SparseReduceSum")
    .input("input_indices: int64")
    .input("input_values: T")
    .input("input_shape: int64")
    .input("reduction_axes: int32")
    .output("output: T")
    .attr("keep_dims: bool = false")
    .attr("T: numbertype")
    .doc("Sums of a sparse tensor along `reduction_axes`: a dense tensor.")
    .shape(reduce_shape)
    .kernel<SparseReduceSum>(kCpu, kNumberTypes)
    .gradient(reduce_sum_gradient);

REFLOW_OP("SparseReduceMax")
    .input("input_indices: int64")
    .input("input_values: T")
    .input("input_shape: int64")
    .input("reduction_axes: int32")
    .output("output: T")
    .attr("keep_dims: bool = false")
    .attr("T: realnumbertype")
    .doc("Maxima of the entries of a sparse tensor along `reduction_axes`: a dense tensor, 0 where there is no entry.")
    .shape(reduce_shape)
    .kernel<SparseReduceMax>(kCpu, kRealTypes);

REFLOW_OP("SparseReduceSumSparse")
    .input("input_indices: int64")
    .input("input_values: T")
    .input("input_shape: int64")
    .input("reduction_axes: int32")
    .output("output_indices: int64")
    .output("output_values: T")
    .output("output_shape: int64")
    .attr("keep_dims: bool = false")
    .attr("T: numbertype")
    .doc("Sums of a sparse tensor along `reduction_axes`: a sparse tensor.")
    .shape(unknown_shape)
    .kernel<SparseReduceSumSparse>(kCpu, kNumberTypes);

REFLOW_OP("SparseReduceMaxSparse")
    .input("input_indices: int64")
    .input("input_values: T")
    .input("input_shape: int64")
    .input("reduction_axes: int32")
    .output("output_indices: int64")
    .output("output_values: T")
    .output("output_shape: int64")
    .attr("keep_dims: bool = false")
    .attr("T: realnumbertype")
    .doc("Maxima of the entries of a sparse tensor along `reduction_axes`: a sparse tensor.")
    .shape(unknown_shape)
    .kernel<SparseReduceMaxSparse>(kCpu, kRealTypes);

template <typename T>
class SparseSoftmax : public Kernel {
 public:
  explicit SparseSoftmax(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &indices = c.input(0), &values = c.input(1), &sizes = c.input(2);
    if (indices.rank() != 2) {
      return invalid_argument("Input sp_indices should be a matrix but received shape: {}", indices.shape().str());
    }
    if (values.rank() != 1 || sizes.rank() != 1) {
      return invalid_argument("Inputs sp_values and sp_shape should be vectors but received shapes: {} and {}",
                              values.shape().str(), sizes.shape().str());
    }
    if (sizes.num_elements() < 2) {
      return invalid_argument("Input should have rank >= 2, but received shape: {}",
                              fmt::join(sizes.flat<int64_t>(), " "));
    }
    RETURN_IF_ERROR(check_sparse_sizes(indices, values, sizes));
    RETURN_IF_ERROR(c.allocate_output(0, values.shape()));
    const IndexRows rows(indices);
    const std::vector<int64_t> order = rows.sorted_order();  // the result is in this order, as TensorFlow's
    const T* x = values.data<T>();
    T* y = c.output(0).data<T>();
    for (int64_t begin = 0, end; begin < rows.size(); begin = end) {
      T largest = x[order[begin]];
      for (end = begin; end < rows.size(); ++end) {
        if (IndexRows::compare(rows[order[begin]], rows[order[end]], rows.rank() - 1) != 0) break;
        largest = std::max(largest, x[order[end]]);
      }
      T sum = 0;
      for (int64_t i = begin; i < end; ++i) sum += y[i] = std::exp(x[order[i]] - largest);
      for (int64_t i = begin; i < end; ++i) y[i] /= sum;
    }
    return OkStatus();
  }
};

Status softmax_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape indices, values, sizes;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 2, &indices));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &values));
  RETURN_IF_ERROR(c.with_rank(c.input(2), 1, &sizes));
  c.set_output(0, std::move(values));
  return OkStatus();
}

// softmax * (dy - sum(softmax * dy)).
void softmax_gradient(GradContext& g) {
  const Endpoint product = g.op("Mul", {g.y(0), g.dy(0)}, {}, "mul");
  Endpoint sum;
  {
    GradContext::Scope scope(g.graph(), "SparseReduceSum");
    const Endpoint axes = g.constant_ints({-1}, DType::kInt32, "reduction_axes");
    sum = g.op("SparseReduceSum", {g.x(0), product, g.x(2), axes}, {{"keep_dims", true}}, scope.name());
  }
  const Endpoint difference = g.op("SparseDenseCwiseAdd", {g.x(0), g.dy(0), g.x(2), g.op("Neg", {sum})});
  g.dx(1) = g.op("Mul", {difference, g.y(0)}, {}, "mul");
}

REFLOW_OP("SparseSoftmax")
    .input("sp_indices: int64")
    .input("sp_values: T")
    .input("sp_shape: int64")
    .output("output: T")
    .attr("T: {float, double}")
    .doc("Softmax along the last dimension of a sparse tensor, over the entries alone.")
    .shape(softmax_shape)
    .kernel<SparseSoftmax>(kCpu, kFloat32And64)
    .gradient(softmax_gradient);

}  // namespace
}  // namespace reflow::ops
