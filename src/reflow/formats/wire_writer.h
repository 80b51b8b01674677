#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace reflow::formats {

// Writes the fields of a protobuf message as bytes, in the order of the calls. As protobuf does for proto3, numbers that
// are zero are left out, unless the function's name says otherwise.
class WireWriter {
 public:
  explicit WireWriter(std::string* out) : out_(out) {}

  void number(uint32_t field, int64_t value) {
    if (value != 0) always_number(field, value);
  }
  void always_number(uint32_t field, int64_t value) {
    varint(field << 3);
    varint(static_cast<uint64_t>(value));
  }
  void float32(uint32_t field, float value) {
    if (value != 0) always_float32(field, value);
  }
  void always_float32(uint32_t field, float value) {
    varint(field << 3 | 5);
    raw(value);
  }
  void float64(uint32_t field, double value) {
    if (value == 0) return;
    varint(field << 3 | 1);
    raw(value);
  }
  void text(uint32_t field, std::string_view value) {
    if (!value.empty()) message(field, value);
  }
  // Bytes or a message, also where they are empty.
  void message(uint32_t field, std::string_view value) {
    varint(field << 3 | 2);
    varint(value.size());
    out_->append(value);
  }
  // Packed numbers.
  void float64s(uint32_t field, std::span<const double> values) {
    if (values.empty()) return;
    varint(field << 3 | 2);
    varint(values.size() * sizeof(double));
    out_->append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double));
  }
  void varint(uint64_t value) {
    while (value >= 0x80) {
      out_->push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    out_->push_back(static_cast<char>(value));
  }

 private:
  template <typename T>
  void raw(T value) {
    out_->append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  std::string* out_;
};

}  // namespace reflow::formats
