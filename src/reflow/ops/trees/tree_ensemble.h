#pragma once

#include <cstdint>
#include <map>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/op/resource_manager.h"

namespace reflow::ops {

// A leaf, or a split: what has at most `threshold` in a feature goes on to the left.
struct TreeNode {
  bool is_leaf() const { return left == 0; }
  int32_t feature = 0, threshold = 0, dimension = 0;
  bool default_right = false;
  int32_t left = 0, right = 0;  // behind the node itself; 0: a leaf
  bool has_metadata = false;    // a split says its gain
  float gain = 0;
  // What a leaf adds to the logit; of a split, what it added as a leaf, if it has been one.
  bool has_value = true;
  float value = 0;
};

// Where a node of a tree that was pruned has gone to, and what that changes.
struct PrunedNode {
  int32_t node = 0;
  float change = 0;
};

struct Tree {
  std::vector<TreeNode> nodes;  // never empty, the root first
  float weight = 1;
  int32_t num_layers = 0;
  bool is_finalized = false;
  std::vector<PrunedNode> pruned;  // by the number before; empty: nothing was pruned
};

// How a node is to be split.
struct SplitCandidate {
  int32_t feature = 0, threshold = 0;
  float gain = 0, left = 0, right = 0;  // what the leaves add to the node's value
};

// Trees that are grown layer by layer, each to correct those before.
class TreeEnsemble {
 public:
  // InvalidArgument: "Unable to parse tree ensemble proto.", where the bytes are no TreeEnsemble, or one that isn't made
  // of trees of leaves and of splits by buckets, as that of BoostedTreesUpdateEnsemble is.
  static StatusOr<TreeEnsemble> parse(const std::string& bytes);
  std::string serialize() const;

  const std::vector<Tree>& trees() const { return trees_; }
  int32_t num_finalized_trees() const;
  // All splits ask for features below.
  int32_t num_features() const { return num_features_; }
  int64_t num_layers_attempted() const { return growth_.num_layers_attempted; }
  // The nodes that are to be split next: from `begin` on, up to `end`.
  int32_t last_layer_begin() const { return growth_.last_layer_begin; }
  int32_t last_layer_end() const { return growth_.last_layer_end; }

  void add_tree(float value);
  void add_to_root(float value) { trees_[0].nodes[0].value += value; }
  // Counts an attempt to add a layer.
  void count_attempt();
  // Adds a layer to the last tree, which `max_depth` layers finish and prune where `prune_later`; splits of negative gain
  // aren't made where `skip_losses`. InvalidArgument: a node is no leaf of the tree.
  Status add_layer(const std::map<int32_t, SplitCandidate>& splits, int32_t max_depth, bool skip_losses, bool prune_later);

 private:
  static void prune(Tree* tree);

  struct Growth {
    bool is_present = false;
    int64_t num_trees_attempted = 0, num_layers_attempted = 0;
    int32_t last_layer_begin = 0, last_layer_end = 0;
  };

  std::vector<Tree> trees_;
  Growth growth_;
  int32_t num_features_ = 0;
};

// DebugOutput: the features that an example was split by, and its logit before, between and after.
std::string serialize_path(const std::vector<int32_t>& features, const std::vector<float>& logits);

// The ensemble that ops share. Who reads or changes it holds `mutex`.
class TreeEnsembleResource : public op::Resource {
 public:
  static constexpr std::string_view kTypeName = "N10tensorflow28BoostedTreesEnsembleResourceE";
  TreeEnsembleResource(int64_t first_stamp, TreeEnsemble first) : stamp(first_stamp), ensemble(std::move(first)) {}
  std::string debug_string() const override { return "TreeEnsemble[size=" + std::to_string(ensemble.trees().size()) + "]"; }

  std::shared_mutex mutex;
  int64_t stamp;
  TreeEnsemble ensemble;
};

}  // namespace reflow::ops
