// Features of strings as numbers.

#include <functional>
#include <string>

#include "reflow/op/op.h"

namespace reflow::ops::forest {
namespace {

using namespace ::reflow::op;

class ReinterpretStringToFloat : public Kernel {
 public:
  explicit ReinterpretStringToFloat(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const std::string* from = c.input(0).data<std::string>();
    float* to = c.output(0).data<float>();
    for (int64_t i = 0; i < c.input(0).num_elements(); ++i) to[i] = static_cast<float>(std::hash<std::string>()(from[i]));
    return OkStatus();
  }
};

REFLOW_OP("ReinterpretStringToFloat")
    .input("input_data: string")
    .output("output_data: float")
    .doc("A number for each string: the hash value that the standard library of C++ gives it, as with TensorFlow.")
    .shape(unchanged_shape)
    .kernel<ReinterpretStringToFloat>(kCpu);

}  // namespace
}  // namespace reflow::ops::forest
