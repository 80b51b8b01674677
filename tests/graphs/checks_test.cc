// Assertions and cross entropies.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
using reflow::testing::expect_golden_graph;
using ::testing::ThrowsMessage;

namespace {

class GoldenChecks : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(GoldenChecks, Assertions) {
  const tf::Output x = tf::placeholder(tf::float32, {-1, 2}, {.name = "x"});
  const tf::Output i = tf::placeholder(tf::int32, {3}, {.name = "i"});
  const tf::Output u = tf::placeholder(tf::float32, {.name = "u"});
  tf::assert_equal(x, 1.), tf::assert_equal(i, i), tf::assert_equal(i, {1, 2, 3}, {.message = "m", .name = "eq"});
  tf::assert_none_equal(x, 2.), tf::assert_near(x, 3., {.message = "near"});
  tf::assert_negative(x, {.message = "neg"}), tf::assert_positive(x), tf::assert_non_negative(x);
  tf::assert_non_positive(x), tf::assert_non_negative(tf::constant({1., 2.}));
  tf::assert_less(x, 5., {.data = tf::TensorList{x}}), tf::assert_less_equal(x, 5., {.summarize = 2});
  tf::assert_greater(x, 0.), tf::assert_greater_equal(x, 0., {.name = "ge"}), tf::assert_equal(tf::constant(3), 3);
  tf::assert_rank(u, 2), tf::assert_rank(x, 2), tf::assert_rank_at_least(u, 1, {.message = "r"});
  tf::assert_rank_in(u, {1, 2}), tf::assert_rank_in(x, {1, 2});
  const tf::Output r = tf::placeholder(tf::int32, {}, {.name = "r"});
  tf::assert_rank(x, r), tf::assert_rank_in(x, {r, 2}), tf::assert_integer(i), tf::assert_type(x, tf::float32);
  EXPECT_TRUE(tf::is_numeric_tensor(x));
  tf::assert_scalar(r), tf::ensure_shape(u, {2, -1});
  tf::verify_tensor_all_finite(x, "bad");
  expect_golden_graph("checks");
}

TEST_F(GoldenChecks, CrossEntropies) {
  namespace nn = tf::nn;
  const tf::Output x = tf::placeholder(tf::float32, {2, 3}, {.name = "x"});
  const tf::Output y = tf::placeholder(tf::float32, {2, 3}, {.name = "y"});
  const tf::Output u = tf::placeholder(tf::float32, {-1, -1, -1}, {.name = "u"});
  const tf::Output v = tf::placeholder(tf::float32, {.name = "v"});
  const tf::Output h = tf::placeholder(tf::float16, {2, 3}, {.name = "h"});
  nn::softmax_cross_entropy_with_logits({.labels = y, .logits = x});
  nn::softmax_cross_entropy_with_logits_v2({.labels = y, .logits = x, .axis = 0});
  nn::softmax_cross_entropy_with_logits_v2({.labels = u, .logits = u, .axis = 1, .name = "three"});
  nn::softmax_cross_entropy_with_logits_v2({.labels = v, .logits = v});
  nn::softmax_cross_entropy_with_logits_v2({.labels = h, .logits = h});
  nn::sigmoid_cross_entropy_with_logits({.labels = y, .logits = x});
  nn::weighted_cross_entropy_with_logits({.labels = y, .logits = x, .pos_weight = 2.0});
  const tf::Output weight = tf::constant(3.0);
  nn::weighted_cross_entropy_with_logits({.labels = y, .logits = x, .pos_weight = weight, .name = "w"});
  const tf::Output classes = tf::placeholder(tf::int32, {-1, -1});
  nn::sparse_softmax_cross_entropy_with_logits({.labels = classes, .logits = u});
  const tf::Output two = tf::constant({0, 1});
  nn::sparse_softmax_cross_entropy_with_logits({.labels = two, .logits = h});
  nn::softmax(u, {.axis = -2}), nn::log_softmax(u, {.axis = 0}), tf::transpose(v);
  tf::transpose(tf::placeholder(tf::complex64, {2, 3}), {.conjugate = true});
  expect_golden_graph("cross_entropies");
}

TEST_F(GoldenChecks, KnownMistakesAreThrown) {
  const tf::Output x = tf::constant({1., 2.}, {.name = "x"}), n = tf::constant({-1, 2}, {.name = "n"});
  const tf::Output u = tf::placeholder(tf::float32, {2, 3}, {.name = "u"});
  using Invalid = tf::errors::InvalidArgumentError;
  EXPECT_THAT([&] { tf::assert_equal(x, 3.); },
              ThrowsMessage<Invalid>("Condition x == y did not hold element-wise:\nx (x:0) = \n[1. 2.]\n"
                                     "y (assert_equal_1/y:0) = \n3.0"));
  EXPECT_THAT([&] { tf::assert_positive(n, {.message = "pos"}); },
              ThrowsMessage<Invalid>("pos\nCondition x > 0 did not hold element-wise:\nx (n:0) = \n[-1  2]"));
  EXPECT_THAT([&] { tf::assert_greater_equal(x, {{3., 4.}}); },
              ThrowsMessage<Invalid>("Condition x >= y did not hold element-wise:\nx (x:0) = \n[1. 2.]\n"
                                     "y (assert_greater_equal/y:0) = \n[[3. 4.]]"));
  EXPECT_THAT([&] { tf::assert_rank(u, 3, {.message = "mm"}); },
              ThrowsMessage<tf::ValueError>("mm.  Tensor u:0 must have rank 3.  Received rank 2, shape (2, 3)"));
  EXPECT_THAT([&] { tf::assert_rank_in(u, {1, 3}); },
              ThrowsMessage<tf::ValueError>(".  Tensor u:0 must have rank in (array(1, dtype=int32), array(3, "
                                            "dtype=int32)).  Received rank 2, shape (2, 3)"));
  EXPECT_THAT([&] { tf::assert_integer(u); },
              ThrowsMessage<tf::TypeError>("  Expected \"x\" to be integer type.  Found: u:0 of dtype "
                                           "<dtype: 'float32'>"));
  EXPECT_THAT([&] { tf::assert_scalar(u); },
              ThrowsMessage<tf::ValueError>("Expected scalar shape for u:0, saw shape: (2, 3)."));
  EXPECT_THAT([&] { tf::assert_same_float_dtype({u, tf::constant(1, {.name = "c"})}); },
              ThrowsMessage<tf::ValueError>("c:0, type=<dtype: 'int32'>, must be of the same type (<dtype: "
                                            "'float32'>) as u:0."));
}

TEST_F(GoldenChecks, IncreasingValues) {
  tf::Session session;
  const auto value = [&](const tf::Output& x) { return session.run(x).item<bool>(); };
  EXPECT_TRUE(value(tf::is_non_decreasing(tf::constant({1, 1, 2}))));
  EXPECT_FALSE(value(tf::is_strictly_increasing(tf::constant({1, 1, 2}))));
  EXPECT_FALSE(value(tf::is_non_decreasing(tf::constant({2., 1.}))));
  EXPECT_TRUE(value(tf::is_strictly_increasing(tf::constant({3}))));
}

TEST_F(GoldenChecks, AssertionsFailInTheRun) {
  const tf::Output x = tf::placeholder(tf::float32, {.name = "x"});
  const tf::Operation check = tf::assert_less(x, 5.);
  tf::Session session;
  EXPECT_NO_THROW(session.run({check}, {{x, tf::Tensor::scalar(1.f)}}));
  EXPECT_THROW(session.run({check}, {{x, tf::Tensor::scalar(6.f)}}), tf::errors::InvalidArgumentError);
}

}  // namespace
