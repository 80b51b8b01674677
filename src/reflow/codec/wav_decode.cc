#include <algorithm>
#include <cstring>
#include <limits>

#include "reflow/codec/wav.h"

namespace reflow::codec {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  bool done() const { return bytes_.empty(); }
  void skip(size_t n) { bytes_.remove_prefix(std::min(n, bytes_.size())); }

  template <typename T>
  Status number(T* value) {
    std::string_view text;
    RETURN_IF_ERROR(this->text(sizeof(T), &text));
    std::memcpy(value, text.data(), sizeof(T));
    return OkStatus();
  }
  Status text(size_t n, std::string_view* text) {
    if (bytes_.size() < n) return invalid_argument("Data too short when trying to read string");
    *text = bytes_.substr(0, n);
    bytes_.remove_prefix(n);
    return OkStatus();
  }
  Status expect(std::string_view wanted) {
    std::string_view found;
    RETURN_IF_ERROR(text(wanted.size(), &found));
    if (found == wanted) return OkStatus();
    return invalid_argument("Header mismatch: Expected {} but found {}", wanted, found);
  }

 private:
  std::string_view bytes_;
};

Status read_format(Reader& in, WavSound* sound) {
  uint32_t chunk_size, sample_rate, bytes_per_second;
  uint16_t format, channels, bytes_per_frame, bits;
  RETURN_IF_ERROR(in.expect("fmt "));
  RETURN_IF_ERROR(in.number(&chunk_size));
  if (chunk_size != 16 && chunk_size != 18) {
    return invalid_argument("Bad format chunk size for WAV: Expected 16 or 18, but got{}", chunk_size);
  }
  RETURN_IF_ERROR(in.number(&format));
  if (format != 1) return invalid_argument("Bad audio format for WAV: Expected 1 (PCM), but got{}", format);
  RETURN_IF_ERROR(in.number(&channels));
  RETURN_IF_ERROR(in.number(&sample_rate));
  RETURN_IF_ERROR(in.number(&bytes_per_second));
  RETURN_IF_ERROR(in.number(&bytes_per_frame));
  RETURN_IF_ERROR(in.number(&bits));
  if (channels == 0) return invalid_argument("A WAV file has one channel or more");
  if (bits != 16) return invalid_argument("Can only read 16-bit WAV files, but received {}", bits);
  const uint32_t expected = 2u * channels;
  if (bytes_per_frame != expected) {
    return invalid_argument("Bad bytes per sample in WAV header: Expected {} but got {}", expected, bytes_per_frame);
  }
  if (bytes_per_second != expected * sample_rate) {
    return invalid_argument("Bad bytes per second in WAV header: Expected {} but got {} (sample_rate={}, bytes_per_sample={})",
                            expected * sample_rate, bytes_per_second, sample_rate, bytes_per_frame);
  }
  if (chunk_size == 18) in.skip(2);
  sound->num_channels = channels;
  sound->sample_rate = static_cast<int>(sample_rate);
  return OkStatus();
}

}  // namespace

StatusOr<WavSound> decode_wav(std::string_view bytes) {
  Reader in(bytes);
  WavSound sound;
  uint32_t file_size;
  RETURN_IF_ERROR(in.expect("RIFF"));
  RETURN_IF_ERROR(in.number(&file_size));
  RETURN_IF_ERROR(in.expect("WAVE"));
  RETURN_IF_ERROR(read_format(in, &sound));
  bool found = false;
  while (!in.done()) {
    std::string_view name, data;
    uint32_t size;
    RETURN_IF_ERROR(in.text(4, &name));
    RETURN_IF_ERROR(in.number(&size));
    if (size > static_cast<uint32_t>(std::numeric_limits<int32_t>::max())) {
      return invalid_argument("WAV data chunk '{}' is too large: {} bytes, but the limit is {}", name, size,
                              std::numeric_limits<int32_t>::max());
    }
    if (name != "data") {
      in.skip(size);
      continue;
    }
    if (found) return invalid_argument("More than one data chunk found in WAV");
    found = true;
    sound.num_frames = size / (2 * sound.num_channels);
    const size_t num_samples = static_cast<size_t>(sound.num_frames) * static_cast<size_t>(sound.num_channels);
    RETURN_IF_ERROR(in.text(num_samples * 2, &data));
    sound.samples.resize(num_samples);
    for (size_t i = 0; i < num_samples; ++i) {
      int16_t sample;
      std::memcpy(&sample, data.data() + 2 * i, sizeof sample);
      sound.samples[i] = static_cast<float>(sample) / 32768.0f;
    }
  }
  if (!found) return invalid_argument("No data chunk found in WAV");
  return sound;
}

}  // namespace reflow::codec
