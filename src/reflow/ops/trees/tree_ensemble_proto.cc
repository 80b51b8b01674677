#include <algorithm>

#include "tensorflow/core/kernels/boosted_trees/boosted_trees.pb.h"
#include "tree_ensemble.h"

namespace reflow::ops {
namespace {

namespace proto = ::tensorflow::boosted_trees;

bool is_scalar(const proto::Leaf& leaf) { return leaf.leaf_case() == proto::Leaf::LEAF_NOT_SET; }

// Node `i` of `n`; false: there are no such nodes here.
bool read_node(const proto::Node& from, int i, int n, TreeNode* to) {
  to->has_metadata = from.has_metadata();
  to->gain = from.metadata().gain();
  if (from.has_leaf()) {
    to->value = from.leaf().scalar();
    return is_scalar(from.leaf()) && !from.metadata().has_original_leaf();
  }
  if (!from.has_bucketized_split()) return false;
  const proto::BucketizedSplit& split = from.bucketized_split();
  to->feature = split.feature_id();
  to->threshold = split.threshold();
  to->dimension = split.dimension_id();
  to->default_right = split.default_direction() == proto::DEFAULT_RIGHT;
  to->left = split.left_id();
  to->right = split.right_id();
  to->has_value = from.metadata().has_original_leaf();
  to->value = from.metadata().original_leaf().scalar();
  return to->feature >= 0 && to->feature < INT32_MAX && to->left > i && to->left < n && to->right > i && to->right < n &&
         is_scalar(from.metadata().original_leaf());
}

bool read_tree(const proto::Tree& from, const proto::TreeMetadata& metadata, Tree* to) {
  to->nodes.resize(from.nodes_size());
  for (int i = 0; i < from.nodes_size(); ++i) {
    if (!read_node(from.nodes(i), i, from.nodes_size(), &to->nodes[i])) return false;
  }
  to->num_layers = metadata.num_layers_grown();
  to->is_finalized = metadata.is_finalized();
  for (const auto& pruned : metadata.post_pruned_nodes_meta()) {
    if (pruned.new_node_id() < 0 || pruned.new_node_id() >= from.nodes_size() || pruned.logit_change_size() > 1) return false;
    to->pruned.push_back({pruned.new_node_id(), pruned.logit_change_size() == 1 ? pruned.logit_change(0) : 0});
  }
  return !to->nodes.empty();
}

void write_node(const TreeNode& from, proto::Node* to) {
  if (from.has_metadata) to->mutable_metadata()->set_gain(from.gain);
  if (from.is_leaf()) {
    to->mutable_leaf()->set_scalar(from.value);
    return;
  }
  proto::BucketizedSplit* split = to->mutable_bucketized_split();
  split->set_feature_id(from.feature);
  split->set_threshold(from.threshold);
  split->set_dimension_id(from.dimension);
  if (from.default_right) split->set_default_direction(proto::DEFAULT_RIGHT);
  split->set_left_id(from.left);
  split->set_right_id(from.right);
  if (from.has_value) to->mutable_metadata()->mutable_original_leaf()->set_scalar(from.value);
}

}  // namespace

StatusOr<TreeEnsemble> TreeEnsemble::parse(const std::string& bytes) {
  const auto mistake = invalid_argument("Unable to parse tree ensemble proto.");
  proto::TreeEnsemble from;
  if (!from.ParseFromString(bytes)) return mistake;
  const int n = from.trees_size();
  if (from.tree_weights_size() != n || from.tree_metadata_size() != n) return mistake;
  TreeEnsemble to;
  to.trees_.resize(n);
  for (int i = 0; i < n; ++i) {
    if (!read_tree(from.trees(i), from.tree_metadata(i), &to.trees_[i])) return mistake;
    to.trees_[i].weight = from.tree_weights(i);
    for (const TreeNode& node : to.trees_[i].nodes) to.num_features_ = std::max(to.num_features_, node.is_leaf() ? 0 : node.feature + 1);
  }
  const proto::GrowingMetadata& growth = from.growing_metadata();
  to.growth_ = {from.has_growing_metadata(), growth.num_trees_attempted(), growth.num_layers_attempted(),
                growth.last_layer_node_start(), growth.last_layer_node_end()};
  return to;
}

std::string TreeEnsemble::serialize() const {
  proto::TreeEnsemble to;
  for (const Tree& tree : trees_) {
    proto::Tree* nodes = to.add_trees();
    for (const TreeNode& node : tree.nodes) write_node(node, nodes->add_nodes());
    to.add_tree_weights(tree.weight);
    proto::TreeMetadata* metadata = to.add_tree_metadata();
    metadata->set_num_layers_grown(tree.num_layers);
    metadata->set_is_finalized(tree.is_finalized);
    for (const PrunedNode& pruned : tree.pruned) {
      auto* node = metadata->add_post_pruned_nodes_meta();
      node->set_new_node_id(pruned.node);
      node->add_logit_change(pruned.change);
    }
  }
  if (growth_.is_present) {
    proto::GrowingMetadata* growth = to.mutable_growing_metadata();
    growth->set_num_trees_attempted(growth_.num_trees_attempted);
    growth->set_num_layers_attempted(growth_.num_layers_attempted);
    growth->set_last_layer_node_start(growth_.last_layer_begin);
    growth->set_last_layer_node_end(growth_.last_layer_end);
  }
  return to.SerializeAsString();
}

std::string serialize_path(const std::vector<int32_t>& features, const std::vector<float>& logits) {
  proto::DebugOutput to;
  *to.mutable_feature_ids() = {features.begin(), features.end()};
  *to.mutable_logits_path() = {logits.begin(), logits.end()};
  return to.SerializeAsString();
}

}  // namespace reflow::ops
