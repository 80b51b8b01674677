// Base64 with the alphabet for addresses and file names ('-' and '_'), with and without padding.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr uint8_t kNoDigit = 64;

constexpr std::array<uint8_t, 256> kDigits = [] {
  std::array<uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (size_t i = 0; i < kAlphabet.size(); ++i) digits[static_cast<uint8_t>(kAlphabet[i])] = static_cast<uint8_t>(i);
  return digits;
}();

std::string encoded(std::string_view bytes, bool pad) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t n = std::min<size_t>(3, bytes.size() - i);
    uint32_t bits = 0;
    for (size_t k = 0; k < 3; ++k) bits = bits << 8 | (k < n ? static_cast<uint8_t>(bytes[i + k]) : 0u);
    for (size_t k = 0; k <= n; ++k) text += kAlphabet[bits >> (18 - 6 * k) & 63];
    if (pad) text.append(3 - n, '=');
  }
  return text;
}

Status decode(std::string_view text, std::string* bytes) {
  if (text.size() % 4 == 0 && text.ends_with("==")) {
    text.remove_suffix(2);
  } else if (text.size() % 4 == 0 && text.ends_with("=")) {
    text.remove_suffix(1);
  }
  std::string result;
  result.reserve(text.size() / 4 * 3 + 2);
  for (size_t i = 0; i < text.size(); i += 4) {
    const size_t n = std::min<size_t>(4, text.size() - i);
    if (n == 1) return invalid_argument("Base64 string length cannot be 1 modulo 4.");
    uint32_t bits = 0;
    for (size_t k = 0; k < 4; ++k) {
      const uint8_t digit = k < n ? kDigits[static_cast<uint8_t>(text[i + k])] : 0;
      if (digit == kNoDigit) return invalid_argument("Invalid character found in base64.");
      bits = bits << 6 | digit;
    }
    for (size_t k = 0; k + 1 < n; ++k) result += static_cast<char>(bits >> (16 - 8 * k));
  }
  *bytes = std::move(result);
  return OkStatus();
}

class EncodeBase64 : public Kernel {
 public:
  explicit EncodeBase64(KernelInit& c) : pad_(c.attr<bool>("pad")) {}
  Status compute(KernelContext& c) override {
    const std::string* in = c.input(0).data<std::string>();
    std::string* out = c.output(0).data<std::string>();
    for (int64_t i = 0; i < c.input(0).num_elements(); ++i) out[i] = encoded(in[i], pad_);
    return OkStatus();
  }

 private:
  bool pad_;
};

class DecodeBase64 : public Kernel {
 public:
  explicit DecodeBase64(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const std::string* in = c.input(0).data<std::string>();
    std::string* out = c.output(0).data<std::string>();
    for (int64_t i = 0; i < c.input(0).num_elements(); ++i) RETURN_IF_ERROR(decode(in[i], &out[i]));
    return OkStatus();
  }
};

REFLOW_OP("EncodeBase64")
    .input("input: string")
    .output("output: string")
    .attr("pad: bool = false")
    .doc("Each string in base64 of the web-safe alphabet, padded with '=' if `pad`.")
    .shape(unchanged_shape)
    .kernel<EncodeBase64>(kCpu)
    .not_differentiable();

REFLOW_OP("DecodeBase64")
    .input("input: string")
    .output("output: string")
    .doc("The bytes of each string in web-safe base64, padded or not.")
    .shape(unchanged_shape)
    .kernel<DecodeBase64>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
