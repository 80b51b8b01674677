// Svd: singular values and vectors.

#include <algorithm>

#include "decompositions.h"
#include "matrices.h"
#include "reflow/op/gradient_ops.h"

namespace reflow::ops {
namespace {

using namespace op;

template <typename T>
class Svd : public Kernel {
 public:
  explicit Svd(KernelInit& c) : vectors_(c.attr<bool>("compute_uv")), full_(c.attr<bool>("full_matrices")) {}
  Status compute(KernelContext& c) override {
    const MatrixBatch b(c.input(0).shape());
    if (b.rows == 0 || b.columns == 0) {
      for (int i : {1, 2}) {
        if (!vectors_ || c.output(i).num_elements() == 0) continue;
        for (int64_t k = 0; k < b.count; ++k) matrix_at<T>(c.output(i), k).setIdentity();
      }
      return OkStatus();
    }
    const int64_t size = std::min(b.rows, b.columns);
    return for_each_matrix(c, b.count, 20.0 * b.rows * b.columns * size + 500, [&](int64_t i) -> Status {
      T* u = vectors_ ? matrix_at<T>(c.output(1), i).data() : nullptr;
      T* v = vectors_ ? matrix_at<T>(c.output(2), i).data() : nullptr;
      decompositions<T>().svd(matrix_at<T>(c.input(0), i).data(), b.rows, b.columns, full_, c.output(0).data<T>() + i * size, u, v);
      return OkStatus();
    });
  }

