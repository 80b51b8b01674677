// The optimizers of train/ leave variables and slots as TensorFlow's do: tf-1.15/kernels/optimizers.

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "reflow/client/array_ops.h"
#include "reflow/client/graph.h"
#include "reflow/client/variable.h"
#include "reflow/runtime/session.h"
#include "reflow/train/global_step.h"
#include "reflow/train/optimizers.h"
#include "tests/kit/golden_file.h"
#include "tests/kit/golden_tensor.h"

namespace reflow::testing {
namespace {

using Json = nlohmann::json;

// The arguments of one optimizer, by name.
class Arguments {
 public:
  explicit Arguments(const Json& json) : json_(json) {}
  ~Arguments() { EXPECT_EQ(used_.size(), json_.size()) << "an argument isn't passed on: " << json_; }
  double number(const char* name, double otherwise) { return get(name, otherwise); }
  bool flag(const char* name) { return get(name, false); }

 private:
  template <typename T>
  T get(const char* name, T otherwise) {
    if (!json_.contains(name)) return otherwise;
    used_.insert(name);
    return json_[name].get<T>();
  }
  const Json& json_;
  std::set<std::string> used_;
};

std::unique_ptr<train::Optimizer> make_optimizer(const std::string& name, const Json& json, const Variable& global_step) {
  Arguments a(json);
  const double rate = a.number("learning_rate", 0.001);
  if (name == "GradientDescentOptimizer") return std::make_unique<train::GradientDescentOptimizer>(rate);
  if (name == "MomentumOptimizer") {
    train::MomentumOptions options;
    options.use_nesterov = a.flag("use_nesterov");
    return std::make_unique<train::MomentumOptimizer>(rate, a.number("momentum", 0), options);
  }
  if (name == "AdamOptimizer") {
    train::AdamOptions options;
    options.beta1 = a.number("beta1", 0.9);
    options.beta2 = a.number("beta2", 0.999);
    options.epsilon = a.number("epsilon", 1e-8);
    return std::make_unique<train::AdamOptimizer>(rate, options);
  }
  if (name == "AdagradOptimizer") {
    train::AdagradOptions options;
    options.initial_accumulator_value = a.number("initial_accumulator_value", 0.1);
    return std::make_unique<train::AdagradOptimizer>(rate, options);
  }
  if (name == "AdadeltaOptimizer") {
    train::AdadeltaOptions options;
    options.rho = a.number("rho", 0.95);
    options.epsilon = a.number("epsilon", 1e-8);
    return std::make_unique<train::AdadeltaOptimizer>(rate, options);
  }
  if (name == "RMSPropOptimizer") {
    train::RMSPropOptions options;
    options.decay = a.number("decay", 0.9);
    options.momentum = a.number("momentum", 0);
    options.centered = a.flag("centered");
    return std::make_unique<train::RMSPropOptimizer>(rate, options);
  }
  if (name == "FtrlOptimizer") {
    train::FtrlOptions options;
    options.learning_rate_power = a.number("learning_rate_power", -0.5);
    options.l1_regularization_strength = a.number("l1_regularization_strength", 0);
    options.l2_regularization_strength = a.number("l2_regularization_strength", 0);
    options.l2_shrinkage_regularization_strength = a.number("l2_shrinkage_regularization_strength", 0);
    return std::make_unique<train::FtrlOptimizer>(rate, options);
  }
  if (name == "ProximalGradientDescentOptimizer") {
    train::ProximalGradientDescentOptions options;
    options.l1_regularization_strength = a.number("l1_regularization_strength", 0);
    options.l2_regularization_strength = a.number("l2_regularization_strength", 0);
    return std::make_unique<train::ProximalGradientDescentOptimizer>(rate, options);
  }
  if (name == "ProximalAdagradOptimizer") {
    train::ProximalAdagradOptions options;
    options.l1_regularization_strength = a.number("l1_regularization_strength", 0);
    return std::make_unique<train::ProximalAdagradOptimizer>(rate, options);
  }
  if (name == "AdagradDAOptimizer") {
    train::AdagradDAOptions options;
    options.l1_regularization_strength = a.number("l1_regularization_strength", 0);
    return std::make_unique<train::AdagradDAOptimizer>(rate, global_step, options);
  }
  throw std::runtime_error("no optimizer " + name);
}

// Three steps of one case in a graph and a session of their own.
class Steps {
 public:
  Steps(const Json& c, const Npz& npz) : case_(c), npz_(npz) {}

