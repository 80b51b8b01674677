// Letters made small or large, and white space taken off.

#include <absl/strings/ascii.h>
#include <unicase.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "reflow/op/op.h"
#include "reflow/ops/string/unicode.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

enum class Case { kLower, kUpper };

// By Unicode's rules, of no language in particular; what isn't UTF-8 becomes U+FFFD.
std::string with_case(const std::string& text, Case to) {
  std::string valid;
  decode_utf8(text, [&](const DecodedChar& ch) { append_utf8(ch.is_valid ? ch.code : kReplacementChar, &valid); });
  size_t n = 0;
  const auto change = to == Case::kLower ? u8_tolower : u8_toupper;
  const std::unique_ptr<uint8_t, decltype(&std::free)> changed(
      change(reinterpret_cast<const uint8_t*>(valid.data()), valid.size(), nullptr, nullptr, nullptr, &n), &std::free);
  return changed ? std::string(reinterpret_cast<const char*>(changed.get()), n) : valid;
}

template <Case kTo>
class ChangeCase : public Kernel {
 public:
  explicit ChangeCase(KernelInit& c) {
    const std::string encoding = c.attr<std::string>("encoding");
    in_unicode_ = encoding == "utf-8";
    if (!encoding.empty() && !in_unicode_) {
      c.fail(invalid_argument("only utf-8 or '' (no encoding) is supported, received {}", encoding));
    }
  }
  Status compute(KernelContext& c) override {
    const std::string* in = c.input(0).data<std::string>();
    std::string* out = c.output(0).data<std::string>();
    for (int64_t i = 0; i < c.input(0).num_elements(); ++i) {
      if (in_unicode_) {
        out[i] = with_case(in[i], kTo);
      } else {
        out[i] = kTo == Case::kLower ? absl::AsciiStrToLower(in[i]) : absl::AsciiStrToUpper(in[i]);
      }
    }
    return OkStatus();
  }

 private:
  bool in_unicode_ = false;
};

class StringStrip : public Kernel {
 public:
  explicit StringStrip(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const std::string* in = c.input(0).data<std::string>();
    std::string* out = c.output(0).data<std::string>();
    for (int64_t i = 0; i < c.input(0).num_elements(); ++i) out[i] = std::string(absl::StripAsciiWhitespace(in[i]));
    return OkStatus();
  }
};

REFLOW_OP("StringLower")
    .input("input: string")
    .output("output: string")
    .attr("encoding: string = ''")
    .doc("Each string with its capital letters made small: those of ASCII, or of all of Unicode where `encoding` is "
         "\"utf-8\".")
    .shape(unchanged_shape)
    .kernel<ChangeCase<Case::kLower>>(kCpu);

REFLOW_OP("StringUpper")
    .input("input: string")
    .output("output: string")
    .attr("encoding: string = ''")
    .doc("Each string with its small letters made capital: those of ASCII, or of all of Unicode where `encoding` is "
         "\"utf-8\".")
    .shape(unchanged_shape)
    .kernel<ChangeCase<Case::kUpper>>(kCpu);

REFLOW_OP("StringStrip")
    .input("input: string")
    .output("output: string")
    .doc("Each string without the white space at its ends.")
    .shape(unchanged_shape)
    .kernel<StringStrip>(kCpu);

}  // namespace
}  // namespace reflow::ops
