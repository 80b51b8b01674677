// Summaries of sounds, as WAV files.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "reflow/codec/wav.h"
#include "reflow/formats/summary_bytes.h"
#include "reflow/op/op.h"
#include "reflow/ops/summary/summary_writer.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// A Summary with the first `max_outputs` of `sounds` as WAV files.
StatusOr<std::string> audio_summary(const std::string& tag, const Tensor& sounds, float sample_rate, int64_t max_outputs) {
  if (sounds.rank() != 2 && sounds.rank() != 3) {
    return invalid_argument("Tensor must be 3-D or 2-D, got: {}", sounds.shape().str());
  }
  if (!(sample_rate > 0)) return invalid_argument("sample_rate must be > 0");
  const int64_t frames = sounds.dim(1), channels = sounds.rank() == 2 ? 1 : sounds.dim(2);
  formats::SummaryBytes summary;
  const int64_t n = std::min(max_outputs, sounds.dim(0));
  for (int64_t i = 0; i < n; ++i) {
    ASSIGN_OR_RETURN(const std::string wav,
                     codec::encode_wav(sounds.data<float>() + i * frames * channels,
                                       static_cast<uint64_t>(std::lrint(sample_rate)), static_cast<uint64_t>(channels),
                                       static_cast<uint64_t>(frames)));
    const std::string name = tag + "/audio";
    summary.add_audio(max_outputs > 1 ? fmt::format("{}/{}", name, i) : name, sample_rate, channels, frames, wav);
  }
  return std::move(summary).bytes();
}

// The sample rate that is an input.
StatusOr<float> sample_rate_of(const Tensor& rate) {
  if (rate.num_elements() != 1) return invalid_argument("sample_rate must be a scalar, got: {}", rate.shape().str());
  return rate.item<float>();
}

class AudioSummary : public Kernel {
 public:
  explicit AudioSummary(KernelInit& c)
      : max_outputs_(c.attr<int64_t>("max_outputs")), sample_rate_(c.attr_or("sample_rate", 0.0f)) {}

  Status compute(KernelContext& c) override {
    const Tensor& tag = c.input(0);
    if (tag.rank() != 0) return invalid_argument("Tag must be a scalar");
    float sample_rate = sample_rate_;
    if (c.num_inputs() > 2) {  // the newer op
      ASSIGN_OR_RETURN(sample_rate, sample_rate_of(c.input(2)));
    }
    ASSIGN_OR_RETURN(*c.output(0).data<std::string>(),
                     audio_summary(tag.item<std::string>(), c.input(1), sample_rate, max_outputs_));
    return OkStatus();
  }

 private:
  int64_t max_outputs_;
  float sample_rate_;
};

REFLOW_OP("AudioSummaryV2")
    .input("tag: string")
    .input("tensor: float")
    .input("sample_rate: float")
    .output("summary: string")
    .attr("max_outputs: int >= 1 = 3")
    .doc("A summary of sounds, [batch, frames] or [batch, frames, channels] with samples of -1 to 1: the first "
         "`max_outputs` as WAV files.")
    .shape(scalar_shape)
    .kernel<AudioSummary>(kCpu)
    .not_differentiable();

REFLOW_OP("AudioSummary")
    .input("tag: string")
    .input("tensor: float")
    .output("summary: string")
    .attr("sample_rate: float")
    .attr("max_outputs: int >= 1 = 3")
    .deprecated(15, "Use AudioSummaryV2.")
    .doc("AudioSummaryV2 with a constant sample rate; for graphs that have it.")
    .shape(scalar_shape)
    .kernel<AudioSummary>(kCpu)
    .not_differentiable();

class WriteAudioSummary : public Kernel {
 public:
  explicit WriteAudioSummary(KernelInit& c) : max_outputs_(c.attr<int64_t>("max_outputs")) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const float sample_rate, sample_rate_of(c.input(4)));
    ASSIGN_OR_RETURN(const SummaryTarget target, SummaryTarget::of(c, 2));
    ASSIGN_OR_RETURN(const std::string summary, audio_summary(target.tag, c.input(3), sample_rate, max_outputs_));
    return target.write(formats::EventField::kSummary, summary);
  }

 private:
  int64_t max_outputs_;
};

REFLOW_OP("WriteAudioSummary")
    .input("writer: resource")
    .input("step: int64")
    .input("tag: string")
    .input("tensor: float")
    .input("sample_rate: float")
    .attr("max_outputs: int >= 1 = 3")
    .stateful()
    .doc("Writes the first `max_outputs` sounds of a batch; see AudioSummaryV2.")
    .shape(no_outputs)
    .kernel<WriteAudioSummary>(kCpu);

}  // namespace
}  // namespace reflow::ops
