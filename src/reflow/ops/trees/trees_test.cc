// Boosted trees: the ops without state as cases, and an ensemble and streams of quantiles that grow.

#include <gtest/gtest.h>

#include "quantile_stream.h"
#include "tests/kit/op_case.h"
#include "tests/kit/session_fixture.h"
#include "tree_ensemble.h"

namespace reflow::ops {
namespace {

using graph::AttrMap;
using graph::Endpoint;
using testing::CaseArgument;
using testing::OpCaseTest;

std::vector<Tensor> list(Tensor t) { return {std::move(t)}; }
Tensor zero() { return Tensor::scalar(0.0f); }

const OpCaseTest bucketize{{
    .op = "BoostedTreesBucketize",
    .inputs = {list(Tensor::vector<float>({0, 1, 2.5f, 9})), list(Tensor::vector<float>({1, 2, 3}))},
    .outputs = {Tensor::vector<int32_t>({0, 0, 2, 2})},
    .shapes = {"[5];[2] -> [5]", "?;? -> [?]", "[5,1];[2] -> error: Shape must be rank 1 but is rank 2"},
    .has_gradient_check = false,
    .bad_inputs = {list(Tensor::vector<float>({0})), list(Tensor::from<float>({1}, {1, 1}))},
    .error = "Buckets should be flat vectors.",
}};

const OpCaseTest quantile_summaries{{
    .op = "BoostedTreesMakeQuantileSummaries",
    .inputs = {list(Tensor::vector<float>({3, 1, 1})), Tensor::vector<float>({1}), Tensor::scalar(0.1f)},
    .outputs = {Tensor::from<float>({1, 2, 0, 2, 3, 1, 2, 3}, {2, 4})},
    .shapes = {"[5];[5];[] -> [?,4]", "[5,1];[5];[] -> error: Shape must be rank 1 but is rank 2"},
    .has_gradient_check = false,
    .bad_inputs = {list(Tensor::vector<float>({3, 1, 1})), Tensor::vector<float>({1, 2}), Tensor::scalar(0.1f)},
    .error = "Weights should be a single value or same size as features.",
}};

const OpCaseTest stats_summary{{
    .op = "BoostedTreesMakeStatsSummary",
    .attrs = {{"max_splits", int64_t{2}}, {"num_buckets", int64_t{2}}},
    .inputs = {Tensor::vector<int32_t>({0, 0, 1}), Tensor::from<float>({1, 2, 3}, {3, 1}), Tensor::from<float>({0.5f, 0.5f, 1}, {3, 1}),
               list(Tensor::vector<int32_t>({0, 1, 1}))},
    .outputs = {Tensor::from<float>({1, 0.5f, 2, 0.5f, 0, 0, 3, 1}, {1, 2, 2, 2})},
    .shapes = {"[5];[5,1];[5,1];[5] -> [1,2,2,2]", "[5];[6,1];[5,1];[5] -> error: Dimensions must be equal, but are 5 and 6"},
    .has_gradient_check = false,
    .bad_inputs = {Tensor::vector<int32_t>({2}), Tensor::from<float>({1}, {1, 1}), Tensor::from<float>({1}, {1, 1}),
                   list(Tensor::vector<int32_t>({0}))},
    .error = "node 2 or bucket 0 is negative, or the node not below 2",
}};

// A bucket more than there are.
const OpCaseTest stats_of_bucket_above{{
    .op = "BoostedTreesMakeStatsSummary",
    .name = "above",
    .attrs = {{"max_splits", int64_t{2}}, {"num_buckets", int64_t{2}}},
    .inputs = {Tensor::vector<int32_t>({0, 1, 1}), Tensor::from<float>({1, 2, 3}, {3, 1}), Tensor::from<float>({0.5f, 0.25f, 1}, {3, 1}),
               list(Tensor::vector<int32_t>({2, 0, 2}))},
    .outputs = {Tensor::from<float>({0, 0, 0, 0, 3, 0.75f, 0, 0}, {1, 2, 2, 2})},
    .has_gradient_check = false,
}};

const OpCaseTest best_gains{{
    .op = "BoostedTreesCalculateBestGainsPerFeature",
    .attrs = {{"max_splits", int64_t{2}}},
    .inputs = {Tensor::vector<int32_t>({0, 2}), list(Tensor::from<float>({1, 0.5f, 2, 0.5f, 0, 0, 3, 1}, {2, 2, 2})), zero(), zero(),
               zero(), zero()},
    .outputs = {Tensor::vector<int32_t>({0, 1}), Tensor::vector<float>({1, 0}), Tensor::vector<int32_t>({0, 0}),
                Tensor::from<float>({-2, 0}, {2, 1}), Tensor::from<float>({-4, -3}, {2, 1})},
    .shapes = {"[2];[2,4,2];[];[];[];[] -> [?];[?];[?];[?,1];[?,1]",
               "[3];[2,4,2];[];[];[];[] -> error: Dimension 0 in both shapes must be equal, but are 3 and 2. Shapes are [3] and [2]."},
    .has_gradient_check = false,
    .bad_inputs = {Tensor::vector<int32_t>({0, 3}), list(Tensor::from<float>({1, 0.5f, 2, 0.5f, 0, 0, 3, 1}, {2, 2, 2})), zero(), zero(),
                   zero(), zero()},
    .error = "nodes 0 to 3 are not within the summary's 2",
}};

class Trees : public reflow::testing::SessionFixture {
 protected:
  Endpoint handle(const char* name) { return op("BoostedTreesEnsembleResourceHandleOp", {}, {{"shared_name", std::string(name)}}); }
  Endpoint ints(std::initializer_list<int32_t> values) { return constant(Tensor::vector<int32_t>(values)); }
  Endpoint floats(std::initializer_list<float> values, Shape shape) { return constant(Tensor::from<float>(values, shape)); }
  void create(Endpoint ensemble, const std::string& bytes = "") {
    run({}, {}, {node("BoostedTreesCreateEnsemble", {ensemble, constant(Tensor::scalar<int64_t>(5)), constant(Tensor::scalar(bytes))})});
  }
  // Splits the node by feature 0 at bucket 1.
  Node* split(Endpoint ensemble, int32_t id, float gain, int64_t pruning, int32_t depth) {
    return node("BoostedTreesUpdateEnsemble",
                {ensemble, ints({0}), std::vector<Endpoint>{ints({id})}, std::vector<Endpoint>{floats({gain}, {1})},
                 std::vector<Endpoint>{ints({1})}, std::vector<Endpoint>{floats({-1}, {1, 1})},
                 std::vector<Endpoint>{floats({2}, {1, 1})}, constant(Tensor::scalar(depth)), constant(0.5f)},
                {{"pruning_mode", pruning}});
  }
  std::string states(Endpoint ensemble) {
    Node* states = node("BoostedTreesGetEnsembleStates", {ensemble});
    std::string text;
    for (const Tensor& t : run({states->output(0), states->output(1), states->output(2), states->output(3), states->output(4)})) {
      text += t.summarize(-1) + ";";
    }
    return text;
  }
  std::string predict(Endpoint ensemble) {
    const std::vector<Endpoint> features = {ints({0, 1, 2})};
    return run({op("BoostedTreesPredict", {ensemble, features}, {{"logits_dimension", int64_t{1}}})})[0].summarize(-1);
  }
};

TEST_F(Trees, GrowLayerByLayer) {
  const Endpoint ensemble = handle("grown");
  const Endpoint is_there = op("IsBoostedTreesEnsembleInitialized", {ensemble});
  EXPECT_FALSE(run({is_there})[0].item<bool>());
  create(ensemble);
  EXPECT_TRUE(run({is_there})[0].item<bool>());
  EXPECT_EQ(states(ensemble), "5;0;0;0;0 1;");
  run({}, {}, {split(ensemble, 0, 3, 0, 2)});
  EXPECT_EQ(states(ensemble), "6;1;0;1;1 3;");
  EXPECT_EQ(predict(ensemble), "[-0.5][-0.5][1]");
  run({}, {}, {split(ensemble, 2, 3, 0, 2)});
  EXPECT_EQ(states(ensemble), "7;2;1;2;0 1;");
  EXPECT_EQ(predict(ensemble), "[-0.5][-0.5][2]");
}

TEST_F(Trees, SplitsThatLoseAreTakenBack) {
  const Endpoint ensemble = handle("pruned");
  create(ensemble);
  const Endpoint center = op("BoostedTreesCenterBias", {ensemble, floats({1}, {1, 1}), floats({1}, {1, 1}), constant(0.0f), constant(0.0f)});
  EXPECT_TRUE(run({center})[0].item<bool>());
  run({}, {}, {split(ensemble, 0, 1, 2, 2)});
  Node* where = node("BoostedTreesTrainingPredict", {ensemble, ints({0, 0, 0}), ints({-1, -1, -1}), std::vector<Endpoint>{ints({0, 1, 2})}},
                     {{"logits_dimension", int64_t{1}}});
  EXPECT_EQ(run({where->output(2)})[0].summarize(-1), "1 1 2");
  run({}, {}, {split(ensemble, 2, -1, 2, 2)});
  EXPECT_EQ(predict(ensemble), "[-1.5][-1.5][0]");
  // Who was in the leaf that has gone gets what that changes.
  Node* next = node("BoostedTreesTrainingPredict", {ensemble, ints({0, 0, 0}), ints({1, 3, 4}), std::vector<Endpoint>{ints({0, 1, 2})}},
                    {{"logits_dimension", int64_t{1}}});
  const auto values = run({next->output(0), next->output(1), next->output(2)});
  EXPECT_EQ(values[0].summarize(-1) + values[1].summarize(-1) + values[2].summarize(-1), "[0][0.5][-1]1 1 10 0 0");
}

TEST_F(Trees, BytesSayAll) {
  const Endpoint ensemble = handle("first"), other = handle("second");
  create(ensemble);
  run({}, {}, {split(ensemble, 0, 3, 0, 2)});
  Node* bytes = node("BoostedTreesSerializeEnsemble", {ensemble});
  create(other, run({bytes->output(1)})[0].item<std::string>());
  EXPECT_EQ(states(other), "5;1;0;1;1 3;");
  run({}, {}, {node("BoostedTreesDeserializeEnsemble", {other, bytes->output(0), bytes->output(1)})});
  EXPECT_EQ(states(other), states(ensemble));
  EXPECT_EQ(predict(other), predict(ensemble));
  const Endpoint path = op("BoostedTreesExampleDebugOutputs", {other, std::vector<Endpoint>{ints({2})}}, {{"logits_dimension", int64_t{1}}});
  EXPECT_EQ(run({path})[0].item<std::string>(), serialize_path({0}, {0, 1}));
}

TEST_F(Trees, MistakesAreErrors) {
  const Endpoint ensemble = handle("broken");
  const auto deserialize = [&](const std::string& bytes) {
    return error({}, {}, {node("BoostedTreesDeserializeEnsemble",
                               {ensemble, constant(Tensor::scalar<int64_t>(0)), constant(Tensor::scalar(bytes))})});
  };
  EXPECT_NE(deserialize("").find("localhost/broken"), std::string::npos);
  create(ensemble);
  EXPECT_NE(deserialize("\xff").find("Unable to parse tree ensemble proto."), std::string::npos);
  // One tree whose root is a split with itself on the left.
  EXPECT_NE(deserialize(std::string("\x0a\x06\x0a\x04\x12\x02\x20\x01\x12\x04\0\0\x80\x3f\x1a\0", 16)).find("Unable to parse"), std::string::npos);
  run({}, {}, {split(ensemble, 0, 3, 0, 2)});
  EXPECT_NE(error({}, {}, {split(ensemble, 0, 3, 0, 2)}).find("Node 0 of tree 0 is no leaf that can be split"), std::string::npos);
  Node* predict = node("BoostedTreesTrainingPredict", {ensemble, ints({0}), ints({3}), std::vector<Endpoint>{ints({0})}}, {{"logits_dimension", int64_t{1}}});
  EXPECT_NE(error({predict->output(0)}).find("There is no node 3 of tree 0"), std::string::npos);
}

TEST_F(Trees, StreamsSetBoundaries) {
  const Endpoint streams = op("BoostedTreesQuantileStreamResourceHandleOp", {}, {{"shared_name", std::string("streams")}});
  run({}, {}, {node("BoostedTreesCreateQuantileStreamResource", {streams, constant(0.1f), constant(Tensor::scalar<int64_t>(1))})});
  EXPECT_TRUE(run({op("IsBoostedTreesQuantileStreamResourceInitialized", {streams})})[0].item<bool>());
  Node* add = node("BoostedTreesQuantileStreamResourceAddSummaries",
                   {streams, std::vector<Endpoint>{floats({1, 2, 0, 2, 3, 1, 2, 3}, {2, 4})}});
  const Endpoint summary = op("BoostedTreesFlushQuantileSummaries", {streams}, {{"num_features", int64_t{1}}});
  const Endpoint boundaries = op("BoostedTreesQuantileStreamResourceGetBucketBoundaries", {streams}, {{"num_features", int64_t{1}}});
  run({}, {}, {add});
  EXPECT_EQ(run({summary})[0].summarize(-1), "[1 2 0 2][3 1 2 3]");
  run({}, {}, {add});
  run({}, {}, {node("BoostedTreesQuantileStreamResourceFlush", {streams, constant(Tensor::scalar<int64_t>(10))})});
  EXPECT_EQ(run({boundaries})[0].summarize(-1), "1 3");
  const Endpoint saved = placeholder(DType::kFloat32);
  run({}, {{saved, Tensor::vector<float>({4, 5})}}, {node("BoostedTreesQuantileStreamResourceDeserialize", {streams, std::vector<Endpoint>{saved}})});
  EXPECT_EQ(run({boundaries})[0].summarize(-1), "4 5");
}

TEST(QuantileStream, RanksStayWithinTheError) {
  QuantileStream stream(0.02, 100000);
  for (int i = 0; i < 100000; ++i) stream.push(static_cast<float>(i * 7919LL % 100003), 1);
  const QuantileSummary summary = stream.finish();
  EXPECT_LT(summary.size(), 5000);
  const std::vector<float> quantiles = summary.quantiles(10);
  ASSERT_EQ(quantiles.size(), 11u);
  for (int i = 0; i <= 10; ++i) EXPECT_NEAR(quantiles[i], i * 10000.3, 2000) << i;
}

}  // namespace
}  // namespace reflow::ops
