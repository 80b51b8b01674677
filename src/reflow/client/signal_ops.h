#pragma once

// tf.signal: frames and windows of signals, their spectra, and what is computed of these.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "reflow/client/fft_ops.h"
#include "reflow/client/tensor_like.h"

namespace reflow::signal {

using reflow::fft;
using reflow::fft2d;
using reflow::fft3d;
using reflow::ifft;
using reflow::ifft2d;
using reflow::ifft3d;

struct FftOptions {
  TensorLike fft_length;  // of the signal, one for each dimension; default: what the input has. Cut, or filled up with 0
  std::string name;
};
// The Fourier transform of real numbers over the last one to three dimensions, without the half that mirrors the other:
// complex64, the last dimension is fft_length / 2 + 1; and back, float32, where it is by default 2 * (its size - 1).
Output rfft(const TensorLike& input, const FftOptions& options = {});
Output rfft2d(const TensorLike& input, const FftOptions& options = {});
Output rfft3d(const TensorLike& input, const FftOptions& options = {});
Output irfft(const TensorLike& input, const FftOptions& options = {});
Output irfft2d(const TensorLike& input, const FftOptions& options = {});
Output irfft3d(const TensorLike& input, const FftOptions& options = {});
struct ShiftOptions {
  TensorLike axes;  // a number or several; default: all
  std::string name;
};
// Frequency 0 in the middle, and back: halves of the axes change places. ValueError: the rank or a size isn't known.
Output fftshift(const TensorLike& x, const ShiftOptions& options = {});
Output ifftshift(const TensorLike& x, const ShiftOptions& options = {});

struct WindowOptions {
  bool periodic = true;  // false: symmetric
  DType dtype = float32;
  std::string name;
};
// Windows [window_length]. ValueError: "dtype must be a floating point type. Found <dtype: 'int32'>".
Output hann_window(const TensorLike& window_length, const WindowOptions& options = {});
Output hamming_window(const TensorLike& window_length, const WindowOptions& options = {});
// Makes a window of a length.
using WindowFn = std::function<Output(const Output& window_length, DType dtype)>;
inline Output hann(const Output& window_length, DType dtype) { return hann_window(window_length, {.dtype = dtype}); }

struct FrameOptions {
  bool pad_end = false;  // also frames that begin within the signal and end behind it
  TensorLike pad_value = 0;
  int axis = -1;
  std::string name;
};
// Frames of frame_length samples, each frame_step after the one before: [..., samples, ...] gives [..., frames,
// frame_length, ...], without pad_end as many as fit.
Output frame(const TensorLike& signal, const TensorLike& frame_length, const TensorLike& frame_step,
             const FrameOptions& options = {});
// The sum of frames [..., frames, frame_length], each frame_step after the one before: [..., samples]. ValueError:
// "frame_step must be an integer. Got <dtype: 'float32'>".
Output overlap_and_add(const TensorLike& signal, const TensorLike& frame_step, const NameOptions& options = {});

struct StftOptions {
  TensorLike fft_length;      // default: the next power of 2
  WindowFn window_fn = hann;  // {}: none
  bool pad_end = false;
  std::string name;
};
// The spectra of frames of real signals, [..., samples]: [..., frames, fft_length / 2 + 1], complex64.
Output stft(const TensorLike& signals, const TensorLike& frame_length, const TensorLike& frame_step,
            const StftOptions& options = {});
struct InverseStftOptions {
  TensorLike fft_length;
  WindowFn window_fn = hann;
  std::string name;
};
// The signals, [..., samples], of spectra as stft gives them.
Output inverse_stft(const TensorLike& stfts, const TensorLike& frame_length, const TensorLike& frame_step,
                    const InverseStftOptions& options = {});
struct InverseWindowOptions {
  WindowFn forward_window_fn = hann;
  std::string name;
};
// The window for which inverse_stft gives back what stft was given. Griffin and Lim, 1984.
WindowFn inverse_stft_window_fn(const TensorLike& frame_step, const InverseWindowOptions& options = {});

struct DctOptions {
  std::optional<int64_t> n;         // the length: cut, or filled up with 0
  int axis = -1;
  std::optional<std::string> norm;  // "ortho"
  std::string name;
};
// The cosine transform of type 1, 2 or 3 along the last dimension, in the input's shape or with n as its last
// dimension; the inverse, up to a factor: without norm 2 * n, of type 1 2 * (n - 1). NotImplementedError: "axis must be
// -1. Got: 0". ValueError: "Only Types I, II and III (I)DCT are supported.", "Normalization is not supported for the
// Type-I DCT.".
Output dct(const TensorLike& input, int type = 2, const DctOptions& options = {});
Output idct(const TensorLike& input, int type = 2, const DctOptions& options = {});

struct MelOptions {
  int num_mel_bins = 20;
  TensorLike num_spectrogram_bins = 129;
  TensorLike sample_rate = 8000;  // in hertz; its value has to be known
  double lower_edge_hertz = 125.0, upper_edge_hertz = 3800.0;
  DType dtype = float32;
  std::string name;
};
// What spectra are multiplied with to give mel bins: [num_spectrogram_bins, num_mel_bins]. ValueError: "num_mel_bins
// must be positive. Got: 0", edges that aren't in order or lie above sample_rate / 2.
Output linear_to_mel_weight_matrix(const MelOptions& options = {});
// The cepstral coefficients of logarithms of mel spectra, [..., num_mel_bins], in the same shape.
Output mfccs_from_log_mel_spectrograms(const TensorLike& log_mel_spectrograms, const NameOptions& options = {});

}  // namespace reflow::signal
