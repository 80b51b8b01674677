#include "reflow/formats/example_builder.h"

#include <bit>

#include "reflow/formats/wire_writer.h"

namespace reflow::formats {
namespace {

constexpr uint32_t kBytesList = 1, kFloatList = 2, kInt64List = 3;

size_t varint_size(uint64_t value) { return (static_cast<size_t>(std::bit_width(value | 1)) + 6) / 7; }

// The size of a length-delimited field with a tag of one byte.
size_t field_size(size_t content) { return 1 + varint_size(content) + content; }

}  // namespace

void ExampleBuilder::begin_feature(std::string_view key, uint32_t kind, size_t list_size) {
  const size_t feature_size = field_size(list_size);
  WireWriter writer(&features_);
  writer.varint(1 << 3 | 2);  // an entry of the map
  writer.varint(field_size(key.size()) + field_size(feature_size));
  writer.message(1, key);
  writer.varint(2 << 3 | 2);
  writer.varint(feature_size);
  writer.varint(kind << 3 | 2);
  writer.varint(list_size);
}

ExampleBuilder& ExampleBuilder::add_int64s(std::string_view key, std::span<const int64_t> values) {
  size_t packed = 0;
  for (const int64_t value : values) packed += varint_size(static_cast<uint64_t>(value));
  begin_feature(key, kInt64List, values.empty() ? 0 : field_size(packed));
  if (values.empty()) return *this;
  WireWriter writer(&features_);
  writer.varint(1 << 3 | 2);
  writer.varint(packed);
  for (const int64_t value : values) writer.varint(static_cast<uint64_t>(value));
  return *this;
}

ExampleBuilder& ExampleBuilder::add_floats(std::string_view key, std::span<const float> values) {
  const std::string_view packed(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  begin_feature(key, kFloatList, values.empty() ? 0 : field_size(packed.size()));
  if (!values.empty()) WireWriter(&features_).message(1, packed);
  return *this;
}

ExampleBuilder& ExampleBuilder::add_bytes(std::string_view key, std::span<const std::string_view> values) {
  size_t size = 0;
  for (const std::string_view value : values) size += field_size(value.size());
  begin_feature(key, kBytesList, size);
  for (const std::string_view value : values) WireWriter(&features_).message(1, value);
  return *this;
}

std::string_view ExampleBuilder::bytes() {
  example_.clear();
  WireWriter(&example_).message(1, features_);
  return example_;
}

}  // namespace reflow::formats
