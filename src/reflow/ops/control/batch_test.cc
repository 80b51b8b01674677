// Batch, Unbatch, UnbatchGrad and BatchFunction: runs that go on at the same time and are computed together.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "reflow/client/apply_op.h"
#include "reflow/client/function.h"
#include "reflow/reflow.h"

namespace tf = reflow;

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class BatchTest : public ::testing::Test {
 protected:
  reflow::graph::Node* batch(const tf::Output& x, int64_t max_batch_size, int64_t timeout_micros,
                             std::vector<int64_t> allowed = {}) {
    return reflow::client::make_op("Batch", "batch", {tf::TensorLike(tf::TensorList{x})},
                                   {{"num_batch_threads", 2},
                                    {"max_batch_size", max_batch_size},
                                    {"batch_timeout_micros", timeout_micros},
                                    {"grad_timeout_micros", int64_t{0}},
                                    {"allowed_batch_sizes", std::move(allowed)}});
  }
  tf::Output unbatch(const tf::Output& x, reflow::graph::Node* batch, int64_t timeout_micros = 0) {
    return reflow::client::apply_op("Unbatch", "unbatch", {x, tf::Output(batch, 1), tf::Output(batch, 2)},
                                    {{"timeout_micros", timeout_micros}});
  }
  // Runs `fetches` at the same time for each of the values of x_.
  std::vector<std::vector<tf::Tensor>> together(const std::vector<tf::GraphElement>& fetches,
                                                const std::vector<std::vector<float>>& values) {
    std::vector<std::vector<tf::Tensor>> results(values.size());
    std::vector<std::thread> threads;
    for (size_t i = 0; i < values.size(); ++i) {
      threads.emplace_back([&, i] { results[i] = sess_.run(fetches, {{x_, values[i]}}); });
    }
    for (std::thread& thread : threads) thread.join();
    return results;
  }
  static std::vector<float> floats(const tf::Tensor& t) {
    return std::vector<float>(t.data<float>(), t.data<float>() + t.num_elements());
  }

  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
  tf::Session sess_;
  tf::Output x_ = tf::placeholder(tf::float32, {-1}, {.name = "x"});
};

TEST_F(BatchTest, OneRunHasTheRowsOfAll) {
  reflow::graph::Node* node = batch(x_, 3, 10'000'000);
  EXPECT_EQ(tf::Output(node, 0).shape(), (tf::Shape{-1}));
  EXPECT_EQ(tf::Output(node, 1).shape(), (tf::Shape{-1, 3}));
  const auto results = together({tf::Output(node, 0), tf::Output(node, 1), tf::Output(node, 2)}, {{1, 2}, {3}});
  const int with_batch = results[0][0].num_elements() > 0 ? 0 : 1;
  EXPECT_THAT(floats(results[with_batch][0]), UnorderedElementsAre(1, 2, 3));
  EXPECT_EQ(results[with_batch][1].shape(), (tf::Shape{2, 3}));
  EXPECT_EQ(results[1 - with_batch][0].num_elements(), 0);
  EXPECT_EQ(results[1 - with_batch][1].shape(), (tf::Shape{0, 3}));
  EXPECT_NE(results[0][2].item<int64_t>(), results[1][2].item<int64_t>());
}

TEST_F(BatchTest, BatchesThatAreNotFullWaitForTheirTimeOnly) {
  reflow::graph::Node* node = batch(x_, 100, 1000);
  EXPECT_THAT(floats(sess_.run(tf::Output(node, 0), {{x_, {5.f, 6.f}}})), ElementsAre(5, 6));
}

TEST_F(BatchTest, BatchesAreFilledUpToAnAllowedSize) {
  reflow::graph::Node* node = batch(x_, 4, 1000, {2, 4});
  EXPECT_THAT(floats(sess_.run(tf::Output(node, 0), {{x_, {5.f, 6.f, 7.f}}})), ElementsAre(5, 6, 7, 5));
}

TEST_F(BatchTest, UnbatchGivesEachRunItsRows) {
  reflow::graph::Node* node = batch(x_, 4, 10'000'000);
  const tf::Output y = unbatch(tf::Output(node, 0) * 2., node);
  const auto results = together({y}, {{1}, {2, 3}, {4}});
  EXPECT_THAT(floats(results[0][0]), ElementsAre(2));
  EXPECT_THAT(floats(results[1][0]), ElementsAre(4, 6));
  EXPECT_THAT(floats(results[2][0]), ElementsAre(8));
}

TEST_F(BatchTest, GradientsGoBackTheSameWay) {
  reflow::graph::Node* node = batch(x_, 3, 10'000'000);
  const tf::Output y = unbatch(tf::square(tf::Output(node, 0)), node);
  const tf::Output dx = tf::gradients(y, x_)[0];
  const auto results = together({dx}, {{1}, {2, 3}});
  EXPECT_THAT(floats(results[0][0]), ElementsAre(2));
  EXPECT_THAT(floats(results[1][0]), ElementsAre(4, 6));
}

TEST_F(BatchTest, FunctionsAreCalledOnceForSeveralRuns) {
  const tf::function::Defun square({tf::float32}, [](const std::vector<tf::Output>& x) { return x[0] * x[0]; });
  square.add_to_graph();
  const tf::Output y = reflow::client::apply_op("BatchFunction", "", {tf::TensorList{x_}, tf::TensorList()},
                                                {{"f", reflow::graph::NameAttrList{square.name(), nullptr}},
                                                 {"num_batch_threads", 1},
                                                 {"max_batch_size", 3},
                                                 {"batch_timeout_micros", int64_t{10'000'000}},
                                                 {"Tout", std::vector<reflow::DType>{tf::float32}}});
  const auto results = together({y}, {{1, 2}, {3}});
  EXPECT_THAT(floats(results[0][0]), ElementsAre(1, 4));
  EXPECT_THAT(floats(results[1][0]), ElementsAre(9));
}

TEST_F(BatchTest, WrongTasksAreErrors) {
  const auto message = [&](reflow::graph::Node* node, const tf::FeedDict& feeds) -> std::string {
    try {
      sess_.run(tf::Output(node, 0), feeds);
    } catch (const tf::OpError& error) {
      return error.message();
    }
    return "";
  };
  EXPECT_THAT(message(batch(x_, 2, 0), {{x_, {1.f, 2.f, 3.f}}}), HasSubstr("Task size 3 is larger than maximum batch size 2"));
  EXPECT_THAT(message(batch(x_, 2, 0, {2, 1}), {{x_, {1.f}}}),
              HasSubstr("allowed_batch_sizes entries must be monotonically increasing"));
  EXPECT_THAT(message(batch(x_, 2, 0, {1}), {{x_, {1.f}}}),
              HasSubstr("final entry in allowed_batch_sizes must equal max_batch_size"));
}

TEST_F(BatchTest, RowsThatDontComeEndInAnError) {
  const tf::Output y = reflow::client::apply_op(
      "Unbatch", "", {x_, tf::constant(tf::Tensor(tf::int64, {0, 3})), tf::constant(7, tf::int64)},
      {{"timeout_micros", int64_t{1000}}});
  EXPECT_THROW(sess_.run(y, {{x_, {1.f}}}), tf::errors::DeadlineExceededError);
}

TEST_F(BatchTest, RunsThatWaitAreCancelled) {
  reflow::graph::Node* node = batch(x_, 100, 3'600'000'000);
  const tf::RunOptions options{.timeout_in_ms = 20};
  EXPECT_THROW(sess_.run({tf::Output(node, 0)}, {{x_, {1.f}}}, options), tf::OpError);
}

}  // namespace
