// Normalisation with constants is a factor and an offset for each channel: both become part of what comes before.

#include <absl/container/flat_hash_set.h>

#include <cmath>
#include <optional>
#include <vector>

#include "reflow/tensor/tensor_proto.h"
#include "reflow/transforms/node_map.h"
#include "reflow/transforms/transform_list.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::transforms {
namespace {

using tensorflow::NodeDef;

// The float32 tensor of a constant; none: the node is another, or of another type.
std::optional<Tensor> constant_of(const NodeDef* node) {
  if (node == nullptr || node->op() != "Const") return {};
  const auto it = node->attr().find("value");
  if (it == node->attr().end()) return {};
  StatusOr<Tensor> tensor = tensor_from_proto(it->second.tensor());
  if (!tensor.ok() || tensor->dtype() != DType::kFloat32) return {};
  return *std::move(tensor);
}

NodeDef make_constant(const std::string& name, const Tensor& value) {
  NodeDef node;
  node.set_name(name);
  node.set_op("Const");
  (*node.mutable_attr())["dtype"].set_type(tensorflow::DT_FLOAT);
  tensor_to_proto(value, (*node.mutable_attr())["value"].mutable_tensor()).IgnoreError();
  return node;
}

bool is_convolution(const NodeDef& node) { return node.op() == "Conv2D" || node.op() == "DepthwiseConv2dNative"; }

// How many channels come out of a node with these weights; 0: they have another rank than its weights have.
int64_t num_channels(const NodeDef& node, const Tensor& weights) {
  if (node.op() == "MatMul") return weights.rank() == 2 ? weights.dim(1) : 0;
  if (weights.rank() != 4) return 0;
  return node.op() == "Conv2D" ? weights.dim(3) : weights.dim(2) * weights.dim(3);
}

// Channels are the last dimension of weights, or the last two: factors repeat.
Tensor scaled(const Tensor& weights, const std::vector<float>& factors) {
  Tensor result = weights.copy();
  float* values = result.data<float>();
  for (int64_t i = 0; i < result.num_elements(); ++i) values[i] *= factors[i % factors.size()];
  return result;
}

// A node with constant weights that others may be folded into.
struct Foldable {
  const NodeDef* node;
  const NodeDef* weights_node;
  Tensor weights;
  int64_t channels;
};

// None: the input is something else, or somebody else reads it or its weights.
std::optional<Foldable> foldable_input(const NodeMap& nodes, const Ends& ends, const std::string& input, bool takes_matmul) {
  const NodeDef* node = nodes.find(input);
  if (node == nullptr || !(is_convolution(*node) || (takes_matmul && node->op() == "MatMul")) || node->input_size() != 2) return {};
  if (nodes.num_readers(node->name()) != 1) return {};
  for (const std::string& output : ends.outputs) {
    if (node_of_input(output) == node->name()) return {};
  }
  if (const auto it = node->attr().find("transpose_b"); it != node->attr().end() && it->second.b()) return {};
  const NodeDef* weights_node = nodes.find(node->input(1));
  const std::optional<Tensor> weights = constant_of(weights_node);
  if (!weights || nodes.num_readers(weights_node->name()) != 1) return {};
  const int64_t channels = num_channels(*node, *weights);
  if (channels == 0) return {};
  return Foldable{node, weights_node, *weights, channels};
}

// Nodes that are dropped, and those that come in place of the one they are keyed by.
struct Changes {
  absl::flat_hash_set<std::string> dropped;
  std::vector<std::pair<std::string, std::vector<NodeDef>>> replaced;

