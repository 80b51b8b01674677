#include <algorithm>
#include <charconv>

#include "decision_tree.h"
#include "tensorflow/contrib/decision_trees/proto/generic_tree_model_extensions.pb.h"
#include "tensorflow/contrib/tensor_forest/proto/fertile_stats.pb.h"
#include "tree_messages_proto.h"

namespace reflow::ops::forest {
namespace {

namespace proto = ::tensorflow::decision_trees;

bool read_feature(const proto::FeatureId& from, int32_t* to) {
  const std::string& digits = from.id().value();
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), *to);
  return error == std::errc() && end == digits.data() + digits.size() && *to >= 0;
}

void write_feature(int32_t from, proto::FeatureId* to) { to->mutable_id()->set_value(std::to_string(from)); }

// Node `i` of `n`; false: there are no such nodes here.
bool read_node(const proto::TreeNode& from, int i, int n, Node* to) {
  if (from.has_leaf()) {
    for (const proto::Value& value : from.leaf().vector().value()) {
      to->leaf.values.push_back(value.has_float_value() ? std::optional(value.float_value()) : std::nullopt);
    }
    for (const auto& [label, value] : from.leaf().sparse_vector().sparse_value()) to->leaf.counts[label] = value.float_value();
    return true;
  }
  const proto::BinaryNode& split = from.binary_node();
  to->left = split.left_child_id().value();
  to->right = split.right_child_id().value();
  return from.has_binary_node() && read_test(split, &to->test) && to->left > i && to->left < n && to->right > i && to->right < n;
}

void write_node(const Node& from, int i, proto::TreeNode* to) {
  if (i > 0) to->mutable_node_id()->set_value(i);
  if (!from.is_leaf()) {
    proto::BinaryNode* split = to->mutable_binary_node();
    split->mutable_left_child_id()->set_value(from.left);
    split->mutable_right_child_id()->set_value(from.right);
    write_test(from.test, split);
    return;
  }
  proto::Leaf* leaf = to->mutable_leaf();
  for (const std::optional<float>& value : from.leaf.values) {
    proto::Value* written = leaf->mutable_vector()->add_value();
    if (value) written->set_float_value(*value);
  }
  for (const auto& [label, count] : from.leaf.counts) (*leaf->mutable_sparse_vector()->mutable_sparse_value())[label].set_float_value(count);
}

}  // namespace

bool read_test(const proto::BinaryNode& from, SplitTest* to) {
  if (from.has_custom_left_child_test()) {
    proto::MatchingValuesTest test;
    if (!from.custom_left_child_test().UnpackTo(&test)) return false;
    to->is_matching = true;
    to->is_inverse = test.inverse();
    for (const proto::Value& value : test.value()) to->matches.push_back(value.float_value());
    return read_feature(test.feature_id(), &to->feature);
  }
  const proto::InequalityTest& test = from.inequality_left_child_test();
  to->comparison = test.type();
  to->threshold = test.threshold().float_value();
  return test.has_feature_id() && read_feature(test.feature_id(), &to->feature);
}

void write_test(const SplitTest& from, proto::BinaryNode* to) {
  if (from.is_matching) {
    proto::MatchingValuesTest test;
    write_feature(from.feature, test.mutable_feature_id());
    for (const float value : from.matches) test.add_value()->set_float_value(value);
    test.set_inverse(from.is_inverse);
    to->mutable_custom_left_child_test()->PackFrom(test);
    return;
  }
  proto::InequalityTest* test = to->mutable_inequality_left_child_test();
  write_feature(from.feature, test->mutable_feature_id());
  test->set_type(static_cast<proto::InequalityTest::Type>(from.comparison));
  test->mutable_threshold()->set_float_value(from.threshold);
}

StatusOr<DecisionTree> DecisionTree::parse(const std::string& bytes, const ForestParams& params) {
  const Status mistake = invalid_argument("Unable to parse tree  config.");
  proto::Model from;
  if (!from.ParseFromString(bytes)) return mistake;
  const proto::DecisionTree& nodes = from.decision_tree();
  if (nodes.nodes_size() == 0 && (from.has_ensemble() || from.has_custom_model())) return mistake;
  DecisionTree to;
  to.nodes_.resize(std::max(1, nodes.nodes_size()));
  if (nodes.nodes_size() == 0) to.nodes_[0].leaf = Leaf::first(params);
  for (int i = 0; i < nodes.nodes_size(); ++i) {
    if (!read_node(nodes.nodes(i), i, nodes.nodes_size(), &to.nodes_[i])) return mistake;
  }
  return to;
}

std::string DecisionTree::serialize() const {
  proto::Model to;
  for (int32_t i = 0; i < size(); ++i) write_node(node(i), i, to.mutable_decision_tree()->add_nodes());
  return to.SerializeAsString();
}

std::string DecisionTree::serialize_path(const std::vector<int32_t>& path) const {
  tensorflow::tensorforest::TreePath to;
  for (const int32_t i : path) write_node(node(i), i, to.add_nodes_visited());
  return to.SerializeAsString();
}

}  // namespace reflow::ops::forest
