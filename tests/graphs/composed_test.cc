// Functions that are made of several ops.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/client/confusion_matrix.h"
#include "reflow/client/contraction_ops.h"
#include "reflow/client/custom_gradient.h"
#include "reflow/client/grid_ops.h"
#include "reflow/client/linear_ops.h"
#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
using reflow::testing::expect_golden_graph;
using ::testing::ThrowsMessage;

namespace {

class GoldenComposed : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(GoldenComposed, Functions) {
  const tf::Output x = tf::placeholder(tf::float32, {2, 3, 4}, {.name = "x"});
  const tf::Output y = tf::placeholder(tf::float32, {4, 5}, {.name = "y"});
  const tf::Output u = tf::placeholder(tf::float32, {-1, 4}, {.name = "u"});
  const tf::Output v = tf::placeholder(tf::float32, {.name = "v"});
  tf::tensordot(x, y, 1), tf::tensordot(x, x, {{0, 1}, {0, 1}}, {"td"}), tf::tensordot(u, y, {{1}, {0}});
  tf::tensordot(v, v, {{-1}, {0}}), tf::tensordot(u, y, 0);
  tf::tensordot(x, y, tf::constant({{2}, {0}})), tf::tensordot(v, y, 1);
  tf::einsum("abc,cd->abd", {x, y}), tf::einsum("abc,abd->acd", {x, x});
  tf::einsum("ij,jk", {y, tf::ones({5, 2})}, {"named"});
  tf::einsum("abc->cab", {x}), tf::einsum("abc->ac", {x}), tf::einsum("ab,ab->", {y, y});
  tf::einsum("...bc,cd->...bd", {x, y}), tf::einsum("ab,bc->ac", {u, y}), tf::einsum("abc,abd->dcb", {x, x});
  const tf::Output row = y[0];
  tf::meshgrid({{1., 2.}, row}, {.indexing = "ij"});
  const tf::Output again = y[0];
  tf::meshgrid({again, {3., 4.}, {5.}}), tf::batch_gather(x, {{0}, {1}});
  tf::repeat({1, 2}, 2), tf::repeat(x, {1, 2, 3}, {.axis = 1}), tf::repeat(y, {1, 0, 2, 1}, {.axis = 0});
  tf::repeat(3, 2);
  tf::unique_with_counts({1, 1, 2}), tf::setdiff1d({1, 2}, {2}), tf::reverse_sequence(x, {1, 2}, {.seq_axis = 1});
  tf::boolean_mask(x, {true, false, true}, {.axis = 1}), tf::one_hot({0, 1}, 3, {.axis = 0});
  tf::one_hot({1}, 2, {.on_value = 5, .off_value = 0});
  tf::reduce_logsumexp(v, {0}), tf::reduce_logsumexp(x, {.axis = 1, .keepdims = true});
  tf::count_nonzero(x, {.axis = 1, .dtype = tf::int32});
  tf::nn::l2_normalize(x, {1, 2}, {.name = "norm"});
  tf::nn::moments(tf::placeholder(tf::float16, {2, 3}), {0}, {.keep_dims = true});
  const tf::Output zeros = tf::zeros({4}), ones = tf::ones({4});
  tf::nn::batch_normalization(x, zeros, ones, {}, {}, 1e-3);
  tf::clip_by_norm(x, 2., {.axes = {1}, .name = "cn"}), tf::clip_by_average_norm(x, 1.);
  tf::clip_by_value(x, -1., tf::ones({4}));
  const tf::Output indices = tf::constant({0, 1, 2, 3});
  const std::vector<tf::Gradient> gradients{x, tf::Gradient(), tf::IndexedSlices{y, indices, {}}};
  const auto clipped = tf::clip_by_global_norm(gradients, 5., {.name = "cg"});
  EXPECT_FALSE(clipped.list_clipped[1].valid());
  EXPECT_TRUE(clipped.list_clipped[2].is_slices());
  const tf::Output rate = tf::placeholder(tf::float32, {}, {.name = "rate"});
  tf::nn::dropout(x, {.noise_shape = {2, 1, 4}, .seed = 3, .rate = rate});
  expect_golden_graph("composed");
}

TEST_F(GoldenComposed, Linear) {
  const tf::Output x = tf::placeholder(tf::float32, {4, 3}, {.name = "x"});
  tf::unsorted_segment_mean(x, {0, 1, 1, 0}, 2), tf::unsorted_segment_sqrt_n(x, {0, 1, 1, 0}, 2, {"root"});
  tf::matvec(x, {1., 2., 3.}), tf::matvec(x, tf::ones({4}), {.transpose_a = true, .name = "mv"});
  tf::polyval({1., x, 3.}, x), tf::polyval(tf::TensorList{}, x);
  expect_golden_graph("linear");
}

TEST_F(GoldenComposed, Swish) {
  const tf::Output x = tf::placeholder(tf::float32, {2, 3}, {.name = "x"});
  const tf::Output y = tf::nn::swish(x);
  tf::gradients(y, x);
  std::vector<std::string> names;
  for (const tf::Operation& op : graph_.get_operations()) names.push_back(op.name());
  const std::string g = "gradients/", i = "gradients/IdentityN_grad/";
  EXPECT_THAT(names, ::testing::ElementsAre("x", "Sigmoid", "mul", "Identity", "IdentityN", g + "Shape",
                                            g + "grad_ys_0", g + "Fill", g + "zeros_like", i + "Sigmoid", i + "sub/x",
                                            i + "sub", i + "mul", i + "add/x", i + "add", i + "mul_1", i + "mul_2"));
}

TEST_F(GoldenComposed, RecomputedGradientsAreThoseOfTheFunction) {
  const tf::Output x = tf::constant({0.5, -1.});
  const auto f = [](const std::vector<tf::Output>& args) { return std::vector<tf::Output>{tf::tanh(args[0]) * 2.}; };
  const tf::Output y = tf::recompute_grad(f, {x}).front();
  const tf::Output again = f({x}).front();
  tf::Session session;
  const tf::Tensor dx = session.run(tf::gradients(y, x)[0].values());
  const tf::Tensor expected = session.run(tf::gradients(again, x)[0].values());
  EXPECT_EQ(dx.flat<float>()[0], expected.flat<float>()[0]);
  EXPECT_EQ(dx.flat<float>()[1], expected.flat<float>()[1]);
}

TEST_F(GoldenComposed, AGradientFunctionThatThrowsIsNoCrash) {
  const tf::Output x = tf::constant(1.);
  const auto f = [](const std::vector<tf::Output>& args) -> tf::CustomGradient {
    return {{args[0] * 2.}, [](const auto&) -> std::vector<tf::Gradient> { throw tf::ValueError("no gradient today"); }};
  };
  const tf::Output y = tf::custom_gradient(f, {x}).front();
  EXPECT_THAT([&] { tf::gradients(y, x); }, ThrowsMessage<tf::ValueError>("no gradient today"));
}

TEST_F(GoldenComposed, WrongEquationsAreThrown) {
  const tf::Output y = tf::placeholder(tf::float32, {4, 5});
  EXPECT_THAT([&] { tf::einsum("ab,bc", {y}); },
              ThrowsMessage<tf::ValueError>("Got 1 arguments for equation \"ab,bc\", expecting 2"));
  EXPECT_THAT([&] { tf::einsum("a1", {y}); }, ThrowsMessage<tf::ValueError>("Indices have incorrect format: a1"));
  EXPECT_THAT([&] { tf::einsum("aab,bc->ac", {y, y}); },
              ThrowsMessage<tf::ValueError>("Subscript not supported: an axis appears more than once: aab"));
  EXPECT_THAT([&] { tf::tensordot(y, y, {{0}, {0, 1}}); },
              ThrowsMessage<tf::ValueError>("Different number of contraction axes 'a' and 'b', 1 != 2."));
  EXPECT_THAT([&] { tf::tensordot(y, y, -1); }, ThrowsMessage<tf::ValueError>("'axes' must be at least 0."));
  EXPECT_THAT([&] { tf::meshgrid({y}, {.indexing = "x"}); },
              ThrowsMessage<tf::ValueError>("indexing parameter must be either 'xy' or 'ij'"));
}

TEST_F(GoldenComposed, EinsumAddsUpProducts) {
  const tf::Output a = tf::constant({{1., 2.}, {3., 4.}}), b = tf::constant({{5., 6.}, {7., 8.}});
  tf::Session session;
  const tf::Tensor sum = session.run(tf::einsum("ij,jk,kl->il", {a, b, a}));
  EXPECT_EQ(sum.flat<float>()[0], 85.f);   // [1 2] [5 6; 7 8] [1; 3]
  const tf::Tensor three = session.run(tf::einsum("a,a,a->", {a[0], a[0], a[0]}));
  EXPECT_EQ(three.item<float>(), 9.f);
}

}  // namespace
