// Candidate samplers, quantized numbers and blocks of space: the graphs of TensorFlow 1.15.

#include <gtest/gtest.h>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
using reflow::testing::expect_golden_graph;

namespace {

TEST(CandidateSamplers, MakeTensorFlowsGraph) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  tf::set_random_seed(7);
  const tf::Output labels = tf::placeholder(tf::int64, {4, 2}, {.name = "labels"});
  const auto sampled = tf::nn::uniform_candidate_sampler(labels, 2, 5, true, 20, {.seed = 3});
  tf::nn::log_uniform_candidate_sampler(labels, 2, 5, false, 20);
  tf::nn::learned_unigram_candidate_sampler(labels, 2, 5, true, 20, {.name = "learned"});
  tf::nn::all_candidate_sampler(labels, 2, 20, true);
  tf::random::fixed_unigram_candidate_sampler(labels, 2, 3, true, 4, {.distortion = 0.5, .unigrams = {1., 2., 3., 4.}});
  tf::nn::compute_accidental_hits(labels, sampled.sampled_candidates, 2);
  const tf::Output x = tf::placeholder(tf::float32, {4, 6}, {.name = "x"});
  tf::fake_quant_with_min_max_args(x, {.min = -1, .max = 2});
  tf::fake_quant_with_min_max_vars(x, 0., 1., {.narrow_range = true});
  const tf::Quantized q = tf::quantize_v2(x, 0., 1., tf::quint8);
  tf::dequantize(q.output, q.output_min, q.output_max);
  tf::quantization::quantize_and_dequantize(x, 0., 1., {.range_given = true});
  const tf::Output image = tf::placeholder(tf::float32, {2, 8, 8, 3}, {.name = "image"});
  tf::space_to_batch(image, {{0, 0}, {0, 0}}, 2);
  tf::batch_to_space(tf::placeholder(tf::float32, {8, 4, 4, 3}), {{0, 0}, {0, 0}}, 2);
  tf::space_to_batch_nd(image, {2, 2}, {{0, 0}, {0, 0}});
  tf::space_to_depth(image, 2), tf::depth_to_space(tf::placeholder(tf::float32, {2, 4, 4, 12}), 2, {.name = "deep"});
  tf::extract_image_patches(image, {1, 3, 3, 1}, {1, 2, 2, 1}, {1, 1, 1, 1}, "VALID");
  tf::required_space_to_batch_paddings({7, 8}, {2, 2});
  tf::required_space_to_batch_paddings(tf::shape(x), {2, 2}, {.base_paddings = {{1, 0}, {0, 1}}});
  expect_golden_graph("sampled_classes", {.folder = "graphs"});
}

}  // namespace
