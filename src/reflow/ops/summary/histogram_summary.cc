// Summaries of distributions.

#include <cmath>
#include <string>

#include "reflow/formats/histogram.h"
#include "reflow/formats/summary_bytes.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

template <typename T>
class HistogramSummary : public Kernel {
 public:
  explicit HistogramSummary(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor& tag = c.input(0);
    if (tag.rank() != 0) return invalid_argument("tags must be scalar");
    formats::Histogram histogram;
    for (const T& element : c.input(1).flat<T>()) {
      const auto value = static_cast<double>(element);
      if (std::isnan(value)) return invalid_argument("Nan in summary histogram for: {}", c.node().name());
      if (std::isinf(value)) return invalid_argument("Infinity in summary histogram for: {}", c.node().name());
      histogram.add(value);
    }
    formats::SummaryBytes summary;
    summary.add_histogram(tag.item<std::string>(), histogram.serialized());
    *c.output(0).data<std::string>() = std::move(summary).bytes();
    return OkStatus();
  }
};

REFLOW_OP("HistogramSummary")
    .input("tag: string")
    .input("values: T")
    .output("summary: string")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64} = DT_FLOAT")
    .doc("A summary of how the elements of `values` are distributed. NaN and infinity are errors.")
    .shape(scalar_shape)
    .kernel<HistogramSummary>(
        kCpu, Types<float, double, int32_t, uint8_t, int16_t, int8_t, int64_t, Bfloat16, uint16_t, Half, uint32_t, uint64_t>{})
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
