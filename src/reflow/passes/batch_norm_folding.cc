#include <fmt/format.h>

#include <algorithm>

#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Consumer;
using graph::Endpoint;
using graph::Graph;
using graph::Node;
using graph::NodeSpec;

namespace {

// Batch normalisation with given statistics, (x - mean) * scale / sqrt(variance + epsilon) + offset, of the result of a
// convolution is the convolution with a scaled filter, and a bias. That pays where filters are small beside images.
class BatchNormFolding {
 public:
  explicit BatchNormFolding(PassContext& context) : graph_(*context.graph), roots_(root_marks(context)) {}

  Status run() {
    for (Node* node : graph_.nodes()) {
      if (node->type().starts_with("FusedBatchNorm") && accepts(*node)) RETURN_IF_ERROR(fold(node));
    }
    return OkStatus();
  }

 private:
  bool accepts(const Node& norm) const {
    if (norm.num_inputs() != 5 || roots_[norm.id()] || norm.attr<bool>("is_training").value_or(true)) return false;
    if (!has_channels_last(norm)) return false;
    const Node& conv = *norm.input(0).node;
    if (conv.type() != "Conv2D" || !has_channels_last(conv) || roots_[conv.id()]) return false;
    if (conv.assigned_device() != norm.assigned_device()) return false;
    // Nothing else sees what the convolution gave, or the statistics that the op hands on.
    if (conv.consumers().size() != 1) return false;
    if (std::ranges::any_of(norm.consumers(), [](const Consumer& c) { return c.input >= 0 && c.node->input(c.input).index != 0; })) {
      return false;
    }
    const Shape& filter = conv.input(1).shape();
    if (!filter.fully_defined() || filter.rank() != 4 || !is_plain_float(conv.input(1))) return false;
    for (int i = 1; i < 5; ++i) {
      if (!is_plain_float(norm.input(i)) || !(norm.input(i).shape() == Shape{filter.dim(3)})) return false;
    }
    return is_plain_float(norm.input(0)) && !is_large(filter, norm.output_shape(0));
  }

  // A filter that takes longer to scale in each run than some images of the result?
  static bool is_large(const Shape& filter, const Shape& result) {
    constexpr int64_t kImages = 8;
    if (result.rank() != 4 || result.dim(1) < 0 || result.dim(2) < 0) return false;
    return filter.num_elements() > kImages * result.dim(1) * result.dim(2) * filter.dim(3);
  }

  static bool is_plain_float(const Endpoint& e) { return e.dtype() == DType::kFloat32; }
  static bool has_channels_last(const Node& node) {
    return node.attr<std::string>("data_format").value_or("NHWC") == "NHWC";
  }

  Status fold(Node* norm) {
    Node* conv = norm->input(0).node;
    const Endpoint scale = norm->input(1), offset = norm->input(2), mean = norm->input(3), variance = norm->input(4);
    const Tensor epsilon = Tensor::scalar(norm->attr<float>("epsilon").value_or(1e-4f));
    ASSIGN_OR_RETURN(const Endpoint small, add(norm, "epsilon", "Const", {}, Shape{}, {{"dtype", DType::kFloat32}, {"value", epsilon}}));
    ASSIGN_OR_RETURN(const Endpoint sum, add(norm, "variance", "AddV2", {variance, small}, scale.shape()));
    ASSIGN_OR_RETURN(const Endpoint deviation, add(norm, "deviation", "Rsqrt", {sum}, scale.shape()));
    ASSIGN_OR_RETURN(const Endpoint factor, add(norm, "factor", "Mul", {scale, deviation}, scale.shape()));
    ASSIGN_OR_RETURN(const Endpoint filter, add(norm, "filter", "Mul", {conv->input(1), factor}, conv->input(1).shape()));
    ASSIGN_OR_RETURN(const Endpoint shift, add(norm, "shift", "Mul", {mean, factor}, scale.shape()));
    ASSIGN_OR_RETURN(const Endpoint bias, add(norm, "bias", "Sub", {offset, shift}, scale.shape()));
    RETURN_IF_ERROR(graph_.set_input(conv, 1, filter));
    NodeSpec spec;
    spec.op = graph::OpRegistry::global().find("BiasAdd");
    spec.inputs = {conv->output(0), bias};
    spec.attrs.set("T", DType::kFloat32);
    spec.attrs.set("data_format", "NHWC");
    spec.control_inputs.assign(norm->control_inputs().begin(), norm->control_inputs().end());
    spec.output_types = {DType::kFloat32};
    const Shape shape = norm->output_shape(0);
    graph_.rewrite_node(norm, std::move(spec));
    norm->set_output_shape(0, shape);
    return OkStatus();
  }

  StatusOr<Endpoint> add(const Node* norm, std::string_view name, const char* type, std::vector<Endpoint> inputs,
                         const Shape& shape, graph::AttrMap attrs = {{"T", DType::kFloat32}}) {
    NodeSpec spec;
    spec.name = fmt::format("{}/_folded_{}", norm->name(), name);
    spec.op = graph::OpRegistry::global().find(type);
    spec.inputs = std::move(inputs);
    spec.attrs = std::move(attrs);
    spec.output_types = {DType::kFloat32};
    spec.device = norm->device();
    ASSIGN_OR_RETURN(Node * made, graph_.add_node(std::move(spec)));
    made->set_output_shape(0, shape);
    made->set_assigned_device(norm->assigned_device());
    return made->output(0);
  }

  Graph& graph_;
  const std::vector<bool> roots_;
};

}  // namespace

Status fold_batch_norms(PassContext& context) { return BatchNormFolding(context).run(); }

}  // namespace reflow::passes
