#include "reflow/ops/string/unicode.h"

#include <absl/strings/ascii.h>
#include <iconv.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace reflow::ops {
namespace {

bool is_surrogate(uint32_t code) { return code >= 0xd800 && code < 0xe000; }

class Utf8Decoder : public TextDecoder {
 public:
  void decode(std::string_view bytes, const CharSink& sink) const override { decode_utf8(bytes, sink); }
};

// ASCII (limit 128) and ISO-8859-1 (256).
class SingleByteDecoder : public TextDecoder {
 public:
  explicit SingleByteDecoder(uint32_t limit) : limit_(limit) {}
  void decode(std::string_view bytes, const CharSink& sink) const override {
    for (const char byte : bytes) {
      const uint32_t code = static_cast<uint8_t>(byte);
      sink(code < limit_ ? DecodedChar{code, 1, true} : DecodedChar{});
    }
  }

 private:
  uint32_t limit_;
};

// UTF-16 and UTF-32, of which a byte order mark, where it is looked for, tells the order.
template <int kUnitSize>
class WideDecoder : public TextDecoder {
 public:
  enum class Order { kBig, kLittle, kMarked };
  explicit WideDecoder(Order order) : order_(order) {}

  void decode(std::string_view bytes, const CharSink& sink) const override {
    bool little = order_ == Order::kLittle;
    if (order_ == Order::kMarked && bytes.size() >= kUnitSize) {
      little = unit(bytes, 0, true) == 0xfeff;
      if (little || unit(bytes, 0, false) == 0xfeff) bytes.remove_prefix(kUnitSize);
    }
    for (size_t i = 0; i < bytes.size();) {
      const DecodedChar ch = next(bytes, i, little);
      sink(ch);
      i += static_cast<size_t>(ch.size_bytes);
    }
  }

 private:
  static uint32_t unit(std::string_view bytes, size_t at, bool little) {
    uint32_t value = 0;
    for (int k = 0; k < kUnitSize; ++k) {
      value = value << 8 | static_cast<uint8_t>(bytes[at + static_cast<size_t>(little ? kUnitSize - 1 - k : k)]);
    }
    return value;
  }

  static DecodedChar next(std::string_view bytes, size_t at, bool little) {
    const size_t left = bytes.size() - at;
    if (left < kUnitSize) return {kReplacementChar, static_cast<int>(left), false};
    const uint32_t first = unit(bytes, at, little);
    if (!is_surrogate(first) && first <= kMaxCodePoint) return {first, kUnitSize, true};
    if (kUnitSize == 2 && first < 0xdc00 && left >= 2 * kUnitSize) {
      const uint32_t second = unit(bytes, at + kUnitSize, little);
      if (second >= 0xdc00 && second < 0xe000) {
        return {0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00), 2 * kUnitSize, true};
      }
    }
    return {kReplacementChar, kUnitSize, false};
  }

  Order order_;
};

class IconvDecoder : public TextDecoder {
 public:
  explicit IconvDecoder(std::string encoding) : encoding_(std::move(encoding)) {}
  bool exists() const { return Handle(encoding_).valid(); }

  void decode(std::string_view bytes, const CharSink& sink) const override {
    Handle handle(encoding_);
    char* in = const_cast<char*>(bytes.data());
    size_t left = bytes.size();
    while (left > 0) {
      // Room for one character at a time, so that each one's size is known.
      uint32_t code = 0;
      char* out = reinterpret_cast<char*>(&code);
      size_t room = sizeof(code);
      const size_t before = left;
      const size_t result = iconv(handle.get(), &in, &left, &out, &room);
      const int error = result == static_cast<size_t>(-1) ? errno : 0;
      const int used = static_cast<int>(before - left);
      if (room == 0) sink({code, used, true});
      if (error == EINVAL) {  // the end of the text is within a character
        sink({kReplacementChar, static_cast<int>(left), false});
        return;
      }
      if (error == EILSEQ || (error == 0 && used == 0) || (error == E2BIG && room == sizeof(code))) {
        sink(DecodedChar{});
        ++in;
        --left;
        iconv(handle.get(), nullptr, nullptr, nullptr, nullptr);
      }
    }
  }

 private:
  class Handle {
   public:
    explicit Handle(const std::string& encoding) : handle_(iconv_open("UTF-32LE", encoding.c_str())) {}
    ~Handle() {
      if (valid()) iconv_close(handle_);
    }
    Handle(const Handle&) = delete;
    bool valid() const { return handle_ != reinterpret_cast<iconv_t>(-1); }
    iconv_t get() const { return handle_; }

