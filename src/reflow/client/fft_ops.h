#pragma once

#include "reflow/client/tensor_like.h"

namespace reflow {

// The discrete Fourier transform over the last dimension, two or three, of complex numbers; and back.
Output fft(const TensorLike& input, const NameOptions& options = {});
Output fft2d(const TensorLike& input, const NameOptions& options = {});
Output fft3d(const TensorLike& input, const NameOptions& options = {});
Output ifft(const TensorLike& input, const NameOptions& options = {});
Output ifft2d(const TensorLike& input, const NameOptions& options = {});
Output ifft3d(const TensorLike& input, const NameOptions& options = {});

}  // namespace reflow
