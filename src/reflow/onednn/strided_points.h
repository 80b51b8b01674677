#pragma once

#include "reflow/onednn/convolution.h"
#include "reflow/tensor/tensor.h"

namespace reflow::onednn {

// Convolutions with windows of one element and strides read elements that lie apart. oneDNN 2.6 copies these together
// beforehand, and writes beyond its scratchpad where there are few channels. So they are copied here, and what oneDNN sees
// is dense.

// Whether `sizes` are of that kind.
bool are_strided_points(const ConvolutionSizes& sizes);

// The convolution of the elements that are read, once they lie together.
ConvolutionSizes dense_points(const ConvolutionSizes& sizes);

// The elements of x ([batch, in.., in_channels]) that are read: [batch, out.., in_channels]. ResourceExhausted: no memory.
StatusOr<Tensor> gathered_points(ThreadPool& pool, const ConvolutionSizes& sizes, const float* x);

// The other way round: x is 0 but for these.
void scatter_points(ThreadPool& pool, const ConvolutionSizes& sizes, const float* points, float* x);

}  // namespace reflow::onednn
