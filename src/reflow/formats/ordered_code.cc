#include "reflow/formats/ordered_code.h"

#include <bit>

namespace reflow::formats {
namespace {

// Bytes of a signed value: each gives seven bits, one of which is the sign.
int signed_length(int64_t value) {
  const uint64_t magnitude = static_cast<uint64_t>(value < 0 ? ~value : value);
  return std::bit_width(magnitude) / 7 + 1;
}

// The first two bytes of the prefix that `length` ones are.
uint16_t length_prefix(int length) { return static_cast<uint16_t>(0xffff0000u >> length); }

}  // namespace

void append_ordered_string(std::string& to, std::string_view value) {
  for (const char c : value) {
    to += c;
    if (c == '\0') to += '\xff';
    if (c == '\xff') to += '\0';
  }
  to += '\0';
  to += '\1';
}

void append_ordered_unsigned(std::string& to, uint64_t value) {
  const int length = (std::bit_width(value) + 7) / 8;
  to += static_cast<char>(length);
  for (int i = length - 1; i >= 0; --i) to += static_cast<char>(value >> (8 * i));
}

void append_ordered_signed(std::string& to, int64_t value) {
  const int length = signed_length(value);
  const uint16_t prefix = length_prefix(length);
  for (int i = 0; i < length; ++i) {
    const int shift = 8 * (length - 1 - i);
    auto byte = static_cast<unsigned char>(shift < 64 ? value >> shift : value < 0 ? -1 : 0);
    if (i < 2) byte ^= static_cast<unsigned char>(i == 0 ? prefix >> 8 : prefix);
    to += static_cast<char>(byte);
  }
}

bool take_ordered_string(std::string_view& from, std::string* value) {
  value->clear();
  for (size_t i = 0; i + 1 < from.size(); ++i) {
    const char c = from[i];
    if (c == '\0' && from[i + 1] == '\1') {
      from.remove_prefix(i + 2);
      return true;
    }
    if (c == '\0' && from[i + 1] != '\xff') return false;
    if (c == '\xff' && from[i + 1] != '\0') return false;
    *value += c;
    if (c == '\0' || c == '\xff') ++i;
  }
  return false;
}

bool take_ordered_unsigned(std::string_view& from, uint64_t* value) {
  const size_t length = from.empty() ? 9 : static_cast<unsigned char>(from[0]);
  if (length > 8 || from.size() < length + 1) return false;
  *value = 0;
  for (size_t i = 1; i <= length; ++i) *value = *value << 8 | static_cast<unsigned char>(from[i]);
  from.remove_prefix(length + 1);
  return true;
}

bool take_ordered_signed(std::string_view& from, int64_t* value) {
  if (from.empty()) return false;
  const bool negative = !(from[0] & 0x80);
  const auto byte_at = [&](size_t i) { return static_cast<unsigned char>(i < from.size() ? from[i] : 0); };
  auto start = static_cast<uint16_t>(byte_at(0) << 8 | byte_at(1));
  if (negative) start = static_cast<uint16_t>(~start);
  const int length = std::countl_one(start);
  if (length > 10 || from.size() < static_cast<size_t>(length)) return false;
  const uint16_t prefix = length_prefix(length);
  uint64_t result = negative ? ~uint64_t{0} : 0;
  for (int i = 0; i < length; ++i) {
    auto byte = byte_at(static_cast<size_t>(i));
    if (i < 2) byte ^= static_cast<unsigned char>(i == 0 ? prefix >> 8 : prefix);
    result = result << 8 | byte;
  }
  if (signed_length(static_cast<int64_t>(result)) != length) return false;
  from.remove_prefix(static_cast<size_t>(length));
  *value = static_cast<int64_t>(result);
  return true;
}

}  // namespace reflow::formats
