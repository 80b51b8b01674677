// Fact: a word to those who look around.

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class Fact : public Kernel {
 public:
  explicit Fact(KernelInit&) {}
  Status compute(KernelContext& c) override {
    *c.output(0).data<std::string>() = "0! == 1";
    return OkStatus();
  }
};

REFLOW_OP("Fact")
    .output("fact: string")
    .doc("A fact about factorials.")
    .shape(scalar_shape)
    .kernel<Fact>(kCpu);

}  // namespace
}  // namespace reflow::ops
