#pragma once

// What Conv2D, Conv3D and their backward ops have in common.

#include "reflow/base/thread_pool.h"
#include "reflow/op/op.h"
#include "reflow/op/window.h"

namespace reflow::ops {

// Images [batch, in.., in_channels], a filter [kernel.., in_channels, out_channels], results [batch, out..,
// out_channels], over `rank` dimensions.
struct Convolution {
  int rank = 2;
  int64_t batch = 0, in_channels = 0, out_channels = 0;
  op::WindowDim dims[3];

  int64_t in_area() const;   // elements of an image's channel
  int64_t out_area() const;
  int64_t filter_area() const;
};

// y, and the backward directions, on the threads of `pool`. T: half, bfloat16, float, double.
template <typename T>
Status convolve(ThreadPool& pool, const Convolution& c, const T* x, const T* filter, T* y);
// y = convolve(x, filter) + bias, and 0 for what is below that if `relu` is set.
Status convolve_with_bias(ThreadPool& pool, const Convolution& c, const float* x, const float* filter, const float* bias,
                          bool relu, float* y);
template <typename T>
Status convolve_to_input(ThreadPool& pool, const Convolution& c, const T* dy, const T* filter, T* dx);
template <typename T>
Status convolve_to_filter(ThreadPool& pool, const Convolution& c, const T* x, const T* dy, T* dfilter);

}  // namespace reflow::ops
