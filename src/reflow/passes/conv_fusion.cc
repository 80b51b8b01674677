#include "reflow/passes/bias_fusion.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {

namespace {

bool has_channels_last(const graph::Node& node) {
  return node.attr<std::string>("data_format").value_or("NHWC") == "NHWC";
}

}  // namespace

Status fuse_convolutions(PassContext& context) {
  static const BiasFusion kFusion{"Conv2D", "_FusedConv2D", 4,
                                  {"strides", "padding", "explicit_paddings", "data_format", "dilations"},
                                  has_channels_last};
  return fuse_biases(context, kFusion);
}

}  // namespace reflow::passes
