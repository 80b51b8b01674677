#include "reflow/formats/example_view.h"

namespace reflow::formats {
namespace {

constexpr uint32_t message_tag(uint32_t field) { return field << 3 | 2; }

// Calls sink(bytes) for each occurrence of message `field`, and passes over all others.
template <typename Sink>
bool each_message(std::string_view bytes, uint32_t field, Sink&& sink) {
  WireReader reader(bytes);
  uint32_t tag;
  std::string_view value;
  while (!reader.done()) {
    if (!reader.tag(&tag)) return false;
    if (tag != message_tag(field)) {
      if (!reader.skip(tag)) return false;
    } else if (!reader.bytes(&value) || !sink(value)) {
      return false;
    }
  }
  return true;
}

bool read_entry(std::string_view bytes, FeatureEntry* entry) {
  WireReader reader(bytes);
  uint32_t tag;
  while (!reader.done()) {
    if (!reader.tag(&tag)) return false;
    const bool ok = tag == message_tag(1)   ? reader.bytes(&entry->key)
                    : tag == message_tag(2) ? reader.bytes(&entry->value)
                                            : reader.skip(tag);
    if (!ok) return false;
  }
  return true;
}

// Features and FeatureLists: both are maps in field 1.
bool read_entries(std::string_view bytes, std::vector<FeatureEntry>* entries) {
  return each_message(bytes, 1, [&](std::string_view entry) { return read_entry(entry, &entries->emplace_back()); });
}

// Passes over a field that the message doesn't have. *ended: it ends behind the bytes.
bool skip_unknown(WireReader& reader, uint32_t tag, bool* ended) {
  WireReader before = reader;
  uint64_t length;
  if ((tag & 7) == 2 && before.varint(&length) && length > before.left()) {
    *ended = true;
    return true;
  }
  return reader.skip(tag);
}

}  // namespace

bool read_example(std::string_view bytes, std::vector<FeatureEntry>* features) {
  features->clear();
  WireReader reader(bytes);
  uint32_t tag;
  std::string_view map;
  for (bool ended = false; !ended && !reader.done();) {
    if (!reader.tag(&tag)) return false;
    if (tag != message_tag(1)) {
      if (!skip_unknown(reader, tag, &ended)) return false;
    } else if (!reader.bytes(&map) || !read_entries(map, features)) {
      return false;
    }
  }
  return true;
}

bool read_sequence_example(std::string_view bytes, bool strict, std::vector<FeatureEntry>* context,
                           std::vector<FeatureEntry>* feature_lists) {
  context->clear();
  feature_lists->clear();
  WireReader reader(bytes);
  uint32_t tag;
  std::string_view map;
  for (bool ended = false; !ended && !reader.done();) {
    if (!reader.tag(&tag)) return false;
    if (tag != message_tag(1) && tag != message_tag(2)) {
      if (strict ? !reader.skip(tag) : !skip_unknown(reader, tag, &ended)) return false;
    } else if (!reader.bytes(&map) || !read_entries(map, tag == message_tag(1) ? context : feature_lists)) {
      return false;
    }
  }
  return true;
}

bool read_feature_list(std::string_view bytes, std::vector<std::string_view>* features) {
  features->clear();
  return each_message(bytes, 1, [&](std::string_view feature) {
    features->push_back(feature);
    return true;
  });
}

FeatureError read_feature(std::string_view bytes, FeatureView* feature) {
  *feature = {};
  WireReader reader(bytes);
  uint32_t tag;
  bool first = true;
  while (!reader.done()) {
    if (!reader.tag(&tag)) return FeatureError::kMalformed;
    if (tag == message_tag(1) || tag == message_tag(2) || tag == message_tag(3)) {
      feature->type = tag == message_tag(1) ? DType::kString : tag == message_tag(2) ? DType::kFloat32 : DType::kInt64;
      if (!reader.bytes(&feature->list)) return FeatureError::kMalformed;
    } else if (first) {
      return FeatureError::kUnsupported;
    } else if (!reader.skip(tag)) {
      return FeatureError::kMalformed;
    }
    first = false;
  }
  return FeatureError::kNone;
}

}  // namespace reflow::formats
