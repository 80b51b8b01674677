// Images mirrored, cut and resized, and boxes in them: the graphs of TensorFlow 1.15, and errors.

#include <gtest/gtest.h>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
using reflow::testing::expect_golden_graph;

namespace {

TEST(ImageFlips, MakeTensorFlowsGraph) {
  namespace image_ops = tf::image;
  using tf::image::ResizeMethod;
  const tf::Graph graph;
  const auto scope = graph.as_default();
  tf::set_random_seed(11);
  const tf::Output image = tf::placeholder(tf::float32, {8, 6, 3}, {.name = "image"});
  const tf::Output batch = tf::placeholder(tf::float32, {2, 8, 6, 3}, {.name = "batch"});
  const tf::Output loose = tf::placeholder(tf::float32, {-1, -1, 3}, {.name = "loose"});
  const tf::Output h = tf::placeholder(tf::int32, tf::Shape{}, {.name = "h"});
  image_ops::flip_left_right(image), image_ops::flip_up_down(batch), image_ops::flip_left_right(loose);
  image_ops::random_flip_left_right(image, {.seed = 2}), image_ops::random_flip_up_down(batch);
  image_ops::transpose_image(image), image_ops::rot90(image), image_ops::rot90(batch, 3, {"turned"});
  image_ops::central_crop(image, 0.5), image_ops::central_crop(loose, 0.5);
  image_ops::crop_to_bounding_box(image, 1, 2, 4, 3), image_ops::crop_to_bounding_box(loose, 1, 0, h, 3);
  image_ops::pad_to_bounding_box(image, 1, 2, 12, 12), image_ops::pad_to_bounding_box(batch, h, 0, 20, 6);
  image_ops::resize_images(image, {4, 4});
  image_ops::resize_images(batch, {4, 4}, {.method = ResizeMethod::NEAREST_NEIGHBOR, .align_corners = true});
  image_ops::resize_images(batch, {5, 5}, {.preserve_aspect_ratio = true});
  image_ops::resize_bicubic(batch, {3, 3}, {.half_pixel_centers = true}), image_ops::resize_area(batch, {3, 3});
  image_ops::resize_image_with_crop_or_pad(image, 4, 10), image_ops::resize_image_with_crop_or_pad(loose, 4, 10);
  image_ops::resize_image_with_pad(image, 4, 10);
  const tf::TensorLike boxes = {{0., 0., 1., 1.}}, scores = {0.5};
  image_ops::non_max_suppression(boxes, scores, 3);
  image_ops::non_max_suppression_padded(boxes, scores, 3, {.pad_to_max_output_size = true});
  image_ops::non_max_suppression_with_scores(boxes, scores, 3);
  image_ops::non_max_suppression_overlaps({{1.}}, scores, 3);
  const tf::Output many = tf::zeros({1, 2, 1, 4});
  image_ops::combined_non_max_suppression(many, tf::zeros({1, 2, 1}), 2, 2);
  image_ops::draw_bounding_boxes(batch, tf::zeros({2, 1, 4}));
  image_ops::draw_bounding_boxes(batch, tf::zeros({2, 1, 4}), {.colors = {{1., 0., 0.}}});
  image_ops::crop_and_resize(batch, boxes, {0}, {3, 3}, {.extrapolation_value = 1});
  image_ops::extract_glimpse(batch, {2, 2}, {{0., 0.}, {0., 0.}}, {.uniform_noise = false});
  image_ops::sample_distorted_bounding_box({8, 8, 3}, {{{0., 0., 1., 1.}}}, {.seed = 5});
  expect_golden_graph("image_shapes", {.folder = "graphs"});
}

TEST(ImageFlips, WhatDoesNotFitIsAnError) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output image = tf::placeholder(tf::float32, {8, 6, 3});
  EXPECT_THROW(tf::image::crop_to_bounding_box(image, 5, 0, 4, 4), tf::ValueError);
  EXPECT_THROW(tf::image::pad_to_bounding_box(image, 0, 0, 4, 4), tf::ValueError);
  EXPECT_THROW(tf::image::central_crop(image, 0.), tf::ValueError);
  EXPECT_THROW(tf::image::flip_left_right(tf::zeros({2, 2})), tf::ValueError);
  EXPECT_THROW(tf::image::resize_images(image, {1, 2, 3}), tf::ValueError);
}

}  // namespace
