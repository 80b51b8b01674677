// Colors of images, and images as files: the graphs of TensorFlow 1.15.

#include <gtest/gtest.h>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
using reflow::testing::expect_golden_graph;

namespace {

TEST(ImageColors, MakeTensorFlowsGraph) {
  namespace image_ops = tf::image;
  const tf::Graph graph;
  const auto scope = graph.as_default();
  tf::set_random_seed(11);
  const tf::Output image = tf::placeholder(tf::float32, {8, 6, 3}, {.name = "image"});
  const tf::Output whole = tf::placeholder(tf::uint8, {8, 6, 3}, {.name = "whole"});
  const tf::Output loose = tf::placeholder(tf::uint8, {-1, -1, -1}, {.name = "loose"});
  image_ops::convert_image_dtype(whole, tf::float32);
  image_ops::convert_image_dtype(image, tf::uint8, {.saturate = true});
  image_ops::convert_image_dtype(whole, tf::int16, {.name = "wide"});
  image_ops::convert_image_dtype(tf::placeholder(tf::int32, {2}), tf::uint8);
  image_ops::convert_image_dtype(image, tf::float64), image_ops::convert_image_dtype(image, tf::float32);
  image_ops::adjust_brightness(whole, 0.1), image_ops::adjust_brightness(image, 0.1);
  image_ops::adjust_contrast(image, 0.5);
  image_ops::adjust_gamma(image, 0.5, 2), image_ops::adjust_gamma(whole, tf::constant(0.5));
  image_ops::adjust_hue(whole, 0.1), image_ops::adjust_saturation(image, 0.5, {"pale"});
  image_ops::random_brightness(image, 0.2, {.seed = 1}), image_ops::random_contrast(image, 0.2, 0.5);
  image_ops::random_hue(image, 0.2), image_ops::random_saturation(image, 0.2, 0.5, {.seed = 4});
  image_ops::per_image_standardization(whole), image_ops::per_image_standardization(loose);
  image_ops::rgb_to_grayscale(whole);
  image_ops::grayscale_to_rgb(tf::placeholder(tf::uint8, {4, 4, 1}));
  image_ops::grayscale_to_rgb(tf::placeholder(tf::uint8, {-1, -1, 1}));
  image_ops::rgb_to_hsv(image), image_ops::hsv_to_rgb(image);
  image_ops::rgb_to_yiq(image), image_ops::yuv_to_rgb(image);
  expect_golden_graph("image_colours", {.folder = "graphs"});
}

TEST(ImageCodecs, MakeTensorFlowsGraph) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output contents = tf::placeholder(tf::string, tf::Shape{});
  tf::image::decode_image(contents);
  tf::image::decode_image(contents, {.channels = 3, .dtype = tf::float32, .name = "named", .expand_animations = false});
  const tf::Output image = tf::placeholder(tf::float32, {8, 8, 3});
  tf::image::adjust_jpeg_quality(image, 50), tf::image::random_jpeg_quality(image, 10, 90, {.seed = 3});
  tf::image::is_jpeg(contents), tf::image::extract_jpeg_shape(contents), tf::image::decode_gif(contents);
  tf::image::decode_and_crop_jpeg(contents, {1, 2, 3, 4}, {.channels = 3});
  expect_golden_graph("image_files", {.without = {"DecodeWav"}, .folder = "graphs"});
}

}  // namespace
