// Summaries of distributions.

#include <cmath>
#include <string>

#include "reflow/formats/histogram.h"
#include "reflow/formats/summary_bytes.h"
#include "reflow/op/op.h"
#include "reflow/ops/summary/summary_writer.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

constexpr Types<float, double, int32_t, uint8_t, int16_t, int8_t, int64_t, Bfloat16, uint16_t, Half, uint32_t, uint64_t>
    kHistogramTypes{};

// A Summary with the histogram of `values`, whose errors name `whose`.
template <typename T>
StatusOr<std::string> histogram_summary(const std::string& tag, const Tensor& values, const std::string& whose) {
  formats::Histogram histogram;
  for (const T& element : values.flat<T>()) {
    const auto value = static_cast<double>(element);
    if (std::isnan(value)) return invalid_argument("Nan in summary histogram for: {}", whose);
    if (std::isinf(value)) return invalid_argument("Infinity in summary histogram for: {}", whose);
    histogram.add(value);
  }
  formats::SummaryBytes summary;
  summary.add_histogram(tag, histogram.serialized());
  return std::move(summary).bytes();
}

template <typename T>
class HistogramSummary : public Kernel {
 public:
  explicit HistogramSummary(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor& tag = c.input(0);
    if (tag.rank() != 0) return invalid_argument("tags must be scalar");
    ASSIGN_OR_RETURN(*c.output(0).data<std::string>(),
                     histogram_summary<T>(tag.item<std::string>(), c.input(1), c.node().name()));
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
    .kernel<HistogramSummary>(kCpu, kHistogramTypes)
    .not_differentiable();

template <typename T>
class WriteHistogramSummary : public Kernel {
 public:
  explicit WriteHistogramSummary(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const SummaryTarget target, SummaryTarget::of(c, 2));
    ASSIGN_OR_RETURN(const std::string summary, histogram_summary<T>(target.tag, c.input(3), target.tag));
    return target.write(formats::EventField::kSummary, summary);
  }
};

REFLOW_OP("WriteHistogramSummary")
    .input("writer: resource")
    .input("step: int64")
    .input("tag: string")
    .input("values: T")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64} = DT_FLOAT")
    .stateful()
    .doc("Writes how the elements of `values` are distributed.")
    .shape(no_outputs)
    .kernel<WriteHistogramSummary>(kCpu, kHistogramTypes);

}  // namespace
}  // namespace reflow::ops
