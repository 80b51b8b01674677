// Mfcc: spectra as a few numbers, the mel-frequency cepstral coefficients that speech recognition begins with.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// Frequencies as people hear their distances.
double mel(double hertz) { return 1127.0 * std::log1p(hertz / 700.0); }

// Triangles that overlap, evenly spaced in mel: band i rises from center i - 1 to i and falls from there to i + 1.
class FilterBank {
 public:
  // InvalidArgument: the limits make no sense for the spectrum.
  static StatusOr<FilterBank> of(int64_t num_bins, double sample_rate, int64_t num_bands, double low, double high) {
    if (num_bands < 1) return invalid_argument("filterbank_channel_count must be positive for Mfcc, got {}", num_bands);
    if (!(sample_rate > 0) || num_bins < 2) return invalid_argument("A spectrum of {} numbers at sample rate {} is too short", num_bins, sample_rate);
    if (!(low >= 0)) return invalid_argument("lower_frequency_limit must be nonnegative, got {}", low);
    if (!(high > low)) return invalid_argument("upper_frequency_limit {} must be higher than lower_frequency_limit {}", high, low);
    FilterBank bank;
    std::vector<double> centers;
    const double start = mel(low), spacing = (mel(high) - start) / static_cast<double>(num_bands + 1);
    for (int64_t i = 0; i <= num_bands; ++i) centers.push_back(start + spacing * static_cast<double>(i + 1));
    const double hertz = 0.5 * sample_rate / static_cast<double>(num_bins - 1);
    bank.num_bands_ = num_bands;
    const auto bin = [&](double at) { return static_cast<int64_t>(std::min(at, static_cast<double>(num_bins))); };
    bank.first_ = bin(1.5 + low / hertz);  // never the constant part
    bank.end_ = std::min(num_bins, bin(high / hertz) + 1);
    for (int64_t i = bank.first_, band = 0; i < bank.end_; ++i) {
      const double at = mel(static_cast<double>(i) * hertz);
      while (band < num_bands && centers[band] < at) ++band;
      const double left = band > 0 ? centers[band - 1] : start;
      bank.bins_.push_back({band - 1, (centers[band] - at) / (centers[band] - left)});
    }
    return bank;
  }

  // The sums of magnitudes in each band of `spectrum`, of squares.
  void apply(const float* spectrum, std::vector<double>* bands) const {
    bands->assign(num_bands_, 0.0);
    for (int64_t i = first_; i < end_; ++i) {
      const auto [band, weight] = bins_[i - first_];
      const double value = std::sqrt(static_cast<double>(spectrum[i])), left = value * weight;
      if (band >= 0) (*bands)[band] += left;
      if (band + 1 < num_bands_) (*bands)[band + 1] += value - left;
    }
  }

 private:
  struct Bin {
    int64_t band;   // the one on whose falling side it is; -1: before the first center
    double weight;  // there
  };
  int64_t num_bands_ = 0, first_ = 0, end_ = 0;
  std::vector<Bin> bins_;
};

class Mfcc : public Kernel {
 public:
  explicit Mfcc(KernelInit& c)
      : low_(c.attr<float>("lower_frequency_limit")),
        high_(c.attr<float>("upper_frequency_limit")),
        num_bands_(c.attr<int64_t>("filterbank_channel_count")),
        num_coefficients_(c.attr<int64_t>("dct_coefficient_count")) {
    if (num_coefficients_ < 1 || num_bands_ < 1 || num_coefficients_ > num_bands_) {
      c.fail(invalid_argument("dct_coefficient_count {} must be between 1 and filterbank_channel_count {}", num_coefficients_, num_bands_));
    }
  }

  Status compute(KernelContext& c) override {
    const Tensor &spectrogram = c.input(0), &rate = c.input(1);
    if (rate.num_elements() != 1) return invalid_argument("Input sample_rate should be a scalar.");
    const int64_t num_bins = spectrogram.dim(2);
    constexpr int64_t kMostCosines = int64_t{1} << 24;
    if (num_bands_ > kMostCosines / num_coefficients_) {
      return resource_exhausted("{} coefficients of {} bands are too many", num_coefficients_, num_bands_);
    }
    ASSIGN_OR_RETURN(const FilterBank bank, FilterBank::of(num_bins, rate.item<int32_t>(), num_bands_, low_, high_));
    const std::vector<double> cosines = cosine_table();
    std::vector<double> bands;
    const int64_t count = spectrogram.dim(0) * spectrogram.dim(1);
    float* to = c.output(0).data<float>();
    for (int64_t n = 0; n < count; ++n) {
      bank.apply(spectrogram.data<float>() + n * num_bins, &bands);
      for (double& band : bands) band = std::log(std::max(band, kFloor));
      for (int64_t i = 0; i < num_coefficients_; ++i) {
        double sum = 0;
        for (int64_t j = 0; j < num_bands_; ++j) sum += cosines[i * num_bands_ + j] * bands[j];
        to[n * num_coefficients_ + i] = static_cast<float>(sum);
      }
    }
    return OkStatus();
  }

 private:
  static constexpr double kFloor = 1e-12;  // of which the logarithm is taken at the least

  std::vector<double> cosine_table() const {
    const double bands = static_cast<double>(num_bands_), norm = std::sqrt(2.0 / bands), step = M_PI / bands;
    std::vector<double> table;
    for (int64_t i = 0; i < num_coefficients_; ++i) {
      for (int64_t j = 0; j < num_bands_; ++j) table.push_back(norm * std::cos(static_cast<double>(i) * step * (static_cast<double>(j) + 0.5)));
    }
    return table;
  }

  const double low_, high_;
  const int64_t num_bands_, num_coefficients_;
};

Status mfcc_shape(ShapeContext& c) {
  if (c.concrete() && c.input(0).rank() != 3) return invalid_argument("spectrogram must be 3-dimensional{}", c.input(0).str());
  Shape spectrogram, rate;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 3, &spectrogram));
  if (!c.concrete()) RETURN_IF_ERROR(c.with_rank(c.input(1), 0, &rate));
  ASSIGN_OR_RETURN(const int64_t coefficients, c.attr<int64_t>("dct_coefficient_count"));
  c.set_output(0, Shape{spectrogram.dim(0), spectrogram.dim(1), coefficients});
  return OkStatus();
}

REFLOW_OP("Mfcc")
    .input("spectrogram: float")
    .input("sample_rate: int32")
    .output("output: float")
    .attr("upper_frequency_limit: float = 4000")
    .attr("lower_frequency_limit: float = 20")
    .attr("filterbank_channel_count: int = 40")
    .attr("dct_coefficient_count: int = 13")
    .doc("The mel-frequency cepstral coefficients [channels, windows, dct_coefficient_count] of a spectrogram of squared magnitudes.")
    .shape(mfcc_shape)
    .kernel<Mfcc>(kCpu);

}  // namespace
}  // namespace reflow::ops