 private:
  const bool vectors_, full_;
};

Status svd_shape(ShapeContext& c) {
  Shape x = c.input(0);
  if (c.concrete() && x.rank() < 2) return invalid_argument("Input tensor 0 must have rank >= 2");
  RETURN_IF_ERROR(c.with_rank_at_least(x, 2, &x));
  ASSIGN_OR_RETURN(const bool vectors, c.attr<bool>("compute_uv"));
  ASSIGN_OR_RETURN(const bool full, c.attr<bool>("full_matrices"));
  if (!x.known_rank()) {
    c.set_output(0, x);
    for (int i : {1, 2}) c.set_output(i, vectors ? x : Shape{0});
    return OkStatus();
  }
  const int64_t rows = x.dim(x.rank() - 2), columns = x.dim(x.rank() - 1);
  const int64_t least = rows == 0 || columns == 0 ? 0 : rows < 0 || columns < 0 ? Shape::kUnknown : std::min(rows, columns);
  const Shape batch = x.sub_shape(0, x.rank() - 2);
  const auto with = [&](std::initializer_list<int64_t> dims) {
    Shape shape = batch;
    for (const int64_t d : dims) shape.add_dim(d);
    return shape;
  };
  c.set_output(0, with({least}));
  c.set_output(1, vectors ? with({rows, full ? rows : least}) : Shape{0});
  c.set_output(2, vectors ? with({columns, full ? columns : least}) : Shape{0});
  return OkStatus();
}

// Columns [begin, end) of the matrices x.
Endpoint columns_of(GradContext& g, Endpoint x, int64_t begin, int64_t end) {
  GradContext::Scope scope(g.graph(), "strided_slice");
  const Endpoint from = g.constant_ints({0, 0, begin}, DType::kInt32, "stack"),
                 to = g.constant_ints({0, 0, end}, DType::kInt32, "stack_1"),
                 step = g.constant_ints({1, 1, 1}, DType::kInt32, "stack_2");
  return g.op("StridedSlice", {x, from, to, step}, {{"begin_mask", 2}, {"end_mask", 2}, {"ellipsis_mask", 1}}, scope.name());
}

Endpoint expand(GradContext& g, Endpoint x, int32_t axis) {
  GradContext::Scope scope(g.graph(), "ExpandDims");
  return g.op("ExpandDims", {x, constant_int(g, axis, "dim")}, {}, scope.name());
}

// Giles, "An extended collection of matrix derivative results", 2008, and for u and v as in TensorFlow.
void svd_gradient(GradContext& g) {
  const Endpoint a = g.x(0);
  const DType type = base_type(a.dtype());
  const Endpoint ds = g.cast(g.dy(0) ? g.dy(0) : g.zeros_like(g.y(0)), type);
  const Endpoint ds_matrix = g.op("MatrixDiag", {ds});
  if (!g.attr<bool>("compute_uv")) {
    Node* again = g.ops("Svd", {a}, {{"compute_uv", true}, {"full_matrices", false}});
    if (again == nullptr) return;
    g.dx(0) = matmul(g, again->output(1), matmul(g, ds_matrix, again->output(2), false, true));
    return;
  }
  const bool full = g.attr<bool>("full_matrices");
  const Shape& shape = a.shape();
  if (shape.rank() < 2 || shape.dim(shape.rank() - 1) < 0 || shape.dim(shape.rank() - 2) < 0) {
    return g.fail(unimplemented("SVD gradient has not been implemented for input with unknown inner matrix shape."));
  }
  int64_t m = shape.dim(shape.rank() - 2), n = shape.dim(shape.rank() - 1);
  Endpoint u = g.y(1), v = g.y(2), du = g.dy(1) ? g.dy(1) : g.zeros_like(u), dv = g.dy(2) ? g.dy(2) : g.zeros_like(v);
  // A tall matrix is treated by its adjoint.
  const bool swapped = m > n;
  if (swapped) std::swap(m, n), std::swap(u, v), std::swap(du, dv);
  if (full && n - m > 1) {
    return g.fail(unimplemented("svd gradient is not implemented for abs(m - n) > 1 when full_matrices is True"));
  }
  const Endpoint s = g.cast(g.y(0), type), s_matrix = g.op("MatrixDiag", {s}), s2 = g.op("Square", {s});
  const Endpoint differences = sub(g, expand(g, s2, -2), expand(g, s2, -1));
  const Endpoint f = g.op("MatrixSetDiag", {g.op("Reciprocal", {differences}), g.zeros_like(s)});
  const Endpoint s_inverse = g.op("MatrixDiag", {g.op("Reciprocal", {s})});
  const Endpoint v1 = columns_of(g, v, 0, m), dv1 = columns_of(g, dv, 0, m);
  const Endpoint f_u = mul(g, f, matmul(g, u, du, true, false)), f_v = mul(g, f, matmul(g, v1, dv1, true, false));
  const Endpoint u_part = matmul(g, add(g, f_u, adjoint(g, f_u)), s_matrix);
  const Endpoint v_part = matmul(g, s_matrix, add(g, f_v, adjoint(g, f_v)));
  Endpoint result = matmul(g, u, matmul(g, add(g, add(g, ds_matrix, u_part), v_part), v1, false, true));
  if (m != n) {
    const Endpoint dv1_adjoint = adjoint(g, dv1);
    Endpoint rest = sub(g, dv1_adjoint, matmul(g, matmul(g, dv1_adjoint, v1), v1, false, true));
    if (full) {
      const Endpoint v2 = columns_of(g, v, m, n), dv2 = columns_of(g, dv, m, n);
      rest = sub(g, rest, matmul(g, matmul(g, v1, dv2, true, false), v2, false, true));
    }
    result = add(g, result, matmul(g, matmul(g, u, s_inverse), rest));
  }
  g.dx(0) = swapped ? adjoint(g, result) : result;
}

REFLOW_OP("Svd")
    .input("input: T")
    .output("s: T")
    .output("u: T")
    .output("v: T")
    .attr("compute_uv: bool = true")
    .attr("full_matrices: bool = false")
    .attr("T: {double, float, half, complex64, complex128}")
    .doc("The singular values s, in falling order, of the matrices [m, n] in the last two dimensions of input and, if compute_uv, "
         "the singular vectors: input = u diag(s) v^H. u is [m, min(m, n)] and v [n, min(m, n)], or square with full_matrices.")
    .shape(svd_shape)
    .kernel<Svd>(kCpu, kMatrixTypes)
    .gradient(svd_gradient);

REFLOW_OP("BatchSvd")
    .input("input: T")
    .output("s: T")
    .output("u: T")
    .output("v: T")
    .attr("compute_uv: bool = true")
    .attr("full_matrices: bool = false")
    .attr("T: {double, float, complex64, complex128}")
    .deprecated(13, "Use Svd instead.")
    .doc("What Svd was called for batches of matrices.")
    .shape(unknown_until_run<svd_shape>)
    .kernel<Svd>(kCpu, kMatrixTypes);

}  // namespace
}  // namespace reflow::ops
