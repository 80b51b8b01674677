// What functions of the API are made of.

#include <gtest/gtest.h>

#include <limits>

#include "reflow/client/contraction_ops.h"
#include "reflow/client/grid_ops.h"
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
  tf::reverse_sequence(x, {1, 2}, {.seq_axis = 1});
  tf::gather(x, {0, 1}), tf::gather(x, 1, {.axis = 1}), tf::gather(x, {0}, {.axis = -1}), tf::gather_nd(x, {{0, 1}});
  tf::scatter_nd({{1}}, {2.}, {4}), tf::boolean_mask(x, {true, false}), tf::batch_gather(x, {{0}, {1}});
  tf::where(x > 0);
  const tf::Output positive = x > 0;
  tf::where(positive, x, -x);
  const tf::Output positive_again = x > 0;
  tf::where(positive_again, x, tf::zeros_like(x), {"sel"});
  tf::sequence_mask({1, 3}), tf::sequence_mask({1, 2}, {.maxlen = 4, .dtype = tf::float32});
  tf::meshgrid({{1, 2}, {3, 4, 5}}), tf::unique({1, 1}), tf::setdiff1d({1, 2}, {2});
  tf::broadcast_to(1., {2, 2}), tf::identity(x), tf::stop_gradient(x), tf::placeholder_with_default(1., {});
  tf::placeholder_with_default(tf::Tensor::vector<double>({1, 1}), {-1});
  tf::repeat({1, 2}, 2);
  expect_golden_graph("array_ops", {.first_nodes = 241, .without = {"parallel_stack/", "Roll"}});
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
  tf::segment_sum(x, {0, 1}), tf::unsorted_segment_sum(x, {0, 1}, 3), tf::trace(tf::eye(2));
  tf::squared_difference(x, x), tf::maximum(x, 0.), tf::minimum(1., x), tf::pow(x, 2), tf::sqrt(x), tf::square(x);
  tf::abs(x), tf::negative(x), tf::sign(x), tf::round(x);
  const tf::Output a = tf::ones({2, 3}), b = tf::ones({2, 3});
  tf::matmul(a, b, {.transpose_b = true, .name = "mm"}), tf::matmul(x, x, {.transpose_a = true});
  tf::tensordot(x, x, {{1}, {1}}), tf::einsum("abc,abd->acd", {x, x}), tf::saturate_cast(x, tf::uint8);
  tf::clip_by_value(x, 0., 1.), tf::cast(x, tf::int32), tf::cast(x, tf::float32), tf::to_double(x);
  tf::to_int64(x, {"ti"}), tf::complex(x, x), tf::is_nan(x), tf::equal(x, x), tf::not_equal(x, 1.);
  tf::logical_and(true, false), tf::multiply(x, 3), tf::scalar_mul(2., x), tf::divide(x, 2), tf::subtract(1., x);
  tf::floor_div(x, 2.);
  // Of these two the last op isn't there yet.
  expect_golden_graph("math_reduce", {.without = {"confusion_matrix/", "bincount/"}});
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
  expect_golden_graph("nn_activations", {.without = {"IdentityN"}});
}

TEST_F(GoldenFunctions, Random) {
  tf::random_uniform({2, 3}), tf::random_uniform({2}, {.minval = 0, .maxval = 5, .dtype = tf::int32, .seed = 1});
  tf::set_random_seed(17);
  tf::random_normal({2, 3}), tf::random_normal({2}, {.mean = 1., .stddev = 2., .seed = 9});
  tf::truncated_normal({4}), tf::random_shuffle(tf::range(5)), tf::multinomial(tf::zeros({1, 3}), 4);
  tf::random_gamma({3}, 2.0), tf::random_poisson(3., {2}), tf::random_crop(tf::zeros({5, 5}), {2, 2});
  tf::categorical(tf::zeros({1, 3}), 4, {.dtype = tf::int32}), tf::stateless_random_uniform({2}, {1, 2});
  tf::nn::dropout(tf::ones({3}), 0.5), tf::nn::dropout(tf::ones({3}), {.noise_shape = {1}, .seed = 4, .rate = 0.3});
  {
    const tf::Output x = tf::ones({3});
    const tf::name_scope layer("dropout");
    tf::nn::dropout(x, tf::nn::DropoutOptions{.rate = 0.4});
  }
  tf::random_uniform({2}, {.maxval = int64_t{1} << 40, .dtype = tf::int64});
  tf::random_normal({1}, {.dtype = tf::float64});
  tf::constant({{1}}, tf::int64);
  expect_golden_graph("random_seeds", {.without = {"LogUniformCandidateSampler"}});
}

}  // namespace
