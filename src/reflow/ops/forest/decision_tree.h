#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "examples.h"
#include "forest_params.h"
#include "reflow/op/resource_manager.h"

namespace reflow::ops::forest {

// What sends an example to the left: a feature that is at most the threshold, or below it, or one of some values.
struct SplitTest {
  bool passes(const Examples& examples, int64_t example) const;
  int32_t feature = 0;
  int comparison = 0;  // 0: at most; else below
  float threshold = 0;
  bool is_matching = false;
  std::vector<float> matches;
  bool is_inverse = false;  // none of the values
};

// What has been seen at a leaf or on one side of a split, as far as it is known.
struct LeafStat {
  float weight_sum = 0;
  std::vector<float> values, squares;  // counts of classes, or sums of outputs and of their squares
  std::map<int64_t, float> counts;     // of classes, where there may be many
};

// A split that a leaf might become.
struct SplitCandidate {
  SplitTest test;
  LeafStat left, right;
};

// The model of a leaf: counts of classes, or means of outputs.
struct Leaf {
  // What a tree begins with.
  static Leaf first(const ForestParams& params);
  static Leaf of(const ForestParams& params, const LeafStat& stat);
  void add(const ForestParams& params, int32_t label, float weight);
  float output(int32_t i) const;

  std::vector<std::optional<float>> values;  // those never set are 0, and written otherwise
  std::map<int64_t, float> counts;           // where there are no values
};

struct Node {
  bool is_leaf() const { return left == 0; }
  Leaf leaf;
  SplitTest test;
  int32_t left = 0, right = 0;  // behind the node itself; 0: a leaf
};

// A tree of a forest.
class DecisionTree {
 public:
  // InvalidArgument: "Unable to parse tree  config.", where the bytes are no Model, or none of such a tree. Of "" a tree of one leaf.
  static StatusOr<DecisionTree> parse(const std::string& bytes, const ForestParams& params);
  std::string serialize() const;
  // A TreePath of these nodes.
  std::string serialize_path(const std::vector<int32_t>& path) const;

  int32_t size() const { return static_cast<int32_t>(nodes_.size()); }
  const Node& node(int32_t i) const { return nodes_[i]; }
  Node& node(int32_t i) { return nodes_[i]; }

  // The leaf that the example comes to; `path`, unless it is null, becomes the nodes on the way.
  int32_t leaf_of(const Examples& examples, int64_t example, std::vector<int32_t>* path) const;
  // Gives the leaf two leaves, the last two nodes of the tree.
  void split(int32_t leaf, const ForestParams& params, const SplitCandidate& best);

 private:
  std::vector<Node> nodes_;  // never empty, the root first
};

// The tree that ops share. Who reads or changes it holds `mutex`.
class DecisionTreeResource : public op::Resource {
 public:
  static constexpr std::string_view kTypeName = "N10tensorflow12tensorforest20DecisionTreeResourceE";
  explicit DecisionTreeResource(DecisionTree first) : tree(std::move(first)) {}
  std::string debug_string() const override { return "DecisionTree[size=" + std::to_string(tree.size()) + "]"; }

  std::mutex mutex;
  DecisionTree tree;
};

}  // namespace reflow::ops::forest
