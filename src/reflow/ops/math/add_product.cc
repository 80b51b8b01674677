// What a product of matrices that is added up in a loop becomes when a plan is made (passes/product_sums.cc): it is
// computed into the memory of the sum.

#include <cstring>

#include "reflow/op/gemm.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

Status add_product_shape(ShapeContext& c) {
  const Shape &sum = c.input(0), &a = c.input(1), &b = c.input(2);
  c.set_output(0, sum);
  if (!a.known_rank() || !b.known_rank()) return OkStatus();
  if (a.rank() != 2 || b.rank() != 2) {
    return invalid_argument("In[{}] is not a matrix. Instead it has shape {}", a.rank() != 2 ? 0 : 1,
                            (a.rank() != 2 ? a : b).str());
  }
  const bool transpose_a = c.attr_or("transpose_a", false), transpose_b = c.attr_or("transpose_b", false);
  const int64_t k = a.dim(transpose_a ? 0 : 1), b_k = b.dim(transpose_b ? 1 : 0);
  if (k >= 0 && b_k >= 0 && k != b_k) {
    return invalid_argument("Matrix size-incompatible: In[0]: {}, In[1]: {}", a.str(), b.str());
  }
  const Shape product{a.dim(transpose_a ? 1 : 0), b.dim(transpose_b ? 0 : 1)};
  if (!sum.compatible_with(product)) return invalid_argument("Incompatible shapes: {} vs. {}", sum.str(), product.str());
  return OkStatus();
}

class AddProduct : public Kernel {
 public:
  explicit AddProduct(KernelInit& c) : transpose_a_(c.attr<bool>("transpose_a")), transpose_b_(c.attr<bool>("transpose_b")) {}
  Status compute(KernelContext& c) override {
    const Tensor &sum = c.input(0), &a = c.input(1), &b = c.input(2);
    Tensor& y = c.output(0);
    if (y.raw_data() != sum.raw_data()) std::memcpy(y.raw_data(), sum.raw_data(), sum.size_bytes());
    const int64_t m = y.dim(0), n = y.dim(1), k = a.dim(transpose_a_ ? 0 : 1);
    if (m == 0 || n == 0 || k == 0) return OkStatus();
    op::gemm(c.pool(), {.transpose_a = transpose_a_, .transpose_b = transpose_b_, .m = m, .n = n, .k = k,
                        .a = a.data<float>(), .lda = transpose_a_ ? m : k, .b = b.data<float>(), .ldb = transpose_b_ ? k : n,
                        .c = y.data<float>(), .ldc = n, .accumulate = true});
    return OkStatus();
  }

 private:
  const bool transpose_a_, transpose_b_;
};

REFLOW_OP("_AddProduct")
    .input("sum: float")
    .input("a: float")
    .input("b: float")
    .output("y: float")
    .attr("transpose_a: bool = false")
    .attr("transpose_b: bool = false")
    .doc("Adds the product of the matrices `a` and `b` to `sum`. Made by the pass `product_sums`.")
    .shape(add_product_shape)
    .kernel<AddProduct>(kCpu)
    .in_place(0, 0)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
