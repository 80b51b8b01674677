#pragma once

// How images differ, and how their pixels do.

#include "reflow/client/tensor_like.h"

namespace reflow::image {

// The peak signal-to-noise ratio of two batches, in decibels; max_val is the largest value that pixels can have.
Output psnr(const TensorLike& a, const TensorLike& b, const TensorLike& max_val, const NameOptions& options = {});
// The sum of the differences between neighbouring pixels, of an image or of each in a batch.
Output total_variation(const TensorLike& images, const NameOptions& options = {});
struct ImageGradients {
  Output dy, dx;
};
// The differences of the pixels of a batch to those below and to the right; 0 at the border.
ImageGradients image_gradients(const TensorLike& image);

}  // namespace reflow::image
