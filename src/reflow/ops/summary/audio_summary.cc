// Summaries of sounds, as WAV files.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "reflow/codec/wav.h"
#include "reflow/formats/summary_bytes.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class AudioSummary : public Kernel {
 public:
  explicit AudioSummary(KernelInit& c)
      : max_outputs_(c.attr<int64_t>("max_outputs")), sample_rate_(c.attr_or("sample_rate", 0.0f)) {}

  Status compute(KernelContext& c) override {
    const Tensor &tag = c.input(0), &sounds = c.input(1);
    if (tag.rank() != 0) return invalid_argument("Tag must be a scalar");
    if (sounds.rank() != 2 && sounds.rank() != 3) {
      return invalid_argument("Tensor must be 3-D or 2-D, got: {}", sounds.shape().str());
    }
    float sample_rate = sample_rate_;
    if (c.num_inputs() > 2) {  // the newer op
      if (c.input(2).num_elements() != 1) {
        return invalid_argument("sample_rate must be a scalar, got: {}", c.input(2).shape().str());
      }
      sample_rate = c.input(2).item<float>();
    }
    if (!(sample_rate > 0)) return invalid_argument("sample_rate must be > 0");
    const int64_t frames = sounds.dim(1), channels = sounds.rank() == 2 ? 1 : sounds.dim(2);
    formats::SummaryBytes summary;
    const int64_t n = std::min(max_outputs_, sounds.dim(0));
    for (int64_t i = 0; i < n; ++i) {
      ASSIGN_OR_RETURN(const std::string wav,
                       codec::encode_wav(sounds.data<float>() + i * frames * channels,
                                         static_cast<uint64_t>(std::lrint(sample_rate)), static_cast<uint64_t>(channels),
                                         static_cast<uint64_t>(frames)));
      const std::string name = tag.item<std::string>() + "/audio";
      summary.add_audio(max_outputs_ > 1 ? fmt::format("{}/{}", name, i) : name, sample_rate, channels, frames, wav);
    }
    *c.output(0).data<std::string>() = std::move(summary).bytes();
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

}  // namespace
}  // namespace reflow::ops
