#pragma once

// How images differ, and how their pixels do.

#include <vector>

#include "reflow/client/tensor_like.h"

namespace reflow::image {

// The peak signal-to-noise ratio of two batches, in decibels; max_val is the largest value that pixels can have.
Output psnr(const TensorLike& a, const TensorLike& b, const TensorLike& max_val, const NameOptions& options = {});
struct SsimOptions {
  int filter_size = 11;  // of the Gaussian windows that are compared
  double filter_sigma = 1.5, k1 = 0.01, k2 = 0.03;
};
// The structural similarity of two batches, one number for each image: Wang and others, IEEE Transactions on Image
// Processing 13(4), 2004.
Output ssim(const TensorLike& img1, const TensorLike& img2, const TensorLike& max_val, const SsimOptions& options = {});
struct SsimMultiscaleOptions {
  // The weights of the scales, the largest first: Wang and others, Asilomar Conference on Signals, 2003.
  std::vector<double> power_factors = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
  int filter_size = 11;
  double filter_sigma = 1.5, k1 = 0.01, k2 = 0.03;
};
// The same over several scales, each half as large as the one before.
Output ssim_multiscale(const TensorLike& img1, const TensorLike& img2, const TensorLike& max_val,
                       const SsimMultiscaleOptions& options = {});
// Sobel's filters along both directions, [batch, height, width, channels, 2].
Output sobel_edges(const TensorLike& image);
// The sum of the differences between neighbouring pixels, of an image or of each in a batch.
Output total_variation(const TensorLike& images, const NameOptions& options = {});
struct ImageGradients {
  Output dy, dx;
};
// The differences of the pixels of a batch to those below and to the right; 0 at the border.
ImageGradients image_gradients(const TensorLike& image);

}  // namespace reflow::image
