// Conv3D and its backward ops.

#include "convolution_op.h"
#include "reflow/op/gradient_ops.h"

namespace reflow::ops {
namespace {

using namespace op;

template <typename T>
using Conv3D = ConvolutionForward<T, 3>;
template <typename T>
using Conv3DToInput = ConvolutionToInput<T, 3>;
template <typename T>
using Conv3DToFilter = ConvolutionToFilter<T, 3>;

AttrMap window_attrs(GradContext& g) { return copied_attrs(g, {"dilations", "strides", "padding", "data_format"}); }

// The first versions take the tensor for whose shape the later ones ask.
template <int i>
Status shape_of_input(ShapeContext& c) {
  Shape shape;
  RETURN_IF_ERROR(c.with_rank(c.input(i), 5, &shape));
  c.set_output(0, shape);
  return OkStatus();
}

REFLOW_OP("Conv3D")
    .input("input: T")
    .input("filter: T")
    .output("output: T")
    .attr("T: {half, bfloat16, float, double}")
    .attr("strides: list(int) >= 5")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("data_format: {'NDHWC', 'NCDHW'} = 'NDHWC'")
    .attr("dilations: list(int) = [1, 1, 1, 1, 1]")
    .doc("Convolves input [batch, depth, height, width, in_channels] with filter [depth, height, width, in_channels, "
         "out_channels]. With the data format NCDHW, the channels of input and output are dimension 1.")
    .shape(conv3d_shape)
    .kernel<Conv3D>(kCpu, kFloatTypes)
    .gradient([](GradContext& g) {
      const Endpoint input_shape = g.shape(g.x(0)), filter_shape = g.shape(g.x(1));
      g.dx(0) = g.op("Conv3DBackpropInputV2", {input_shape, g.x(1), g.dy(0)}, window_attrs(g));
      g.dx(1) = g.op("Conv3DBackpropFilterV2", {g.x(0), filter_shape, g.dy(0)}, window_attrs(g));
    });

REFLOW_OP("Conv3DBackpropInput")
    .input("input: T")
    .input("filter: T")
    .input("out_backprop: T")
    .output("output: T")
    .attr("T: {half, float, double}")
    .attr("strides: list(int) >= 5")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("dilations: list(int) = [1, 1, 1, 1, 1]")
    .deprecated(10, "Use Conv3DBackpropInputV2")
    .doc("Computes the gradient of Conv3D to its input, of the shape that input has.")
    .shape(shape_of_input<0>)
    .kernel<Conv3DToInput>(kCpu, Types<Half, float, double>{});

REFLOW_OP("Conv3DBackpropFilter")
    .input("input: T")
    .input("filter: T")
    .input("out_backprop: T")
    .output("output: T")
    .attr("T: {half, float, double}")
    .attr("strides: list(int) >= 5")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("dilations: list(int) = [1, 1, 1, 1, 1]")
    .deprecated(10, "Use Conv3DBackpropFilterV2")
    .doc("Computes the gradient of Conv3D to its filter, of the shape that filter has.")
    .shape(shape_of_input<1>)
    .kernel<Conv3DToFilter>(kCpu, Types<Half, float, double>{});

REFLOW_OP("Conv3DBackpropInputV2")
    .input("input_sizes: Tshape")
    .input("filter: T")
    .input("out_backprop: T")
    .output("output: T")
    .attr("T: {half, bfloat16, float, double}")
    .attr("strides: list(int) >= 5")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("data_format: {'NDHWC', 'NCDHW'} = 'NDHWC'")
    .attr("dilations: list(int) = [1, 1, 1, 1, 1]")
    .attr("Tshape: {int32, int64} = DT_INT32")
    .doc("Computes the gradient of Conv3D to its input, of shape input_sizes, from out_backprop, that to its output.")
    .shape(shape_from_input<0, 5>)
    .kernel<Conv3DToInput>(kCpu, kFloatTypes)
    .gradient([](GradContext& g) {
      const Endpoint filter_shape = g.shape(g.x(1));
      g.dx(1) = g.op("Conv3DBackpropFilterV2", {g.dy(0), filter_shape, g.x(2)}, window_attrs(g));
      g.dx(2) = g.op("Conv3D", {g.dy(0), g.x(1)}, window_attrs(g));
    });

REFLOW_OP("Conv3DBackpropFilterV2")
    .input("input: T")
    .input("filter_sizes: int32")
    .input("out_backprop: T")
    .output("output: T")
    .attr("T: {half, bfloat16, float, double}")
    .attr("strides: list(int) >= 5")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("data_format: {'NDHWC', 'NCDHW'} = 'NDHWC'")
    .attr("dilations: list(int) = [1, 1, 1, 1, 1]")
    .doc("Computes the gradient of Conv3D to its filter, of shape filter_sizes, from out_backprop, that to its output.")
    .shape(shape_from_input<1, 5>)
    .kernel<Conv3DToFilter>(kCpu, kFloatTypes)
    .gradient([](GradContext& g) {
      const Endpoint input_shape = g.shape(g.x(0));
      g.dx(0) = g.op("Conv3DBackpropInputV2", {input_shape, g.dy(0), g.x(2)}, window_attrs(g));
      g.dx(2) = g.op("Conv3D", {g.x(0), g.dy(0)}, window_attrs(g));
    });

}  // namespace
}  // namespace reflow::ops
