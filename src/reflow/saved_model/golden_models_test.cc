// Models that real TensorFlow versions saved (tests/data/saved_models) give the results that they gave there.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/reflow.h"
#include "reflow/saved_model/saved_model.h"
#include "tests/kit/golden_file.h"

namespace reflow::saved_model {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;

// The first output of a signature.
Tensor run_signature(const std::string& name, const std::string& signature_name, const std::map<std::string, Tensor>& inputs) {
  const Graph graph;
  const Session session({.graph = graph});
  const MetaGraphInfo model = load(session, {"serve"}, reflow::testing::golden_path("saved_models/" + name));
  const SignatureDef& signature = model.signature_def.at(signature_name);
  FeedDict feeds;
  for (const auto& [key, value] : inputs) feeds.add(graph.get_tensor_by_name(signature.inputs.at(key).name), value);
  return session.run(signature.outputs.begin()->second.name, feeds);
}

TEST(GoldenModels, ReadVariablesAndRun) {
  const Tensor y = run_signature("tf_1_15", "serving_default", {{"x", Tensor::from<float>({1, 2, 3, -1, 0.5, 0.25}, {2, 3})}});
  EXPECT_THAT(y.flat<float>(), ElementsAre(FloatNear(0.946597f, 1e-5f), FloatNear(0.053403f, 1e-5f), FloatNear(0.164516f, 1e-5f),
                                           FloatNear(0.835484f, 1e-5f)));
}

TEST(GoldenModels, RunTheMainOpWithTheAsset) {
  const Tensor number = run_signature("tf_1_15", "lookup", {{"word", Tensor::vector<std::string>({"two", "zero", "none"})}});
  EXPECT_THAT(number.flat<int64_t>(), ElementsAre(2, 0, -1));
}

TEST(GoldenModels, OfTensorFlow1_0) {
  const std::map<std::string, Tensor> inputs{{"x", Tensor::scalar(3.f)}, {"y", Tensor::scalar(2.f)}};
  EXPECT_EQ(run_signature("predictor", "sum", inputs).item<float>(), 5);
  EXPECT_EQ(run_signature("predictor", "product", inputs).item<float>(), 6);
}

TEST(GoldenModels, OfTensorFlow2WithFunctions) {
  EXPECT_EQ(run_signature("vars_and_arithmetic", "serving_default", {{"a", Tensor::scalar(2.f)}, {"b", Tensor::scalar(4.f)}}).item<float>(), 11);
}

}  // namespace
}  // namespace reflow::saved_model
