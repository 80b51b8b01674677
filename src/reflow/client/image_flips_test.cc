// Images mirrored, cut and resized: errors.

#include <gtest/gtest.h>

#include "reflow/reflow.h"

namespace tf = reflow;

namespace {

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
