// MatrixInverse, MatrixDeterminant, LogMatrixDeterminant and Lu, by LU decomposition with partial pivoting.

#include <cmath>
#include <type_traits>
#include <vector>

#include "decompositions.h"
#include "matrices.h"
#include "reflow/op/gradient_ops.h"
#include "reflow/op/indices.h"

namespace reflow::ops {
namespace {

using namespace op;

double cubic_cost(int64_t n) { return 1.0 * n * n * n + 100; }

template <typename T>
class MatrixInverse : public Kernel {
 public:
  explicit MatrixInverse(KernelInit& c) : adjoint_(c.attr<bool>("adjoint")) {}
  Status compute(KernelContext& c) override {
    const MatrixBatch b(c.input(0).shape());
    if (b.rows == 0) return OkStatus();
    return for_each_matrix(c, b.count, cubic_cost(b.rows), [&](int64_t i) -> Status {
      const T* a = matrix_at<T>(c.input(0), i).data();
      if (decompositions<T>().invert(a, b.rows, adjoint_, matrix_at<T>(c.output(0), i).data())) return OkStatus();
      return invalid_argument("Input is not invertible.");
    });
  }

 private:
  const bool adjoint_;
};

template <typename T>
struct RealOf {
  using type = T;
};
template <typename T>
struct RealOf<std::complex<T>> {
  using type = T;
};

// The sign (of modulus 1) of a determinant and the logarithm of its modulus.
template <typename T>
struct LogDeterminant {
  explicit LogDeterminant(const ConstMatrixView<T>& a) {
    if (a.rows() == 0) return;
    const int64_t n = a.rows();
    std::vector<T> lu(n * n);
    std::vector<int64_t> rows(n);
    const int parity = decompositions<T>().lu(a.data(), n, false, lu.data(), rows.data());
    sign = T(static_cast<typename RealOf<T>::type>(parity));
    for (int64_t i = 0; i < n; ++i) {
      const T pivot = lu[i * n + i];
      const auto modulus = std::abs(pivot);
      if (modulus == 0) {
        sign = T(0);
        log = -std::numeric_limits<typename RealOf<T>::type>::infinity();
        return;
      }
      sign *= pivot / modulus;
      log += std::log(modulus);
    }
  }
  T sign = T(1);
  typename RealOf<T>::type log = 0;
};

template <typename T>
class MatrixDeterminant : public Kernel {
 public:
  explicit MatrixDeterminant(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const MatrixBatch b(c.input(0).shape());
    return for_each_matrix(c, b.count, cubic_cost(b.rows), [&](int64_t i) -> Status {
      const LogDeterminant<T> determinant(matrix_at<T>(c.input(0), i));
      c.output(0).data<T>()[i] = determinant.sign * T(std::exp(determinant.log));
      return OkStatus();
    });
  }
};

template <typename T>
class LogMatrixDeterminant : public Kernel {
 public:
  explicit LogMatrixDeterminant(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const MatrixBatch b(c.input(0).shape());
    return for_each_matrix(c, b.count, cubic_cost(b.rows), [&](int64_t i) -> Status {
      const LogDeterminant<T> determinant(matrix_at<T>(c.input(0), i));
      c.output(0).data<T>()[i] = determinant.sign;
      c.output(1).data<T>()[i] = T(determinant.log);
      return OkStatus();
    });
  }
};

template <typename T>
class Lu : public Kernel {
 public:
  explicit Lu(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const MatrixBatch b(c.input(0).shape());
    if (b.rows == 0) return OkStatus();
    return for_each_matrix(c, b.count, cubic_cost(b.rows), [&](int64_t i) -> Status {
      auto lu = matrix_at<T>(c.output(0), i);
      std::vector<int64_t> rows(b.rows);
      decompositions<T>().lu(matrix_at<T>(c.input(0), i).data(), b.rows, false, lu.data(), rows.data());
      // It doesn't look whether the matrix is singular: then there is a zero on the diagonal.
      if (!(lu.diagonal().cwiseAbs().minCoeff() > 0)) return invalid_argument("Input is not invertible.");
      // Row j of the product comes from row p[j] of the input.
      for (int64_t j = 0; j < b.rows; ++j) put_int(c.output(1), i * b.rows + j, rows[j]);
      return OkStatus();
    });
  }
};

// One number for each matrix, in all outputs.
Status determinant_shape(ShapeContext& c) {
  Shape shape;
  RETURN_IF_ERROR(square_matrices(c, 0, &shape));
  if (shape.known_rank()) shape = shape.sub_shape(0, shape.rank() - 2);
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, shape);
  return OkStatus();
}

Status lu_shape(ShapeContext& c) {
  Shape shape;
  RETURN_IF_ERROR(square_matrices(c, 0, &shape));
  c.set_output(0, shape);
  if (shape.known_rank()) shape.remove_dim(shape.rank() - 1);
  c.set_output(1, shape);
  return OkStatus();
}

// `factor` times the adjoint of the inverse, matrix by matrix; `c` has factor's shape.
void determinant_gradient(GradContext& g, Endpoint c, bool times_output) {
  const Endpoint dy = g.dy(times_output ? 0 : 1);
  if (!dy) return;
  const Endpoint inverse = g.op("MatrixInverse", {g.x(0)}, {{"adjoint", true}});
  const Endpoint factor = times_output ? mul(g, dy, c) : dy;
  const Endpoint shape = g.shape(c);
  Endpoint target;
  {
    GradContext::Scope scope(g.graph(), "concat");
    const Endpoint ones = g.constant_ints({1, 1}, DType::kInt32, "values_1");
    const Endpoint axis = constant_int(g, 0, "axis");
    target = g.op("ConcatV2", {OpInput(std::vector<Endpoint>{shape, ones}), OpInput(axis)}, {}, scope.name());
  }
  g.dx(0) = mul(g, g.reshape(factor, target), inverse);
}

REFLOW_OP("MatrixInverse")
    .input("input: T")
    .output("output: T")
    .attr("adjoint: bool = false")
    .attr("T: {double, float, half, complex64, complex128}")
    .doc("The inverses of the matrices in the last two dimensions of input, or of their adjoints.")
    .shape(square_shape)
    .kernel<MatrixInverse>(kCpu, kMatrixTypes)
    .gradient([](GradContext& g) {
      const Endpoint inverse = g.y(0);
      g.dx(0) = g.op("Neg", {matmul(g, inverse, matmul(g, g.dy(0), inverse, false, true), true, false)});
    });

REFLOW_OP("MatrixDeterminant")
    .input("input: T")
    .output("output: T")
    .attr("T: {half, float, double, complex64, complex128}")
    .doc("The determinants of the matrices in the last two dimensions of input.")
    .shape(determinant_shape)
    .kernel<MatrixDeterminant>(kCpu, kMatrixTypes)
    .gradient([](GradContext& g) { determinant_gradient(g, g.y(0), true); });

REFLOW_OP("LogMatrixDeterminant")
    .input("input: T")
    .output("sign: T")
    .output("log_abs_determinant: T")
    .attr("T: {half, float, double, complex64, complex128}")
    .doc("The signs and the logarithms of the moduli of the determinants of the matrices in the last two dimensions of input.")
    .shape(determinant_shape)
    .kernel<LogMatrixDeterminant>(kCpu, kMatrixTypes)
    .gradient([](GradContext& g) { determinant_gradient(g, g.y(1), false); });

REFLOW_OP("Lu")
    .input("input: T")
    .output("lu: T")
    .output("p: output_idx_type")
    .attr("T: {double, float, half, complex64, complex128}")
    .attr("output_idx_type: {int32, int64} = DT_INT32")
    .doc("Decomposes each matrix into a lower triangle with ones on its diagonal and an upper triangle, both in lu; p says "
         "which row of the input each row of their product is.")
    .shape(lu_shape)
    .kernel<Lu>(kCpu, kMatrixTypes);

REFLOW_OP("BatchMatrixInverse")
    .input("input: T")
    .output("output: T")
    .attr("adjoint: bool = false")
    .attr("T: {double, float}")
    .deprecated(13, "Use MatrixInverse instead.")
    .doc("What MatrixInverse was called for batches of matrices.")
    .shape(unknown_until_run<square_shape>)
    .kernel<MatrixInverse>(kCpu, kFloat32And64);

REFLOW_OP("BatchMatrixDeterminant")
    .input("input: T")
    .output("output: T")
    .attr("T: {float, double, complex64, complex128}")
    .deprecated(13, "Use MatrixDeterminant instead.")
    .doc("What MatrixDeterminant was called for batches of matrices.")
    .shape(unknown_until_run<determinant_shape>)
    .kernel<MatrixDeterminant>(kCpu, kMatrixTypes);

}  // namespace
}  // namespace reflow::ops
