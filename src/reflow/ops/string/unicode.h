#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "reflow/base/status.h"

namespace reflow::ops {

constexpr uint32_t kReplacementChar = 0xfffd;
constexpr uint32_t kMaxCodePoint = 0x10ffff;

// A character of an encoded text, or so many bytes that are none.
struct DecodedChar {
  uint32_t code = kReplacementChar;
  int size_bytes = 1;
  bool is_valid = false;
};
using CharSink = std::function<void(const DecodedChar&)>;

// The characters of UTF-8. What isn't valid counts as one for each longest beginning of a character, as Unicode
// recommends it.
void decode_utf8(std::string_view bytes, const CharSink& sink);

// Reads characters of one encoding. decode() may be called by several threads at once.
class TextDecoder {
 public:
  virtual ~TextDecoder() = default;
  virtual void decode(std::string_view bytes, const CharSink& sink) const = 0;
  // UTF-8, UTF-16, UTF-32 (with -BE or -LE), ASCII, ISO-8859-1, and whatever iconv knows; in any case, with or without
  // dashes. InvalidArgument: "Could not create converter for input encoding: {}".
  static StatusOr<std::unique_ptr<TextDecoder>> create(const std::string& encoding);
};

// Surrogates become U+FFFD.
void append_utf8(uint32_t code, std::string* out);
// Surrogates are written as they are.
void append_utf16_be(uint32_t code, std::string* out);
void append_utf32_be(uint32_t code, std::string* out);
// One of the three, for "UTF-8", "UTF-16-BE", "UTF-32-BE".
using AppendCharFn = void (*)(uint32_t code, std::string* out);
AppendCharFn append_char_fn(std::string_view encoding);

}  // namespace reflow::ops
