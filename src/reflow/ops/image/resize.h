#pragma once

// What the ops that resize images [batch, height, width, channels] have in common.

#include <cmath>
#include <string>
#include <vector>

#include "reflow/op/op.h"

namespace reflow::ops {

// Where places of one side of the resized image lie in the original.
struct ResizeScale {
  float scale = 1;
  bool half_pixel_centers = false;

  static ResizeScale of(int64_t in, int64_t out, bool align_corners, bool half_pixel_centers) {
    return {align_corners && out > 1 ? (in - 1) / static_cast<float>(out - 1) : in / static_cast<float>(out),
            half_pixel_centers};
  }
  float operator()(int64_t i) const {
    const auto x = static_cast<float>(i);
    return half_pixel_centers ? (x + 0.5f) * scale - 0.5f : x * scale;
  }
};

struct ResizeAttrs {
  explicit ResizeAttrs(op::KernelInit& c)
      : align_corners(c.attr<bool>("align_corners")), half_pixel_centers(c.attr_or<bool>("half_pixel_centers", false)) {
    if (align_corners && half_pixel_centers) {
      c.fail(invalid_argument("If half_pixel_centers is True, align_corners must be False."));
    }
  }
  ResizeScale scale(int64_t in, int64_t out) const { return ResizeScale::of(in, out, align_corners, half_pixel_centers); }
  const bool align_corners, half_pixel_centers;
};

// [batch, size[0], size[1], channels] for images (input 0) and size (input 1), with the checks of TensorFlow's kernels
// once shapes are concrete.
Status resized_shape(op::ShapeContext& c);
// The gradient has the shape of the original image (input 1); checked once shapes are concrete.
Status resize_gradient_shape(op::ShapeContext& c);

// The types of images that can be resized.
inline constexpr Types<int8_t, uint8_t, int16_t, uint16_t, int32_t, int64_t, Half, float, double> kImageTypes{};

}  // namespace reflow::ops
