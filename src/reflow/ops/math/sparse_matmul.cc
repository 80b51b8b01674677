// SparseMatMul: a product of matrices many elements of which may be zero. It is computed as any other.

#include <vector>

#include "gradient_ops.h"
#include "matmul_kernel.h"

namespace reflow::ops {
namespace {

Status sparse_matmul_shape(ShapeContext& c) {
  Shape a = c.input(0), b = c.input(1);
  const bool transpose_a = c.attr_or("transpose_a", false), transpose_b = c.attr_or("transpose_b", false);
  if (c.concrete()) {
    if (a.rank() != 2) return invalid_argument("a is not a matrix");
    if (b.rank() != 2) return invalid_argument("b is not a matrix");
    const int64_t k = a.dim(transpose_a ? 0 : 1), k2 = b.dim(transpose_b ? 1 : 0);
    if (k != k2) {
      return invalid_argument("Matrix size incompatible: a: {}, b: {}", a.str(), b.str());
    }
  }
  RETURN_IF_ERROR(c.with_rank(a, 2, &a));
  RETURN_IF_ERROR(c.with_rank(b, 2, &b));
  int64_t inner;
  RETURN_IF_ERROR(c.merge_dim(a.dim(transpose_a ? 0 : 1), b.dim(transpose_b ? 1 : 0), &inner));
  c.set_output(0, Shape{a.dim(transpose_a ? 1 : 0), b.dim(transpose_b ? 0 : 1)});
  return OkStatus();
}

// The elements as floats; `store` holds them where they were others.
const float* as_floats(const Tensor& t, std::vector<float>* store) {
  if (t.dtype() == DType::kFloat32) return t.data<float>();
  const std::span<const Bfloat16> values = t.flat<Bfloat16>();
  store->resize(values.size());
  for (size_t i = 0; i < values.size(); ++i) (*store)[i] = static_cast<float>(values[i]);
  return store->data();
}

class SparseMatMul : public Kernel {
 public:
  explicit SparseMatMul(KernelInit& c)
      : transpose_a_(c.attr<bool>("transpose_a")), transpose_b_(c.attr<bool>("transpose_b")) {}
  Status compute(KernelContext& c) override {
    const Tensor& a = c.input(0);
    Tensor& y = c.output(0);
    if (y.num_elements() == 0) return OkStatus();
    std::vector<float> a_floats, b_floats;
    const MatMulShape shape{y.dim(0), y.dim(1), a.dim(transpose_a_ ? 0 : 1), transpose_a_, transpose_b_};
    matmul_f32(c.pool(), shape, as_floats(a, &a_floats), as_floats(c.input(1), &b_floats), y.data<float>());
    return OkStatus();
  }

 private:
  bool transpose_a_, transpose_b_;
};

// A product in the gradient: operands that were declared sparse, or are dy behind a Relu, stay so; transposed ones are
// transposed first.
struct GradientProduct {
  GradContext& g;
  Endpoint operator()(Endpoint a, Endpoint b, bool transpose_a, bool transpose_b, DType type) const {
    const bool a_is_sparse = is_sparse(a), b_is_sparse = is_sparse(b);
    if (transpose_b) {
      GradContext::Scope scope(g.graph(), "transpose");
      b = g.op("Transpose", {b, g.constant_ints({1, 0}, DType::kInt32, "perm")}, {}, scope.name());
    }
    Endpoint product;
    const bool either = (a_is_sparse || b_is_sparse) && base_type(a.dtype()) != DType::kHalf;
    if (either || base_type(a.dtype()) != base_type(b.dtype())) {
      product = g.op("SparseMatMul", {a, b},
                     {{"transpose_a", transpose_a}, {"a_is_sparse", a_is_sparse}, {"b_is_sparse", b_is_sparse}}, "MatMul");
    } else {
      product = g.op("MatMul", {a, b}, {{"transpose_a", transpose_a}}, "MatMul");
    }
    return g.cast(product, type);
  }
  bool is_sparse(Endpoint e) const {
    if (e == g.x(0)) return g.attr<bool>("a_is_sparse");
    if (e == g.x(1)) return g.attr<bool>("b_is_sparse");
    return e.node != nullptr && e.node->type() == "ReluGrad";
  }
};

REFLOW_OP("SparseMatMul")
    .input("a: Ta")
    .input("b: Tb")
    .output("product: float")
    .attr("transpose_a: bool = false")
    .attr("transpose_b: bool = false")
    .attr("a_is_sparse: bool = false")
    .attr("b_is_sparse: bool = false")
    .attr("Ta: {float, bfloat16} = DT_FLOAT")
    .attr("Tb: {float, bfloat16} = DT_FLOAT")
    .doc("Multiplies matrix a by matrix b, transposed where that is said; `a_is_sparse` and `b_is_sparse` tell that many "
         "elements are zero.")
    .shape(sparse_matmul_shape)
    .kernel<SparseMatMul>(kCpu)
    .gradient([](GradContext& g) {
      const bool ta = g.attr<bool>("transpose_a"), tb = g.attr<bool>("transpose_b");
      const Endpoint a = g.x(0), b = g.x(1), dy = g.dy(0);
      const DType type_a = base_type(a.dtype()), type_b = base_type(b.dtype());
      const GradientProduct product{g};
      if (!ta && !tb) {
        g.dx(0) = product(dy, b, false, true, type_a);
        g.dx(1) = product(a, dy, true, false, type_b);
      } else if (!ta) {
        g.dx(0) = product(dy, b, false, false, type_a);
        g.dx(1) = product(dy, a, true, false, type_b);
      } else if (!tb) {
        g.dx(0) = product(b, dy, false, true, type_a);
        g.dx(1) = product(a, dy, false, false, type_b);
      } else {
        g.dx(0) = product(b, dy, true, true, type_a);
        g.dx(1) = product(dy, a, true, true, type_b);
      }
    });

}  // namespace
}  // namespace reflow::ops
