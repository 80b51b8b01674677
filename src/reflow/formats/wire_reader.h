#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace reflow::formats {

// Walks over the fields of a protobuf message as it lies in memory. Every function gives false where the bytes end too
// early or are no such field; the place is of no use then.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : p_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool done() const { return p_ == end_; }
  const char* position() const { return p_; }
  size_t left() const { return static_cast<size_t>(end_ - p_); }

  bool varint(uint64_t* value) {
    if (p_ < end_ && static_cast<int8_t>(*p_) >= 0) [[likely]] {
      *value = static_cast<uint8_t>(*p_++);
      return true;
    }
    uint64_t v = 0;
    for (int shift = 0; shift < 70 && p_ < end_; shift += 7) {
      const auto byte = static_cast<uint8_t>(*p_++);
      v |= uint64_t{byte & 0x7fu} << (shift < 64 ? shift : 63);
      if (byte < 0x80) {
        *value = v;
        return true;
      }
    }
    return false;
  }

  // A field's number times 8 plus its wire type.
  bool tag(uint32_t* value) {
    uint64_t v;
    if (!varint(&v) || v > UINT32_MAX || v < 8) return false;
    *value = static_cast<uint32_t>(v);
    return true;
  }

  // What follows the tag of a string, of bytes, of a message or of packed numbers.
  bool bytes(std::string_view* value) {
    uint64_t length;
    if (!varint(&length) || length > static_cast<uint64_t>(end_ - p_)) return false;
    *value = {p_, static_cast<size_t>(length)};
    p_ += length;
    return true;
  }

  template <typename T>
  bool fixed(T* value) {
    if (end_ - p_ < static_cast<std::ptrdiff_t>(sizeof(T))) return false;
    std::memcpy(value, p_, sizeof(T));
    p_ += sizeof(T);
    return true;
  }

  // Passes over a field whose tag was read.
  bool skip(uint32_t tag) {
    uint64_t number;
    std::string_view view;
    uint32_t half;
    switch (tag & 7) {
      case 0: return varint(&number);
      case 1: return fixed(&number);
      case 2: return bytes(&view);
      case 3: return skip_group(tag >> 3, 0);
      case 5: return fixed(&half);
      default: return false;
    }
  }

 private:
  bool skip_group(uint32_t field, int depth) {
    uint32_t t;
    while (depth < 100 && tag(&t)) {
      if ((t & 7) == 4) return t >> 3 == field;
      if ((t & 7) == 3 ? !skip_group(t >> 3, depth + 1) : !skip(t)) return false;
    }
    return false;
  }

  const char* p_;
  const char* end_;
};

}  // namespace reflow::formats
