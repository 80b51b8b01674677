// What a tensor's shape says: Shape, ShapeN, Size, Rank.

#include "reflow/op/indices.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class ShapeKernel : public Kernel {
 public:
  explicit ShapeKernel(KernelInit&) {}
  Status compute(KernelContext& c) override {
    for (int i = 0; i < c.num_inputs(); ++i) {
      const Shape& shape = c.input(i).shape();
      Tensor& out = c.output(i);
      for (int d = 0; d < shape.rank(); ++d) {
        if (shape.dim(d) > INT32_MAX && out.dtype() == DType::kInt32) [[unlikely]] {
          return invalid_argument("Shape output type is 32-bit  but dim {} is {}", d, shape.dim(d));
        }
        put_int(out, d, shape.dim(d));
      }
    }
    return OkStatus();
  }
};

Status shape_shape(ShapeContext& c) {
  for (int i = 0; i < c.num_inputs(); ++i) {
    c.set_output(i, c.input(i).known_rank() ? Shape{c.input(i).rank()} : Shape::unknown_of_rank(1));
  }
  return OkStatus();
}

REFLOW_OP("Shape")
    .input("input: T")
    .output("output: out_type")
    .attr("T: type")
    .attr("out_type: {int32, int64} = DT_INT32")
    .doc("The shape of `input`, a vector.")
    .shape(shape_shape)
    .kernel<ShapeKernel>(kCpu)
    .value_from_shapes()
    .not_differentiable();

REFLOW_OP("ShapeN")
    .input("input: N * T")
    .output("output: N * out_type")
    .attr("N: int >= 1")
    .attr("T: type")
    .attr("out_type: {int32, int64} = DT_INT32")
    .doc("The shapes of all inputs.")
    .shape(shape_shape)
    .kernel<ShapeKernel>(kCpu)
    .value_from_shapes()
    .not_differentiable();

class Size : public Kernel {
 public:
  explicit Size(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const int64_t size = c.input(0).num_elements();
    if (size > INT32_MAX && c.output(0).dtype() == DType::kInt32) {
      return invalid_argument("Number of elements was larger than representable by 32-bit output type");
    }
    put_int(c.output(0), 0, size);
    return OkStatus();
  }
};

REFLOW_OP("Size")
    .input("input: T")
    .output("output: out_type")
    .attr("T: type")
    .attr("out_type: {int32, int64} = DT_INT32")
    .doc("The number of elements of `input`.")
    .shape(scalar_shape)
    .kernel<Size>(kCpu)
    .value_from_shapes()
    .not_differentiable();

class Rank : public Kernel {
 public:
  explicit Rank(KernelInit&) {}
  Status compute(KernelContext& c) override {
    *c.output(0).data<int32_t>() = c.input(0).rank();
    return OkStatus();
  }
};

REFLOW_OP("Rank")
    .input("input: T")
    .output("output: int32")
    .attr("T: type")
    .doc("The number of dimensions of `input`.")
    .shape(scalar_shape)
    .kernel<Rank>(kCpu)
    .value_from_shapes()
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
