// A sparse tensor and a dense one: element-wise ops at the entries, and the sum of both.

#include <complex>
#include <type_traits>
#include <vector>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/ops/sparse/sparse_tensor.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

struct EntryAdd {
  template <typename T> static T apply(T a, T b) { return static_cast<T>(a + b); }
};
struct EntryMul {
  template <typename T> static T apply(T a, T b) { return static_cast<T>(a * b); }
};
struct EntryDiv {
  template <typename T> static T apply(T a, T b) {
    // The one quotient of integers that overflows: as two's complement has it.
    if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
      if (b == T(-1)) return static_cast<T>(T(0) - std::make_unsigned_t<T>(a));
    }
    return static_cast<T>(a / b);
  }
};

// The dense operand is broadcast to the sparse one's shape, never the other way.
template <typename F, typename T>
class SparseDenseCwise : public Kernel {
 public:
  explicit SparseDenseCwise(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &indices = c.input(0), &values = c.input(1), &sizes = c.input(2), &dense = c.input(3);
    if (indices.rank() != 2) {
      return invalid_argument("Input sp_indices should be a matrix but received shape: {}", indices.shape().str());
    }
    if (values.rank() != 1 || sizes.rank() != 1) {
      return invalid_argument("Inputs sp_values and sp_shape should be vectors but received shapes: {} and {}",
                              values.shape().str(), sizes.shape().str());
    }
    const int rank = static_cast<int>(sizes.num_elements());
    const int64_t* shape = sizes.data<int64_t>();
    bool fits = dense.rank() <= rank;
    std::vector<int64_t> strides(static_cast<size_t>(rank), 0);
    int64_t stride = 1;
    for (int d = rank - 1, k = dense.rank() - 1; k >= 0 && fits; --d, --k) {
      fits = dense.dim(k) == 1 || dense.dim(k) == shape[d];
      strides[d] = dense.dim(k) == 1 ? 0 : stride;
      stride *= dense.dim(k);
    }
    if (!fits) {
      return invalid_argument("SparseDenseBinaryOpShared broadcasts dense to sparse only; got incompatible shapes: {} vs. {}",
                              row_text(sizes.flat<int64_t>()), dense.shape().str());
    }
    RETURN_IF_ERROR(check_sparse_sizes(indices, values, sizes));
    RETURN_IF_ERROR(c.allocate_output(0, values.shape()));
    const IndexRows rows(indices);
    const T *x = values.data<T>(), *y = dense.data<T>();
    T* out = c.output(0).data<T>();
    for (int64_t i = 0; i < rows.size(); ++i) {
      if (!rows.within(i, sizes.flat<int64_t>())) {
        return invalid_argument("Provided indices are out-of-bounds w.r.t. dense side with broadcasted shape");
      }
      int64_t at = 0;
      for (int d = 0; d < rank; ++d) at += rows[i][d] * strides[d];
      if constexpr (std::is_same_v<F, EntryDiv> && std::is_integral_v<T>) {
        if (y[at] == 0) return invalid_argument("Integer division by zero");
      }
      out[i] = F::apply(x[i], y[at]);
    }
    return OkStatus();
  }
};
template <typename T>
using SparseDenseAdd = SparseDenseCwise<EntryAdd, T>;
template <typename T>
using SparseDenseMul = SparseDenseCwise<EntryMul, T>;
template <typename T>
using SparseDenseDiv = SparseDenseCwise<EntryDiv, T>;

Status cwise_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape indices;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 2, &indices));
  c.set_output(0, Shape{indices.dim(0)});
  return OkStatus();
}

