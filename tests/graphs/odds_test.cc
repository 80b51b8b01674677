// The graphs of what belongs to no family: similarity of images, shape assertions, quantized networks, blocks of space,
// mean losses, fields of messages, replicas.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
using reflow::testing::expect_golden_graph;
using ::testing::ThrowsMessage;

namespace {

class GoldenOdds : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(GoldenOdds, SimilarityOfImages) {
  const tf::Output a = tf::placeholder(tf::float32, {-1, 32, 32, 3}, {.name = "a"});
  const tf::Output b = tf::placeholder(tf::float32, {-1, 32, 32, 3}, {.name = "b"});
  const tf::Output u = tf::placeholder(tf::uint8, {-1, -1, -1, 3}, {.name = "u"});
  const tf::Output v = tf::placeholder(tf::uint8, {-1, -1, -1, 3}, {.name = "v"});
  tf::image::sobel_edges(a);
  tf::image::sobel_edges(tf::placeholder(tf::float32, {-1, -1, 8, 1}, {.name = "edges"}));
  tf::image::ssim(a, b, 1.0);
  tf::image::ssim(u, v, 255, {.filter_size = 5, .filter_sigma = 1.0, .k1 = 0.02, .k2 = 0.05});
  tf::image::ssim_multiscale(a, b, 1.0, {.power_factors = {0.4, 0.6}, .filter_size = 7});
  tf::image::ssim_multiscale(u, v, 255);
  expect_golden_graph("image_similarity");
}

TEST_F(GoldenOdds, ShapeAssertions) {
  const tf::Output x = tf::placeholder(tf::float32, {2, 3}, {.name = "x"});
  const tf::Output y = tf::placeholder(tf::float32, {-1, 3}, {.name = "y"});
  const tf::Output z = tf::placeholder(tf::float32, {.name = "z"});
  const tf::Output s = tf::placeholder(tf::float32, tf::Shape{}, {.name = "s"});
  const tf::Output w = tf::placeholder(tf::float32, {4, -1, 2, -1}, {.name = "w"});
  namespace debugging = tf::debugging;
  debugging::assert_shapes({{x, {2, 3}}});
  debugging::assert_shapes({{x, {"N", "D"}}, {y, {"N", "D"}}, {w, {"*", "N", 7}}});
  debugging::assert_shapes({{z, {"N", 2}}, {y, {"N", std::nullopt}}, {x, {".", 3}}}, {.message = "shapes", .name = "named"});
  debugging::assert_shapes({{s, {}}, {w, {"...", "Q"}}, {z, {"..."}}, {z, {"Q"}}}, {.summarize = 5});
  debugging::assert_shapes({{y, {5, "D"}}, {z, {"D"}}}, {.data = tf::TensorList{x}});
  expect_golden_graph("shape_assertions");
}

TEST_F(GoldenOdds, KnownShapesThatDiffer) {
  const tf::Output x = tf::placeholder(tf::float32, {2, 3}, {.name = "x"});
  const tf::Output y = tf::placeholder(tf::float32, {4, 3}, {.name = "y"});
  using tf::debugging::assert_shapes;
  EXPECT_THAT([&] { assert_shapes({{x, {3, 3}}}, {.message = "m"}); },
              ThrowsMessage<tf::ValueError>("m.  Specified explicitly.  Tensor x:0 dimension 0 must have size 3.  Received "
                                            "size 2, shape (2, 3)"));
  EXPECT_THAT([&] { assert_shapes({{x, {"N", "D"}}, {y, {"N", "D"}}}); },
              ThrowsMessage<tf::ValueError>(".  Specified by tensor x:0 dimension 0.  Tensor y:0 dimension 0 must have size "
                                            "2.  Received size 4, shape (4, 3)"));
  EXPECT_THAT([&] { assert_shapes({{x, {"N", "*"}}}); },
              ThrowsMessage<tf::ValueError>(".  Tensor x:0 specified shape index 1.  Symbol `...` or `*` for a variable number "
                                            "of unspecified dimensions is only allowed as the first entry"));
}

TEST_F(GoldenOdds, OddsAndEnds) {
  const tf::Output a = tf::placeholder(tf::quint8, {1, 8, 8, 4}, {.name = "a"});
  const tf::Output k = tf::placeholder(tf::quint8, {3, 3, 4, 2}, {.name = "k"});
  const tf::Output i = tf::placeholder(tf::qint32, {1, 8, 8, 4}, {.name = "i"});
  const tf::Output lo = tf::placeholder(tf::float32, tf::Shape{}, {.name = "lo"});
  const tf::Output hi = tf::placeholder(tf::float32, tf::Shape{}, {.name = "hi"});
  namespace nn = tf::nn;
  nn::quantized_avg_pool(a, lo, hi, {1, 2, 2, 1}, {1, 2, 2, 1}, "SAME");
  nn::quantized_max_pool(a, lo, hi, {1, 2, 2, 1}, {1, 1, 1, 1}, "VALID", {"pooled"});
  nn::quantized_conv2d(a, k, lo, hi, lo, hi, {1, 1, 1, 1}, "SAME");
  nn::quantized_conv2d(a, k, -1.0, 1.0, lo, hi, {1, 2, 2, 1}, "VALID", {.dilations = {1, 1, 1, 1}, .name = "convolved"});
  nn::quantized_relu_x(i, 6.0, lo, hi);

  const tf::Output x = tf::placeholder(tf::float32, {2, 9, 9, 3}, {.name = "x"});
  const tf::Output f = tf::placeholder(tf::float32, {3, 3, 3, 5}, {.name = "f"});
  const tf::Output d = tf::placeholder(tf::float32, {2, -1, -1, 3}, {.name = "d"});
  const auto convolved = [&](const tf::Output& input, int, const std::string& padding) {
    return nn::conv2d(input, f, {1, 1, 1, 1}, padding);
  };
  nn::with_space_to_batch(x, {1, 1}, "SAME", convolved);
  nn::with_space_to_batch(x, {2, 3}, "VALID", convolved);
  nn::with_space_to_batch(d, {2, 2}, "SAME", convolved, {.filter_shape = std::vector<int64_t>{3, 3}});

  const tf::Output losses = tf::placeholder(tf::float32, {-1}, {.name = "losses"});
  const tf::Output weights = tf::placeholder(tf::float32, {-1}, {.name = "weights"});
  nn::compute_average_loss(losses);
  nn::compute_average_loss(losses, {.sample_weight = weights, .global_batch_size = 8});
  nn::compute_average_loss(tf::placeholder(tf::float64, {4, 2}, {.name = "rows"}), {.sample_weight = 0.5});
  nn::scale_regularization_loss(losses);

  const tf::Output coded = tf::placeholder(tf::string, {-1}, {.name = "coded"});
  const auto [sizes, values] = tf::io::decode_proto(coded, "a.Message", {"name", "number"}, {tf::string, tf::int64},
                                                    {.descriptor_source = "file"});
  tf::io::encode_proto(sizes, values, {"name", "number"}, "a.Message", {.name = "encoded"});
  expect_golden_graph("odds_and_ends");
}

TEST_F(GoldenOdds, Replicas) {
  const tf::train::ClusterSpec cluster{{"ps", {"h:1", "h:2"}}, {"worker", {"h:3"}}};
  const tf::device placed(tf::train::replica_device_setter({.worker_device = "/job:worker/task:0", .cluster = cluster}));
  const tf::Variable a(1., {.name = "a"});
  const tf::Variable b = tf::get_variable("b", {2, 3});
  const tf::Variable c = tf::get_variable("c", {2}, {.use_resource = true});
  const tf::Variable step = tf::train::get_or_create_global_step();
  const tf::Output sum = tf::reduce_sum(b);
  const tf::Output product = sum * a;
  const tf::Output loss = product + tf::reduce_sum(c);
  tf::train::MomentumOptimizer(0.1, 0.9).minimize(loss, {.global_step = step});
  expect_golden_graph("replica_device");
}

TEST_F(GoldenOdds, SynchronizedReplicas) {
  const tf::Variable step = tf::train::create_global_step();
  const tf::Variable v(tf::TensorLike{1., 2.}, {.name = "v"});
  tf::train::SyncReplicasOptimizer optimizer(std::make_shared<tf::train::GradientDescentOptimizer>(0.1), 2,
                                             {.total_num_replicas = 3});
  optimizer.minimize(tf::reduce_sum(v * v), {.global_step = step});
  const auto hook = optimizer.make_session_run_hook(true);
  expect_golden_graph("opt_sync_replicas");
}

}  // namespace