  void run() {
    const Graph graph;
    const auto scope = graph.as_default();
    const Tensor initial = tensor("after_0", 0);
    const bool sparse = case_["kind"] == "sparse";
    const Variable v(initial, {.name = "v", .use_resource = case_["resource"].get<bool>()});
    const Output gradient = placeholder(initial.dtype(), sparse ? Shape{3, 2} : Shape{4, 2});
    const Output indices = placeholder(DType::kInt32, {3});
    const Variable step = train::create_global_step();
    const auto optimizer = make_optimizer(case_["optimizer"], case_["arguments"], step);
    const train::GradientAndVariable pair = {
        sparse ? Gradient(IndexedSlices{gradient, indices, {}}) : Gradient(gradient), v};
    const Operation update = optimizer->apply_gradients({pair}, {.global_step = step});
    EXPECT_EQ(update.type(), case_["apply_op"].get<std::string>());

    std::vector<std::string> names;
    for (const Variable& variable : global_variables()) {
      if (variable == step) continue;
      names.push_back(variable.op().name());
      values_.push_back({variable.value().node(), variable.value().index()});
    }
    EXPECT_EQ(names, case_["variables"].get<std::vector<std::string>>());

    auto session = runtime::DirectSession::create(&graph.impl(), {});
    ASSERT_TRUE(session.ok()) << session.status();
    const Operation init = global_variables_initializer();
    std::vector<Tensor> nothing;
    Status status = (*session)->run({.feeds = {}, .fetches = {}, .targets = {init.node()}}, {}, &nothing);
    ASSERT_TRUE(status.ok()) << status;
    check(**session, 0);
    for (int i = 0; i < 3; ++i) {
      runtime::Signature signature{.feeds = {{gradient.node(), 0}}, .fetches = {}, .targets = {update.node()}};
      std::vector<Tensor> feeds;
      feeds.push_back(referenced_tensor(npz_, case_["gradients"][i]));
      if (sparse) {
        signature.feeds.push_back({indices.node(), 0});
        feeds.push_back(referenced_tensor(npz_, case_["indices"][i]));
      }
      status = (*session)->run(signature, feeds, &nothing);
      ASSERT_TRUE(status.ok()) << status;
      check(**session, i + 1);
    }
  }

 private:
  Tensor tensor(const std::string& key, size_t i) const { return referenced_tensor(npz_, case_[key][i]); }

  void check(runtime::DirectSession& session, int step) {
    std::vector<Tensor> values;
    const Status status = session.run({.feeds = {}, .fetches = values_, .targets = {}}, {}, &values);
    ASSERT_TRUE(status.ok()) << status;
    const std::string key = "after_" + std::to_string(step);
    ASSERT_EQ(values.size(), case_[key].size());
    for (size_t i = 0; i < values.size(); ++i) {
      EXPECT_EQ(difference(values[i], tensor(key, i)), "") << case_["variables"][i] << " after " << step << " steps";
    }
  }

  const Json& case_;
  const Npz& npz_;
  std::vector<graph::Endpoint> values_;
};

class GoldenOptimizers : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenOptimizers, AsTensorFlow) {
  const Json cases = read_golden_json("tf-1.15/kernels/optimizers.json");
  const Npz npz = read_golden_npz("tf-1.15/kernels/optimizers.npz");
  int runs = 0;
  for (const Json& c : cases) {
    if (c["optimizer"] != GetParam()) continue;
    SCOPED_TRACE(c["id"].get<std::string>());
    Steps(c, npz).run();
    ++runs;
  }
  EXPECT_GT(runs, 0);
}

INSTANTIATE_TEST_SUITE_P(Train, GoldenOptimizers,
                         ::testing::Values("GradientDescentOptimizer", "MomentumOptimizer", "AdamOptimizer",
                                           "AdagradOptimizer", "AdadeltaOptimizer", "RMSPropOptimizer", "FtrlOptimizer",
                                           "ProximalGradientDescentOptimizer", "ProximalAdagradOptimizer",
                                           "AdagradDAOptimizer"));

}  // namespace
}  // namespace reflow::testing
