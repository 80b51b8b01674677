#include "reflow/client/py_func.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/reflow.h"

namespace tf = reflow;

namespace {

class PyFunc : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

using Tensors = std::vector<tf::Tensor>;

// Twice the input, and how many elements it has.
Tensors doubled(const Tensors& inputs) {
  tf::Tensor twice(tf::float32, inputs[0].shape()), count(tf::int64, tf::Shape{});
  for (int64_t i = 0; i < inputs[0].num_elements(); ++i) twice.data<float>()[i] = 2 * inputs[0].data<float>()[i];
  *count.data<int64_t>() = inputs[0].num_elements();
  return {twice, count};
}

TEST_F(PyFunc, ComputesWhenItRuns) {
  const tf::Output x = tf::placeholder(tf::float32, {.name = "x"});
  const std::vector<tf::Output> results = tf::py_func(doubled, {x}, {tf::float32, tf::int64}, {.name = "twice"});
  EXPECT_EQ(results[0].name(), "twice:0");
  EXPECT_EQ(results[0].op().type(), "PyFunc");
  EXPECT_FALSE(results[0].shape().known_rank());
  const auto [twice, count] = tf::Session().run<2>({results[0] + 1., results[1]}, {{x, {1.5, 3.}}});
  EXPECT_EQ(twice.data<float>()[1], 7);
  EXPECT_EQ(count.item<int64_t>(), 2);
}

TEST_F(PyFunc, StatelessOnesAreAnotherOp) {
  const auto results = tf::py_func(doubled, {tf::constant(1.)}, {tf::float32, tf::int64}, {.stateful = false});
  EXPECT_EQ(results[0].op().type(), "PyFuncStateless");
  EXPECT_EQ(tf::Session().run(results[0]).item<float>(), 2);
}

TEST_F(PyFunc, ExceptionsEndTheRunWithTheirCode) {
  const auto failing = [](auto error) {
    return tf::py_func([error](const Tensors&) -> Tensors { throw error; }, {1}, {tf::int32})[0];
  };
  const tf::Output not_found = failing(tf::errors::NotFoundError("no such word"));
  const tf::Output bad_value = failing(tf::ValueError("a bad value"));
  const tf::Output unknown = failing(std::runtime_error("who knows"));
  const tf::Session sess;
  EXPECT_THROW(sess.run(not_found), tf::errors::NotFoundError);
  EXPECT_THROW(sess.run(bad_value), tf::errors::InvalidArgumentError);
  EXPECT_THROW(sess.run(unknown), tf::errors::UnknownError);
}

TEST_F(PyFunc, ResultsOfOtherTypesThanSaidAreErrors) {
  const tf::Output wrong = tf::py_func(doubled, {1.}, {tf::int32, tf::int64})[0];
  const tf::Output too_few = tf::py_func(doubled, {1.}, {tf::float32})[0];
  const tf::Session sess;
  EXPECT_THROW(sess.run(wrong), tf::errors::InvalidArgumentError);
  EXPECT_THROW(sess.run(too_few), tf::errors::InvalidArgumentError);
}

TEST_F(PyFunc, GraphsAreExportedWithoutTheirFunctions) {
  tf::py_func(doubled, {1.}, {tf::float32, tf::int64});
  const std::string meta_graph = tf::train::export_meta_graph();
  EXPECT_EQ(meta_graph.find("__host_functions"), std::string::npos);
}

TEST(PyFuncOfAGraph, IsForgottenWithIt) {
  auto state = std::make_shared<int>(0);
  {
    const tf::Graph graph;
    const auto scope = graph.as_default();
    tf::py_func([state](const Tensors& inputs) { return inputs; }, {1}, {tf::int32});
    EXPECT_EQ(state.use_count(), 2);
  }
  EXPECT_EQ(state.use_count(), 1);
}

}  // namespace
