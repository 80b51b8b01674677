#include "tests/kit/golden_tensor.h"

#include <cmath>
#include <complex>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace reflow::testing {
namespace {

// The magnitude, and the distance, of elements of any number type.
template <typename T>
std::complex<double> widened(const T& v) {
  if constexpr (std::is_same_v<T, std::complex<float>> || std::is_same_v<T, std::complex<double>>) {
    return {static_cast<double>(v.real()), static_cast<double>(v.imag())};
  } else {
    return {static_cast<double>(v), 0};
  }
}

bool is_nan(std::complex<double> v) { return std::isnan(v.real()) || std::isnan(v.imag()); }

template <typename T>
std::string number_difference(const Tensor& got, const Tensor& want, Tolerance tolerance) {
  double largest = 0;
  for (const T& v : want.flat<T>()) {
    const double magnitude = std::abs(widened(v));
    if (std::isfinite(magnitude)) largest = std::max(largest, magnitude);
  }
  for (int64_t i = 0; i < want.num_elements(); ++i) {
    const std::complex<double> a = widened(got.data<T>()[i]), b = widened(want.data<T>()[i]);
    if (is_nan(a) && is_nan(b)) continue;
    if (a == b) continue;
    const double allowed = tolerance.relative * std::abs(b) + tolerance.of_largest * largest;
    if (std::abs(a - b) <= allowed && std::isfinite(allowed)) continue;
    return fmt::format("element {} of {} is {:.9g}{:+.9g}i, not {:.9g}{:+.9g}i", i, want.num_elements(), a.real(),
                       a.imag(), b.real(), b.imag());
  }
  return "";
}

}  // namespace

Tensor to_tensor(const Array& array) {
  const Shape shape{std::span<const int64_t>(array.shape)};
  if (array.dtype == "string") {
    return Tensor::from(std::span<const std::string>(array.strings), shape);
  }
  const DType type = dtype_from_name(array.dtype);
  if (type == DType::kInvalid) throw std::runtime_error("no tensor type for " + array.dtype);
  Tensor tensor(type, shape);
  if (static_cast<size_t>(tensor.size_bytes()) != array.bytes.size()) throw std::runtime_error("array of another size");
  if (!array.bytes.empty()) std::memcpy(tensor.raw_data(), array.bytes.data(), array.bytes.size());
  return tensor;
}

Tensor referenced_tensor(const Npz& npz, const nlohmann::json& reference) {
  return to_tensor(referenced_array(npz, reference));
}

Tolerance default_tolerance(DType type) {
  switch (base_type(type)) {
    case DType::kFloat32:
    case DType::kComplex64: return {1e-5, 1e-6};
    case DType::kFloat64:
    case DType::kComplex128: return {1e-12, 1e-13};
    case DType::kHalf: return {1e-3, 1e-3};
    case DType::kBfloat16: return {8e-3, 8e-3};
    default: return {0, 0};
  }
}

std::string difference(const Tensor& got, const Tensor& want, Tolerance tolerance) {
  if (!got.valid()) return "there is no value";
  if (got.dtype() != want.dtype()) {
    return fmt::format("type {}, not {}", dtype_name(got.dtype()), dtype_name(want.dtype()));
  }
  if (!(got.shape() == want.shape())) return fmt::format("shape {}, not {}", got.shape().str(), want.shape().str());
  if (want.dtype() == DType::kString) {
    for (int64_t i = 0; i < want.num_elements(); ++i) {
      const std::string &a = got.data<std::string>()[i], &b = want.data<std::string>()[i];
      if (a != b) return fmt::format("element {} is \"{}\", not \"{}\"", i, a, b);
    }
    return "";
  }
  std::string result = fmt::format("elements of type {} can't be compared", dtype_name(want.dtype()));
  with_type(kNumberTypes + Types<bool, uint32_t, uint64_t>{}, want.dtype(),
            [&]<typename T>() { result = number_difference<T>(got, want, tolerance); });
  if (is_quantized(want.dtype())) {
    result = std::memcmp(got.raw_data(), want.raw_data(), static_cast<size_t>(want.size_bytes())) ? "bytes differ" : "";
  }
  return result;
}

}  // namespace reflow::testing
