// Strings as numbers.

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>

#include <charconv>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

std::string_view stripped(std::string_view text) {
  const absl::string_view s = absl::StripAsciiWhitespace({text.data(), text.size()});
  return {s.data(), s.size()};
}

// Decimal digits with an optional minus, and nothing else.
template <typename T>
bool parse_integer(std::string_view text, T* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

// As TensorFlow reads floating numbers: "inf" and "nan" with a sign in any case, decimal numbers, and hexadecimal
// integers. Too large ones are infinite.
template <typename T>
bool parse_float(std::string_view text, T* value) {
  std::string_view digits = text;
  const bool negative = !digits.empty() && digits[0] == '-';
  if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) digits.remove_prefix(1);
  if (digits.empty()) return false;
  const std::string lower = absl::AsciiStrToLower({digits.data(), digits.size()});
  if (lower == "inf" || lower == "nan") {
    const T magnitude = lower == "inf" ? std::numeric_limits<T>::infinity() : std::numeric_limits<T>::quiet_NaN();
    *value = negative ? -magnitude : magnitude;
    return true;
  }
  auto format = std::chars_format::general;
  if (lower.starts_with("0x")) {
    digits.remove_prefix(2);
    format = std::chars_format::hex;
    if (lower.find_first_of(".p") != lower.npos) return false;
  }
  const char first = digits.empty() ? 'x' : digits[0];
  if (format == std::chars_format::general && first != '.' && (first < '0' || first > '9')) return false;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), *value, format);
  if (end != digits.data() + digits.size()) return false;
  if (error == std::errc::result_out_of_range) {
    const double wide = std::strtod(std::string(digits).c_str(), nullptr);
    *value = static_cast<T>(wide);
  } else if (error != std::errc()) {
    return false;
  }
  if (negative) *value = -*value;
  return true;
}

template <typename T>
class StringToNumber : public Kernel {
 public:
  explicit StringToNumber(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const std::string* in = c.input(0).data<std::string>();
    T* out = c.output(0).data<T>();
    for (int64_t i = 0; i < c.input(0).num_elements(); ++i) {
      const std::string_view text = stripped(in[i]);
      bool ok;
      if constexpr (std::is_integral_v<T>) {
        ok = parse_integer(text, &out[i]);
      } else {
        ok = parse_float(text, &out[i]);
      }
      if (!ok) return invalid_argument("StringToNumberOp could not correctly convert string: {}", in[i]);
    }
    return OkStatus();
  }
};

REFLOW_OP("StringToNumber")
    .input("string_tensor: string")
    .output("output: out_type")
    .attr("out_type: {float, double, int32, int64} = DT_FLOAT")
    .doc("Each string as a number. White space around it is allowed; anything else is an error.")
    .shape(unchanged_shape)
    .kernel<StringToNumber>(kCpu, Types<float, double, int32_t, int64_t>{}, "out_type")
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
