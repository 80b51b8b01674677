// A sparse matrix times a dense one.

#include <complex>
#include <vector>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/op/wrapping.h"
#include "reflow/ops/sparse/gradient_ops.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

template <typename T>
T conjugate(const T& v) {
  if constexpr (is_complex(dtype_of<T>)) {
    return std::conj(v);
  } else {
    return v;
  }
}

template <typename T>
class SparseTensorDenseMatMul : public Kernel {
 public:
  explicit SparseTensorDenseMatMul(KernelInit& c)
      : adjoint_a_(c.attr<bool>("adjoint_a")), adjoint_b_(c.attr<bool>("adjoint_b")) {}

  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check(c));
    const Tensor &indices = c.input(0), &values = c.input(1), &sizes = c.input(2), &b = c.input(3);
    const int64_t outer = sizes.data<int64_t>()[adjoint_a_ ? 1 : 0], inner = sizes.data<int64_t>()[adjoint_a_ ? 0 : 1];
    if (inner != b.dim(adjoint_b_ ? 1 : 0)) {
      return invalid_argument(
          "Cannot multiply A and B because inner dimension does not match: {} vs. {}.  Did you forget a transpose?  "
          "Dimensions of A: [{}, {}).  Dimensions of B: {}",
          inner, b.dim(adjoint_b_ ? 1 : 0), sizes.data<int64_t>()[0], sizes.data<int64_t>()[1], b.shape().str());
    }
    if (outer < 0) return invalid_argument("Dimension {} must be >= 0", outer);
    const int64_t columns = b.dim(adjoint_b_ ? 0 : 1);
    RETURN_IF_ERROR(c.allocate_output(0, Shape{outer, columns}));
    T* out = c.output(0).data<T>();
    std::fill_n(out, c.output(0).num_elements(), T(0));
    if (columns == 0) return OkStatus();
    const IndexReader at(indices);
    const T* a = values.data<T>();
    RETURN_IF_ERROR(check_bounds(at, outer, inner));
    // Threads share the columns, so that no two write the same element and the order of sums doesn't depend on them.
    const double cost = 1.0 * static_cast<double>(values.num_elements());
    c.pool().parallel_for(columns, cost, [&](int64_t begin, int64_t end) {
      for (int64_t i = 0; i < values.num_elements(); ++i) {
        const int64_t m = at[2 * i + (adjoint_a_ ? 1 : 0)], k = at[2 * i + (adjoint_a_ ? 0 : 1)];
        const T factor = adjoint_a_ ? conjugate(a[i]) : a[i];
        T* to = out + m * columns;
        if (adjoint_b_) {
          for (int64_t n = begin; n < end; ++n) add_product(factor, conjugate(b.data<T>()[n * inner + k]), &to[n]);
        } else {
          const T* from = b.data<T>() + k * columns;
          for (int64_t n = begin; n < end; ++n) add_product(factor, from[n], &to[n]);
        }
      }
    });
    return OkStatus();
  }

 private:
  static void add_product(T a, T b, T* to) {
    if constexpr (std::is_integral_v<T>) *to = wrapping_sum(*to, wrapping_product(a, b));
    else *to += a * b;
  }
  static Status check(KernelContext& c) {
    if (c.input(3).rank() != 2) return invalid_argument("Tensor 'b' is not a matrix");
    if (c.input(2).rank() != 1) return invalid_argument("Tensor 'a_shape' is not a vector");
    if (c.input(2).num_elements() != 2) return invalid_argument("Tensor 'a_shape' must have 2 elements");
    if (c.input(1).rank() != 1) return invalid_argument("Tensor 'a_values' is not a vector");
    if (c.input(0).rank() != 2) return invalid_argument("Tensor 'a_indices' is not a matrix");
    if (c.input(0).dim(0) != c.input(1).num_elements()) {
      return invalid_argument("Number of rows of a_indices does not match number of entries in a_values");
    }
    if (c.input(0).dim(1) != c.input(2).num_elements()) {
      return invalid_argument("Number of columns of a_indices does not match number of entries in a_shape");
    }
    return OkStatus();
  }

  Status check_bounds(const IndexReader& at, int64_t outer, int64_t inner) const {
    const int row = adjoint_a_ ? 1 : 0, column = 1 - row;
    for (int64_t i = 0; i < at.size() / 2; ++i) {
      const int64_t m = at[2 * i + row], k = at[2 * i + column];
      if (static_cast<uint64_t>(k) >= static_cast<uint64_t>(inner)) {
        return invalid_argument("k ({}) from index[{},{}] out of bounds (>={})", k, i, column, inner);
      }
      if (static_cast<uint64_t>(m) >= static_cast<uint64_t>(outer)) {
        return invalid_argument("m ({}) from index[{},{}] out of bounds (>={})", m, i, row, outer);
      }
    }
    return OkStatus();
  }

  bool adjoint_a_, adjoint_b_;
};

