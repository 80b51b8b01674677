#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/formats/wire_reader.h"
#include "reflow/tensor/dtype.h"

namespace reflow::formats {

// Examples as they lie in memory (docs/formats/example.md): no message objects, no copies. Views are valid as long as
// the bytes.

// An entry of a map of features, or of feature lists: its key, and the bytes of its value.
struct FeatureEntry {
  std::string_view key, value;
};

// The entries of an Example in the order of the bytes; a later one of the same key stands for both. False: the bytes
// aren't an Example. As in TensorFlow a message that ends within a field that it doesn't have ends before it.
bool read_example(std::string_view bytes, std::vector<FeatureEntry>* features);
// The entries of a SequenceExample's context, and of its feature lists. `strict`: an end within such a field is an error.
bool read_sequence_example(std::string_view bytes, bool strict, std::vector<FeatureEntry>* context,
                           std::vector<FeatureEntry>* feature_lists);
// The features of a FeatureList.
bool read_feature_list(std::string_view bytes, std::vector<std::string_view>* features);

// A Feature: what its values are (kString, kFloat32, kInt64; kInvalid: none are set) and the bytes of the list.
struct FeatureView {
  DType type = DType::kInvalid;
  std::string_view list;
};
enum class FeatureError { kNone, kMalformed, kUnsupported };
// kUnsupported: the bytes begin with a kind of list that there isn't.
FeatureError read_feature(std::string_view bytes, FeatureView* feature);

// Calls sink(value) for each value of a list of integers. False: the bytes aren't such a list.
template <typename Sink>
bool each_int64(std::string_view list, Sink&& sink) {
  WireReader reader(list);
  uint32_t tag;
  uint64_t value;
  std::string_view packed;
  while (!reader.done()) {
    if (!reader.tag(&tag)) return false;
    if (tag == (1 << 3 | 2)) {
      if (!reader.bytes(&packed)) return false;
      for (WireReader values(packed); !values.done();) {
        if (!values.varint(&value)) return false;
        sink(static_cast<int64_t>(value));
      }
    } else if (tag == (1 << 3 | 0)) {
      if (!reader.varint(&value)) return false;
      sink(static_cast<int64_t>(value));
    } else if (!reader.skip(tag)) {
      return false;
    }
  }
  return true;
}

// Calls sink(bytes, n) for n floats that lie side by side, little-endian, of no alignment.
template <typename Sink>
bool each_float_run(std::string_view list, Sink&& sink) {
  WireReader reader(list);
  uint32_t tag;
  float value;
  std::string_view packed;
  while (!reader.done()) {
    if (!reader.tag(&tag)) return false;
    if (tag == (1 << 3 | 2)) {
      if (!reader.bytes(&packed) || packed.size() % sizeof(float) != 0) return false;
      if (!packed.empty()) sink(packed.data(), packed.size() / sizeof(float));
    } else if (tag == (1 << 3 | 5)) {
      if (!reader.fixed(&value)) return false;
      sink(reinterpret_cast<const char*>(&value), size_t{1});
    } else if (!reader.skip(tag)) {
      return false;
    }
  }
  return true;
}

// Calls sink(view) for each string of a list.
template <typename Sink>
bool each_bytes(std::string_view list, Sink&& sink) {
  WireReader reader(list);
  uint32_t tag;
  std::string_view value;
  while (!reader.done()) {
    if (!reader.tag(&tag)) return false;
    if (tag == (1 << 3 | 2)) {
      if (!reader.bytes(&value)) return false;
      sink(value);
    } else if (!reader.skip(tag)) {
      return false;
    }
  }
  return true;
}

}  // namespace reflow::formats
