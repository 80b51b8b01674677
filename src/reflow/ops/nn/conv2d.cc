// Conv2D and its backward ops.

#include "convolution_op.h"
#include "reflow/op/gradient_ops.h"

namespace reflow::ops {
namespace {

using namespace op;

template <typename T>
using Conv2D = ConvolutionForward<T, 2>;
template <typename T>
using Conv2DToInput = ConvolutionToInput<T, 2>;
template <typename T>
using Conv2DToFilter = ConvolutionToFilter<T, 2>;

AttrMap window_attrs(GradContext& g) {
  return copied_attrs(g, {"strides", "padding", "explicit_paddings", "use_cudnn_on_gpu", "data_format", "dilations"});
}

Status sizes_from_vector(ShapeContext& c, int i, const char* name) {
  if (c.concrete() && c.input(i).rank() != 1) {
    return invalid_argument("{}: {} input must be 1-dim, not {}", c.node().type(), name, c.input(i).rank());
  }
  return OkStatus();
}

Status to_input_shape(ShapeContext& c) {
  RETURN_IF_ERROR(sizes_from_vector(c, 0, "input_sizes"));
  return shape_from_input<0, 4>(c);
}

Status to_filter_shape(ShapeContext& c) {
  RETURN_IF_ERROR(sizes_from_vector(c, 1, "filter_sizes"));
  return shape_from_input<1, 4>(c);
}

REFLOW_OP("Conv2D")
    .input("input: T")
    .input("filter: T")
    .output("output: T")
    .attr("T: {half, bfloat16, float, double}")
    .attr("strides: list(int)")
    .attr("use_cudnn_on_gpu: bool = true")
    .attr("padding: {'SAME', 'VALID', 'EXPLICIT'}")
    .attr("explicit_paddings: list(int) = []")
    .attr("data_format: {'NHWC', 'NCHW'} = 'NHWC'")
    .attr("dilations: list(int) = [1, 1, 1, 1]")
    .doc("Convolves input [batch, height, width, in_channels] with filter [height, width, in_channels, out_channels]. With "
         "the data format NCHW, the channels of input and output are dimension 1.")
    .shape(conv2d_shape)
    .kernel<Conv2D>(kCpu, kFloatTypes)
    .gradient([](GradContext& g) {
      Node* shapes = g.ops("ShapeN", {OpInput(std::vector<Endpoint>{g.x(0), g.x(1)})});
      if (shapes == nullptr) return;
      g.dx(0) = g.op("Conv2DBackpropInput", {shapes->output(0), g.x(1), g.dy(0)}, window_attrs(g));
      g.dx(1) = g.op("Conv2DBackpropFilter", {g.x(0), shapes->output(1), g.dy(0)}, window_attrs(g));
    });

REFLOW_OP("Conv2DBackpropInput")
    .input("input_sizes: int32")
    .input("filter: T")
    .input("out_backprop: T")
    .output("output: T")
    .attr("T: {half, bfloat16, float, double}")
    .attr("strides: list(int)")
    .attr("use_cudnn_on_gpu: bool = true")
    .attr("padding: {'SAME', 'VALID', 'EXPLICIT'}")
    .attr("explicit_paddings: list(int) = []")
    .attr("data_format: {'NHWC', 'NCHW'} = 'NHWC'")
    .attr("dilations: list(int) = [1, 1, 1, 1]")
    .doc("Computes the gradient of Conv2D to its input, of shape input_sizes, from out_backprop, that to its output.")
    .shape(to_input_shape)
    .kernel<Conv2DToInput>(kCpu, kFloatTypes)
    .gradient([](GradContext& g) {
      const Endpoint filter_shape = g.shape(g.x(1));
      g.dx(1) = g.op("Conv2DBackpropFilter", {g.dy(0), filter_shape, g.x(2)}, window_attrs(g));
      g.dx(2) = g.op("Conv2D", {g.dy(0), g.x(1)}, window_attrs(g));
    });

REFLOW_OP("Conv2DBackpropFilter")
    .input("input: T")
    .input("filter_sizes: int32")
    .input("out_backprop: T")
    .output("output: T")
    .attr("T: {half, bfloat16, float, double}")
    .attr("strides: list(int)")
    .attr("use_cudnn_on_gpu: bool = true")
    .attr("padding: {'SAME', 'VALID', 'EXPLICIT'}")
    .attr("explicit_paddings: list(int) = []")
    .attr("data_format: {'NHWC', 'NCHW'} = 'NHWC'")
    .attr("dilations: list(int) = [1, 1, 1, 1]")
    .doc("Computes the gradient of Conv2D to its filter, of shape filter_sizes, from out_backprop, that to its output.")
    .shape(to_filter_shape)
    .kernel<Conv2DToFilter>(kCpu, kFloatTypes)
    .gradient([](GradContext& g) {
      const Endpoint input_shape = g.shape(g.x(0));
      g.dx(0) = g.op("Conv2DBackpropInput", {input_shape, g.dy(0), g.x(2)}, window_attrs(g));
      g.dx(2) = g.op("Conv2D", {g.x(0), g.dy(0)}, window_attrs(g));
    });

}  // namespace
}  // namespace reflow::ops
