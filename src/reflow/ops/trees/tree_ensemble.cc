#include "tree_ensemble.h"

#include <algorithm>

namespace reflow::ops {

int32_t TreeEnsemble::num_finalized_trees() const {
  const auto n = static_cast<int32_t>(trees_.size());
  return n == 0 || trees_.back().is_finalized ? n : n - 1;
}

void TreeEnsemble::add_tree(float value) {
  trees_.emplace_back();
  trees_.back().nodes.emplace_back();
  trees_.back().nodes[0].value = value;
}

void TreeEnsemble::count_attempt() {
  growth_.is_present = true;
  ++growth_.num_layers_attempted;
  const size_t n = trees_.size();
  const bool is_new = n == 0 || ((n == 1 || trees_[n - 2].is_finalized) && trees_[n - 1].nodes.size() == 1);
  if (is_new) ++growth_.num_trees_attempted;
}

Status TreeEnsemble::add_layer(const std::map<int32_t, SplitCandidate>& splits, int32_t max_depth, bool skip_losses,
                               bool prune_later) {
  Tree& tree = trees_.back();
  const auto before = static_cast<int32_t>(tree.nodes.size());
  for (const auto& [id, split] : splits) {
    if (id < 0 || id >= before || !tree.nodes[id].is_leaf()) {
      return invalid_argument("Node {} of tree {} is no leaf that can be split", id, trees_.size() - 1);
    }
  }
  for (const auto& [id, split] : splits) {
    if (skip_losses && split.gain < 0) continue;
    TreeNode parent = tree.nodes[id], left, right;
    // A root that adds nothing has no value to remember.
    parent.has_value = id != 0 || parent.value != 0;
    parent.has_metadata = true;
    parent.gain = split.gain;
    parent.feature = split.feature;
    parent.threshold = split.threshold;
    parent.left = static_cast<int32_t>(tree.nodes.size());
    parent.right = parent.left + 1;
    left.value = parent.value + split.left;
    right.value = parent.value + split.right;
    tree.nodes[id] = parent;
    tree.nodes.push_back(left);
    tree.nodes.push_back(right);
    num_features_ = std::max(num_features_, split.feature + 1);
  }
  const auto after = static_cast<int32_t>(tree.nodes.size());
  if (after == before) return OkStatus();  // the same nodes are tried again
  growth_.last_layer_begin = before;
  growth_.last_layer_end = after;
  if (++tree.num_layers < max_depth) return OkStatus();
  tree.is_finalized = true;
  growth_.last_layer_begin = 0;
  growth_.last_layer_end = 1;
  if (prune_later) prune(&tree);
  add_tree(0);
  return OkStatus();
}

// From the leaves on, splits of negative gain become leaves again if both of their sides are. Children stand behind their
// parents, so that a walk from the back meets them first.
void TreeEnsemble::prune(Tree* tree) {
  std::vector<TreeNode>& nodes = tree->nodes;
  const auto n = static_cast<int32_t>(nodes.size());
  std::vector<int32_t> parent(n, -1);  // of those that are removed
  std::vector<float> change(n, 0);
  for (int32_t i = n - 1; i >= 0; --i) {
    TreeNode& node = nodes[i];
    if (node.is_leaf() || node.gain >= 0 || !nodes[node.left].is_leaf() || !nodes[node.right].is_leaf()) continue;
    for (const int32_t child : {node.left, node.right}) {
      parent[child] = i;
      change[child] = node.value - nodes[child].value;
    }
    const float value = node.value;
    node = TreeNode();
    node.value = value;
  }
  if (std::all_of(parent.begin(), parent.end(), [](int32_t p) { return p < 0; })) return;
  std::vector<int32_t> number(n);
  std::vector<TreeNode> kept;
  for (int32_t i = 0; i < n; ++i) {
    PrunedNode where;
    int32_t to = i;
    for (; parent[to] >= 0; to = parent[to]) where.change += change[to];
    if (to == i) {
      number[i] = static_cast<int32_t>(kept.size());
      kept.push_back(nodes[i]);
    }
    where.node = number[to];
    tree->pruned.push_back(where);
  }
  for (TreeNode& node : kept) {
    if (node.is_leaf()) continue;
    node.left = number[node.left];
    node.right = number[node.right];
  }
  nodes = std::move(kept);
}

}  // namespace reflow::ops
