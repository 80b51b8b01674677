#pragma once

// Convolutions of float images by 3x3 and 5x5 filters with a sixth to a quarter of the multiplications (Winograd's minimal
// filtering). Sums are rounded otherwise than in a direct convolution: by some 1e-5 of the largest value, and an infinity or
// NaN in an image spoils the tile of 6x6 elements, 8x8 for 5x5 filters, that it lies in.

#include "convolution.h"

namespace reflow::ops {

// Is it worth it for this convolution? False for small ones, for windows with strides or dilations, for channels that
// aren't multiples of 16, and where REFLOW_WINOGRAD=0.
bool winograd_pays(const Convolution& c);

// What convolve, convolve_to_input and convolve_to_filter compute. REQUIRES: winograd_pays(c). `bias` may be null; else
// its elements are added to the channels. `relu`: what is negative becomes 0. ResourceExhausted: no memory.
Status winograd_forward(ThreadPool& pool, const Convolution& c, const float* x, const float* filter, const float* bias,
                        bool relu, float* y);
// The same in two steps, for several batches with one filter.
StatusOr<Tensor> winograd_filter(ThreadPool& pool, const Convolution& c, const float* filter);
Status winograd_forward(ThreadPool& pool, const Convolution& c, const float* x, const Tensor& filter_values,
                        const float* bias, bool relu, float* y);
Status winograd_to_input(ThreadPool& pool, const Convolution& c, const float* dy, const float* filter, float* dx);
Status winograd_to_filter(ThreadPool& pool, const Convolution& c, const float* x, const float* dy, float* dfilter);

}  // namespace reflow::ops