// The elements of the dense operand at the entries, and the gradient to it, both as TensorFlow computes them: indices are
// scaled down to those of the operand before it was broadcast.
class DenseSide {
 public:
  explicit DenseSide(GradContext& g) : g_(g), dense_(g.x(3)) {
    shape_ = g.cast(g.shape(dense_), DType::kInt64);
    const Endpoint sparse_rank = g.size(g.x(2)), dense_rank = g.size(shape_);
    const Endpoint missing = g.op("Sub", {sparse_rank, dense_rank}, {}, "sub");
    Endpoint missing_vector, ones, augmented;
    {
      GradContext::Scope scope(g.graph(), "ExpandDims");
      const Endpoint dim = g.constant(0, DType::kInt32, "dim");
      missing_vector = g.op("ExpandDims", {missing, dim}, {}, scope.name());
    }
    {
      GradContext::Scope scope(g.graph(), "ones");
      const Endpoint one = g.constant(1, DType::kInt64, "Const");
      ones = g.op("Fill", {missing_vector, one}, {}, scope.name());
    }
    {
      GradContext::Scope scope(g.graph(), "concat");
      const Endpoint axis = g.constant(0, DType::kInt32, "axis");
      augmented = g.op("ConcatV2", {std::vector<Endpoint>{ones, shape_}, axis}, {}, scope.name());
    }
    const Endpoint scaling = g.op("FloorDiv", {g.x(2), augmented}, {}, "floordiv");
    const Endpoint scaled = g.op("FloorDiv", {g.x(0), scaling}, {}, "floordiv");
    Endpoint begin;
    {
      GradContext::Scope scope(g.graph(), "concat");
      const Endpoint zero = g.constant_ints({0}, DType::kInt32, "values_0");
      const Endpoint axis = g.constant(0, DType::kInt32, "axis");
      begin = g.op("ConcatV2", {std::vector<Endpoint>{zero, missing_vector}, axis}, {}, scope.name());
    }
    {
      GradContext::Scope scope(g.graph(), "Slice");
      const Endpoint size = g.constant_ints({-1, -1}, DType::kInt32, "size");
      indices_ = g.op("Slice", {scaled, begin, size}, {}, scope.name());
    }
    values_ = g.op("GatherNd", {dense_, indices_});
  }
  Endpoint values() const { return values_; }
  // `dx` of the entries added up where they belong in the dense operand.
  Endpoint spread(Endpoint dx) {
    const Endpoint zeros = g_.zeros_like(dense_);
    return g_.op("SparseTensorDenseAdd", {indices_, dx, shape_, zeros});
  }

 private:
  GradContext& g_;
  Endpoint dense_, shape_, indices_, values_;
};

REFLOW_OP("SparseDenseCwiseAdd")
    .input("sp_indices: int64")
    .input("sp_values: T")
    .input("sp_shape: int64")
    .input("dense: T")
    .output("output: T")
    .attr("T: numbertype")
    .doc("The values of a sparse tensor plus the elements of `dense`, which is broadcast, at the entries.")
    .shape(cwise_shape)
    .kernel<SparseDenseAdd>(kCpu, kNumberTypes)
    .gradient([](GradContext&) -> Status {
      return unimplemented("Gradient for SparseDenseCwiseAdd is currently not implemented yet.");
    });

REFLOW_OP("SparseDenseCwiseMul")
    .input("sp_indices: int64")
    .input("sp_values: T")
    .input("sp_shape: int64")
    .input("dense: T")
    .output("output: T")
    .attr("T: numbertype")
    .doc("The values of a sparse tensor times the elements of `dense`, which is broadcast, at the entries.")
    .shape(cwise_shape)
    .kernel<SparseDenseMul>(kCpu, kNumberTypes)
    .gradient([](GradContext& g) {
      DenseSide dense(g);
      g.dx(1) = g.op("Mul", {g.dy(0), dense.values()}, {}, "mul");
      g.dx(3) = dense.spread(g.op("Mul", {g.dy(0), g.x(1)}, {}, "mul"));
    });

