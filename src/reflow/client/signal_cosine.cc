// Cosine transforms, and what is computed with them.

#include <fmt/format.h>

#include <numbers>

#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"
#include "reflow/client/signal_ops.h"
#include "reflow/client/size.h"

namespace reflow::signal {

using client::Size;

namespace {

void check_arguments(const Output& input, int type, const DctOptions& options) {
  if (options.axis != -1) throw NotImplementedError("axis must be -1. Got: " + std::to_string(options.axis));
  if (options.n && *options.n < 1) throw ValueError("n should be a positive integer or None");
  if (type < 1 || type > 3) throw ValueError("Only Types I, II and III (I)DCT are supported.");
  if (type == 1) {
    if (options.norm == "ortho") throw ValueError("Normalization is not supported for the Type-I DCT.");
    const Shape& known = input.shape();
    const int64_t size = known.known_rank() && known.rank() > 0 ? known.dim(known.rank() - 1) : -1;
    if (size >= 0 && size < 2) throw ValueError("Type-I DCT requires the dimension to be greater than one.");
  }
  if (options.norm && options.norm != "ortho") {
    throw ValueError("Unknown normalization. Expected None or 'ortho', got: " + *options.norm);
  }
}

// A vector of `size` elements: `first`, and `others`.
Output weights(const Output& first, const Output& others, const Size& size) {
  const Output one = expand_dims(first, 0);
  const Size more = size - 1;
  return pad(one, TensorList{{0, more.argument()}}, {.constant_values = others});
}

// exp(sign * i pi k / (2 size)) * 2 for k = 0, 1, ...
Output turns(const Output& float_size, bool negative) {
  Output numbers = range(float_size);
  if (negative) numbers = -numbers;
  const Output angle = numbers * std::numbers::pi * 0.5 / float_size;
  return 2.0 * exp(complex(0.0, angle));
}

}  // namespace

Output dct(const TensorLike& input_like, int type, const DctOptions& options) {
  const name_scope scope(options.name, "dct");
  Output input = convert_to_tensor(input_like, {.dtype = float32});
  check_arguments(input, type, options);
  const Size given = client::last_dimension(input);
  if (options.n) {
    if (!given.known()) throw ValueError("n needs an input whose last dimension is known");
    if (*options.n <= given.number()) {
      input = input[{ellipsis, Slice(0, *options.n)}];
    } else {
      TensorLike::List paddings(input.shape().rank() - 1, TensorLike{0, 0});
      paddings.push_back({0, *options.n - given.number()});
      input = pad(input, convert_to_tensor(paddings, {.dtype = int32}));
    }
  }
  const Size size = client::last_dimension(input);
  const Output float_size = cast(size.argument(), float32);
  if (type == 1) {
    const Output mirrored = input[{ellipsis, Slice(-2, 0, -1)}];
    return real(rfft(concat({input, mirrored}, -1)));
  }
  const auto twice = [&] { return TensorLike(TensorList{(2 * size).argument()}); };
  const bool ortho = options.norm.has_value();
  if (type == 2) {
    const Output scale = turns(float_size, true);
    const Output spectrum = rfft(input, {.fft_length = twice()});
    const Output result = real(spectrum[{ellipsis, Slice({}, size.argument())}] * scale);
    if (!ortho) return result;
    const Output first = 0.5 * rsqrt(float_size);
    const Output others = first * sqrt(2.0);
    return result * weights(first, others, size);
  }
  if (ortho) {
    const Output first = sqrt(float_size);
    const Output others = first * sqrt(0.5);
    input = input * weights(first, others, size);
  } else {
    input = input * float_size;
  }
  const Output scale = turns(float_size, false);
  const Output spectrum = scale * complex(input, 0.0);
  const Output result = real(irfft(spectrum, {.fft_length = twice()}));
  return result[{ellipsis, Slice({}, size.argument())}];
}

Output idct(const TensorLike& input, int type, const DctOptions& options) {
  return dct(input, type == 2 ? 3 : type == 3 ? 2 : type, options);
}

namespace {

Output hertz_to_mel(const Output& frequencies) {
  const name_scope scope(nullptr, "hertz_to_mel");
  const Output parts = frequencies / 700.0;
  return 1127.0 * log(1.0 + parts);
}

// Python's str() of a number.
std::string text(const TensorLike& number) {
  const auto* real = std::get_if<double>(&number.value());
  const auto* integer = std::get_if<int64_t>(&number.value());
  return real ? client::python_repr(*real) : integer ? std::to_string(*integer) : "";
}

// The number where it is known. ValueError: it isn't.
TensorLike known_rate(const TensorLike& sample_rate) {
  if (!sample_rate.output()) return sample_rate;
  const Tensor value = constant_value(*sample_rate.output());
  if (!value.valid() || value.num_elements() != 1) {
    throw ValueError("`sample_rate` was a non-constant Tensor. Must be a Python float or a constant Tensor.");
  }
  if (is_integer(value.dtype())) return *client::known_integer(*sample_rate.output());
  if (value.dtype() == float64) return *value.data<double>();
  if (value.dtype() == float32) return double{*value.data<float>()};
  throw TypeError("`sample_rate` has to be a number");
}

void check_arguments(const MelOptions& options, const TensorLike& rate_like) {
  const auto* integer = std::get_if<int64_t>(&rate_like.value());
  const auto* real = std::get_if<double>(&rate_like.value());
  if (!integer && !real) throw TypeError("`sample_rate` has to be a number");
  const double rate = integer ? static_cast<double>(*integer) : *real;
  const double lower = options.lower_edge_hertz, upper = options.upper_edge_hertz;
  if (options.num_mel_bins <= 0) {
    throw ValueError("num_mel_bins must be positive. Got: " + std::to_string(options.num_mel_bins));
  }
  if (rate <= 0) throw ValueError("sample_rate must be positive. Got: " + text(rate_like));
  if (lower < 0) throw ValueError("lower_edge_hertz must be non-negative. Got: " + client::python_repr(lower));
  if (lower >= upper) throw ValueError(fmt::format("lower_edge_hertz {:.1f} >= upper_edge_hertz {:.1f}", lower, upper));
  if (upper > rate / 2) {
    throw ValueError("upper_edge_hertz must not be larger than the Nyquist frequency (sample_rate / 2). Got: " +
                     client::python_repr(upper) + " for sample_rate: " + text(rate_like));
  }
  if (!is_floating(options.dtype)) {
    throw ValueError("dtype must be a floating point type. Got: " + client::python_dtype(options.dtype));
  }
}

}  // namespace

Output linear_to_mel_weight_matrix(const MelOptions& options) {
  const name_scope scope(options.name, "linear_to_mel_weight_matrix");
  const TensorLike rate_number = known_rate(options.sample_rate);
  check_arguments(options, rate_number);
  const auto converted = [&](const TensorLike& value, const char* name) {
    return convert_to_tensor(value, {.dtype = options.dtype, .name = name});
  };
  const Output rate = converted(rate_number, "sample_rate");
  const Output lower_edge = converted(options.lower_edge_hertz, "lower_edge_hertz");
  const Output upper_edge = converted(options.upper_edge_hertz, "upper_edge_hertz");
  const Output zero = converted(0.0, "");
  constexpr int kBandsToZero = 1;  // the bin of frequency 0
  const Output highest = rate / 2.0;
  const Output all = linspace(zero, highest, options.num_spectrogram_bins);
  const Output frequencies = all[Slice(kBandsToZero, {})];
  const Output bins = expand_dims(hertz_to_mel(frequencies), 1);
  const Output lowest_mel = hertz_to_mel(lower_edge);
  const Output highest_mel = hertz_to_mel(upper_edge);
  const Output edges = frame(linspace(lowest_mel, highest_mel, options.num_mel_bins + 2), 3, 1);
  const std::vector<Output> thirds = split(edges, 3, {.axis = 1});
  Output lower, center, upper;
  lower = reshape(thirds[0], {1, options.num_mel_bins});
  center = reshape(thirds[1], {1, options.num_mel_bins});
  upper = reshape(thirds[2], {1, options.num_mel_bins});
  const Output above = bins - lower;
  const Output rising = above / (center - lower);
  const Output below = upper - bins;
  const Output falling = below / (upper - center);
  const Output weights = maximum(zero, minimum(rising, falling));
  return pad(weights, {{kBandsToZero, 0}, {0, 0}}, {.name = scope.name()});
}

Output mfccs_from_log_mel_spectrograms(const TensorLike& spectrograms_like, const NameOptions& options) {
  const name_scope scope(options.name, "mfccs_from_log_mel_spectrograms");
  const Output spectrograms = convert_to_tensor(spectrograms_like, {.dtype = float32});
  const Size bins = client::last_dimension(spectrograms);
  if (bins.known() && bins.number() == 0) {
    throw ValueError("num_mel_bins must be positive. Got: " + client::python_tensor(spectrograms));
  }
  const Output transformed = dct(spectrograms, 2);
  const Output twice = cast(bins.argument(), float32) * 2.0;
  return transformed * rsqrt(twice);
}

}  // namespace reflow::signal
