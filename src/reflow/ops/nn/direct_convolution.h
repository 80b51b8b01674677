#pragma once

// Convolutions of float images as products of matrices whose rows are the windows of the images, read where they lie: no
// patches are copied together but those of windows that reach beyond the border of images with few channels.

#include "convolution.h"

namespace reflow::ops {

// What is done with `places` places of y ([places, out_channels]) right after they were computed, by the thread that did,
// while they are in that thread's cache.
struct ConvolutionEpilogue {
  void (*call)(void* context, float* y, int64_t places);
  void* context;
};

// What convolve, convolve_to_input and convolve_to_filter (convolution.h) compute. REQUIRES: no size is 0.
// ResourceExhausted: no memory. The bits of results of the first two depend on sizes only, those of the third on the
// number of threads too.
Status direct_forward(ThreadPool& pool, const Convolution& c, const float* x, const float* filter, float* y,
                      const ConvolutionEpilogue* after = nullptr);
Status direct_to_input(ThreadPool& pool, const Convolution& c, const float* dy, const float* filter, float* dx);
Status direct_to_filter(ThreadPool& pool, const Convolution& c, const float* x, const float* dy, float* dfilter);

}  // namespace reflow::ops
