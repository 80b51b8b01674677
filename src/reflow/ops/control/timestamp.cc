// Timestamp: the time.

#include "reflow/base/clock.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class Timestamp : public Kernel {
 public:
  explicit Timestamp(KernelInit&) {}
  Status compute(KernelContext& c) override {
    *c.output(0).data<double>() = static_cast<double>(wall_time_us()) * 1e-6;
    return OkStatus();
  }
};

REFLOW_OP("Timestamp")
    .output("ts: double")
    .stateful()
    .doc("The seconds since the beginning of 1970, when it runs.")
    .shape(scalar_shape)
    .kernel<Timestamp>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
