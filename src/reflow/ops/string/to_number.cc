// Strings as numbers.

#include <string>

#include "reflow/op/number_text.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

template <typename T>
class StringToNumber : public Kernel {
 public:
  explicit StringToNumber(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const std::string* in = c.input(0).data<std::string>();
    T* out = c.output(0).data<T>();
    for (int64_t i = 0; i < c.input(0).num_elements(); ++i) {
      const bool ok = parse_number(without_space(in[i]), &out[i]);
      if (!ok) return invalid_argument("StringToNumberOp could not correctly convert string: {}", in[i]);
    }
    return OkStatus();
  }
};

REFLOW_OP("StringToNumber")
    .input("string_tensor: string")
    .output("output: out_type")
    .attr("out_type: {float, double, int32, int64} = DT_FLOAT")
    .doc("Each string as a number. White space around it is allowed; anything else is an error.")
    .shape(unchanged_shape)
    .kernel<StringToNumber>(kCpu, Types<float, double, int32_t, int64_t>{}, "out_type")
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