Status sparse_matmul_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape indices, values, a, b;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 2, &indices));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &values));
  Shape sizes;
  RETURN_IF_ERROR(c.value_as_shape(2, &sizes));
  RETURN_IF_ERROR(c.with_rank(sizes, 2, &a));
  RETURN_IF_ERROR(c.with_rank(c.input(3), 2, &b));
  const bool adjoint_a = c.attr_or("adjoint_a", false), adjoint_b = c.attr_or("adjoint_b", false);
  int64_t inner;
  RETURN_IF_ERROR(c.merge_dim(a.dim(adjoint_a ? 0 : 1), b.dim(adjoint_b ? 1 : 0), &inner));
  c.set_output(0, Shape{a.dim(adjoint_a ? 1 : 0), b.dim(adjoint_b ? 0 : 1)});
  return OkStatus();
}

Endpoint transposed(GradContext& g, Endpoint x) {
  GradContext::Scope scope(g.graph(), "transpose");
  const Endpoint perm = g.constant_ints({1, 0}, DType::kInt32, "perm");
  return g.op("Transpose", {x, perm}, {}, scope.name());
}

Status sparse_matmul_gradient(GradContext& g) {
  const bool adjoint_a = g.attr<bool>("adjoint_a"), adjoint_b = g.attr<bool>("adjoint_b");
  if (is_complex(g.x(1).dtype())) {
    return unimplemented("SparseTensorDenseMatMul op does not support complex gradients.");
  }
  Endpoint db = g.op("SparseTensorDenseMatMul", {g.x(0), g.x(1), g.x(2), g.dy(0)}, {{"adjoint_a", !adjoint_a}});
  if (adjoint_b) db = transposed(g, db);
  const Endpoint rows = column_of(g, g.x(0), 0), columns = column_of(g, g.x(0), 1);
  const Endpoint parts_a = gather(g, g.dy(0), adjoint_a ? columns : rows);
  const Endpoint parts_b = gather(g, adjoint_b ? transposed(g, g.x(3)) : g.x(3), adjoint_a ? rows : columns);
  const Endpoint products = g.op("Mul", {parts_a, parts_b}, {}, "mul");
  {
    GradContext::Scope scope(g.graph(), "Sum");
    const Endpoint axis = g.constant(1, DType::kInt32, "reduction_indices");
    g.dx(1) = g.op("Sum", {products, axis}, {}, scope.name());
  }
  g.dx(3) = db;
  return g.status();
}

REFLOW_OP("SparseTensorDenseMatMul")
    .input("a_indices: Tindices")
    .input("a_values: T")
    .input("a_shape: int64")
    .input("b: T")
    .output("product: T")
    .attr("T: type")
    .attr("Tindices: {int32, int64} = DT_INT64")
    .attr("adjoint_a: bool = false")
    .attr("adjoint_b: bool = false")
    .doc("The product of the sparse matrix A and the dense matrix `b`, each of which may be taken for its conjugate "
         "transpose.")
    .shape(sparse_matmul_shape)
    .kernel<SparseTensorDenseMatMul>(kCpu, Types<Bfloat16, float, double, int32_t, std::complex<float>, std::complex<double>>{})
    .gradient(sparse_matmul_gradient);

}  // namespace
}  // namespace reflow::ops
