#pragma once

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>

#include <charconv>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

namespace reflow::op {

// Text as numbers, for the ops that read them. Each gives false for text that is no number as a whole.

// Without white space around it.
inline std::string_view without_space(std::string_view text) {
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
  auto format = std::chars_format::general;
  const bool is_hex = digits.size() > 1 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
  if (is_hex) {
    digits.remove_prefix(2);
    format = std::chars_format::hex;
    if (digits.find_first_of(".pP") != digits.npos) return false;
  } else if (digits[0] != '.' && (digits[0] < '0' || digits[0] > '9')) {
    const std::string lower = absl::AsciiStrToLower({digits.data(), digits.size()});
    if (lower != "inf" && lower != "nan") return false;
    const T magnitude = lower == "inf" ? std::numeric_limits<T>::infinity() : std::numeric_limits<T>::quiet_NaN();
    *value = negative ? -magnitude : magnitude;
    return true;
  }
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

// Either, by the type.
template <typename T>
bool parse_number(std::string_view text, T* value) {
  if constexpr (std::is_integral_v<T>) {
    return parse_integer(text, value);
  } else {
    return parse_float(text, value);
  }
}

}  // namespace reflow::op
