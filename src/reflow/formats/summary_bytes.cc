#include "reflow/formats/summary_bytes.h"

#include "reflow/formats/wire_reader.h"
#include "reflow/formats/wire_writer.h"

namespace reflow::formats {
namespace {

// Numbers of the fields in summary.proto.
constexpr uint32_t kValue = 1;
constexpr uint32_t kTag = 1, kSimpleValue = 2, kImage = 4, kHistogram = 5, kAudio = 6, kNodeName = 7, kTensor = 8, kMetadata = 9;

bool is_message(std::string_view bytes) {
  uint32_t tag;
  for (WireReader reader(bytes); !reader.done();) {
    if (!reader.tag(&tag) || !reader.skip(tag)) return false;
  }
  return true;
}

}  // namespace

void SummaryBytes::add_value(std::string_view value) { WireWriter(&bytes_).message(kValue, value); }

void SummaryBytes::add_scalar(std::string_view tag, float number) {
  std::string value;
  WireWriter writer(&value);
  writer.text(kTag, tag);
  writer.always_float32(kSimpleValue, number);
  add_value(value);
}

void SummaryBytes::add_histogram(std::string_view tag, std::string_view histogram) {
  std::string value;
  WireWriter writer(&value);
  writer.text(kTag, tag);
  writer.message(kHistogram, histogram);
  add_value(value);
}

void SummaryBytes::add_image(std::string_view tag, int64_t height, int64_t width, int64_t colorspace, std::string_view png) {
  std::string image, value;
  WireWriter fields(&image);
  fields.number(1, height);
  fields.number(2, width);
  fields.number(3, colorspace);
  fields.text(4, png);
  WireWriter writer(&value);
  writer.text(kTag, tag);
  writer.message(kImage, image);
  add_value(value);
}

void SummaryBytes::add_audio(std::string_view tag, float sample_rate, int64_t num_channels, int64_t num_frames,
                             std::string_view wav) {
  std::string audio, value;
  WireWriter fields(&audio);
  fields.float32(1, sample_rate);
  fields.number(2, num_channels);
  fields.number(3, num_frames);
  fields.text(4, wav);
  fields.text(5, "audio/wav");
  WireWriter writer(&value);
  writer.text(kTag, tag);
  writer.message(kAudio, audio);
  add_value(value);
}

void SummaryBytes::add_tensor(std::string_view tag, std::string_view tensor, const std::string* metadata,
                              std::string_view node_name) {
  std::string value;
  WireWriter writer(&value);
  writer.text(kTag, tag);
  writer.text(kNodeName, node_name);
  writer.message(kTensor, tensor);
  if (metadata) writer.message(kMetadata, is_message(*metadata) ? std::string_view(*metadata) : std::string_view());
  add_value(value);
}

bool each_summary_value(std::string_view summary, const std::function<void(const SummaryValueView&)>& sink) {
  WireReader reader(summary);
  uint32_t tag;
  while (!reader.done()) {
    if (!reader.tag(&tag)) return false;
    SummaryValueView value;
    if (tag != (kValue << 3 | 2)) {
      if (!reader.skip(tag)) return false;
      continue;
    }
    if (!reader.bytes(&value.bytes)) return false;
    for (WireReader fields(value.bytes); !fields.done();) {
      if (!fields.tag(&tag)) return false;
      if (tag == (kMetadata << 3 | 2)) value.has_metadata = true;
      if (tag == (kTag << 3 | 2) ? !fields.bytes(&value.tag) : !fields.skip(tag)) return false;
    }
    sink(value);
  }
  return true;
}

std::string without_metadata(std::string_view value) {
  std::string kept;
  WireReader reader(value);
  uint32_t tag;
  while (!reader.done()) {
    const char* begin = reader.position();
    if (!reader.tag(&tag) || !reader.skip(tag)) break;
    if (tag != (kMetadata << 3 | 2)) kept.append(begin, reader.position());
  }
  return kept;
}

}  // namespace reflow::formats
