// Summaries of numbers and tensors, and summaries made one. All give the bytes of a Summary message.

#include <set>
#include <string>
#include <string_view>

#include "reflow/formats/summary_bytes.h"
#include "reflow/op/op.h"
#include "reflow/tensor/serialized_tensor_proto.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;
using formats::SummaryBytes;

constexpr Types<float, double, int32_t, uint8_t, int16_t, int8_t, int64_t, Bfloat16, uint16_t, Half, uint32_t, uint64_t>
    kSummaryTypes{};

template <typename T>
class ScalarSummary : public Kernel {
 public:
  explicit ScalarSummary(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &tags = c.input(0), &values = c.input(1);
    if (tags.shape() != values.shape()) {
      const std::string tag = tags.num_elements() == 1 ? fmt::format(" (tag '{}')", tags.item<std::string>()) : "";
      return invalid_argument("tags and values not the same shape: {} != {}{}", tags.shape().str(), values.shape().str(), tag);
    }
    SummaryBytes summary;
    for (int64_t i = 0; i < tags.num_elements(); ++i) {
      summary.add_scalar(tags.data<std::string>()[i], static_cast<float>(values.data<T>()[i]));
    }
    *c.output(0).data<std::string>() = std::move(summary).bytes();
    return OkStatus();
  }
};

REFLOW_OP("ScalarSummary")
    .input("tags: string")
    .input("values: T")
    .output("summary: string")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}")
    .doc("A summary of numbers: `tags` and `values` have the same shape.")
    .shape(scalar_shape)
    .kernel<ScalarSummary>(kCpu, kSummaryTypes)
    .not_differentiable();

// The value of a TensorSummary: strings one by one, other types as they lie in memory.
StatusOr<std::string> tensor_bytes(const Tensor& tensor) {
  return serialized_tensor(tensor, tensor.dtype() == DType::kString ? TensorForm::kFields : TensorForm::kContent);
}

class TensorSummary : public Kernel {
 public:
  explicit TensorSummary(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::string tensor, tensor_bytes(c.input(0)));
    SummaryBytes summary;
    summary.add_tensor({}, tensor, nullptr, c.node().name());
    *c.output(0).data<std::string>() = std::move(summary).bytes();
    return OkStatus();
  }
};

REFLOW_OP("TensorSummary")
    .input("tensor: T")
    .output("summary: string")
    .attr("T: type")
    .attr("description: string = ''")
    .attr("labels: list(string) = []")
    .attr("display_name: string = ''")
    .doc("A summary of a tensor, called as the node is. TensorSummaryV2 takes a tag.")
    .shape(scalar_shape)
    .kernel<TensorSummary>(kCpu)
    .not_differentiable();

class TensorSummaryV2 : public Kernel {
 public:
  explicit TensorSummaryV2(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &tag = c.input(0), &metadata = c.input(2);
    if (tag.rank() != 0) return invalid_argument("tag must be scalar");
    if (metadata.num_elements() != 1) return invalid_argument("serialized_summary_metadata must be scalar");
    ASSIGN_OR_RETURN(const std::string tensor, tensor_bytes(c.input(1)));
    SummaryBytes summary;
    summary.add_tensor(tag.item<std::string>(), tensor, &metadata.item<std::string>(), {});
    *c.output(0).data<std::string>() = std::move(summary).bytes();
    return OkStatus();
  }
};

REFLOW_OP("TensorSummaryV2")
    .input("tag: string")
    .input("tensor: T")
    .input("serialized_summary_metadata: string")
    .output("summary: string")
    .attr("T: type")
    .doc("A summary of a tensor, with a SummaryMetadata that says who shows it.")
    .shape(scalar_shape)
    .kernel<TensorSummaryV2>(kCpu)
    .not_differentiable();

class MergeSummary : public Kernel {
 public:
  explicit MergeSummary(KernelInit&) {}
  Status compute(KernelContext& c) override {
    SummaryBytes merged;
    std::set<std::string, std::less<>> tags;
    for (int i = 0; i < c.num_inputs(); ++i) {
      for (const std::string& summary : c.input(i).flat<std::string>()) {
        std::string_view duplicate;
        const bool ok = formats::each_summary_value(summary, [&](const formats::SummaryValueView& value) {
          // What TensorSummary makes has no tag.
          if (!value.tag.empty() && !tags.emplace(value.tag).second && duplicate.empty()) duplicate = value.tag;
          merged.add_value(value.bytes);
        });
        if (!ok) return invalid_argument("Could not parse one of the summary inputs");
        if (!duplicate.empty()) return invalid_argument("Duplicate tag {} found in summary inputs", duplicate);
      }
    }
    *c.output(0).data<std::string>() = std::move(merged).bytes();
    return OkStatus();
  }
};

REFLOW_OP("MergeSummary")
    .input("inputs: N * string")
    .output("summary: string")
    .attr("N: int >= 1")
    .doc("One summary with the values of all. Two values of one tag are an error.")
    .shape(scalar_shape)
    .kernel<MergeSummary>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
