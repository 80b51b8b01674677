#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace reflow::formats {

// Builds the bytes of an Example (docs/formats/example.md) feature by feature, in the order of the calls and without
// message objects; a builder that is cleared and used again allocates nothing in the end.
//
//   ExampleBuilder example;
//   for (...) {
//     example.clear();
//     example.add_int64s("label", {label}).add_bytes("image_raw", pixels);
//     writer->write(example.bytes());
//   }
class ExampleBuilder {
 public:
  void clear() { features_.clear(); }
  // A key that comes twice stands for its last feature.
  ExampleBuilder& add_int64s(std::string_view key, std::span<const int64_t> values);
  ExampleBuilder& add_int64s(std::string_view key, std::initializer_list<int64_t> values) {
    return add_int64s(key, std::span(values.begin(), values.size()));
  }
  ExampleBuilder& add_floats(std::string_view key, std::span<const float> values);
  ExampleBuilder& add_floats(std::string_view key, std::initializer_list<float> values) {
    return add_floats(key, std::span(values.begin(), values.size()));
  }
  ExampleBuilder& add_bytes(std::string_view key, std::span<const std::string_view> values);
  ExampleBuilder& add_bytes(std::string_view key, std::string_view value) { return add_bytes(key, std::span(&value, 1)); }

  // The serialized Example. Valid until the next call.
  std::string_view bytes();

 private:
  // Writes the heads of the messages around a list of `list_size` bytes that follows.
  void begin_feature(std::string_view key, uint32_t kind, size_t list_size);
  std::string features_, example_;
};

}  // namespace reflow::formats
