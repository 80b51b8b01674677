// Optimizers' updates by clipped gradients are with passes what they are without, to the bit.

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "reflow/reflow.h"

namespace reflow {
namespace {

struct Case {
  const char* name;
  std::function<std::unique_ptr<train::Optimizer>()> optimizer;
};

template <typename T, typename... Args>
std::function<std::unique_ptr<train::Optimizer>()> made(Args... args) {
  return [=] { return std::make_unique<T>(args...); };
}

class ClippedUpdates : public ::testing::TestWithParam<Case> {
 protected:
  static constexpr int64_t kRows = 40, kColumns = 30;
  static const Shape& shape() {
    static const Shape kShape{kRows, kColumns};
    return kShape;
  }

  // The sum of w * x, of a loop of three iterations where `in_loop`: gradients are made by products and sums alone.
  static Output loss_of(const Variable& w, bool in_loop) {
    const Output x = random_uniform({kRows, kColumns}, {.minval = -1, .maxval = 1, .seed = 3});
    if (!in_loop) return reduce_sum(w * x);
    return while_loop([](const std::vector<Output>& v) { return v[0] < 3; },
                      [&](const std::vector<Output>& v) { return TensorList{v[0] + 1, v[1] + reduce_sum(w * x)}; },
                      {0, 0.f})[1];
  }

  // All variables after three steps.
  static std::vector<Tensor> train(bool use_resource, bool in_loop, const std::set<std::string>& disabled) {
    Graph graph;
    const auto scope = graph.as_default();
    const Variable w(random_uniform({kRows, kColumns}, {.minval = -1, .maxval = 1, .seed = 1}), {.use_resource = use_resource});
    const Variable b(random_uniform({kColumns}, {.minval = -1, .maxval = 1, .seed = 2}), {.use_resource = use_resource});
    const std::unique_ptr<train::Optimizer> optimizer = GetParam().optimizer();
    auto gradients = optimizer->compute_gradients(loss_of(w, in_loop) + reduce_sum(b * b));
    std::vector<Gradient> values;
    for (const auto& pair : gradients) values.push_back(pair.gradient);
    const auto clipped = clip_by_global_norm(values, 0.7);
    for (size_t i = 0; i < gradients.size(); ++i) gradients[i].gradient = clipped.list_clipped[i];
    const Operation step = optimizer->apply_gradients(gradients);
    SessionOptions options;
    options.config.disabled_passes = disabled;
    const Session session(options);
    session.run(global_variables_initializer());
    for (int i = 0; i < 3; ++i) session.run(step);
    std::vector<GraphElement> all;
    for (const Variable& v : global_variables()) all.emplace_back(v);
    return session.run(all);
  }

  static void expect_same(bool use_resource, bool in_loop) {
    const std::vector<Tensor> expected = train(use_resource, in_loop, {"all"}), values = train(use_resource, in_loop, {});
    ASSERT_EQ(values.size(), expected.size());
    for (size_t v = 0; v < values.size(); ++v) {
      ASSERT_EQ(values[v].size_bytes(), expected[v].size_bytes());
      EXPECT_EQ(std::memcmp(values[v].raw_data(), expected[v].raw_data(), values[v].size_bytes()), 0) << "variable " << v;
    }
  }
};

TEST_P(ClippedUpdates, OfReferences) { expect_same(false, false); }
TEST_P(ClippedUpdates, OfResources) { expect_same(true, false); }
TEST_P(ClippedUpdates, OfReferencesAfterALoop) { expect_same(false, true); }
TEST_P(ClippedUpdates, OfResourcesAfterALoop) { expect_same(true, true); }

INSTANTIATE_TEST_SUITE_P(Optimizers, ClippedUpdates,
                         ::testing::Values(Case{"GradientDescent", made<train::GradientDescentOptimizer>(0.5)},
                                           Case{"Momentum", made<train::MomentumOptimizer>(0.1, 0.9)},
                                           Case{"Adam", made<train::AdamOptimizer>(0.01)},
                                           Case{"Adagrad", made<train::AdagradOptimizer>(0.1)},
                                           Case{"RMSProp", made<train::RMSPropOptimizer>(0.01)},
                                           Case{"Ftrl", made<train::FtrlOptimizer>(0.1)}),
                         [](const auto& info) { return std::string(info.param.name); });

// The variable has another shape than the graph says.
TEST(ClippedUpdate, OfAnotherShape) {
  Graph graph;
  const auto scope = graph.as_default();
  const Variable w(zeros({4, 6}));
  const Output scale = placeholder(float32, {});
  const Output other = placeholder(float32);
  const Output assigned = assign(w, other, {.validate_shape = false});
  train::GradientDescentOptimizer descent(0.1);
  const Operation step = descent.apply_gradients({{Gradient(ones({4, 6}) * scale), w}});
  const Session session;
  session.run(global_variables_initializer());
  for (const Shape& shape : {Shape{}, Shape{5}, Shape{1, 6}, Shape{2, 4, 6}}) {
    session.run(assigned, {{other, Tensor(DType::kFloat32, shape)}});
    try {
      session.run(step, {{scale, Tensor::scalar(0.5f)}});
      ADD_FAILURE() << shape.str();
    } catch (const errors::InvalidArgumentError& e) {
      EXPECT_NE(std::string(e.what()).find("var and delta do not have the same shape" + shape.str() + " [4,6]"), std::string::npos)
          << e.what();
    }
  }
}

}  // namespace
}  // namespace reflow
