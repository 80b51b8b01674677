#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace reflow::formats {

// The bytes of a Summary message (docs/formats/events.md), value by value, without message objects.
class SummaryBytes {
 public:
  void add_scalar(std::string_view tag, float value);
  // `histogram`: the bytes of a HistogramProto.
  void add_histogram(std::string_view tag, std::string_view histogram);
  void add_image(std::string_view tag, int64_t height, int64_t width, int64_t colorspace, std::string_view png);
  void add_audio(std::string_view tag, float sample_rate, int64_t num_channels, int64_t num_frames, std::string_view wav);
  // `tensor`: the bytes of a TensorProto; `metadata`: those of a SummaryMetadata, or null; what is none
  // counts as empty.
  void add_tensor(std::string_view tag, std::string_view tensor, const std::string* metadata, std::string_view node_name);
  // The bytes of a Summary.Value.
  void add_value(std::string_view value);
  std::string bytes() && { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// A value of a serialized Summary: all of its bytes, its tag, and whether it has metadata.
struct SummaryValueView {
  std::string_view bytes, tag;
  bool has_metadata = false;
};
// Calls sink for each value. False: the bytes aren't a Summary.
bool each_summary_value(std::string_view summary, const std::function<void(const SummaryValueView&)>& sink);
// The bytes of a Summary.Value without its metadata. REQUIRES: each_summary_value has shown it.
std::string without_metadata(std::string_view value);

}  // namespace reflow::formats
