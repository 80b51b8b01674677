// Convolutions of quantized images together with what follows them: TensorFlow has these ops in all of its builds, and
// kernels for them with Intel's library only. So graphs that hold them can be read and looked at, and not run.

#include <string>
#include <string_view>

#include "convolution_shape.h"
#include "reflow/op/op.h"
#include "reflow/op/quantized.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

struct Parts {
  bool bias, relu, requantize, sum, depthwise, per_channel;
  static Parts of(std::string_view name) {
    const auto has = [&](std::string_view part) { return name.find(part) != name.npos; };
    return {has("Bias"), has("Relu"), has("Requantize"), has("Sum"), has("Depthwise"), has("PerChannel")};
  }
};

Status fused_shape(ShapeContext& c) {
  const Parts p = Parts::of(c.node().type());
  if (p.depthwise) {
    RETURN_IF_ERROR(depthwise_conv2d_shape(c));
    c.set_output(1, Shape::unknown());
    c.set_output(2, Shape::unknown());
    return OkStatus();
  }
  RETURN_IF_ERROR(conv2d_shape(c));
  const int first = p.bias ? 3 : 2;
  Shape bias, channel;
  if (p.bias) RETURN_IF_ERROR(c.with_rank(c.input(2), 1, &bias));
  RETURN_IF_ERROR(check_scalars(c, first, first + 2));
  // The range of a filter may be one for each of its channels.
  const bool one_range = p.requantize && !p.bias && !p.relu;
  for (int i = first + 2; i < first + 4; ++i) {
    RETURN_IF_ERROR(one_range ? c.with_rank(c.input(i), 0, &channel) : c.with_rank_at_most(c.input(i), 1, &channel));
  }
  if (p.requantize) RETURN_IF_ERROR(check_scalars(c, first + 4, first + 6));
  set_range_outputs(c);
  if (!p.requantize) {
    c.set_output(1, channel);
    c.set_output(2, channel);
  }
  return OkStatus();
}

constexpr const char* kTypes = "{qint8, quint8, qint32, qint16, quint16}";

// `bias` and `summand`: their specs, "" for none.
OpBuilder fused_op(const char* name, std::string_view bias, std::string_view summand, const char* out_type, bool has_paddings) {
  const Parts p = Parts::of(name);
  OpBuilder builder(name);
  std::move(builder).input("input: Tinput").input("filter: Tfilter");
  if (!bias.empty()) std::move(builder).input(bias);
  std::move(builder).input("min_input: float").input("max_input: float").input("min_filter: float").input("max_filter: float");
  if (p.requantize) std::move(builder).input("min_freezed_output: float").input("max_freezed_output: float");
  if (!summand.empty()) std::move(builder).input(summand);
  if (summand == "summand: Tsummand") std::move(builder).input("min_summand: float").input("max_summand: float");
  std::move(builder).output("output: out_type").output("min_output: float").output("max_output: float")
      .attr(fmt::format("Tinput: {}", kTypes)).attr(fmt::format("Tfilter: {}", kTypes));
  if (bias == "bias: Tbias") std::move(builder).attr("Tbias: {float, qint32}");
  if (summand == "summand: Tsummand") std::move(builder).attr(fmt::format("Tsummand: {}", kTypes));
  std::move(builder).attr(fmt::format("out_type: {} = {}", kTypes, out_type)).attr("strides: list(int)")
      .attr("padding: {'SAME', 'VALID'}").attr("dilations: list(int) = [1, 1, 1, 1]");
  if (has_paddings) std::move(builder).attr("padding_list: list(int) = []");
  std::string doc = p.depthwise ? "DepthwiseConv2dNative of quantized images" : "QuantizedConv2D";
  if (p.per_channel) doc += " with a range for each channel of the filter";
  if (p.bias) doc += ", with a bias";
  if (p.sum) doc += ", with `summand`";
  if (p.relu) doc += ", with QuantizedRelu";
  if (p.requantize) doc += ", with Requantize";
  std::move(builder).doc(doc + ". As in TensorFlow, CPUs have no kernel for it.").shape(fused_shape);
  return builder;
}

const OpRegistrar kOps[] = {
    fused_op("QuantizedConv2DPerChannel", "", "", "DT_QINT32", false),
    fused_op("QuantizedConv2DAndRelu", "", "", "DT_QINT32", true),
    fused_op("QuantizedConv2DAndReluAndRequantize", "", "", "DT_QUINT8", true),
    fused_op("QuantizedConv2DAndRequantize", "", "", "DT_QINT8", true),
    fused_op("QuantizedConv2DWithBias", "bias: float", "", "DT_QINT32", true),
    fused_op("QuantizedConv2DWithBiasAndRelu", "bias: float", "", "DT_QINT32", true),
    fused_op("QuantizedConv2DWithBiasAndReluAndRequantize", "bias: Tbias", "", "DT_QUINT8", true),
    fused_op("QuantizedConv2DWithBiasAndRequantize", "bias: Tbias", "", "DT_QINT8", true),
    fused_op("QuantizedConv2DWithBiasSumAndRelu", "bias: float", "summand: float", "DT_QINT32", true),
    fused_op("QuantizedConv2DWithBiasSumAndReluAndRequantize", "bias: Tbias", "summand: Tsummand", "DT_QUINT8", true),
    fused_op("QuantizedConv2DWithBiasSignedSumAndReluAndRequantize", "bias: Tbias", "summand: Tsummand", "DT_QUINT8", true),
    fused_op("QuantizedDepthwiseConv2D", "", "", "DT_QINT32", false),
    fused_op("QuantizedDepthwiseConv2DWithBias", "bias: float", "", "DT_QINT32", false),
    fused_op("QuantizedDepthwiseConv2DWithBiasAndRelu", "bias: float", "", "DT_QINT32", false),
    fused_op("QuantizedDepthwiseConv2DWithBiasAndReluAndRequantize", "bias: Tbias", "", "DT_QUINT8", false),
};

}  // namespace
}  // namespace reflow::ops
