// What a product of matrices with a bias and an activation becomes when a plan is made (passes/matmul_fusion.cc).

#include "matmul_kernel.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

Status fused_matmul_shape(ShapeContext& c) {
  const Shape &a = c.input(0), &b = c.input(1), &bias = c.input(2);
  const bool transpose_a = c.attr_or("transpose_a", false), transpose_b = c.attr_or("transpose_b", false);
  if (!a.known_rank() || !b.known_rank() || a.rank() != 2 || b.rank() != 2) {
    const bool first = a.known_rank() && a.rank() != 2;
    if (!c.concrete()) return internal_error("Matrices expected, not {} and {}", a.str(), b.str());
    return invalid_argument("In[{}] is not a matrix. Instead it has shape {}", first ? 0 : 1, (first ? a : b).str());
  }
  const int64_t k = a.dim(transpose_a ? 0 : 1), b_k = b.dim(transpose_b ? 1 : 0);
  if (k >= 0 && b_k >= 0 && k != b_k) {
    return invalid_argument("Matrix size-incompatible: In[0]: {}, In[1]: {}", a.str(), b.str());
  }
  const Shape product{a.dim(transpose_a ? 1 : 0), b.dim(transpose_b ? 0 : 1)};
  if (bias.known_rank() && bias.fully_defined() && product.dim(1) >= 0 && !(bias == Shape{product.dim(1)})) {
    return invalid_argument("Incompatible shapes: {} vs. {}", product.str(), bias.str());
  }
  c.set_output(0, product);
  return OkStatus();
}

class FusedMatMul : public Kernel {
 public:
  explicit FusedMatMul(KernelInit& c)
      : transpose_a_(c.attr<bool>("transpose_a")), transpose_b_(c.attr<bool>("transpose_b")), relu_(c.attr<bool>("relu")) {}

  Status compute(KernelContext& c) override {
    const Tensor &a = c.input(0), &b = c.input(1);
    Tensor& y = c.output(0);
    const int64_t m = y.dim(0), n = y.dim(1), k = a.dim(transpose_a_ ? 0 : 1);
    matmul_f32(c.pool(), {m, n, k, transpose_a_, transpose_b_}, a.data<float>(), b.data<float>(), y.data<float>(),
               c.input(2).data<float>(), relu_);
    return OkStatus();
  }

 private:
  const bool transpose_a_, transpose_b_, relu_;
};

REFLOW_OP("_FusedMatMul")
    .input("a: float")
    .input("b: float")
    .input("bias: float")
    .output("product: float")
    .attr("transpose_a: bool = false")
    .attr("transpose_b: bool = false")
    .attr("relu: bool = false")
    .doc("Multiplies matrices, adds `bias` to each row, and cuts off what is negative if `relu` is set. Made by the pass "
         "`matmul_fusion`.")
    .shape(fused_matmul_shape)
    .kernel<FusedMatMul>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
