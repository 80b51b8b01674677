// AudioSpectrogram: the frequencies in overlapping windows of sound.

#include <cmath>
#include <complex>
#include <string>
#include <vector>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

int64_t power_of_two_from(int64_t n) {
  int64_t power = 1;
  while (power < n) power *= 2;
  return power;
}

// The discrete Fourier transform of a power of two of numbers, in place (Cooley and Tukey, 1965).
void transform(std::vector<std::complex<double>>& x) {
  const size_t n = x.size();
  for (size_t i = 1, j = 0; i < n; ++i) {
    size_t bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(x[i], x[j]);
  }
  for (size_t size = 2; size <= n; size *= 2) {
    for (size_t k = 0; k < size / 2; ++k) {
      const std::complex<double> turn = std::polar(1.0, -2 * M_PI * static_cast<double>(k) / static_cast<double>(size));
      for (size_t i = k; i < n; i += size) {
        const std::complex<double> even = x[i], odd = x[i + size / 2] * turn;
        x[i] = even + odd;
        x[i + size / 2] = even - odd;
      }
    }
  }
}

class AudioSpectrogram : public Kernel {
 public:
  explicit AudioSpectrogram(KernelInit& c)
      : size_(c.attr<int64_t>("window_size")), stride_(c.attr<int64_t>("stride")), squared_(c.attr<bool>("magnitude_squared")) {
    if (size_ < 2 || stride_ < 1) {
      c.fail(invalid_argument("Spectrogram initialization failed for window size {} and stride {}", size_, stride_));
    }
  }

  Status compute(KernelContext& c) override {
    const Tensor& input = c.input(0);
    Tensor& out = c.output(0);
    const int64_t channels = input.dim(1), slices = out.dim(1), bins = out.dim(2);
    const float* x = input.data<float>();
    float* y = out.data<float>();
    if (out.num_elements() == 0) return OkStatus();  // such a window may be of any size
    const std::vector<double> window = hann_window();
    c.pool().parallel_for(channels * slices, 60.0 * bins, [&](int64_t begin, int64_t end) {
      std::vector<std::complex<double>> spectrum(power_of_two_from(size_));
      for (int64_t i = begin; i < end; ++i) {
        const int64_t channel = i / slices, first = i % slices * stride_;
        std::fill(spectrum.begin(), spectrum.end(), 0.0);
        for (int64_t k = 0; k < size_; ++k) spectrum[k] = window[k] * x[(first + k) * channels + channel];
        transform(spectrum);
        for (int64_t k = 0; k < bins; ++k) {
          const auto power = static_cast<float>(std::norm(spectrum[k]));
          y[i * bins + k] = squared_ ? power : std::sqrt(power);
        }
      }
    });
    return OkStatus();
  }

 private:
  // Its first element is 0, and the one behind the last would be.
  std::vector<double> hann_window() const {
    std::vector<double> window;
    for (int64_t i = 0; i < size_; ++i) {
      window.push_back(0.5 - 0.5 * std::cos(2 * M_PI * static_cast<double>(i) / static_cast<double>(size_)));
    }
    return window;
  }

  const int64_t size_, stride_;
  const bool squared_;
};

Status spectrogram_shape(ShapeContext& c) {
  if (c.concrete() && c.input(0).rank() != 2) return invalid_argument("input must be 2-dimensional{}", c.input(0).str());
  Shape input;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 2, &input));
  ASSIGN_OR_RETURN(const int64_t size, c.attr<int64_t>("window_size"));
  ASSIGN_OR_RETURN(const int64_t stride, c.attr<int64_t>("stride"));
  if (stride < 1 || size < 1 || size > int64_t{1} << 40) return invalid_argument("window_size {} or stride {} is out of range", size, stride);
  const int64_t length = input.dim(0), rest = length - size;
  const int64_t slices = length < 0 ? -1 : rest < 0 ? 0 : 1 + rest / stride;
  c.set_output(0, Shape{input.dim(1), slices, power_of_two_from(size) / 2 + 1});
  return OkStatus();
}

REFLOW_OP("AudioSpectrogram")
    .input("input: float")
    .output("spectrogram: float")
    .attr("window_size: int")
    .attr("stride: int")
    .attr("magnitude_squared: bool = false")
    .doc("The magnitudes [channels, windows, frequencies] of the Fourier transforms of windows of `window_size` samples, `stride` apart, "
         "of sound [samples, channels].")
    .shape(spectrogram_shape)
    .kernel<AudioSpectrogram>(kCpu);

}  // namespace
}  // namespace reflow::ops
