// Recurrent cells in loops, and their gradients, are with passes what they are without.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "reflow/reflow.h"

namespace reflow {
namespace {

struct Sizes {
  int64_t batch;
  int steps;
};

class LoopNetworks : public ::testing::TestWithParam<Sizes> {
 protected:
  static constexpr int64_t kInputs = 24, kHidden = 40;

  // tanh([x, h] w + b), step by step; the loss depends on each h.
  Output loss_of_cell(const Variable& w, const Variable& b) {
    const int64_t batch = GetParam().batch;
    const int steps = GetParam().steps;
    const Output inputs = random_uniform({steps, batch, kInputs}, {.minval = -1, .maxval = 1, .seed = 3});
    const TensorArray source = TensorArray(float32, steps).unstack(inputs);
    const std::vector<Output> last = while_loop(
        [steps](const std::vector<Output>& v) { return v[0] < steps; },
        [&](const std::vector<Output>& v) {
          const Output x = concat(std::vector<Output>{source.read(v[0]), v[1]}, 1);
          const Output h = tanh(nn::bias_add(matmul(x, w), b));
          return TensorList{v[0] + 1, h, v[2] + reduce_sum(h * h)};
        },
        {0, zeros({batch, kHidden}), 0.f});
    return last[2] + reduce_sum(last[1]);
  }

  // Of the same program, run with some passes switched off.
  std::vector<Tensor> step(const std::set<std::string>& disabled) {
    Graph graph;
    const auto scope = graph.as_default();
    const Variable w(random_uniform({kInputs + kHidden, kHidden}, {.minval = -0.2, .maxval = 0.2, .seed = 1}));
    const Variable b(random_uniform({kHidden}, {.minval = -0.2, .maxval = 0.2, .seed = 2}));
    const Output loss = loss_of_cell(w, b);
    train::GradientDescentOptimizer descent(0.1);
    const auto gradients = descent.compute_gradients(loss);
    const Operation train = descent.apply_gradients(gradients);
    SessionOptions options;
    options.config.disabled_passes = disabled;
    const Session session(options);
    session.run(global_variables_initializer());
    std::vector<Tensor> values = session.run({loss, Output(gradients[0].gradient), Output(gradients[1].gradient)});
    session.run(train);
    values.push_back(session.run(w));
    return values;
  }
};

TEST_P(LoopNetworks, TrainAsWithoutPasses) {
  const std::vector<Tensor> expected = step({"all"}), values = step({}), uncollected = step({"product_sums"});
  ASSERT_EQ(values.size(), expected.size());
  for (size_t v = 0; v < values.size(); ++v) {
    ASSERT_EQ(values[v].shape(), expected[v].shape());
    double largest = 1e-30, difference = 0;
    for (int64_t i = 0; i < values[v].num_elements(); ++i) {
      const double wanted = expected[v].data<float>()[i];
      largest = std::max(largest, std::abs(wanted));
      difference = std::max({difference, std::abs(values[v].data<float>()[i] - wanted),
                             std::abs(uncollected[v].data<float>()[i] - wanted)});
    }
    EXPECT_LE(difference, 2e-5 * largest) << "value " << v;
  }
}

// No step at all; fewer rows than are collected, more, and as many as aren't collected.
INSTANTIATE_TEST_SUITE_P(Sizes, LoopNetworks, ::testing::Values(Sizes{5, 0}, Sizes{3, 7}, Sizes{20, 35}, Sizes{130, 3}),
                         [](const auto& info) {
                           return "Batch" + std::to_string(info.param.batch) + "Steps" + std::to_string(info.param.steps);
                         });

}  // namespace
}  // namespace reflow
