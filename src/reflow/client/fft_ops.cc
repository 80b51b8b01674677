#include "reflow/client/fft_ops.h"

#include "reflow/client/apply_op.h"

namespace reflow {

using client::apply_op;

Output fft(const TensorLike& input, const NameOptions& options) { return apply_op("FFT", options.name, {input}); }
Output fft2d(const TensorLike& input, const NameOptions& options) { return apply_op("FFT2D", options.name, {input}); }
Output fft3d(const TensorLike& input, const NameOptions& options) { return apply_op("FFT3D", options.name, {input}); }
Output ifft(const TensorLike& input, const NameOptions& options) { return apply_op("IFFT", options.name, {input}); }
Output ifft2d(const TensorLike& input, const NameOptions& options) { return apply_op("IFFT2D", options.name, {input}); }
Output ifft3d(const TensorLike& input, const NameOptions& options) { return apply_op("IFFT3D", options.name, {input}); }

}  // namespace reflow
