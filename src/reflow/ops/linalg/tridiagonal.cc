// TridiagonalSolve and TridiagonalMatMul.

#include <algorithm>
#include <cmath>
#include <vector>

#include "matrices.h"
#include "reflow/op/gradient_ops.h"

namespace reflow::ops {
namespace {

using namespace op;

// diagonals [.., 3, n]: above (the last element doesn't count), on and below (the first doesn't count) the main diagonal.
template <typename T>
class TridiagonalSolve : public Kernel {
 public:
  explicit TridiagonalSolve(KernelInit& c) : pivoting_(c.attr<bool>("partial_pivoting")) {}
  Status compute(KernelContext& c) override {
    const MatrixBatch d(c.input(0).shape()), b(c.input(1).shape());
    const int64_t n = d.columns;
    if (n == 0 || b.columns == 0) return OkStatus();
    return for_each_matrix(c, d.count, 10.0 * n * (b.columns + 2), [&](int64_t i) -> Status {
      const T* diagonals = c.input(0).data<T>() + i * 3 * n;
      auto x = matrix_at<T>(c.output(0), i);
      x = matrix_at<T>(c.input(1), i);
      return pivoting_ ? with_pivoting(diagonals, n, x) : thomas(diagonals, n, x);
    });
  }

 private:
  static Status singular() { return invalid_argument("The first element of diagonal is zero."); }

  static Status thomas(const T* diagonals, int64_t n, MatrixView<T>& x) {
    const T *above = diagonals, *on = diagonals + n, *below = diagonals + 2 * n;
    if (on[0] == T(0)) return invalid_argument("The first element of diagonal is zero.");
    std::vector<T> u(n);
    u[0] = above[0] / on[0];
    x.row(0) /= on[0];
    for (int64_t i = 1; i < n; ++i) {
      const T pivot = on[i] - below[i] * u[i - 1];
      if (pivot == T(0)) return invalid_argument("The matrix is not invertible, or needs partial pivoting.");
      u[i] = above[i] / pivot;
      x.row(i) = ((x.row(i) - below[i] * x.row(i - 1)) / pivot).eval();
    }
    for (int64_t i = n - 2; i >= 0; --i) x.row(i) -= u[i] * x.row(i + 1);
    return OkStatus();
  }

  // Row i of the upper triangle has the elements u[i], v[i], w[i] in columns i, i + 1, i + 2.
  static Status with_pivoting(const T* diagonals, int64_t n, MatrixView<T>& x) {
    const T *above = diagonals, *on = diagonals + n, *below = diagonals + 2 * n;
    std::vector<T> u(n), v(n, T(0)), w(n, T(0));
    u[0] = on[0];
    if (n > 1) v[0] = above[0];
    for (int64_t i = 0; i + 1 < n; ++i) {
      const T next_above = i + 2 < n ? above[i + 1] : T(0);
      if (std::abs(u[i]) >= std::abs(below[i + 1])) {
        if (u[i] == T(0)) return invalid_argument("The matrix is not invertible.");
        const T factor = below[i + 1] / u[i];
        u[i + 1] = on[i + 1] - factor * v[i];
        v[i + 1] = next_above;
        x.row(i + 1) -= factor * x.row(i);
      } else {
        const T factor = u[i] / below[i + 1];
        u[i] = below[i + 1];
        u[i + 1] = v[i] - factor * on[i + 1];
        v[i] = on[i + 1];
        w[i] = next_above;
        v[i + 1] = -factor * next_above;
        x.row(i).swap(x.row(i + 1));
        x.row(i + 1) -= factor * x.row(i);
      }
    }
    if (u[n - 1] == T(0)) return invalid_argument("The matrix is not invertible.");
    for (int64_t i = n - 1; i >= 0; --i) {
      if (i + 1 < n) x.row(i) -= v[i] * x.row(i + 1);
      if (i + 2 < n) x.row(i) -= w[i] * x.row(i + 2);
      x.row(i) /= u[i];
    }
    return OkStatus();
  }