  void apply(tensorflow::GraphDef* graph) const {
    absl::flat_hash_map<std::string_view, const std::vector<NodeDef>*> by_name;
    for (const auto& [name, nodes] : replaced) by_name[name] = &nodes;
    tensorflow::GraphDef result;
    result.mutable_versions()->Swap(graph->mutable_versions());
    if (graph->has_library()) result.mutable_library()->Swap(graph->mutable_library());
    for (NodeDef& node : *graph->mutable_node()) {
      if (const auto it = by_name.find(node.name()); it != by_name.end()) {
        for (const NodeDef& made : *it->second) *result.add_node() = made;
      } else if (!dropped.contains(node.name())) {
        result.add_node()->Swap(&node);
      }
    }
    graph->Swap(&result);
  }
};

// Constants that nobody else reads go with their reader.
void drop_constant(const NodeMap& nodes, const NodeDef* constant, Changes* changes) {
  if (nodes.num_readers(constant->name()) == 1) changes->dropped.insert(constant->name());
}

struct Normalization {
  std::vector<float> scale, offset;
};

// What a normalisation multiplies by and adds; none: a parameter is no constant of `channels` elements.
std::optional<Normalization> parameters_of(const NodeMap& nodes, const NodeDef& node, int64_t channels) {
  const bool is_fused = node.op() == "FusedBatchNorm";
  if (node.input_size() < 5) return {};
  std::vector<Tensor> inputs;
  for (int i = 1; i < 5; ++i) {
    const std::optional<Tensor> value = constant_of(nodes.find(node.input(i)));
    if (!value || value->num_elements() != channels) return {};
    inputs.push_back(*value);
  }
  // FusedBatchNorm: gamma, beta, mean, variance; the other: mean, variance, beta, gamma.
  const float* gamma = inputs[is_fused ? 0 : 3].data<float>();
  const float* beta = inputs[is_fused ? 1 : 2].data<float>();
  const float* mean = inputs[is_fused ? 2 : 0].data<float>();
  const float* variance = inputs[is_fused ? 3 : 1].data<float>();
  const auto epsilon = node.attr().find(is_fused ? "epsilon" : "variance_epsilon");
  const float e = epsilon == node.attr().end() ? 0.0001f : epsilon->second.f();
  const auto scales = node.attr().find("scale_after_normalization");
  const bool multiplies = is_fused || (scales != node.attr().end() && scales->second.b());
  Normalization n;
  for (int64_t c = 0; c < channels; ++c) {
    const float factor = 1.0f / std::sqrt(variance[c] + e);
    n.scale.push_back(multiplies ? factor * gamma[c] : factor);
    n.offset.push_back(beta[c] - mean[c] * n.scale.back());
  }
  return n;
}

bool is_training(const NodeDef& node) {
  const auto it = node.attr().find("is_training");
  return node.op() == "FusedBatchNorm" && (it == node.attr().end() || it->second.b());
}

}  // namespace

Status fold_batch_norms(const Ends& ends, const TransformCall&, tensorflow::GraphDef* graph) {
  const NodeMap nodes(*graph);
  Changes changes;
  for (const NodeDef& mul : graph->node()) {
    if (mul.op() != "Mul" || mul.input_size() != 2) continue;
    const NodeDef* factors_node = nodes.find(mul.input(1));
    const std::optional<Tensor> factors = constant_of(factors_node);
    const std::optional<Foldable> before = foldable_input(nodes, ends, mul.input(0), true);
    if (!factors || !before || factors->rank() != 1) continue;
    if (factors->num_elements() != before->channels) {
      return invalid_argument("Mul constant input to batch norm has bad shape: {}", factors->shape().str());
    }
    const auto values = factors->flat<float>();
    NodeDef folded = *before->node;
    folded.set_name(mul.name());
    changes.dropped.insert(before->node->name());
    changes.dropped.insert(before->weights_node->name());
    drop_constant(nodes, factors_node, &changes);
    changes.replaced.emplace_back(
        mul.name(), std::vector<NodeDef>{make_constant(before->weights_node->name(), scaled(before->weights, {values.begin(), values.end()})),
                                         std::move(folded)});
  }
  changes.apply(graph);
  return OkStatus();
}

Status fold_old_batch_norms(const Ends& ends, const TransformCall&, tensorflow::GraphDef* graph) {
  const NodeMap nodes(*graph);
  Changes changes;
  for (const NodeDef& norm : graph->node()) {
    if ((norm.op() != "FusedBatchNorm" && norm.op() != "BatchNormWithGlobalNormalization") || is_training(norm)) continue;
    const std::optional<Foldable> before = norm.input_size() ? foldable_input(nodes, ends, norm.input(0), false) : std::nullopt;
    if (!before) continue;
    const std::optional<Normalization> n = parameters_of(nodes, norm, before->channels);
    if (!n) continue;
    NodeDef convolution = *before->node;
    const std::string offset_name = convolution.name() + "_bn_offset";
    NodeDef bias_add;
    bias_add.set_name(norm.name());
    bias_add.set_op("BiasAdd");
    bias_add.add_input(convolution.name());
    bias_add.add_input(offset_name);
    (*bias_add.mutable_attr())["T"].set_type(tensorflow::DT_FLOAT);
    if (const auto it = convolution.attr().find("data_format"); it != convolution.attr().end()) {
      (*bias_add.mutable_attr())["data_format"] = it->second;
    }
    changes.dropped.insert(convolution.name());
    changes.dropped.insert(before->weights_node->name());
    for (int i = 1; i < 5; ++i) drop_constant(nodes, nodes.find(norm.input(i)), &changes);
    changes.replaced.emplace_back(
        norm.name(), std::vector<NodeDef>{make_constant(before->weights_node->name(), scaled(before->weights, n->scale)), std::move(convolution),
                                          make_constant(offset_name, Tensor::from<float>(n->offset, {before->channels})), std::move(bias_add)});
  }
  changes.apply(graph);
  return OkStatus();
}

}  // namespace reflow::transforms
