#include "reflow/io/varint.h"

namespace reflow::io {
namespace {

template <typename T>
void append_fixed(std::string& to, T value) {
  for (size_t i = 0; i < sizeof(T); ++i) to += static_cast<char>(value >> (8 * i));
}

template <typename T>
T fixed_at(const char* p) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) value |= T{static_cast<unsigned char>(p[i])} << (8 * i);
  return value;
}

}  // namespace

void append_varint(std::string& to, uint64_t value) {
  for (; value >= 0x80; value >>= 7) to += static_cast<char>(value | 0x80);
  to += static_cast<char>(value);
}

bool take_varint(std::string_view& from, uint64_t* value) {
  uint64_t result = 0;
  for (size_t i = 0; i < from.size() && i < 10; ++i) {
    const auto byte = static_cast<unsigned char>(from[i]);
    if (i == 9 && byte > 1) return false;
    result |= uint64_t{byte & 0x7fu} << (7 * i);
    if (byte < 0x80) {
      from.remove_prefix(i + 1);
      *value = result;
      return true;
    }
  }
  return false;
}

void append_fixed32(std::string& to, uint32_t value) { append_fixed(to, value); }
void append_fixed64(std::string& to, uint64_t value) { append_fixed(to, value); }
uint32_t fixed32_at(const char* p) { return fixed_at<uint32_t>(p); }
uint64_t fixed64_at(const char* p) { return fixed_at<uint64_t>(p); }

}  // namespace reflow::io