  const bool pivoting_;
};

// Inputs superdiag, maindiag, subdiag [.., 1, n] and rhs [.., n, k].
template <typename T>
class TridiagonalMatMul : public Kernel {
 public:
  explicit TridiagonalMatMul(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const MatrixBatch b(c.input(3).shape());
    const int64_t n = b.rows;
    return for_each_matrix(c, b.count, 3.0 * n * b.columns, [&](int64_t i) -> Status {
      const T *above = c.input(0).data<T>() + i * n, *on = c.input(1).data<T>() + i * n, *below = c.input(2).data<T>() + i * n;
      const auto x = matrix_at<T>(c.input(3), i);
      auto y = matrix_at<T>(c.output(0), i);
      for (int64_t r = 0; r < n; ++r) {
        y.row(r) = on[r] * x.row(r);
        if (r + 1 < n) y.row(r) += above[r] * x.row(r + 1);
        if (r > 0) y.row(r) += below[r] * x.row(r - 1);
      }
      return OkStatus();
    });
  }
};

Status solve_shape(ShapeContext& c) {
  Shape d, b;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 2, &d));
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(1), 2, &b));
  if (!d.known_rank() || !b.known_rank()) {
    c.set_output(0, c.input(1));
    return OkStatus();
  }
  Shape batch;
  RETURN_IF_ERROR(c.merge(d.sub_shape(0, d.rank() - 2), b.sub_shape(0, b.rank() - 2), &batch));
  int64_t n;
  RETURN_IF_ERROR(c.with_value(d.dim(d.rank() - 2), 3, &n));
  RETURN_IF_ERROR(c.merge_dim(d.dim(d.rank() - 1), b.dim(b.rank() - 2), &n));
  RETURN_IF_ERROR(c.concatenate(batch, Shape{n, b.dim(b.rank() - 1)}, &b));
  c.set_output(0, b);
  return OkStatus();
}

Status multiply_shape(ShapeContext& c) {
  Shape b;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(3), 2, &b));
  for (int i = 0; i < 3 && b.known_rank(); ++i) {
    Shape d;
    RETURN_IF_ERROR(c.with_rank_at_least(c.input(i), 2, &d));
    if (!d.known_rank()) continue;
    Shape expected = b.sub_shape(0, b.rank() - 2), merged;
    expected.add_dim(1);
    expected.add_dim(b.dim(b.rank() - 2));
    RETURN_IF_ERROR(c.merge(d, expected, &merged));
  }
  c.set_output(0, b);
  return OkStatus();
}

Endpoint int_scalar(GradContext& g, int32_t value) { return constant_int(g, value, "Const"); }

// Elements [begin, end) of the last-but-one dimension of [.., 3, n], kept as a dimension of one.
Endpoint diagonal_row(GradContext& g, Endpoint diagonals, int64_t row) {
  GradContext::Scope scope(g.graph(), "strided_slice");
  const Endpoint from = g.constant_ints({0, row, 0}, DType::kInt32, "stack"), to = g.constant_ints({0, row + 1, 0}, DType::kInt32, "stack_1"),
                 step = g.constant_ints({1, 1, 1}, DType::kInt32, "stack_2");
  return g.op("StridedSlice", {diagonals, from, to, step}, {{"ellipsis_mask", 1}, {"begin_mask", 4}, {"end_mask", 4}}, scope.name());
}

// x[.., i + by] along `axis` (-1 or -2), zeros beyond the end.
Endpoint shifted(GradContext& g, Endpoint x, int axis, int by) {
  const int rank = x.shape().rank();
  std::vector<int64_t> begin(rank, 0), end(rank, 0);
  std::vector<int32_t> paddings(2 * rank, 0);
  const int at = rank + axis;
  (by > 0 ? begin : end)[at] = by;
  paddings[2 * at + (by > 0 ? 1 : 0)] = 1;
  const int64_t others = (int64_t{1} << rank) - 1 - (int64_t{1} << at);
  Endpoint part;
  {
    GradContext::Scope scope(g.graph(), "strided_slice");
    const Endpoint from = g.constant_ints(begin, DType::kInt32, "stack"), to = g.constant_ints(end, DType::kInt32, "stack_1"),
                   step = g.constant_ints(std::vector<int64_t>(rank, 1), DType::kInt32, "stack_2");
    const int64_t here = int64_t{1} << at;
    part = g.op("StridedSlice", {x, from, to, step},
                {{"begin_mask", others | (by > 0 ? 0 : here)}, {"end_mask", others | (by > 0 ? here : 0)}}, scope.name());
  }
  return g.op("Pad", {part, g.constant_tensor(Tensor::from<int32_t>(std::span<const int32_t>(paddings), {rank, 2}), "paddings")});
}

