// Systems of linear equations: MatrixSolve, MatrixTriangularSolve and MatrixSolveLs.

#include <Eigen/Cholesky>
#include <Eigen/QR>

#include "decompositions.h"
#include "matrices.h"
#include "reflow/op/gradient_ops.h"

namespace reflow::ops {
namespace {

using namespace op;

double solve_cost(const MatrixBatch& a, int64_t columns) {
  return 1.0 * a.rows * a.columns * (std::min(a.rows, a.columns) + columns) + 100;
}

template <typename T>
class MatrixSolve : public Kernel {
 public:
  explicit MatrixSolve(KernelInit& c) : adjoint_(c.attr<bool>("adjoint")) {}
  Status compute(KernelContext& c) override {
    const MatrixBatch a(c.input(0).shape()), b(c.input(1).shape());
    if (a.rows == 0 || b.columns == 0) return OkStatus();
    return for_each_matrix(c, a.count, solve_cost(a, b.columns), [&](int64_t i) -> Status {
      const bool is_regular =
          decompositions<T>().solve(matrix_at<T>(c.input(0), i).data(), a.rows, adjoint_,
                                    matrix_at<T>(c.input(1), i).data(), b.columns, matrix_at<T>(c.output(0), i).data());
      if (!is_regular) return invalid_argument("Input matrix is not invertible.");
      return OkStatus();
    });
  }

 private:
  const bool adjoint_;
};

template <typename T>
class MatrixTriangularSolve : public Kernel {
 public:
  explicit MatrixTriangularSolve(KernelInit& c) : lower_(c.attr<bool>("lower")), adjoint_(c.attr<bool>("adjoint")) {}
  Status compute(KernelContext& c) override {
    const MatrixBatch a(c.input(0).shape()), b(c.input(1).shape());
    if (a.rows == 0 || b.columns == 0) return OkStatus();
    return for_each_matrix(c, a.count, 1.0 * a.rows * a.rows * b.columns + 100, [&](int64_t i) -> Status {
      const auto matrix = matrix_at<T>(c.input(0), i);
      if (!(matrix.diagonal().cwiseAbs().minCoeff() > 0)) return invalid_argument("Input matrix is not invertible.");
      auto x = matrix_at<T>(c.output(0), i);
      x = matrix_at<T>(c.input(1), i);
      if (lower_) {
        adjoint_ ? matrix.template triangularView<Eigen::Lower>().adjoint().solveInPlace(x)
                 : matrix.template triangularView<Eigen::Lower>().solveInPlace(x);
      } else {
        adjoint_ ? matrix.template triangularView<Eigen::Upper>().adjoint().solveInPlace(x)
                 : matrix.template triangularView<Eigen::Upper>().solveInPlace(x);
      }
      return OkStatus();
    });
  }

 private:
  const bool lower_, adjoint_;
};

// The x that makes |a x - b|^2 + l2 |x|^2 least.
template <typename T>
class MatrixSolveLs : public Kernel {
 public:
  explicit MatrixSolveLs(KernelInit& c) : fast_(c.attr<bool>("fast")) {}
  Status compute(KernelContext& c) override {
    const MatrixBatch a(c.input(0).shape()), b(c.input(1).shape());
    const double l2 = c.input(2).item<double>();
    if (l2 < 0) return invalid_argument("l2_regularizer must be >= 0.");
    if (a.columns == 0 || b.columns == 0) return OkStatus();
    if (a.rows == 0) {
      for (int64_t i = 0; i < a.count; ++i) matrix_at<T>(c.output(0), i).setZero();
      return OkStatus();
    }
    return for_each_matrix(c, a.count, solve_cost(a, b.columns), [&](int64_t i) -> Status {
      const auto matrix = matrix_at<T>(c.input(0), i);
      const auto rhs = matrix_at<T>(c.input(1), i);
      auto x = matrix_at<T>(c.output(0), i);
      if (!fast_) {
        // As in TensorFlow the regularizer belongs to the normal equations only.
        const Eigen::CompleteOrthogonalDecomposition<WideMatrix<T>> orthogonal(widened<T>(matrix));
        x = WideMatrix<T>(orthogonal.solve(widened<T>(rhs))).template cast<T>();
        return OkStatus();
      }
      const bool over = a.rows >= a.columns;
      Matrix<T> gram = over ? Matrix<T>(matrix.adjoint() * matrix) : Matrix<T>(matrix * matrix.adjoint());
      gram.diagonal().array() += T(l2);
      const Eigen::LLT<Matrix<T>, Eigen::Lower> llt(gram);
      if (llt.info() != Eigen::Success) {
        return invalid_argument("Input matrix was rank deficient or ill-conditioned. Try setting fast=False or provide a larger "
                                "l2_regularizer > 0.");
      }
      if (over) {
        x = llt.solve(Matrix<T>(matrix.adjoint() * rhs));
      } else {
        x = matrix.adjoint() * llt.solve(Matrix<T>(rhs));
      }
      return OkStatus();
    });
  }

