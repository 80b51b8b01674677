// What a convolution with a bias and an activation becomes when a plan is made (passes/conv_fusion.cc).

#include "convolution.h"
#include "convolution_shape.h"

namespace reflow::ops {
namespace {

using namespace op;

Status fused_conv2d_shape(ShapeContext& c) {
  RETURN_IF_ERROR(conv2d_shape(c));
  const Shape &y = c.output(0), &bias = c.input(2);
  if (!bias.fully_defined() || !y.known_rank() || y.rank() != 4 || y.dim(3) < 0) return OkStatus();
  if (bias == Shape{y.dim(3)}) return OkStatus();
  return invalid_argument("Must provide as many biases as the last dimension of the input tensor: {} vs. {}", bias.str(),
                          y.str());
}

class FusedConv2D : public Kernel {
 public:
  explicit FusedConv2D(KernelInit& c) : attrs_(ConvolutionAttrs::of(c, 2)), relu_(c.attr<bool>("relu")) {
    if (attrs_.channels_first) c.fail(invalid_argument("_FusedConv2D has channels last only"));
  }
  Status compute(KernelContext& c) override {
    const Tensor &x = c.input(0), &filter = c.input(1);
    ASSIGN_OR_RETURN(const Convolution sizes, convolution_sizes(attrs_, x.shape(), filter.shape(), nullptr, ""));
    return convolve_with_bias(c.pool(), sizes, x.data<float>(), filter.data<float>(), c.input(2).data<float>(), relu_,
                              c.output(0).data<float>());
  }

 private:
  const ConvolutionAttrs attrs_;
  const bool relu_;
};

REFLOW_OP("_FusedConv2D")
    .input("input: float")
    .input("filter: float")
    .input("bias: float")
    .output("output: float")
    .attr("strides: list(int)")
    .attr("padding: {'SAME', 'VALID', 'EXPLICIT'}")
    .attr("explicit_paddings: list(int) = []")
    .attr("data_format: {'NHWC'} = 'NHWC'")
    .attr("dilations: list(int) = [1, 1, 1, 1]")
    .attr("relu: bool = false")
    .doc("Convolves input with filter as Conv2D does, adds `bias` to each channel, and cuts off what is negative if `relu` is "
         "set. Made by the pass `conv_fusion`.")
    .shape(fused_conv2d_shape)
    .kernel<FusedConv2D>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
