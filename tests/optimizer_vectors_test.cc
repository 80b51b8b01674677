// Three steps of each optimizer, dense and sparse, compared with the variables and slots of TensorFlow after each.

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "reflow/client/array_ops.h"
#include "reflow/client/dtypes.h"
#include "reflow/client/session.h"
#include "reflow/train/global_step.h"
#include "reflow/train/optimizers.h"
#include "tests/kit/golden_file.h"
#include "tests/kit/golden_tensor.h"

namespace tf = reflow;

namespace {

using nlohmann::json;

std::unique_ptr<tf::train::Optimizer> make_optimizer(const json& test, const tf::Variable& step) {
  const json& arguments = test.at("arguments");
  const auto get = [&](const char* name, double otherwise) { return arguments.value(name, otherwise); };
  const std::string type = test.at("optimizer");
  using namespace tf::train;
  const double rate = get("learning_rate", 0.001);
  const double l1 = get("l1_regularization_strength", 0.0), l2 = get("l2_regularization_strength", 0.0);
  if (type == "GradientDescentOptimizer") return std::make_unique<GradientDescentOptimizer>(rate);
  if (type == "MomentumOptimizer") {
    return std::make_unique<MomentumOptimizer>(
        rate, get("momentum", 0), MomentumOptions{.use_nesterov = arguments.value("use_nesterov", false)});
  }
  if (type == "AdamOptimizer") {
    return std::make_unique<AdamOptimizer>(rate, AdamOptions{.beta1 = get("beta1", 0.9),
                                                             .beta2 = get("beta2", 0.999),
                                                             .epsilon = get("epsilon", 1e-8)});
  }
  if (type == "AdagradOptimizer") {
    const AdagradOptions options{.initial_accumulator_value = get("initial_accumulator_value", 0.1)};
    return std::make_unique<AdagradOptimizer>(rate, options);
  }
  if (type == "AdadeltaOptimizer") {
    const AdadeltaOptions options{.rho = get("rho", 0.95), .epsilon = get("epsilon", 1e-8)};
    return std::make_unique<AdadeltaOptimizer>(rate, options);
  }
  if (type == "RMSPropOptimizer") {
    const RMSPropOptions options{.decay = get("decay", 0.9),
                                 .momentum = get("momentum", 0.0),
                                 .centered = arguments.value("centered", false)};
    return std::make_unique<RMSPropOptimizer>(rate, options);
  }
  if (type == "FtrlOptimizer") {
    FtrlOptions options{.learning_rate_power = get("learning_rate_power", -0.5)};
    options.l1_regularization_strength = l1;
    options.l2_regularization_strength = l2;
    options.l2_shrinkage_regularization_strength = get("l2_shrinkage_regularization_strength", 0.0);
    return std::make_unique<FtrlOptimizer>(rate, options);
  }
  if (type == "ProximalGradientDescentOptimizer") {
    const ProximalGradientDescentOptions options{.l1_regularization_strength = l1, .l2_regularization_strength = l2};
    return std::make_unique<ProximalGradientDescentOptimizer>(rate, options);
  }
  if (type == "ProximalAdagradOptimizer") {
    return std::make_unique<ProximalAdagradOptimizer>(rate, ProximalAdagradOptions{.l1_regularization_strength = l1});
  }
  return std::make_unique<AdagradDAOptimizer>(rate, step, AdagradDAOptions{.l1_regularization_strength = l1});
}

// What differs after `steps` steps, in the order in which TensorFlow makes the variables.
std::string compare(const tf::Session& session, const std::vector<tf::Variable>& variables, const json& test,
                    const tf::testing::Npz& npz, int steps) {
  const json& wanted = test.at("after_" + std::to_string(steps));
  std::string text;
  for (size_t i = 0; i < variables.size(); ++i) {
    const std::string what =
        tf::testing::difference(session.run(variables[i]), tf::testing::referenced_tensor(npz, wanted[i]));
    if (!what.empty()) text += variables[i].name() + " after " + std::to_string(steps) + ": " + what + "\n";
  }
  return text;
}

void run_case(const json& test, const tf::testing::Npz& npz) {
  const tf::Graph graph;
  const tf::Graph::DefaultScope scope(graph);
  const auto tensor = [&](const json& reference) { return tf::testing::referenced_tensor(npz, reference); };
  const tf::Variable v(tensor(test["after_0"][0]), {.name = "v", .use_resource = test["resource"].get<bool>()});
  const bool sparse = test["kind"] == "sparse";
  const auto gradient = tf::placeholder(tf::testing::referenced_tensor(npz, test["gradients"][0]).dtype(),
                                        tensor(test["gradients"][0]).shape());
  const auto indices = tf::placeholder(tf::int32, {3});
  const auto step = tf::train::create_global_step();
  const auto optimizer = make_optimizer(test, step);
  const tf::Gradient dv = sparse ? tf::Gradient(tf::IndexedSlices{gradient, indices, {}}) : tf::Gradient(gradient);
  const auto train_op = optimizer->apply_gradients({{dv, v}}, {.global_step = step});
  std::vector<tf::Variable> variables;
  for (const tf::Variable& other : tf::global_variables()) {
    if (!(other == step)) variables.push_back(other);
  }
  ASSERT_EQ(variables.size(), test["variables"].size());
  for (size_t i = 0; i < variables.size(); ++i) EXPECT_EQ(variables[i].op().name(), test["variables"][i]);
  const tf::Session session;
  session.run(tf::global_variables_initializer());
  EXPECT_EQ(compare(session, variables, test, npz, 0), "");
  for (int i = 0; i < 3; ++i) {
    tf::FeedDict feeds{{gradient, tensor(test["gradients"][i])}};
    if (sparse) feeds.add(indices, tensor(test["indices"][i]));
    session.run(train_op, feeds);
    EXPECT_EQ(compare(session, variables, test, npz, i + 1), "");
  }
  EXPECT_EQ(tf::train::global_step(session, step), 3);
}

TEST(OptimizerVectors, AsTensorFlowTrains) {
  const auto npz = tf::testing::read_golden_npz("tf-1.15/kernels/optimizers.npz");
  for (const json& test : tf::testing::read_golden_json("tf-1.15/kernels/optimizers.json")) {
    SCOPED_TRACE(test["id"].get<std::string>());
    ASSERT_NO_THROW(run_case(test, npz));
    if (::testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
