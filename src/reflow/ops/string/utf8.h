#pragma once

#include <cstdint>
#include <string_view>

namespace reflow::ops {

// Characters of UTF-8 counted without looking whether they are valid: one begins at each byte that doesn't go on with
// another.
inline bool is_utf8_trail(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

inline int64_t utf8_length(std::string_view text) {
  int64_t n = 0;
  for (const char byte : text) n += !is_utf8_trail(byte);
  return n;
}

// Moves *at forward over `n` characters, at most to the end. False: there are fewer.
inline bool utf8_forward(std::string_view text, int64_t n, size_t* at) {
  int64_t seen = 0;
  for (; seen < n && *at < text.size(); ++seen) {
    do ++*at;
    while (*at < text.size() && is_utf8_trail(text[*at]));
  }
  return seen == n;
}

// Moves *at back over `n` characters, at most to the beginning. False: there are fewer.
inline bool utf8_back(std::string_view text, int64_t n, size_t* at) {
  int64_t seen = 0;
  for (; seen < n && *at > 0; ++seen) {
    do --*at;
    while (*at > 0 && is_utf8_trail(text[*at]));
  }
  return seen == n;
}

}  // namespace reflow::ops
