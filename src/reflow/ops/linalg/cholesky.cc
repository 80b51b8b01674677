// Cholesky, the decomposition of positive definite matrices, and CholeskyGrad.

#include <Eigen/Cholesky>

#include "matrices.h"
#include "reflow/op/gradient_ops.h"

namespace reflow::ops {
namespace {

using namespace op;

template <typename T>
class Cholesky : public Kernel {
 public:
  explicit Cholesky(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const MatrixBatch b(c.input(0).shape());
    if (b.rows == 0) return OkStatus();
    return for_each_matrix(c, b.count, 0.4 * b.rows * b.rows * b.rows + 100, [&](int64_t i) -> Status {
      const Eigen::LLT<Matrix<T>, Eigen::Lower> llt{Matrix<T>(matrix_at<T>(c.input(0), i))};
      if (llt.info() != Eigen::Success) {
        return invalid_argument("Cholesky decomposition was not successful. The input might not be valid.");
      }
      auto l = matrix_at<T>(c.output(0), i);
      l.setZero();
      l.template triangularView<Eigen::Lower>() = llt.matrixL();
      return OkStatus();
    });
  }
};

// For a = l l^T: da = l^-T p(l^T dl) l^-1, symmetric, where p takes the lower triangle and halves the diagonal
// (Murray, "Differentiation of the Cholesky decomposition", 2016).
template <typename T>
class CholeskyGrad : public Kernel {
 public:
  explicit CholeskyGrad(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const MatrixBatch b(c.input(0).shape());
    if (b.rows == 0) return OkStatus();
    return for_each_matrix(c, b.count, 3.0 * b.rows * b.rows * b.rows + 100, [&](int64_t i) -> Status {
      const Matrix<T> l = matrix_at<T>(c.input(0), i).template triangularView<Eigen::Lower>();
      const Matrix<T> dl = matrix_at<T>(c.input(1), i).template triangularView<Eigen::Lower>();
      Matrix<T> middle = (l.transpose() * dl).eval().template triangularView<Eigen::Lower>();
      middle.diagonal() *= T(0.5);
      // x = l^-T middle l^-1, in two solutions.
      l.template triangularView<Eigen::Lower>().transpose().solveInPlace(middle);
      Matrix<T> x = middle.transpose();
      l.template triangularView<Eigen::Lower>().transpose().solveInPlace(x);
      matrix_at<T>(c.output(0), i) = T(0.5) * (x + x.transpose());
      return OkStatus();
    });
  }
};

Status cholesky_grad_shape(ShapeContext& c) {
  Shape l, grad;
  RETURN_IF_ERROR(square_matrices(c, 0, &l));
  if (c.concrete()) {
    RETURN_IF_ERROR(square_matrices(c, 1, &grad));
    if (!(l == grad)) return invalid_argument("Inputs have different shape.");
  }
  c.set_output(0, l);
  return OkStatus();
}

Endpoint stride(GradContext& g, Endpoint x, int64_t begin, int64_t end, AttrMap masks) {
  GradContext::Scope scope(g.graph(), "strided_slice");
  const Endpoint from = g.constant_ints({begin}, DType::kInt32, "stack"), to = g.constant_ints({end}, DType::kInt32, "stack_1"),
                 step = g.constant_ints({1}, DType::kInt32, "stack_2");
  return g.op("StridedSlice", {x, from, to, step}, std::move(masks), scope.name());
}

// tf.eye(n, batch_shape): identity matrices as l has them.
Endpoint identity_like(GradContext& g, Endpoint l) {
  const Endpoint shape = g.shape(l);
  const Endpoint rows = stride(g, shape, -1, 0, {{"shrink_axis_mask", 1}});
  const Endpoint batch_shape = g.shape(l);
  const Endpoint batch = stride(g, batch_shape, 0, -2, {{"begin_mask", 1}});
  if (!g.status().ok()) return {};
  GradContext::Scope scope(g.graph(), "eye");
  const Endpoint size = g.op("Minimum", {rows, rows});
  Endpoint vector;
  {
    GradContext::Scope concat(g.graph(), "concat");
    const Endpoint last = g.op("Pack", {OpInput(std::vector<Endpoint>{size})}, {}, "values_1");
    const Endpoint axis = constant_int(g, 0, "axis");
    vector = g.op("ConcatV2", {OpInput(std::vector<Endpoint>{batch, last}), OpInput(axis)}, {}, concat.name());
  }
  Endpoint ones;
  {
    GradContext::Scope inner(g.graph(), "ones");
    ones = g.op("Fill", {vector, g.constant(1, l.dtype())}, {}, inner.name());
  }
  return g.op("MatrixDiag", {ones}, {}, "diag");
}

void cholesky_gradient(GradContext& g) {
  const Endpoint l = g.y(0), dy = g.dy(0);
  const Endpoint eye = identity_like(g, l);
  const Endpoint inverse = g.op("MatrixTriangularSolve", {l, eye}, {{"lower", true}, {"adjoint", false}});
  Endpoint middle = matmul(g, l, dy, true, false);
  const Endpoint diagonal = g.op("MatrixDiagPart", {middle});
  middle = g.op("MatrixSetDiag", {middle, mul(g, 0.5, diagonal)});
  {
    GradContext::Scope scope(g.graph(), "MatrixBandPart");
    const Endpoint below = g.constant_tensor(Tensor::scalar(int64_t{-1}), "num_lower"),
                   above = g.constant_tensor(Tensor::scalar(int64_t{0}), "num_upper");
    middle = g.op("MatrixBandPart", {middle, below, above}, {}, scope.name());
  }
  const Endpoint full = matmul(g, matmul(g, inverse, middle, true, false), inverse);
  g.dx(0) = mul(g, add(g, full, adjoint(g, full)), 0.5);
}

REFLOW_OP("Cholesky")
    .input("input: T")
    .output("output: T")
    .attr("T: {double, float, half, complex64, complex128}")
    .doc("The lower triangular l with l l^H = input for the positive definite matrices in the last two dimensions of input, of "
         "which the lower triangles are looked at.")
    .shape(square_shape)
    .kernel<Cholesky>(kCpu, kMatrixTypes)
    .gradient(cholesky_gradient);

REFLOW_OP("CholeskyGrad")
    .input("l: T")
    .input("grad: T")
    .output("output: T")
    .attr("T: {half, float, double}")
    .doc("The gradient of Cholesky to its input, from its output l and the gradient to it.")
    .shape(cholesky_grad_shape)
    .kernel<CholeskyGrad>(kCpu, kFloat32And64);

REFLOW_OP("BatchCholesky")
    .input("input: T")
    .output("output: T")
    .attr("T: {double, float}")
    .deprecated(13, "Use Cholesky instead.")
    .doc("What Cholesky was called for batches of matrices.")
    .shape(unknown_until_run<square_shape>)
    .kernel<Cholesky>(kCpu, kFloat32And64);

REFLOW_OP("BatchCholeskyGrad")
    .input("l: T")
    .input("grad: T")
    .output("output: T")
    .attr("T: {float, double}")
    .deprecated(13, "Use CholeskyGrad instead.")
    .doc("What CholeskyGrad was called for batches of matrices.")
    .shape(unknown_until_run<cholesky_grad_shape>)
    .kernel<CholeskyGrad>(kCpu, kFloat32And64);

}  // namespace
}  // namespace reflow::ops
