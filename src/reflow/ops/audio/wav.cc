// Sound files.

#include <algorithm>
#include <string>

#include "reflow/codec/wav.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class DecodeWav : public Kernel {
 public:
  explicit DecodeWav(KernelInit& c)
      : channels_(c.attr<int64_t>("desired_channels")), samples_(c.attr<int64_t>("desired_samples")) {}

  Status compute(KernelContext& c) override {
    const Tensor& contents = c.input(0);
    if (contents.rank() != 0) return invalid_argument("contents must be scalar, got shape {}", contents.shape().str());
    ASSIGN_OR_RETURN(const codec::WavSound sound, codec::decode_wav(contents.item<std::string>()));
    const int64_t frames = samples_ == -1 ? sound.num_frames : samples_;
    const int64_t channels = channels_ == -1 ? sound.num_channels : channels_;
    RETURN_IF_ERROR(c.allocate_output(0, {frames, channels}));
    RETURN_IF_ERROR(c.allocate_output(1, {}));
    float* out = c.output(0).data<float>();
    for (int64_t t = 0; t < frames && channels > 0; ++t) {
      for (int64_t channel = 0; channel < channels; ++channel) {
        // What the file doesn't have is silence, or its last channel.
        const int64_t source = std::min<int64_t>(channel, sound.num_channels - 1);
        *out++ = t < sound.num_frames ? sound.samples[static_cast<size_t>(t * sound.num_channels + source)] : 0.0f;
      }
    }
    *c.output(1).data<int32_t>() = sound.sample_rate;
    return OkStatus();
  }

 private:
  int64_t channels_, samples_;
};

Status decode_wav_shapes(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape scalar;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &scalar));
  const int64_t channels = c.attr_or("desired_channels", int64_t{-1}), samples = c.attr_or("desired_samples", int64_t{-1});
  if (channels < -1) return invalid_argument("channels must be non-negative, got {}", channels);
  if (samples < -1) return invalid_argument("samples must be non-negative, got {}", samples);
  c.set_output(0, {samples, channels});
  c.set_output(1, {});
  return OkStatus();
}

REFLOW_OP("DecodeWav")
    .input("contents: string")
    .output("audio: float")
    .output("sample_rate: int32")
    .attr("desired_channels: int = -1")
    .attr("desired_samples: int = -1")
    .doc("A WAV file of 16-bit samples as [samples, channels] from -1 to 1, and its sample rate.")
    .shape(decode_wav_shapes)
    .kernel<DecodeWav>(kCpu);

class EncodeWav : public Kernel {
 public:
  explicit EncodeWav(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &audio = c.input(0), &rate = c.input(1);
    if (audio.rank() != 2) return invalid_argument("audio must be 2-dimensional{}", audio.shape().str());
    if (rate.rank() != 0) {
      return invalid_argument("Input sample_rate should be a scalar tensor, got {} instead.", rate.shape().str());
    }
    if (rate.item<int32_t>() <= 0) return invalid_argument("sample_rate must be in (0, 2^32), got: {}", rate.item<int32_t>());
    ASSIGN_OR_RETURN(*c.output(0).data<std::string>(),
                     codec::encode_wav(audio.data<float>(), static_cast<uint64_t>(rate.item<int32_t>()),
                                       static_cast<uint64_t>(audio.dim(1)), static_cast<uint64_t>(audio.dim(0))));
    return OkStatus();
  }
};

Status encode_wav_shape(ShapeContext& c) {
  Shape shape;
  if (!c.concrete()) {
    RETURN_IF_ERROR(c.with_rank(c.input(0), 2, &shape));
    RETURN_IF_ERROR(c.with_rank(c.input(1), 0, &shape));
  }
  return scalar_shape(c);
}

REFLOW_OP("EncodeWav")
    .input("audio: float")
    .input("sample_rate: int32")
    .output("contents: string")
    .doc("Samples, [samples, channels] from -1 to 1, as a WAV file of 16 bits.")
    .shape(encode_wav_shape)
    .kernel<EncodeWav>(kCpu);

}  // namespace
}  // namespace reflow::ops
