// MatrixSquareRoot, MatrixLogarithm and MatrixExponential.

// Negative eigenvalues have no real square root: it is NaN, as in TensorFlow, where Eigen would end the process in debug builds.
#define eigen_assert(condition) static_cast<void>(0)

#include <algorithm>
#include <cmath>
#include <limits>
#include <unsupported/Eigen/MatrixFunctions>
#include <utility>

#include "matrices.h"
#include "reflow/op/gradient_ops.h"

namespace reflow::ops {
namespace {

using namespace op;

double function_cost(int64_t n) { return 30.0 * n * n * n + 1000; }

// F::of(m) for each matrix m.
template <typename T, typename F>
class MatrixFunction : public Kernel {
 public:
  explicit MatrixFunction(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const MatrixBatch b(c.input(0).shape());
    if (b.rows == 0) return OkStatus();
    return for_each_matrix(c, b.count, function_cost(b.rows), [&](int64_t i) -> Status {
      const WideMatrix<T> value = F::of(widened<T>(matrix_at<T>(c.input(0), i)));
      matrix_at<T>(c.output(0), i) = value.template cast<T>();
      return OkStatus();
    });
  }
};

// Of numbers that aren't finite Eigen would find no triangle, and read beyond the matrix on the way.
template <typename M>
bool has_triangle(const M& m) { return m.rows() < 2 || m.allFinite(); }

template <typename M>
M not_a_number(const M& m) { return M::Constant(m.rows(), m.cols(), std::numeric_limits<double>::quiet_NaN()); }

// The largest part of an element where squares of such ones overflow, or vanish, on the way to a triangle, which Eigen would
// not find then either; else 1.
template <typename M>
double scale_of(const M& m) {
  constexpr double kSmall = 1e-100, kLarge = 1e100;
  const double largest = std::max(m.real().cwiseAbs().maxCoeff(), m.imag().cwiseAbs().maxCoeff());
  return largest == 0 || (largest > kSmall && largest < kLarge) ? 1 : largest;
}

// Where the first two rows of a matrix don't separate in ten steps, Eigen reads in front of it on its way to a triangle. That
// takes elements of very different size, and then a row and a column of the identity in front, which separate at once, are
// what it reads.
template <typename M>
M framed(const M& m) {
  constexpr double kWide = 1e50;
  double largest = 0, smallest = std::numeric_limits<double>::infinity();
  const auto look = [&](double part) {
    if (part == 0) return;
    largest = std::max(largest, std::abs(part)), smallest = std::min(smallest, std::abs(part));
  };
  for (const auto& x : m.reshaped()) look(std::real(x)), look(std::imag(x));
  if (largest / kWide <= smallest || m.rows() < 2) return m;
  M frame = M::Identity(m.rows() + 1, m.cols() + 1);
  frame.bottomRightCorner(m.rows(), m.cols()) = m;
  return frame;
}

struct SquareRoot {
  template <typename M>
  static M of(const M& m) {
    if (!has_triangle(m)) return not_a_number(m);
    const double scale = scale_of(m);
    const M root = framed(M(m / scale)).sqrt();
    return root.bottomRightCorner(m.rows(), m.cols()) * std::sqrt(scale);
  }
};
template <typename T>
using MatrixSquareRoot = MatrixFunction<T, SquareRoot>;

// Whether the square roots of a matrix, taken again and again, come near the identity. Those of a singular matrix, or
// of one with numbers that aren't finite, don't, and Eigen's logarithm of three rows or more would take them for ever.
template <typename M>
bool has_logarithm(const M& m) {
  constexpr int kMostRoots = 1100;  // more than the largest finite number takes
  constexpr double kNear = 0.25;    // where Eigen stops too
  if (!m.allFinite()) return false;
  const Eigen::ComplexSchur<M> schur(m, /*computeU=*/false);
  if (schur.info() != Eigen::Success) return false;
  M t = schur.matrixT();
  for (int roots = 0; roots < kMostRoots && t.allFinite(); ++roots) {
    if ((t - M::Identity(t.rows(), t.cols())).cwiseAbs().colwise().sum().maxCoeff() < kNear) return true;
    M root = M::Zero(t.rows(), t.cols());
    Eigen::matrix_sqrt_triangular(t, root);
    t = std::move(root);
  }
  return false;
}

struct Logarithm {
  template <typename M>
  static M of(const M& m) {
    if (!has_triangle(m)) return not_a_number(m);
    const double scale = scale_of(m);
    const M frame = framed(M(m / scale));
    if (frame.rows() > 2 && !has_logarithm(frame)) return not_a_number(m);
    const M logarithm = frame.log();
    return M(logarithm.bottomRightCorner(m.rows(), m.cols())) + M(std::log(scale) * M::Identity(m.rows(), m.cols()));
  }
};
template <typename T>
using MatrixLogarithm = MatrixFunction<T, Logarithm>;

struct Exponential {
  template <typename M>
  static M of(const M& m) { return m.exp(); }
};
template <typename T>
using MatrixExponential = MatrixFunction<T, Exponential>;

Endpoint concat(GradContext& g, std::vector<Endpoint> parts) {
  GradContext::Scope scope(g.graph(), "concat");
  const Endpoint axis = constant_int(g, 0, "axis");
  return g.op("ConcatV2", {OpInput(std::move(parts)), OpInput(axis)}, {}, scope.name());
}

Endpoint transposed(GradContext& g, Endpoint x) {
  // Not conjugated.
  const Endpoint y = adjoint(g, x);
  return y ? g.conj(y) : y;
}

// s s = a, so da solves s^T da + da s^T = ds (for real matrices): a system of n^2 equations for the elements of da.
void square_root_gradient(GradContext& g) {
  const Endpoint s = g.y(0), dy = g.dy(0);
  const Shape& shape = s.shape();
  if (!shape.known_rank() || shape.dim(shape.rank() - 1) < 0) {
    return g.fail(unimplemented("The gradient of MatrixSquareRoot needs to know the size of the matrices"));
  }
  const int64_t n = shape.dim(shape.rank() - 1);
  const Endpoint full_shape = g.shape(s);
  if (!full_shape) return;
  Endpoint batch;
  {
    GradContext::Scope scope(g.graph(), "strided_slice");
    const Endpoint from = g.constant_ints({0}, DType::kInt32, "stack"), to = g.constant_ints({-2}, DType::kInt32, "stack_1"),
                   step = g.constant_ints({1}, DType::kInt32, "stack_2");
    batch = g.op("StridedSlice", {full_shape, from, to, step}, {{"begin_mask", 1}}, scope.name());
  }
  const auto as = [&](Endpoint x, std::vector<int64_t> dims) { return g.reshape(x, concat(g, {batch, g.constant_ints(dims)})); };
  const Endpoint eye = g.op("MatrixDiag", {g.op("Fill", {g.constant_ints({n}), g.constant(1, s.dtype())})});
  // Element (i, j; k, l) of the system: what da[k, l] adds to (s^H da + da s^H)[i, j].
  const Endpoint h = adjoint(g, s), h_transposed = transposed(g, h);
  const Endpoint left = mul(g, as(h, {n, 1, n, 1}), g.reshape(eye, g.constant_ints({1, n, 1, n})));
  const Endpoint right = mul(g, as(h_transposed, {1, n, 1, n}), g.reshape(eye, g.constant_ints({n, 1, n, 1})));
  const Endpoint system = as(add(g, left, right), {n * n, n * n});
  g.dx(0) = g.reshape(g.op("MatrixSolve", {system, as(dy, {n * n, 1})}), full_shape);
}

REFLOW_OP("MatrixSquareRoot")
    .input("input: T")
    .output("output: T")
    .attr("T: {double, float, half, complex64, complex128}")
    .doc("The matrices whose squares are the matrices in the last two dimensions of input.")
    .shape(square_shape)
    .kernel<MatrixSquareRoot>(kCpu, kMatrixTypes)
    .gradient(square_root_gradient);

REFLOW_OP("MatrixLogarithm")
    .input("input: T")
    .output("output: T")
    .attr("T: {complex64, complex128}")
    .doc("The matrices whose exponentials are the matrices in the last two dimensions of input.")
    .shape(square_shape)
    .kernel<MatrixLogarithm>(kCpu, kComplexTypes);

REFLOW_OP("MatrixExponential")
    .input("input: T")
    .output("output: T")
    .attr("T: {double, float, half, complex64, complex128}")
    .deprecated(27, "Use Python implementation tf.linalg.matrix_exponential instead.")
    .doc("The exponentials of the matrices in the last two dimensions of input.")
    .shape(square_shape)
    .kernel<MatrixExponential>(kCpu, kMatrixTypes);

}  // namespace
}  // namespace reflow::ops
