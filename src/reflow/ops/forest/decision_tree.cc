#include "decision_tree.h"

#include <algorithm>

namespace reflow::ops::forest {

bool SplitTest::passes(const Examples& examples, int64_t example) const {
  const float value = examples.value(example, feature);
  if (is_matching) return (std::find(matches.begin(), matches.end(), value) != matches.end()) != is_inverse;
  return value < threshold || (comparison == 0 && value == threshold);
}

Leaf Leaf::first(const ForestParams& params) {
  Leaf leaf;
  if (params.leaf_type == LeafType::kDense || params.leaf_type == LeafType::kRegression) leaf.values.resize(std::max(0, params.num_outputs));
  return leaf;
}

Leaf Leaf::of(const ForestParams& params, const LeafStat& stat) {
  Leaf leaf;
  for (const float value : stat.values) leaf.values.push_back(params.is_regression ? value / stat.weight_sum : value);
  leaf.counts = stat.counts;
  return leaf;
}

void Leaf::add(const ForestParams& params, int32_t label, float weight) {
  if (params.leaf_type == LeafType::kRegression) return;  // means stay what they were when the leaf was made
  if (params.leaf_type == LeafType::kDense || !values.empty()) {
    if (label >= static_cast<int32_t>(values.size())) values.resize(label + 1);
    values[label] = values[label].value_or(0) + weight;
  } else {
    counts[label] += weight;
  }
}

float Leaf::output(int32_t i) const {
  if (!values.empty()) return i < static_cast<int32_t>(values.size()) ? values[i].value_or(0) : 0;
  const auto found = counts.find(i);
  return found == counts.end() ? 0 : found->second;
}

int32_t DecisionTree::leaf_of(const Examples& examples, int64_t example, std::vector<int32_t>* path) const {
  int32_t at = 0;
  if (path != nullptr) *path = {at};
  while (!nodes_[at].is_leaf()) {
    at = nodes_[at].test.passes(examples, example) ? nodes_[at].left : nodes_[at].right;
    if (path != nullptr) path->push_back(at);
  }
  return at;
}

void DecisionTree::split(int32_t leaf, const ForestParams& params, const SplitCandidate& best) {
  nodes_.resize(nodes_.size() + 2);
  const int32_t right = size() - 1;
  nodes_[right - 1].leaf = Leaf::of(params, best.left);
  nodes_[right].leaf = Leaf::of(params, best.right);
  nodes_[leaf] = {.leaf = {}, .test = best.test, .left = right - 1, .right = right};
}

}  // namespace reflow::ops::forest