bool known_ranks(GradContext& g, Endpoint x) {
  if (x.shape().known_rank()) return true;
  g.fail(unimplemented("The gradient of {} needs to know the rank of its matrices", g.node().type()));
  return false;
}

// The diagonals of the adjoint of the tridiagonal matrix.
Endpoint adjoint_diagonals(GradContext& g, Endpoint d) {
  const Endpoint above = g.conj(diagonal_row(g, d, 0)), on = g.conj(diagonal_row(g, d, 1)), below = g.conj(diagonal_row(g, d, 2));
  if (!above || !below) return {};
  return g.op("ConcatV2", {OpInput(std::vector<Endpoint>{shifted(g, below, -1, 1), on, shifted(g, above, -1, -1)}), OpInput(int_scalar(g, -2))},
              {}, "concat");
}

// The sums over the columns of a times the conjugate of b, as [.., 1, n].
Endpoint row_products(GradContext& g, Endpoint a, Endpoint b) {
  const Endpoint sums = g.reduce_sum(mul(g, a, g.conj(b)), int_scalar(g, -1));
  return g.op("ExpandDims", {sums, int_scalar(g, -2)});
}

void solve_gradient(GradContext& g) {
  const Endpoint d = g.x(0), x = g.y(0);
  if (!known_ranks(g, d) || !known_ranks(g, x)) return;
  const Endpoint db = g.op("TridiagonalSolve", {adjoint_diagonals(g, d), g.dy(0)}, copied_attrs(g, {"partial_pivoting"}));
  if (!db) return;
  const Endpoint above = row_products(g, db, shifted(g, x, -2, 1)), on = row_products(g, db, x),
                 below = row_products(g, db, shifted(g, x, -2, -1));
  g.dx(0) = g.op("Neg", {g.op("ConcatV2", {OpInput(std::vector<Endpoint>{above, on, below}), OpInput(int_scalar(g, -2))}, {}, "concat")});
  g.dx(1) = db;
}

void multiply_gradient(GradContext& g) {
  const Endpoint above = g.x(0), on = g.x(1), below = g.x(2), x = g.x(3), dy = g.dy(0);
  for (const Endpoint e : {above, below, x}) {
    if (!known_ranks(g, e)) return;
  }
  g.dx(0) = row_products(g, dy, shifted(g, x, -2, 1));
  g.dx(1) = row_products(g, dy, x);
  g.dx(2) = row_products(g, dy, shifted(g, x, -2, -1));
  g.dx(3) = g.op("TridiagonalMatMul", {shifted(g, g.conj(below), -1, 1), g.conj(on), shifted(g, g.conj(above), -1, -1), dy});
}

REFLOW_OP("TridiagonalSolve")
    .input("diagonals: T")
    .input("rhs: T")
    .output("output: T")
    .attr("partial_pivoting: bool = true")
    .attr("T: {double, float, complex64, complex128}")
    .doc("Solves systems with tridiagonal matrices, whose diagonals [.., 3, n] are above, on and below the main one, for rhs [.., n, k].")
    .shape(solve_shape)
    .kernel<TridiagonalSolve>(kCpu, kMatrixTypes)
    .gradient(solve_gradient);

REFLOW_OP("TridiagonalMatMul")
    .input("superdiag: T")
    .input("maindiag: T")
    .input("subdiag: T")
    .input("rhs: T")
    .output("output: T")
    .attr("T: {double, float, complex64, complex128}")
    .doc("Multiplies tridiagonal matrices, given by their diagonals [.., 1, n], by rhs [.., n, k].")
    .shape(multiply_shape)
    .kernel<TridiagonalMatMul>(kCpu, kMatrixTypes)
    .gradient(multiply_gradient);

}  // namespace
}  // namespace reflow::ops
