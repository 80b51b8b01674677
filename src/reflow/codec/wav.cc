#include "reflow/codec/wav.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace reflow::codec {
namespace {

constexpr uint64_t kHeaderBytes = 44, kBytesPerSample = 2;

template <typename T>
void put(std::string* out, T value) {
  out->append(reinterpret_cast<const char*>(&value), sizeof value);  // little-endian, as the format is
}

int16_t sample16(float value) {
  if (std::isnan(value)) return 0;
  return static_cast<int16_t>(std::clamp(std::round(value * 32768.0f), -32768.0f, 32767.0f));
}

}  // namespace

StatusOr<std::string> encode_wav(const float* samples, uint64_t sample_rate, uint64_t num_channels, uint64_t num_frames) {
  constexpr uint64_t kMax16 = std::numeric_limits<uint16_t>::max(), kMax32 = std::numeric_limits<uint32_t>::max();
  if (sample_rate == 0 || sample_rate > kMax32) return invalid_argument("sample_rate must be in (0, 2^32), got: {}", sample_rate);
  if (num_channels == 0 || num_channels > kMax16) {
    return invalid_argument("num_channels must be in (0, 2^16), got: {}", num_channels);
  }
  if (num_frames == 0) return invalid_argument("num_frames must be positive.");
  const uint64_t frame_bytes = kBytesPerSample * num_channels, bytes_per_second = frame_bytes * sample_rate;
  uint64_t data_bytes;
  if (bytes_per_second > kMax32) return invalid_argument("bytes_per_second must be <= 2^32, got: {}", bytes_per_second);
  if (frame_bytes > kMax16) return invalid_argument("bytes_per_frame must be <= 2^16, got: {}", frame_bytes);
  if (__builtin_mul_overflow(frame_bytes, num_frames, &data_bytes) || data_bytes + kHeaderBytes > kMax32) {
    return invalid_argument("Provided channels and frames cannot be encoded as a WAV.");
  }
  std::string out;
  out.reserve(kHeaderBytes + data_bytes);
  out += "RIFF";
  put(&out, static_cast<uint32_t>(kHeaderBytes - 8 + data_bytes));
  out += "WAVEfmt ";
  put(&out, uint32_t{16});
  put(&out, uint16_t{1});  // plain samples
  put(&out, static_cast<uint16_t>(num_channels));
  put(&out, static_cast<uint32_t>(sample_rate));
  put(&out, static_cast<uint32_t>(bytes_per_second));
  put(&out, static_cast<uint16_t>(frame_bytes));
  put(&out, static_cast<uint16_t>(kBytesPerSample * 8));
  out += "data";
  put(&out, static_cast<uint32_t>(data_bytes));
  for (uint64_t i = 0; i < num_frames * num_channels; ++i) put(&out, sample16(samples[i]));
  return out;
}

}  // namespace reflow::codec