 private:
  const bool fast_;
};

Status square_solve_shape(ShapeContext& c) {
  if (c.concrete() && c.node().type() == "MatrixTriangularSolve") {
    // Its kernel names things in its own words.
    for (int i : {0, 1}) {
      if (c.input(i).rank() < 2) return invalid_argument("In[{}] ndims must be >= 2: {}", i, c.input(i).rank());
    }
  }
  return solve_shape(c, true);
}

Status least_squares_shape(ShapeContext& c) {
  if (c.concrete() && c.input(2).rank() != 0) {
    return invalid_argument("l2_regularizer must be a scalar, but got shape {}", c.input(2).str());
  }
  if (!c.concrete()) {
    Shape scalar;
    RETURN_IF_ERROR(c.with_rank(c.input(2), 0, &scalar));
  }
  return solve_shape(c, false);
}

// dL/da of x = a^-1 b from dL/db: -dL/db x^H, or for the adjoint -x dL/db^H.
Endpoint matrix_gradient(GradContext& g, Endpoint db, bool adjoint) {
  const Endpoint x = g.y(0);
  return g.op("Neg", {adjoint ? matmul(g, x, db, false, true) : matmul(g, db, x, false, true)});
}

// Of the overdetermined case x = (a^H a + l2 I)^-1 a^H b and of the underdetermined one x = a^H (a a^H + l2 I)^-1 b.
void least_squares_gradient(GradContext& g) {
  const Shape& a_shape = g.x(0).shape();
  if (a_shape.rank() < 2 || a_shape.dim(a_shape.rank() - 1) < 0 || a_shape.dim(a_shape.rank() - 2) < 0) {
    g.fail(unimplemented("MatrixSolveLs's gradient needs to know the sizes of its matrices"));
    return;
  }
  const int64_t rows = a_shape.dim(a_shape.rank() - 2), columns = a_shape.dim(a_shape.rank() - 1);
  const bool over = rows >= columns;
  const Endpoint a = g.x(0), b = g.x(1), x = g.y(0), dy = g.dy(0);
  const DType type = base_type(a.dtype());
  const auto with_l2 = [&](Endpoint gram, int64_t n) {
    const Endpoint l2 = g.cast(g.x(2), type);
    const Endpoint diagonal = g.op("Fill", {g.constant_ints({n}), g.constant(1, type)});
    return add(g, gram, mul(g, l2, g.op("MatrixDiag", {diagonal})));
  };
  const auto gram_solve = [&](Endpoint rhs) {
    const Endpoint gram = over ? matmul(g, a, a, true, false) : matmul(g, a, a, false, true);
    const Endpoint factor = g.op("Cholesky", {with_l2(gram, over ? columns : rows)});
    const Endpoint half = g.op("MatrixTriangularSolve", {factor, rhs}, {{"lower", true}, {"adjoint", false}});
    return g.op("MatrixTriangularSolve", {factor, half}, {{"lower", true}, {"adjoint", true}});
  };
  if (over) {
    // z = (a^H a + l2 I)^-1 dy;  da = (b - a x) z^H - a z x^H,  db = a z.
    const Endpoint z = gram_solve(dy), az = matmul(g, a, z);
    const Endpoint residual = sub(g, b, matmul(g, a, x));
    g.dx(0) = sub(g, matmul(g, residual, z, false, true), matmul(g, az, x, false, true));
    g.dx(1) = az;
  } else {
    // db = (a a^H + l2 I)^-1 a dy,  u = (a a^H + l2 I)^-1 b;  da = u (dy - a^H db)^H - db x^H.
    const Endpoint db = gram_solve(matmul(g, a, dy)), u = gram_solve(b);
    const Endpoint rest = sub(g, dy, matmul(g, a, db, true, false));
    g.dx(0) = sub(g, matmul(g, u, rest, false, true), matmul(g, db, x, false, true));
    g.dx(1) = db;
  }
}

REFLOW_OP("MatrixSolve")
    .input("matrix: T")
    .input("rhs: T")
    .output("output: T")
    .attr("adjoint: bool = false")
    .attr("T: {double, float, half, complex64, complex128}")
    .doc("Solves matrix x = rhs, or with `adjoint` the system of the adjoint matrix, for matrix [..., n, n] and rhs [..., n, k].")
    .shape(square_solve_shape)
    .kernel<MatrixSolve>(kCpu, kMatrixTypes)
    .gradient([](GradContext& g) {
      const bool adjoint = g.attr<bool>("adjoint");
      const Endpoint db = g.op("MatrixSolve", {g.x(0), g.dy(0)}, {{"adjoint", !adjoint}});
      g.dx(0) = matrix_gradient(g, db, adjoint);
      g.dx(1) = db;
    });

REFLOW_OP("MatrixTriangularSolve")
    .input("matrix: T")
    .input("rhs: T")
    .output("output: T")
    .attr("lower: bool = true")
    .attr("adjoint: bool = false")
    .attr("T: {double, float, half, complex64, complex128}")
    .doc("As MatrixSolve for triangular matrices, of which only the lower (or upper) triangle is looked at.")
    .shape(square_solve_shape)
    .kernel<MatrixTriangularSolve>(kCpu, kMatrixTypes)
    .gradient([](GradContext& g) {
      const bool adjoint = g.attr<bool>("adjoint"), lower = g.attr<bool>("lower");
      const Endpoint db = g.op("MatrixTriangularSolve", {g.x(0), g.dy(0)}, {{"lower", lower}, {"adjoint", !adjoint}});
      const Endpoint full = matrix_gradient(g, db, adjoint);
      if (!full) return;
      GradContext::Scope scope(g.graph(), "MatrixBandPart");
      const Endpoint below = g.constant_tensor(Tensor::scalar(int64_t{lower ? -1 : 0}), "num_lower"),
                     above = g.constant_tensor(Tensor::scalar(int64_t{lower ? 0 : -1}), "num_upper");
      g.dx(0) = g.op("MatrixBandPart", {full, below, above}, {}, scope.name());
      g.dx(1) = db;
    });

REFLOW_OP("MatrixSolveLs")
    .input("matrix: T")
    .input("rhs: T")
    .input("l2_regularizer: double")
    .output("output: T")
    .attr("T: {double, float, half, complex64, complex128}")
    .attr("fast: bool = true")
    .doc("The x of least |matrix x - rhs|^2 + l2_regularizer |x|^2, by the normal equations if `fast`, else by a complete "
         "orthogonal decomposition, which takes no regularizer.")
    .shape(least_squares_shape)
    .kernel<MatrixSolveLs>(kCpu, kMatrixTypes)
    .gradient(least_squares_gradient);

REFLOW_OP("BatchMatrixSolve")
    .input("matrix: T")
    .input("rhs: T")
    .output("output: T")
    .attr("adjoint: bool = false")
    .attr("T: {double, float}")
    .deprecated(13, "Use MatrixSolve instead.")
    .doc("What MatrixSolve was called for batches of matrices.")
    .shape(unknown_until_run<square_solve_shape>)
    .kernel<MatrixSolve>(kCpu, kFloat32And64);

REFLOW_OP("BatchMatrixTriangularSolve")
    .input("matrix: T")
    .input("rhs: T")
    .output("output: T")
    .attr("lower: bool = true")
    .attr("adjoint: bool = false")
    .attr("T: {double, float}")
    .deprecated(13, "Use MatrixTriangularSolve instead.")
    .doc("What MatrixTriangularSolve was called for batches of matrices.")
    .shape(unknown_until_run<square_solve_shape>)
    .kernel<MatrixTriangularSolve>(kCpu, kFloat32And64);

REFLOW_OP("BatchMatrixSolveLs")
    .input("matrix: T")
    .input("rhs: T")
    .input("l2_regularizer: double")
    .output("output: T")
    .attr("T: {double, float}")
    .attr("fast: bool = true")
    .deprecated(13, "Use MatrixSolveLs instead.")
    .doc("What MatrixSolveLs was called for batches of matrices.")
    .shape(unknown_until_run<least_squares_shape>)
    .kernel<MatrixSolveLs>(kCpu, kFloat32And64);

}  // namespace
}  // namespace reflow::ops
