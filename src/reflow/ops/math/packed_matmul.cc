// What products with one matrix become when a plan is made (passes/shared_panels.cc): it is copied once into the order in
// which products read it.

#include "reflow/op/gemm.h"
#include "reflow/op/op.h"
#include "reflow/op/panel_product.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

Status panels_shape(ShapeContext& c) {
  const Shape& b = c.input(0);
  if (!b.known_rank() || !b.fully_defined()) {
    c.set_output(0, Shape{-1});
    return OkStatus();
  }
  if (b.rank() != 2) return invalid_argument("In[1] is not a matrix. Instead it has shape {}", b.str());
  const bool transposed = c.attr_or("transpose_b", false);
  c.set_output(0, Shape{panels_size(b.dim(transposed ? 1 : 0), b.dim(transposed ? 0 : 1))});
  return OkStatus();
}

class PackedMatrix : public Kernel {
 public:
  explicit PackedMatrix(KernelInit& c) : transpose_(c.attr<bool>("transpose_b")) {}
  Status compute(KernelContext& c) override {
    const Tensor& b = c.input(0);
    pack_panels(c.pool(), transpose_, b.dim(transpose_ ? 1 : 0), b.dim(transpose_ ? 0 : 1), b.data<float>(), b.dim(1),
                c.output(0).data<float>());
    return OkStatus();
  }

 private:
  const bool transpose_;
};

REFLOW_OP("_PackedMatrix")
    .input("b: float")
    .output("panels: float")
    .attr("transpose_b: bool = false")
    .doc("A matrix, or its transpose, as `_PackedMatMul` reads it: panels of 16 columns. Made by the pass `shared_panels`.")
    .shape(panels_shape)
    .kernel<PackedMatrix>(kCpu)
    .not_differentiable();

Status packed_matmul_shape(ShapeContext& c) {
  const Shape &a = c.input(0), &panels = c.input(1);
  const auto columns = c.attr_or("columns", int64_t{0});
  if (!a.known_rank()) {
    c.set_output(0, Shape{-1, columns});
    return OkStatus();
  }
  if (a.rank() != 2) return invalid_argument("In[0] is not a matrix. Instead it has shape {}", a.str());
  const auto rows = c.attr_or("rows", int64_t{0});
  if (a.dim(1) >= 0 && a.dim(1) != rows) {
    const bool transposed = c.attr_or("transpose_b", false);
    const Shape b = transposed ? Shape{columns, rows} : Shape{rows, columns};
    return invalid_argument("Matrix size-incompatible: In[0]: {}, In[1]: {}", a.str(), b.str());
  }
  if (panels.fully_defined() && !(panels == Shape{panels_size(rows, columns)})) {
    return internal_error("Panels of {} x {} have shape {}", rows, columns, panels.str());
  }
  for (int i = 2; i < c.num_inputs(); ++i) {
    if (c.input(i).fully_defined() && !(c.input(i) == Shape{columns})) {
      return invalid_argument("Incompatible shapes: {} vs. {}", Shape({a.dim(0), columns}).str(), c.input(i).str());
    }
  }
  c.set_output(0, Shape{a.dim(0), columns});
  return OkStatus();
}

class PackedMatMul : public Kernel {
 public:
  explicit PackedMatMul(KernelInit& c) : relu_(c.attr<bool>("relu")) {}
  Status compute(KernelContext& c) override {
    const Tensor& a = c.input(0);
    Tensor& y = c.output(0);
    Gemm g;
    g.m = a.dim(0), g.n = y.dim(1), g.k = a.dim(1);
    g.a = a.data<float>(), g.lda = g.k;
    g.panels = c.input(1).data<float>();
    g.c = y.data<float>(), g.ldc = g.n;
    if (c.num_inputs() == 3) g.bias = c.input(2).data<float>(), g.relu = relu_;
    gemm(c.pool(), g);
    return OkStatus();
  }

 private:
  const bool relu_;
};

REFLOW_OP("_PackedMatMul")
    .input("a: float")
    .input("panels: float")
    .input("bias: num_biases * float")
    .output("product: float")
    .attr("num_biases: int >= 0")
    .attr("rows: int")
    .attr("columns: int")
    .attr("transpose_b: bool = false")
    .attr("relu: bool = false")
    .doc("The product of `a` and a matrix of `rows` x `columns` that `_PackedMatrix` has prepared; a bias is added to each row "
         "if there is one, and what is negative cut off if `relu` is set. Made by the pass `shared_panels`.")
    .shape(packed_matmul_shape)
    .kernel<PackedMatMul>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
