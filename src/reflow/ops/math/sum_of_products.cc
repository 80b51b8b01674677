// What a sum of matrix products becomes when a plan is made (passes/product_sums.cc): a_1' b_1 + a_2' b_2 + ... is the
// product of all rows of the a, one below the other, transposed, and all rows of the b.

#include <cstring>

#include "matmul_kernel.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

Status sum_of_products_shape(ShapeContext& c) {
  const int n = c.num_inputs() / 2;
  Shape sum = Shape::unknown();
  for (int i = 0; i < n; ++i) {
    const Shape &a = c.input(i), &b = c.input(n + i);
    if (!a.known_rank() || !b.known_rank()) continue;
    if (a.rank() != 2 || b.rank() != 2) {
      return invalid_argument("In[{}] is not a matrix. Instead it has shape {}", a.rank() != 2 ? 0 : 1,
                              (a.rank() != 2 ? a : b).str());
    }
    if (a.dim(0) >= 0 && b.dim(0) >= 0 && a.dim(0) != b.dim(0)) {
      return invalid_argument("Matrix size-incompatible: In[0]: {}, In[1]: {}", a.str(), b.str());
    }
    const Shape product{a.dim(1), b.dim(1)};
    const Status merged = c.merge(sum, product, &sum);
    if (merged.ok()) continue;
    return invalid_argument("Inputs to operation {} of type AddN must have the same size and shape.  Input 0: {} != input {}: {}",
                            c.node().name(), sum.str(), i, product.str());
  }
  c.set_output(0, std::move(sum));
  return OkStatus();
}

class SumOfProducts : public Kernel {
 public:
  explicit SumOfProducts(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const int n = c.num_inputs() / 2;
    Tensor& y = c.output(0);
    int64_t k = 0;
    for (int i = 0; i < n; ++i) k += c.input(i).dim(0);
    const int64_t rows = y.dim(0), columns = y.dim(1);
    ASSIGN_OR_RETURN(const Tensor a, stacked(c, 0, {k, rows}));
    ASSIGN_OR_RETURN(const Tensor b, stacked(c, n, {k, columns}));
    matmul_f32(c.pool(), {rows, columns, k, /*transpose_a=*/true, /*transpose_b=*/false}, a.data<float>(), b.data<float>(),
               y.data<float>());
    return OkStatus();
  }

 private:
  // The rows of half of the inputs, from `first` on, one below the other. So they may lie already: the plan tries.
  static StatusOr<Tensor> stacked(KernelContext& c, int first, const Shape& shape) {
    const int n = c.num_inputs() / 2;
    const Tensor& top = c.input(first);
    const float* next = top.data<float>();
    bool lie_so = true;
    for (int i = 0; i < n; ++i) {
      const Tensor& part = c.input(first + i);
      lie_so &= part.data<float>() == next && part.shares_buffer(top);
      next = part.data<float>() + part.num_elements();
    }
    if (lie_so) return Tensor(DType::kFloat32, shape, top.buffer(), const_cast<void*>(top.raw_data()));
    ASSIGN_OR_RETURN(Tensor all, c.allocate_scratch(DType::kFloat32, shape));
    c.pool().parallel_for(n, 0.1 * all.num_elements() / n, [&](int64_t begin, int64_t end) {
      int64_t row = 0;
      for (int64_t i = 0; i < end; ++i) {
        const Tensor& part = c.input(first + static_cast<int>(i));
        if (i >= begin) std::memcpy(all.data<float>() + row * all.dim(1), part.raw_data(), part.size_bytes());
        row += part.dim(0);
      }
    });
    return all;
  }
};

REFLOW_OP("_SumOfProducts")
    .input("a: N * float")
    .input("b: N * float")
    .output("sum: float")
    .attr("N: int >= 1")
    .doc("The sum of the products of each matrix of `a`, transposed, with the matrix of `b` beside it. Made by the pass "
         "`product_sums`.")
    .shape(sum_of_products_shape)
    .kernel<SumOfProducts>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
