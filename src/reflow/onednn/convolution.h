#pragma once

#include <cstdint>

#include "reflow/base/status.h"
#include "reflow/base/thread_pool.h"

namespace reflow::onednn {

// A convolution over `rank` (1 to 3) spatial dimensions of float images [batch, in.., in_channels] with a filter
// [kernel.., in_channels, out_channels] to [batch, out.., out_channels]. Padding after the last element follows from the
// sizes.
struct ConvolutionSizes {
  int rank = 2;
  int64_t batch = 1, in_channels = 1, out_channels = 1;
  int64_t in[3] = {1, 1, 1}, out[3] = {1, 1, 1}, kernel[3] = {1, 1, 1};
  int64_t stride[3] = {1, 1, 1}, dilation[3] = {1, 1, 1}, padding[3] = {0, 0, 0};
  bool operator==(const ConvolutionSizes&) const = default;
};

// What is done with `places` places of y ([places, out_channels]) right after they were computed, by the thread that did,
// while they are in that thread's cache.
struct ConvolutionEpilogue {
  void (*call)(void* context, float* y, int64_t places);
  void* context;
};

// The images of a batch are shared out to the threads of `pool`; oneDNN's primitives for the sizes are made once and kept
// (see primitive_cache.h). Results depend on sizes and the number of threads only. REQUIRES: no size is 0.
// Unimplemented: oneDNN has nothing for these sizes. ResourceExhausted: no memory.
Status convolution(ThreadPool& pool, const ConvolutionSizes& sizes, const float* x, const float* filter, float* y,
                   const ConvolutionEpilogue* after = nullptr);
// dL/dx from dL/dy.
Status convolution_backward_data(ThreadPool& pool, const ConvolutionSizes& sizes, const float* dy, const float* filter,
                                 float* dx);
// dL/dfilter from x and dL/dy.
Status convolution_backward_filter(ThreadPool& pool, const ConvolutionSizes& sizes, const float* x, const float* dy,
                                   float* dfilter);

}  // namespace reflow::onednn