   private:
    iconv_t handle_;
  };

  std::string encoding_;
};

}  // namespace

void decode_utf8(std::string_view bytes, const CharSink& sink) {
  const auto at = [bytes](size_t i) { return static_cast<uint8_t>(bytes[i]); };
  for (size_t i = 0; i < bytes.size();) {
    const uint8_t lead = at(i);
    if (lead < 0x80) {
      sink({lead, 1, true});
      ++i;
      continue;
    }
    const int trails = lead < 0xc2 || lead > 0xf4 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    // The first trail byte is limited: no overlong forms, no surrogates, nothing above U+10FFFF.
    uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80, high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    uint32_t code = trails == 1 ? lead & 0x1f : trails == 2 ? lead & 0x0f : lead & 0x07;
    int seen = 0;
    for (; seen < trails && i + 1 + static_cast<size_t>(seen) < bytes.size(); ++seen) {
      const uint8_t trail = at(i + 1 + static_cast<size_t>(seen));
      if (trail < low || trail > high) break;
      code = code << 6 | (trail & 0x3f);
      low = 0x80;
      high = 0xbf;
    }
    const bool valid = trails > 0 && seen == trails;
    sink({valid ? code : kReplacementChar, seen + 1, valid});
    i += static_cast<size_t>(seen) + 1;
  }
}

StatusOr<std::unique_ptr<TextDecoder>> TextDecoder::create(const std::string& encoding) {
  std::string name = absl::AsciiStrToLower(encoding);
  std::erase_if(name, [](char ch) { return ch == '-' || ch == '_' || ch == ' '; });
  using Wide16 = WideDecoder<2>;
  using Wide32 = WideDecoder<4>;
  if (name == "utf8") return std::make_unique<Utf8Decoder>();
  if (name == "utf16be") return std::make_unique<Wide16>(Wide16::Order::kBig);
  if (name == "utf16le") return std::make_unique<Wide16>(Wide16::Order::kLittle);
  if (name == "utf16") return std::make_unique<Wide16>(Wide16::Order::kMarked);
  if (name == "utf32be") return std::make_unique<Wide32>(Wide32::Order::kBig);
  if (name == "utf32le") return std::make_unique<Wide32>(Wide32::Order::kLittle);
  if (name == "utf32") return std::make_unique<Wide32>(Wide32::Order::kMarked);
  if (name == "ascii" || name == "usascii") return std::make_unique<SingleByteDecoder>(128);
  if (name == "latin1" || name == "iso88591") return std::make_unique<SingleByteDecoder>(256);
  // iconv takes "" for the encoding of the environment, and options behind "//".
  if (!encoding.empty() && encoding.find('/') == encoding.npos) {
    auto decoder = std::make_unique<IconvDecoder>(encoding);
    if (decoder->exists()) return decoder;
  }
  return invalid_argument("Could not create converter for input encoding: {}", encoding);
}

void append_utf8(uint32_t code, std::string* out) {
  if (is_surrogate(code) || code > kMaxCodePoint) code = kReplacementChar;
  if (code < 0x80) {
    *out += static_cast<char>(code);
    return;
  }
  const int trails = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  const uint32_t lead = trails == 1 ? 0xc0 : trails == 2 ? 0xe0 : 0xf0;
  *out += static_cast<char>(lead | code >> (6 * trails));
  for (int k = trails - 1; k >= 0; --k) *out += static_cast<char>(0x80 | (code >> (6 * k) & 0x3f));
}

void append_utf16_be(uint32_t code, std::string* out) {
  const auto put = [out](uint32_t unit) {
    *out += static_cast<char>(unit >> 8);
    *out += static_cast<char>(unit);
  };
  if (code < 0x10000) return put(code);
  put(0xd800 + ((code - 0x10000) >> 10));
  put(0xdc00 + ((code - 0x10000) & 0x3ff));
}

void append_utf32_be(uint32_t code, std::string* out) {
  for (int shift = 24; shift >= 0; shift -= 8) *out += static_cast<char>(code >> shift);
}

AppendCharFn append_char_fn(std::string_view encoding) {
  return encoding == "UTF-16-BE" ? append_utf16_be : encoding == "UTF-32-BE" ? append_utf32_be : append_utf8;
}

}  // namespace reflow::ops
