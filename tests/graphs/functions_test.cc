// What functions of the API are made of.

#include <gtest/gtest.h>

#include <limits>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
using reflow::testing::expect_golden_graph;

namespace {

class GoldenFunctions : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(GoldenFunctions, CondSimple) {
  const tf::Output p = tf::placeholder(tf::bool_, {}, {.name = "p"}), x = tf::placeholder(tf::float32, {2},
      {.name = "x"});
  tf::cond(p, [&] { return x + 1.; }, [&] { return tf::square(x); });
  tf::cond(p, [&] { return std::vector<tf::Output>{x, tf::constant(1.)}; },
           [&] { return std::vector<tf::Output>{x * 2., tf::constant(2.)}; }, {.name = "named"});
  tf::cond(tf::less(x[0], 3.), [] { return tf::no_op(); }, [] { return tf::group({tf::constant(0.)}); });
  expect_golden_graph("cond_simple", {.first_nodes = 40});
}

TEST_F(GoldenFunctions, CondNested) {
  const tf::Output p = tf::placeholder(tf::bool_, {}, {.name = "p"}), q = tf::placeholder(tf::bool_, {}, {.name = "q"});
  const tf::Variable v(1., {.name = "v"});
  const auto inner = [&] {
    return tf::cond(q, [&] { return v * 2.; }, [] { return tf::constant(3.); }, {.name = "inner"});
  };
  tf::cond(p, inner, [&] { return v.assign_add(1.); }, {.name = "outer"});
  tf::case_({{p, [] { return tf::constant(1); }}, {q, [] { return tf::constant(2); }}}, [] { return tf::constant(3); });
  expect_golden_graph("cond_nested", {.first_nodes = 39});  // what comes then are exclusive cases and gradients
}

TEST_F(GoldenFunctions, Arrays) {
  const tf::Output x = tf::placeholder(tf::float32, {2, 3, 4}, {.name = "x"});
  const tf::Output u = tf::placeholder(tf::float32, {-1, -1}, {.name = "u"});
  tf::reshape(x, {-1}), tf::reshape(x, {6, -1}, {.name = "r"}), tf::reshape(x, tf::shape(u)), tf::transpose(x);
  tf::transpose(x, {1, 0, 2}), tf::transpose(u), tf::matrix_transpose(x);
  tf::expand_dims(x, 0), tf::expand_dims(x, -1), tf::squeeze(tf::ones({1, 2, 1})), tf::squeeze(tf::ones({1, 2, 1}),
      {0});
  tf::squeeze(tf::ones({1, 2}), 0);
  tf::concat({x, x}, 0), tf::concat({x}, 1), tf::concat({x}, 0, {.name = "cc"}), tf::stack({x, x});
  tf::stack({1, 2, tf::constant(3)}), tf::stack({x, x}, {.axis = -1});
  tf::unstack(x), tf::unstack(x, {.axis = 2, .name = "us"}), tf::split(x, 3, {.axis = 1});
  tf::split(x, {1, 2}, {.axis = 1}), tf::split(x, tf::constant({1, -1}), {.axis = 1, .num = 2});
  tf::tile(x, {1, 2, 1}), tf::pad(x, {{1, 1}, {0, 0}, {0, 0}});
  const tf::TensorLike around{{1, 1}, {1, 1}, {1, 1}};
  tf::pad(x, around, {.mode = "REFLECT"}), tf::pad(x, around, {.constant_values = 3.}), tf::reverse(x, {1});
  expect_golden_graph("array_ops", {.first_nodes = 60, .without = "parallel_stack/"});
}

TEST_F(GoldenFunctions, Reductions) {
  const tf::Output x = tf::placeholder(tf::float32, {2, 3, 4}, {.name = "x"});
  const tf::Output u = tf::placeholder(tf::float32, {.name = "u"});
  using Reduce = tf::Output (*)(const tf::TensorLike&, const tf::ReduceOptions&);
  for (const Reduce f : {Reduce{tf::reduce_sum}, Reduce{tf::reduce_mean}, Reduce{tf::reduce_max},
      Reduce{tf::reduce_min},
                         Reduce{tf::reduce_prod}, Reduce{tf::reduce_logsumexp}}) {
    f(x, {}), f(x, {.axis = 1}), f(x, {.axis = {0, -1}, .keepdims = true}), f(u, {});
  }
  tf::reduce_all(x > 0), tf::reduce_any(x > 0, 0), tf::reduce_sum(u, 0, {.name = "rs"});
  tf::reduce_sum(tf::placeholder(tf::float32, {-1, 3}));
  tf::reduce_std(x), tf::reduce_variance(x, 0), tf::norm(x), tf::norm(x, {.ord = 1, .axis = 1});
  tf::norm(x, {.ord = std::numeric_limits<double>::infinity()}), tf::count_nonzero(x);
  tf::argmax(x, 1), tf::argmin(x), tf::argmax(x, 1), tf::argmax(x, -1, {.output_type = tf::int32});
  tf::cumsum(x), tf::cumsum(x, {.axis = 1, .exclusive = true, .reverse = true}), tf::cumprod(x), tf::add_n({x, x});
  tf::add_n(tf::TensorList{x}), tf::accumulate_n({x, x});
  tf::segment_sum(x, {0, 1}), tf::unsorted_segment_sum(x, {0, 1}, 3);
  expect_golden_graph("math_reduce", {.first_nodes = 182});
}

TEST_F(GoldenFunctions, Activations) {
  namespace nn = tf::nn;
  const tf::Output x = tf::placeholder(tf::float32, {2, 3}, {.name = "x"});
  nn::relu(x), nn::relu6(x), nn::elu(x), nn::selu(x), nn::leaky_relu(x), nn::crelu(x), nn::softplus(x), nn::softsign(x);
  tf::sigmoid(x), tf::tanh(x), nn::softmax(x), nn::log_softmax(x);
  // The ops of swish, which has a gradient of its own.
  const tf::Output swish = x * tf::sigmoid(x);
  tf::identity(swish);
  tf::log_sigmoid(x);
  nn::softmax(x, {.axis = 0}), nn::softmax(tf::placeholder(tf::float32, {2, 3, 4}), {.axis = 1}), nn::softmax(x,
      {.name = "sm"});
  nn::log_softmax(tf::placeholder(tf::float32, {-1, 3, 4}), {.axis = 0});
  nn::l2_normalize(x, 1), nn::moments(x, {0}), nn::weighted_moments(x, {0}, 1.), nn::zero_fraction(x);
  nn::batch_normalization(x, 0., 1., 0.5, 2., 1e-3);
  nn::bias_add(x, {1., 2., 3.});
  const tf::Output w1 = tf::ones({3, 4}), b1 = tf::ones({4});
  nn::xw_plus_b(x, w1, b1);
  const tf::Output w2 = tf::ones({3, 4}), b2 = tf::ones({4});
  nn::relu_layer(x, w2, b2);
  nn::dropout(x, tf::placeholder(tf::float32, {}, {.name = "kp"})), nn::dropout(x, 1.0);
  nn::dropout(x, {.seed = 2, .name = "dr", .rate = 0.25});
  nn::top_k(x, 2), nn::in_top_k(x, {0, 1}, 1), nn::normalize_moments(1., {1.}, {2.}, std::nullopt);
  expect_golden_graph("nn_activations", {.without = "IdentityN"});
}

TEST_F(GoldenFunctions, Random) {
  tf::random_uniform({2, 3}), tf::random_uniform({2}, {.minval = 0, .maxval = 5, .dtype = tf::int32, .seed = 1});
  tf::set_random_seed(17);
  tf::random_normal({2, 3}), tf::random_normal({2}, {.mean = 1., .stddev = 2., .seed = 9});
  tf::truncated_normal({4}), tf::random_shuffle(tf::range(5)), tf::multinomial(tf::zeros({1, 3}), 4);
  tf::random_gamma({3}, 2.0);
  expect_golden_graph("random_seeds", {.first_nodes = 46});
}

}  // namespace
