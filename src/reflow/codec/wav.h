#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"

namespace reflow::codec {

// Samples of -1 to 1, [frames, channels], as a WAV file of 16 bits. InvalidArgument, with TensorFlow's texts: sizes that
// the format can't hold, or no frames.
StatusOr<std::string> encode_wav(const float* samples, uint64_t sample_rate, uint64_t num_channels, uint64_t num_frames);

struct WavSound {
  int64_t num_frames = 0;
  int num_channels = 0, sample_rate = 0;
  std::vector<float> samples;  // [frames, channels], -1 to 1
};
// A WAV file of 16-bit samples. InvalidArgument, with TensorFlow's texts: it is none.
StatusOr<WavSound> decode_wav(std::string_view bytes);

}  // namespace reflow::codec
