// Ops that debuggers put behind others: copies of tensors, and what is in them.

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// TensorFlow's debugger is told of each value by files or over a network, which Reflow doesn't do.
void check_urls(KernelInit& c) {
  for (const std::string& url : c.attr_or<std::vector<std::string>>("debug_urls", {})) {
    c.fail(unimplemented("Debug values can't be sent to {}: only debug ops without debug_urls are there", url));
  }
}

// The name of the value that is looked at, "node:0".
void check_name(KernelInit& c) {
  const auto name = c.attr<std::string>("tensor_name");
  const size_t colon = name.find(':');
  if (name.empty() || (colon != name.npos && name.find(':', colon + 1) != name.npos)) {
    c.fail(invalid_argument("Failed to parse tensor name: \"{}\"", name));
    return;
  }
  if (colon == name.npos) return;
  const std::string slot = name.substr(colon + 1);
  const bool is_number = !slot.empty() && slot.find_first_not_of("0123456789") == slot.npos;
  if (!is_number) c.fail(invalid_argument("Invalid string value for output_slot: \"{}\"", slot));
}

// Passes the value on, with elements of its own for Copy and CopyHost.
class PassOn : public Kernel {
 public:
  explicit PassOn(KernelInit& c) : copies_(c.node().type().starts_with("Copy")) {
    if (c.node().type() == "DebugIdentity") check_name(c);
    check_urls(c);
  }
  Status compute(KernelContext& c) override {
    if (c.is_ref(0) && is_ref(c.node().output_type(0))) {
      c.forward(0, 0);
      return OkStatus();
    }
    const Tensor& x = c.input(0);
    c.set_output(0, x.valid() && (copies_ || c.is_ref(0)) ? x.copy() : x);
    return OkStatus();
  }

 private:
  const bool copies_;
};

constexpr auto kCounted = Types<double, float, Bfloat16, Half, int8_t, uint8_t, int16_t, uint16_t, int32_t, int64_t>{};

template <typename T>
class NanCount : public Kernel {
 public:
  explicit NanCount(KernelInit& c) {
    check_name(c);
    check_urls(c);
  }
  Status compute(KernelContext& c) override {
    int64_t count = 0;
    if (c.input(0).valid()) {
      for (const T& x : c.input(0).flat<T>()) count += std::isnan(static_cast<double>(x));
    }
    c.set_output(0, Tensor::vector<int64_t>({count}));
    return OkStatus();
  }
};

template <typename T>
class NumericSummary : public Kernel {
 public:
  explicit NumericSummary(KernelInit& c)
      : low_(c.attr<float>("lower_bound")), high_(c.attr<float>("upper_bound")) {
    check_name(c);
    check_urls(c);
  }

  Status compute(KernelContext& c) override {
    const Tensor& x = c.input(0);
    const double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
    double nans = 0, low = 0, negative = 0, zero = 0, positive = 0, high = 0, count = 0, sum = 0, squares = 0;
    double min = infinity, max = -infinity;
    if (x.valid()) {
      for (const T& element : x.flat<T>()) {
        const auto value = static_cast<double>(element);
        if (std::isnan(value)) ++nans;
        else if (value <= low_) ++low;
        else if (value >= high_) ++high;
        else if (value < 0) ++negative;
        else if (value > 0) ++positive;
        else ++zero;
        if (!std::isfinite(value)) continue;
        min = std::min(min, value);
        max = std::max(max, value);
        sum += value;
        ++count;
      }
      for (const T& element : x.flat<T>()) {
        const double distance = static_cast<double>(element) - sum / count;
        if (std::isfinite(distance)) squares += distance * distance;
      }
    }
    std::vector<double> summary = {x.valid() ? 1.0 : 0.0, x.valid() ? static_cast<double>(x.num_elements()) : 0.0, nans, low, negative,
                                   zero, positive, high, min, max, count > 0 ? sum / count : nan, count > 0 ? squares / count : nan,
                                   static_cast<double>(static_cast<uint8_t>(x.valid() ? x.dtype() : dtype_of<T>)),
                                   x.valid() ? static_cast<double>(x.rank()) : 0.0};
    for (int d = 0; x.valid() && d < x.rank(); ++d) summary.push_back(static_cast<double>(x.dim(d)));
    c.set_output(0, Tensor::from(std::span<const double>(summary), Shape{static_cast<int64_t>(summary.size())}));
    return OkStatus();
  }

 private:
  const double low_, high_;
};

// A value may have no shape yet: variables that have no value come in too.
Status same_shape(ShapeContext& c) {
  c.set_output(0, c.concrete() ? Shape::unknown() : c.input(0));
  return OkStatus();
}

Status count_shape(ShapeContext& c) {
  c.set_output(0, c.concrete() ? Shape::unknown() : Shape{1});
  return OkStatus();
}

OpBuilder debug_op(const char* name, const char* input, const char* output, const char* doc) {
  OpBuilder builder(name);
  std::move(builder).input(input).output(output).attr("T: type").doc(doc).allows_uninitialized_input().sets_outputs();
  return builder;
}
OpBuilder with_urls(OpBuilder op) {
  return std::move(op).attr("device_name: string = ''").attr("tensor_name: string = ''").attr("debug_urls: list(string) = []");
}

const OpRegistrar kOps[] = {
    debug_op("Copy", "input: T", "output: T", "A copy of the tensor.")
        .attr("tensor_name: string = ''").attr("debug_ops_spec: list(string) = []").shape(same_shape).kernel<PassOn>(kCpu),
    debug_op("CopyHost", "input: T", "output: T", "A copy of the tensor in the memory of the CPU.")
        .attr("tensor_name: string = ''").attr("debug_ops_spec: list(string) = []").shape(same_shape).kernel<PassOn>(kCpu),
    debug_op("DebugGradientIdentity", "input: T", "output: T", "Marks a tensor whose gradient a debugger wants to see; passes it on.")
        .shape(same_shape).kernel<PassOn>(kCpu),
    debug_op("DebugGradientRefIdentity", "input: Ref(T)", "output: Ref(T)",
             "Marks a variable whose gradient a debugger wants to see; passes it on.")
        .shape(same_shape).kernel<PassOn>(kCpu),
    with_urls(debug_op("DebugIdentity", "input: T", "output: T", "Passes the tensor on."))
        .attr("gated_grpc: bool = false").shape(same_shape).kernel<PassOn>(kCpu),
    with_urls(debug_op("DebugNanCount", "input: T", "output: int64", "How many elements are no numbers."))
        .attr("gated_grpc: bool = false").shape(count_shape).kernel<NanCount>(kCpu, kCounted),
    with_urls(debug_op("DebugNumericSummary", "input: T", "output: double",
                       "Whether there is a value, how many elements it has, how many of them are no numbers, at or below `lower_bound`, "
                       "negative, zero, positive, at or above `upper_bound`; the least and the greatest, mean and variance of the finite "
                       "ones; the type's number; the rank and the sizes."))
        .attr("lower_bound: float = -inf").attr("upper_bound: float = inf").attr("mute_if_healthy: bool = false")
        .attr("gated_grpc: bool = false").shape(unknown_shape)
        .kernel<NumericSummary>(kCpu, Types<double, float, int8_t, uint8_t, int16_t, uint16_t, int32_t, int64_t, bool>{}),
};

}  // namespace
}  // namespace reflow::ops
