// Qr: the product of an orthogonal (unitary) and an upper triangular matrix.

#include <algorithm>

#include "decompositions.h"
#include "matrices.h"
#include "reflow/op/gradient_ops.h"

namespace reflow::ops {
namespace {

using namespace op;

template <typename T>
class Qr : public Kernel {
 public:
  explicit Qr(KernelInit& c) : full_(c.attr<bool>("full_matrices")) {}
  Status compute(KernelContext& c) override {
    const MatrixBatch b(c.input(0).shape());
    if (b.rows == 0 || b.columns == 0) {
      if (full_ && b.columns == 0) {
        for (int64_t i = 0; i < b.count; ++i) matrix_at<T>(c.output(0), i).setIdentity();
      }
      return OkStatus();
    }
    const int64_t size = full_ ? b.rows : std::min(b.rows, b.columns);
    return for_each_matrix(c, b.count, 4.0 * b.rows * b.columns * size + 200, [&](int64_t i) -> Status {
      decompositions<T>().qr(matrix_at<T>(c.input(0), i).data(), b.rows, b.columns, full_,
                             matrix_at<T>(c.output(0), i).data(), matrix_at<T>(c.output(1), i).data());
      return OkStatus();
    });
  }

 private:
  const bool full_;
};

Status qr_shape(ShapeContext& c) {
  Shape x = c.input(0);
  if (c.concrete() && x.rank() < 2) return invalid_argument("Input tensor 0 must have rank >= 2");
  RETURN_IF_ERROR(c.with_rank_at_least(x, 2, &x));
  if (!x.known_rank()) {
    c.set_output(0, x);
    c.set_output(1, x);
    return OkStatus();
  }
  ASSIGN_OR_RETURN(const bool full, c.attr<bool>("full_matrices"));
  const int64_t rows = x.dim(x.rank() - 2), columns = x.dim(x.rank() - 1);
  const int64_t least = rows == 0 || columns == 0 ? 0 : rows < 0 || columns < 0 ? Shape::kUnknown : std::min(rows, columns);
  const int64_t size = full ? rows : least;
  Shape q = x.sub_shape(0, x.rank() - 2), r = q;
  q.add_dim(rows);
  q.add_dim(size);
  r.add_dim(size);
  r.add_dim(columns);
  c.set_output(0, q);
  c.set_output(1, r);
  return OkStatus();
}

// x times the inverse of r^H, for an upper triangular r.
Endpoint times_inverse(GradContext& g, Endpoint x, Endpoint r) {
  return adjoint(g, g.op("MatrixTriangularSolve", {r, adjoint(g, x)}, {{"lower", false}, {"adjoint", false}}));
}

void qr_gradient(GradContext& g) {
  const Endpoint q = g.y(0), r = g.y(1);
  const Shape& shape = r.shape();
  if (is_complex(q.dtype())) return g.fail(unimplemented("QrGrad not implemented for dtype: {}", dtype_name(q.dtype())));
  if (!shape.known_rank() || shape.dim(shape.rank() - 2) < 0 || shape.dim(shape.rank() - 1) < 0) {
    return g.fail(unimplemented("QrGrad not implemented with dynamic shapes."));
  }
  if (shape.dim(shape.rank() - 2) != shape.dim(shape.rank() - 1)) {
    return g.fail(unimplemented("QrGrad not implemented when ncols > nrows or full_matrices is true and ncols != nrows."));
  }
  const Endpoint dq = g.dy(0) ? g.dy(0) : g.zeros_like(q), dr = g.dy(1) ? g.dy(1) : g.zeros_like(r);
  const Endpoint qdq = matmul(g, q, dq, true, false);
  const Endpoint q_part = sub(g, qdq, adjoint(g, qdq));
  const Endpoint rdr = matmul(g, r, dr, false, true);
  const Endpoint r_part = sub(g, rdr, adjoint(g, rdr));
  const Endpoint sum = add(g, q_part, r_part);
  if (!sum) return;
  Endpoint lower;
  {
    GradContext::Scope scope(g.graph(), "MatrixBandPart");
    const Endpoint below = g.constant_tensor(Tensor::scalar(int64_t{-1}), "num_lower"),
                   above = g.constant_tensor(Tensor::scalar(int64_t{0}), "num_upper");
    lower = g.op("MatrixBandPart", {sum, below, above}, {}, scope.name());
  }
  const Endpoint first = matmul(g, q, add(g, dr, times_inverse(g, lower, r)));
  const Endpoint second = times_inverse(g, sub(g, dq, matmul(g, q, qdq)), r);
  g.dx(0) = add(g, first, second);
}

REFLOW_OP("Qr")
    .input("input: T")
    .output("q: T")
    .output("r: T")
    .attr("full_matrices: bool = false")
    .attr("T: {double, float, half, complex64, complex128}")
    .doc("Decomposes the matrices [m, n] in the last two dimensions of input into q, with orthonormal columns, and upper "
         "triangular r: q is [m, min(m, n)], or with full_matrices [m, m].")
    .shape(qr_shape)
    .kernel<Qr>(kCpu, kMatrixTypes)
    .gradient(qr_gradient);

}  // namespace
}  // namespace reflow::ops
