// Losses of sampled classes, labels of CTC and safe embeddings: the graph of TensorFlow 1.15, and values.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
namespace nn = reflow::nn;
using reflow::testing::expect_golden_graph;

namespace {

TEST(SampledLosses, MakeTensorFlowsGraph) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output x = tf::placeholder(tf::float32, {4, 5}, {.name = "x"});
  const tf::Output w = tf::placeholder(tf::float32, {10, 5}, {.name = "w"});
  const tf::Output b = tf::placeholder(tf::float32, {10}, {.name = "b"});
  const tf::Output labels = tf::placeholder(tf::int64, {4, 1}, {.name = "labels"});
  const tf::Output rows = tf::placeholder(tf::int32, {2, 6}, {.name = "rows"});
  const tf::Output lengths = tf::placeholder(tf::int32, {2}, {.name = "lengths"});
  const tf::Output logits = tf::placeholder(tf::float32, {7, 2, 5}, {.name = "logits"});
  tf::set_random_seed(3);
  nn::SampledLossOptions options;
  options.weights = w, options.biases = b, options.labels = labels, options.inputs = x;
  options.num_sampled = 3, options.num_classes = 10;
  nn::sampled_softmax_loss(options);
  options.remove_accidental_hits = false, options.name = "kept", options.seed = 5;
  nn::sampled_softmax_loss(options);
  options.remove_accidental_hits = true, options.name = "", options.seed.reset();
  options.sampled_values = nn::uniform_candidate_sampler(labels, 1, 3, true, 10);
  nn::nce_loss(options);
  const auto normalized = [&](bool scaled, const std::string& name) {
    const tf::Output mean = tf::zeros({5}), variance = tf::ones({5}), beta = tf::zeros({5}), gamma = tf::ones({5});
    nn::batch_norm_with_global_normalization(x, mean, variance, beta, gamma, 0.1, scaled, {name});
  };
  normalized(true, ""), normalized(false, "bn");
  nn::collapse_repeated(rows, lengths), nn::ctc_unique_labels(rows);
  const auto sparse = [] {
    const tf::Output places = tf::constant({{0, 0}, {1, 1}}, tf::int64);
    return tf::SparseTensor(places, {1, 2}, {2, 3});
  };
  nn::ctc_loss_v2(sparse(), logits, lengths, -1), nn::ctc_loss_v2(sparse(), logits, lengths, 0, {.name = "ctc"});
  const tf::SparseTensor ids = tf::sparse_placeholder(tf::int64, tf::Shape{2, 3}, {"ids"});
  const tf::SparseTensor weights = tf::sparse_placeholder(tf::float32, tf::Shape{2, 3}, {"weights"});
  nn::safe_embedding_lookup_sparse(w, ids);
  nn::safe_embedding_lookup_sparse({w, w}, ids, weights, {.default_id = 1, .name = "safe"});
  nn::safe_embedding_lookup_sparse(w, ids, weights, {.combiner = "sum"});
  expect_golden_graph("nn_rest", {.folder = "graphs"});
}

TEST(SampledLosses, OfAllClassesAreTheSoftmaxLoss) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output weights = tf::constant({{1., 2.}, {-1., 0.5}, {0., 3.}}), biases = tf::constant({0.1, 0.2, 0.3});
  const tf::Output inputs = tf::constant({{0.5, -1.}, {2., 1.}});
  const tf::Output labels = tf::constant({{0}, {2}}, tf::int64);
  nn::SampledLossOptions options;
  options.weights = weights, options.biases = biases, options.labels = labels, options.inputs = inputs;
  options.num_sampled = 3, options.num_classes = 3;
  options.sampled_values = nn::all_candidate_sampler(labels, 1, 3, true);
  const tf::Output logits = tf::matmul(inputs, weights, {.transpose_b = true}) + biases;
  const tf::Output whole =
      nn::sparse_softmax_cross_entropy_with_logits({.labels = tf::constant({0, 2}), .logits = logits});
  const auto [found, wanted] = tf::Session().run<2>({nn::sampled_softmax_loss(options), whole});
  for (int i = 0; i < 2; ++i) EXPECT_NEAR(found.data<float>()[i], wanted.data<float>()[i], 1e-5) << i;
}

TEST(CtcLabels, AreCollapsed) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const nn::CollapsedLabels collapsed = nn::collapse_repeated(tf::constant({{1, 1, 2, 2, 1}, {3, 3, 3, 0, 0}}), {5, 3});
  const auto [labels, lengths] = tf::Session().run<2>({collapsed.labels, collapsed.seq_length});
  EXPECT_THAT(std::vector<int32_t>(labels.data<int32_t>(), labels.data<int32_t>() + 6),
              ::testing::ElementsAre(1, 2, 1, 3, 0, 0));
  EXPECT_EQ(lengths.data<int32_t>()[0], 3);
  EXPECT_EQ(lengths.data<int32_t>()[1], 1);
}

TEST(SafeEmbeddingLookup, GivesZerosForRowsWithoutIds) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output table = tf::constant({{1., 2.}, {3., 4.}, {5., 6.}});
  const tf::SparseTensor ids({{0, 0}, {0, 1}, {1, 0}}, tf::constant({0, 2, -1}, tf::int64), {2, 2});
  const tf::Tensor rows = tf::Session().run(nn::safe_embedding_lookup_sparse(table, ids));
  EXPECT_THAT(std::vector<float>(rows.data<float>(), rows.data<float>() + 4), ::testing::ElementsAre(3, 4, 0, 0));
}

}  // namespace