REFLOW_OP("SparseDenseCwiseDiv")
    .input("sp_indices: int64")
    .input("sp_values: T")
    .input("sp_shape: int64")
    .input("dense: T")
    .output("output: T")
    .attr("T: numbertype")
    .doc("The values of a sparse tensor divided by the elements of `dense`, which is broadcast, at the entries.")
    .shape(cwise_shape)
    .kernel<SparseDenseDiv>(kCpu, kNumberTypes)
    .gradient([](GradContext& g) {
      DenseSide dense(g);
      g.dx(1) = g.op("RealDiv", {g.dy(0), dense.values()}, {}, "truediv");
      const Endpoint negative = g.op("Neg", {g.x(1)}), square = g.op("Square", {dense.values()});
      const Endpoint slope = g.op("RealDiv", {negative, square}, {}, "truediv");
      g.dx(3) = dense.spread(g.op("Mul", {g.dy(0), slope}, {}, "mul"));
    });

template <typename T>
class SparseTensorDenseAdd : public Kernel {
 public:
  explicit SparseTensorDenseAdd(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &indices = c.input(0), &values = c.input(1), &sizes = c.input(2), &dense = c.input(3);
    RETURN_IF_ERROR(check(indices, values, sizes, dense));
    T* out = c.output(0).data<T>();
    if (out != dense.data<T>()) std::copy_n(dense.data<T>(), dense.num_elements(), out);
    const IndexReader at(indices);
    const int rank = dense.rank();
    for (int64_t i = 0; i < values.num_elements(); ++i) {
      int64_t place = 0;
      for (int d = 0; d < rank; ++d) {
        const int64_t index = at[i * rank + d];
        if (static_cast<uint64_t>(index) >= static_cast<uint64_t>(dense.dim(d))) {
          return invalid_argument("Sparse tensor has some invalid index on dimension {}; dense tensor shape: {}", d,
                                  dense.shape().str());
        }
        place = place * dense.dim(d) + index;
      }
      out[place] = static_cast<T>(out[place] + values.data<T>()[i]);
    }
    return OkStatus();
  }

 private:
  static Status check(const Tensor& indices, const Tensor& values, const Tensor& sizes, const Tensor& dense) {
    if (indices.rank() != 2) {
      return invalid_argument("Input a_indices should be a matrix but received shape: {}", indices.shape().str());
    }
    if (values.rank() != 1 || sizes.rank() != 1) {
      return invalid_argument("Inputs a_values and a_shape should be vectors but received shapes: {} and {}",
                              values.shape().str(), sizes.shape().str());
    }
    if (sizes.num_elements() != dense.rank()) {
      return invalid_argument("Two operands have different ranks; received: {} and {}", sizes.num_elements(), dense.rank());
    }
    const IndexReader size(sizes);
    for (int d = 0; d < dense.rank(); ++d) {
      if (size[d] == dense.dim(d)) continue;
      return invalid_argument(
          "Dimension {} does not equal (no broadcasting is supported): sparse side {} vs dense side {}", d, size[d],
          dense.dim(d));
    }
    return check_sparse_sizes(indices, values, sizes);
  }
};

Status tensor_dense_add_shape(ShapeContext& c) {
  c.set_output(0, c.input(3));
  return OkStatus();
}

REFLOW_OP("SparseTensorDenseAdd")
    .input("a_indices: Tindices")
    .input("a_values: T")
    .input("a_shape: Tindices")
    .input("b: T")
    .output("output: T")
    .attr("T: numbertype")
    .attr("Tindices: {int32, int64}")
    .doc("The sum of a sparse tensor and the dense tensor `b` of the same shape: a dense tensor.")
    .shape(tensor_dense_add_shape)
    .kernel<SparseTensorDenseAdd>(kCpu, kNumberTypes)
    .in_place(0, 3)
    .gradient([](GradContext& g) {
      g.dx(1) = g.op("GatherNd", {g.dy(0), g.x(0)});
      g.dx(3) = g.dy_gradient(0);
    });

}  // namespace
}  // namespace reflow::ops
