// Forests: what their attributes and messages say, and a tree that grows. Values of whole forests are compared with TensorFlow's in
// python/tests/printed/contrib_tensor_forest.py.

#include <gtest/gtest.h>

#include "decision_tree.h"
#include "examples.h"
#include "fertile_stats.h"
#include "hash_ordered.h"
#include "tensorflow/contrib/tensor_forest/proto/tensor_forest_params.pb.h"
#include "tests/kit/op_case.h"
#include "tests/kit/session_fixture.h"

namespace reflow::ops::forest {
namespace {

using graph::Endpoint;
using reflow::testing::OpCaseTest;

namespace proto = ::tensorflow::tensorforest;
constexpr const char* kSpec = "dense_features_size: 2 dense: [{name: a original_type: 0 size: 2}] sparse: []";

proto::TensorForestParams two_classes() {
  proto::TensorForestParams params;
  params.set_num_outputs(2);
  params.set_num_features(2);
  params.set_max_nodes(5);
  params.mutable_split_after_samples()->set_constant_value(4);
  params.mutable_num_splits_to_consider()->set_constant_value(3);
  return params;
}

const OpCaseTest string_to_float{{
    .op = "ReinterpretStringToFloat",
    .inputs = {Tensor::from<std::string>({"red", "green", ""}, {3, 1})},
    .outputs = {Tensor::from<float>({1.1067375e+19f, 1.5945566e+19f, 6.1425091e+18f}, {3, 1})},
    .shapes = {"[5,1] -> [5,1]", "? -> ?"},
    .has_gradient_check = false,
}};

TEST(InputSpec, ReadsColumns) {
  const auto spec = InputSpec::parse(
      "dense_features_size: 3 dense: [{name: b c original_type: 1 size: 1}{name: {x} original_type: 0 size: 2}] "
      "sparse: [{name: all_sparse original_type: 1 size: -1}]");
  ASSERT_TRUE(spec.ok()) << message_of(spec.status());
  EXPECT_EQ(spec->num_dense_features, 3);
  EXPECT_EQ(spec->dense_types, (std::vector{FeatureType::kCategorical, FeatureType::kFloat, FeatureType::kFloat}));
  EXPECT_EQ(spec->sparse_type, FeatureType::kCategorical);
  for (const char* bad : {"", "dense_features_size: 3", "dense_features_size: x dense: [] sparse: []",
                          "dense_features_size: 1 dense: [{name: a original_type: 2 size: 1}] sparse: []",
                          "dense_features_size: 1 dense: [{name: a original_type: 0 size: 1000000000}] sparse: []"}) {
    EXPECT_FALSE(InputSpec::parse(bad).ok()) << bad;
  }
}

// The order of leaves in a tree's statistics, as TensorFlow has written it when these had been split.
TEST(HashOrdered, IsInTensorFlowsOrder) {
  HashOrdered<int> leaves;
  leaves[0] = 7;
  int left = 1;
  for (const int split : {0, 2, 3, 4, 6, 8, 11, 13, 9, 16, 17, 19}) {
    leaves[left++];
    leaves[left++];
    leaves.erase(split);
  }
  std::string order;
  for (const auto& [leaf, unused] : leaves) order += std::to_string(leaf) + " ";
  EXPECT_EQ(order, "23 21 20 15 14 12 10 18 1 22 5 24 7 ");
  EXPECT_EQ(leaves.find(0), nullptr);
  EXPECT_NE(leaves.find(12), nullptr);
}

TEST(DepthParam, DependsOnDepth) {
  using Kind = DepthParam::Kind;
  EXPECT_EQ((DepthParam{Kind::kConstant, {7}}.at(3)), 7);
  const DepthParam linear{Kind::kLinear, {2, 10, 11, 15}};
  EXPECT_EQ(linear.at(0), 11);
  EXPECT_EQ(linear.at(1), 12);
  EXPECT_EQ(linear.at(9), 15);
  EXPECT_EQ((DepthParam{Kind::kExponential, {1, 2, 3, 1}}.at(2)), 13);
  const DepthParam threshold{Kind::kThreshold, {5, 6, 2}};
  EXPECT_EQ(threshold.at(1), 6);
  EXPECT_EQ(threshold.at(2), 5);
}

TEST(ForestParams, SaysWhatStatisticsThereAre) {
  const auto checked = [](const proto::TensorForestParams& params) {
    return std::string(message_of(ForestParams::parse(params.SerializeAsString())->check_stats()));
  };
  proto::TensorForestParams params = two_classes();
  EXPECT_EQ(checked(params), "");
  params.set_stats_type(proto::STATS_SPARSE_THEN_DENSE_GINI);
  EXPECT_EQ(checked(params), "Unknown grow stats type: 3");
  params = two_classes();
  params.set_collection_type(proto::GRAPH_RUNNER_COLLECTION);
  EXPECT_EQ(checked(params), "Unknown split collection operator: 1");
  params = two_classes();
  params.mutable_finish_type()->set_type(proto::SPLIT_FINISH_DOMINATE_HOEFFDING);
  EXPECT_EQ(checked(params), "dominate_fraction and min_split_samples required for early-finish strategy.");
  EXPECT_FALSE(ForestParams::parse("x").ok());
}

TEST(DecisionTree, IsWrittenAndRead) {
  const ForestParams params = *ForestParams::parse(two_classes().SerializeAsString());
  DecisionTree tree = *DecisionTree::parse("", params);
  SplitCandidate best;
  best.test.feature = 1;
  best.test.is_matching = true;
  best.test.matches = {2.5f};
  best.left.values = {1, 0};
  best.right.values = {0, 3};
  tree.split(0, params, best);
  const std::string bytes = tree.serialize();
  const DecisionTree read = *DecisionTree::parse(bytes, params);
  EXPECT_EQ(read.serialize(), bytes);
  EXPECT_EQ(read.size(), 3);
  EXPECT_EQ(read.node(0).test.matches, best.test.matches);
  EXPECT_EQ(read.node(2).leaf.output(1), 3);
  EXPECT_FALSE(DecisionTree::parse("x", params).ok());
  tree.node(0).right = 7;
  EXPECT_EQ(message_of(DecisionTree::parse(tree.serialize(), params).status()), "Unable to parse tree  config.");
}

class Forest : public reflow::testing::SessionFixture {
 protected:
  void create(const proto::TensorForestParams& params) {
    attrs_ = {{"params", params.SerializeAsString()}};
    tree_ = op("DecisionTreeResourceHandleOp", {}, {{"shared_name", std::string("tree")}});
    stats_ = op("FertileStatsResourceHandleOp", {}, {{"shared_name", std::string("stats")}});
    const Endpoint nothing = constant(Tensor::scalar(""));
    graph::Node* tree = node("CreateTreeVariable", {tree_, nothing}, attrs_);
    graph::Node* stats = node("CreateFertileStatsVariable", {stats_, nothing}, attrs_);
    run({}, {}, {tree, stats});
  }
  // Examples of one feature that matters and one that doesn't.
  void train(std::vector<float> labels, std::vector<float> features) {
    const auto n = static_cast<int64_t>(labels.size());
    const Endpoint x = constant(Tensor::from<float>(std::span<const float>(features), {n, 2}));
    const Endpoint y = constant(Tensor::from<float>(std::span<const float>(labels), {n}));
    const Endpoint no_ints = constant(Tensor::vector<int64_t>({})), no_floats = constant(Tensor::vector<float>({}));
    graph::AttrMap attrs = attrs_;
    attrs.set("input_spec", std::string(kSpec));
    leaf_ids_ = op("TraverseTreeV4", {tree_, x, no_ints, no_floats, no_ints}, attrs);
    predictions_ = op("TreePredictionsV4", {tree_, x, no_ints, no_floats, no_ints}, attrs);
    update_ = node("UpdateModelV4", {tree_, leaf_ids_, y, no_floats}, attrs_);
    attrs.set("random_seed", int64_t{3});
    finished_ = op("ProcessInputV4", {tree_, stats_, x, no_ints, no_floats, no_ints, y, no_floats, leaf_ids_}, attrs);
    grow_ = node("GrowTreeV4", {tree_, stats_, finished_}, attrs_, "", {update_});
  }
  graph::AttrMap attrs_;
  Endpoint tree_, stats_, leaf_ids_, predictions_, finished_;
  graph::Node *update_ = nullptr, *grow_ = nullptr;
};

TEST_F(Forest, SplitsClasses) {
  create(two_classes());
  train({0, 0, 0, 1, 1, 1}, {1, 5, 2, 5, 3, 5, 7, 5, 8, 5, 9, 5});
  const Endpoint size = op("TreeSize", {tree_}), counts = op("FeatureUsageCounts", {tree_}, attrs_);
  EXPECT_EQ(run({size})[0].item<int32_t>(), 1);
  for (int i = 0; i < 4; ++i) run({}, {}, {grow_});
  EXPECT_EQ(run({size})[0].item<int32_t>(), 3);  // a leaf of one class isn't split
  EXPECT_EQ(run({leaf_ids_})[0].summarize(-1), "1 1 1 2 2 2");
  EXPECT_EQ(run({predictions_})[0].summarize(-1), "[1 0][1 0][1 0][0 1][0 1][0 1]");
  EXPECT_EQ(run({counts})[0].summarize(-1), "1 0");
}

TEST_F(Forest, IsPutBack) {
  create(two_classes());
  train({0, 0, 0, 1, 1, 1}, {1, 5, 2, 5, 3, 5, 7, 5, 8, 5, 9, 5});
  const Endpoint tree = op("TreeSerialize", {tree_}), stats = op("FertileStatsSerialize", {stats_}, attrs_);
  const std::vector<Tensor> first = run({tree, stats});
  for (int i = 0; i < 2; ++i) run({}, {}, {grow_});
  EXPECT_NE(run({tree})[0].item<std::string>(), first[0].item<std::string>());
  run({}, {}, {node("TreeDeserialize", {tree_, constant(first[0])}, attrs_), node("FertileStatsDeserialize", {stats_, constant(first[1])}, attrs_)});
  const std::vector<Tensor> again = run({tree, stats});
  EXPECT_EQ(again[0].item<std::string>(), first[0].item<std::string>());
  EXPECT_EQ(again[1].item<std::string>(), first[1].item<std::string>());
  EXPECT_TRUE(run({op("TreeIsInitializedOp", {tree_})})[0].item<bool>());
  const Endpoint other = op("FertileStatsResourceHandleOp", {}, {{"shared_name", std::string("other")}});
  EXPECT_FALSE(run({op("FertileStatsIsInitializedOp", {other})})[0].item<bool>());
}

TEST_F(Forest, AddsToSlices) {
  const Endpoint sums = variable({2, 2, 2}, "sums");
  run({}, {}, {node("Assign", {sums, constant(Tensor::from<float>({1, 2, 3, 4, 5, 6, 7, 8}, {2, 2, 2}))})});
  const Endpoint deltas = constant(Tensor::from<float>({10, 20, 30, 40, 1, 1}, {3, 2}));
  const auto add = [&](std::initializer_list<int32_t> indices) {
    return node("ScatterAddNdim", {sums, constant(Tensor::from<int32_t>(indices, {3, 2})), deltas});
  };
  run({}, {}, {add({0, 1, 1, 0, 0, 1})});
  EXPECT_EQ(run({op("Identity", {sums})})[0].summarize(-1), "[[1 2][14 25]][[35 46][7 8]]");
  EXPECT_NE(error({}, {}, {add({0, 1, 1, 2, 0, 1})}).find("Index 2 is not within dimension 1 of [2,2,2]"), std::string::npos);
  graph::Node* other = node("ScatterAddNdim", {sums, constant(Tensor::from<int32_t>({0, 1, 1}, {3, 1})), deltas});
  EXPECT_NE(error({}, {}, {other}).find("Number of indices dimensions should be the same as input rank."), std::string::npos);
}

TEST_F(Forest, RefusesLabelsThatAreNoClass) {
  create(two_classes());
  train({0, 2}, {1, 5, 2, 5});
  EXPECT_NE(error({}, {}, {update_}).find("Got label greater than indicated number of classes. Is params.num_classes set correctly?"),
            std::string::npos);
  EXPECT_FALSE(try_run({finished_}).ok());
}

TEST_F(Forest, RefusesLeavesThatAreNone) {
  create(two_classes());
  const Endpoint ids = constant(Tensor::vector<int32_t>({4})), y = constant(Tensor::vector<float>({1}));
  EXPECT_NE(error({}, {}, {node("UpdateModelV4", {tree_, ids, y, constant(Tensor::vector<float>({}))}, attrs_)}).find("Node 4 is no leaf"),
            std::string::npos);
  EXPECT_NE(error({}, {}, {node("GrowTreeV4", {tree_, stats_, ids}, attrs_)}).find("There are no statistics of node 4"), std::string::npos);
  EXPECT_NE(error({}, {}, {node("FinalizeTree", {tree_, stats_}, attrs_)}).find("FinalizeTreeOp is disabled for now."), std::string::npos);
}

TEST_F(Forest, StatisticsAreWrittenAndRead) {
  for (const auto type : {proto::STATS_DENSE_GINI, proto::STATS_SPARSE_GINI, proto::STATS_FIXED_SIZE_SPARSE_GINI,
                          proto::STATS_LEAST_SQUARES_REGRESSION}) {
    proto::TensorForestParams message = two_classes();
    message.set_stats_type(type);
    message.set_leaf_type(type == proto::STATS_DENSE_GINI                 ? proto::MODEL_DENSE_CLASSIFICATION
                          : type == proto::STATS_LEAST_SQUARES_REGRESSION ? proto::MODEL_REGRESSION
                                                                          : proto::MODEL_SPARSE_CLASSIFICATION);
    message.set_is_regression(type == proto::STATS_LEAST_SQUARES_REGRESSION);
    message.set_checkpoint_stats(true);
    message.set_num_classes_to_track(2);
    const auto params = std::make_shared<ForestParams>(*ForestParams::parse(message.SerializeAsString()));
    FertileStats stats = *FertileStats::parse("", params);
    const Tensor x = Tensor::from<float>({1, 5, 2, 5, 7, 5, 8, 5}, {4, 2});
    const Tensor y = message.is_regression() ? Tensor::from<float>({1, 2, 2, 3, 8, 9, 9, 7}, {4, 2}) : Tensor::vector<float>({0, 0, 1, 1});
    const Tensor no_ints = Tensor::vector<int64_t>({}), no_floats = Tensor::vector<float>({});
    const Examples examples = *Examples::make(*InputSpec::parse(kSpec), x, no_ints, no_floats, no_ints);
    const Targets targets = *Targets::make(*params, y, no_floats);
    GrowStats& root = **stats.at(0);
    for (const float threshold : {1.5f, 3.0f, 7.5f}) {
      SplitTest test;
      test.threshold = threshold;
      root.suggest(test, examples, targets, 0);
    }
    for (int64_t i = 0; i < 4; ++i) root.add_example(examples, targets, i);
    FertileStats read = *FertileStats::parse(stats.serialize(), params);
    EXPECT_EQ(read.serialize().size(), stats.serialize().size()) << type;
    ASSERT_TRUE((*read.at(0))->best_split()) << type;
    EXPECT_EQ((*read.at(0))->best_split()->test.threshold, 3) << type;
    EXPECT_EQ(FertileStats::parse("x", params).status().message(), "Unable to parse stats config.");
  }
}

}  // namespace
}  // namespace reflow::ops::forest
