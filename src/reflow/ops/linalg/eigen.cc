// SelfAdjointEigV2 and what it was before: eigenvalues and eigenvectors of self-adjoint matrices.

#include "decompositions.h"
#include "matrices.h"
#include "reflow/op/gradient_ops.h"

namespace reflow::ops {
namespace {

using namespace op;

double eig_cost(int64_t n) { return 10.0 * n * n * n + 500; }

// The eigenvalues of a matrix, [n], and its vectors, [n, n]; null: they aren't wanted.
template <typename T>
Status decompose(const ConstMatrixView<T>& matrix, T* values, T* vectors) {
  if (decompositions<T>().self_adjoint_eig(matrix.data(), matrix.rows(), values, vectors)) return OkStatus();
  return invalid_argument("Self-adjoint eigen decomposition was not successful. The input might not be valid.");
}

template <typename T>
class SelfAdjointEig : public Kernel {
 public:
  explicit SelfAdjointEig(KernelInit& c) : vectors_(c.attr<bool>("compute_v")) {}
  Status compute(KernelContext& c) override {
    const MatrixBatch b(c.input(0).shape());
    if (b.rows == 0) return OkStatus();
    return for_each_matrix(c, b.count, eig_cost(b.rows), [&](int64_t i) -> Status {
      T* vectors = vectors_ ? matrix_at<T>(c.output(1), i).data() : nullptr;
      return decompose<T>(matrix_at<T>(c.input(0), i), c.output(0).data<T>() + i * b.rows, vectors);
    });
  }

 private:
  const bool vectors_;
};

Status eig_shape(ShapeContext& c) {
  Shape matrices;
  RETURN_IF_ERROR(square_matrices(c, 0, &matrices));
  Shape values = matrices;
  if (values.known_rank()) values.remove_dim(values.rank() - 1);
  c.set_output(0, values);
  ASSIGN_OR_RETURN(const bool vectors, c.attr<bool>("compute_v"));
  c.set_output(1, vectors ? matrices : Shape{0});
  return OkStatus();
}

Endpoint expand(GradContext& g, Endpoint x, int32_t axis) {
  GradContext::Scope scope(g.graph(), "ExpandDims");
  return g.op("ExpandDims", {x, constant_int(g, axis, "dim")}, {}, scope.name());
}

void eig_gradient(GradContext& g) {
  const Endpoint e = g.y(0), de = g.dy(0);
  if (!de && !g.dy(1)) return;
  const Endpoint e_gradient = de ? de : g.zeros_like(e);
  Endpoint full;
  if (g.attr<bool>("compute_v")) {
    const Endpoint v = g.y(1), dv = g.dy(1) ? g.dy(1) : g.zeros_like(v);
    // 1 / (e_i - e_j) off the diagonal.
    const Endpoint differences = sub(g, expand(g, e, -2), expand(g, e, -1));
    const Endpoint f = g.op("MatrixSetDiag", {g.op("Reciprocal", {differences}), g.zeros_like(e)});
    const Endpoint diagonal = g.op("MatrixDiag", {e_gradient});
    const Endpoint inner = add(g, diagonal, mul(g, f, matmul(g, v, dv, true, false)));
    full = matmul(g, v, matmul(g, inner, v, false, true));
  } else {
    Node* again = g.ops("SelfAdjointEigV2", {g.x(0)}, {{"compute_v", true}});
    if (again == nullptr) return;
    const Endpoint v = again->output(1);
    full = matmul(g, v, matmul(g, g.op("MatrixDiag", {e_gradient}), v, false, true));
  }
  // Only the lower triangle of the input was looked at.
  const Endpoint sum = add(g, full, adjoint(g, full));
  if (!sum) return;
  Endpoint lower;
  {
    GradContext::Scope scope(g.graph(), "MatrixBandPart");
    const Endpoint below = g.constant_tensor(Tensor::scalar(int64_t{-1}), "num_lower"),
                   above = g.constant_tensor(Tensor::scalar(int64_t{0}), "num_upper");
    lower = g.op("MatrixBandPart", {sum, below, above}, {}, scope.name());
  }
  g.dx(0) = g.op("MatrixSetDiag", {lower, mul(g, 0.5, g.op("MatrixDiagPart", {lower}))});
}

REFLOW_OP("SelfAdjointEigV2")
    .input("input: T")
    .output("e: T")
    .output("v: T")
    .attr("compute_v: bool = true")
    .attr("T: {double, float, half, complex64, complex128}")
    .doc("The eigenvalues e, in rising order, and if compute_v the eigenvectors, the columns of v, of the self-adjoint matrices in "
         "the last two dimensions of input, of which the lower triangles are looked at.")
    .shape(eig_shape)
    .kernel<SelfAdjointEig>(kCpu, kMatrixTypes)
    .gradient(eig_gradient);

REFLOW_OP("BatchSelfAdjointEigV2")
    .input("input: T")
    .output("e: T")
    .output("v: T")
    .attr("compute_v: bool = true")
    .attr("T: {double, float}")
    .deprecated(13, "Use SelfAdjointEigV2 instead.")
    .doc("What SelfAdjointEigV2 was called for batches of matrices.")
    .shape(unknown_until_run<eig_shape>)
    .kernel<SelfAdjointEig>(kCpu, kFloat32And64);

// Eigenvalues and eigenvectors in one matrix [n + 1, n], the values as its first row.
template <typename T>
class StackedEig : public Kernel {
 public:
  explicit StackedEig(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const MatrixBatch b(c.input(0).shape());
    if (b.rows == 0) return OkStatus();
    return for_each_matrix(c, b.count, eig_cost(b.rows), [&](int64_t i) -> Status {
      T* out = matrix_at<T>(c.output(0), i).data();
      return decompose<T>(matrix_at<T>(c.input(0), i), out, out + b.rows);
    });
  }
};

Status stacked_shape(ShapeContext& c) {
  Shape out;
  RETURN_IF_ERROR(square_matrices(c, 0, &out));
  if (out.known_rank()) {
    int64_t rows;
    RETURN_IF_ERROR(add_dims(out.dim(out.rank() - 1), 1, &rows));
    out.set_dim(out.rank() - 2, rows);
  }
  c.set_output(0, std::move(out));
  return OkStatus();
}

REFLOW_OP("SelfAdjointEig")
    .input("input: T")
    .output("output: T")
    .attr("T: {double, float, half}")
    .deprecated(11, "Use SelfAdjointEigV2 instead.")
    .doc("SelfAdjointEigV2 with both results in one matrix: the eigenvalues are its first row.")
    .shape(stacked_shape)
    .kernel<StackedEig>(kCpu, kFloat32And64);

REFLOW_OP("BatchSelfAdjointEig")
    .input("input: T")
    .output("output: T")
    .attr("T: {double, float}")
    .deprecated(11, "Use SelfAdjointEigV2 instead.")
    .doc("What SelfAdjointEig was called for batches of matrices.")
    .shape(unknown_until_run<stacked_shape>)
    .kernel<StackedEig>(kCpu, kFloat32And64);

}  // namespace
}  // namespace reflow::ops
