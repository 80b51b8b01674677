#include "reflow/contrib/framework/variables.h"

#include <gtest/gtest.h>

#include "reflow/reflow.h"

namespace tf = reflow;
namespace framework = reflow::contrib::framework;

namespace {

class FrameworkVariables : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

std::vector<std::string> names(const std::vector<tf::Variable>& variables) {
  std::vector<std::string> names;
  for (const tf::Variable& var : variables) names.push_back(var.op().name());
  return names;
}

using Names = std::vector<std::string>;

TEST_F(FrameworkVariables, AreFoundByScopeSuffixAndKind) {
  {
    const tf::variable_scope scope("a");
    framework::model_variable("weights", {2});
    framework::variable("count", {}, {{.trainable = false}});
  }
  framework::model_variable("weights", {3});
  framework::local_variable(0, {.name = "steps"});
  EXPECT_EQ(names(framework::get_variables()), (Names{"a/weights", "a/count", "weights"}));
  EXPECT_EQ(names(framework::get_variables("a")), (Names{"a/weights", "a/count"}));
  EXPECT_EQ(names(framework::get_variables_by_suffix("weights")), (Names{"a/weights", "weights"}));
  EXPECT_EQ(names(framework::get_variables_by_name("weights")), (Names{"a/weights", "weights"}));
  EXPECT_EQ(names(framework::get_model_variables()), (Names{"a/weights", "weights"}));
  EXPECT_EQ(names(framework::get_local_variables()), (Names{"steps"}));
  EXPECT_EQ(names(framework::get_trainable_variables("weights")), (Names{"weights"}));
  EXPECT_EQ(names(framework::get_variables_to_restore(std::nullopt, {"a/c"})), (Names{"a/weights", "weights"}));
  EXPECT_EQ(names(framework::filter_variables(framework::get_variables(), {.exclude_patterns = {"^a"}})),
            (Names{"weights"}));
  EXPECT_EQ(framework::get_unique_variable("a/count").op().name(), "a/count");
  EXPECT_THROW(framework::get_unique_variable("b"), tf::ValueError);
}

TEST_F(FrameworkVariables, TakeValuesByName) {
  const tf::Variable v = framework::global_variable(tf::zeros({2}), {.name = "v"});
  tf::Tensor value(tf::float32, {2});
  value.data<float>()[0] = 1, value.data<float>()[1] = 2;
  const auto [assign, feeds] = framework::assign_from_values({{"v", value}});
  tf::Session sess;
  sess.run(assign, feeds);
  EXPECT_EQ(sess.run(v).data<float>()[1], 2);
  EXPECT_THROW(framework::assign_from_values({{"v", tf::Tensor(tf::float32, {3})}}), tf::ValueError);
}

}  // namespace
