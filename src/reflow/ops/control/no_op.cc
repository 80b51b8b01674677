// Ops that carry control edges only: NoOp, ControlTrigger; and Abort, which ends the process.

#include <cstdlib>
#include <string>

#include <fmt/core.h>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class NoOp : public Kernel {
 public:
  explicit NoOp(KernelInit&) {}
  Status compute(KernelContext&) override { return OkStatus(); }
};

REFLOW_OP("NoOp")
    .doc("Does nothing. Useful as a node that others depend on.")
    .shape(no_outputs)
    .kernel<NoOp>(kCpu)
    .sets_outputs();

// Runs whether its inputs are dead or not, which is what distinguishes it from NoOp.
REFLOW_OP("ControlTrigger")
    .doc("Does nothing, and is executed even when control inputs are dead: a place for control edges in loops' gradients.")
    .shape(no_outputs)
    .kernel<NoOp>(kCpu)
    .sets_outputs()
    .control_flow();

class Abort : public Kernel {
 public:
  explicit Abort(KernelInit& c)
      : message_(c.attr<std::string>("error_msg")), without_error_(c.attr<bool>("exit_without_error")) {}

  Status compute(KernelContext&) override {
    if (without_error_) std::exit(0);
    fmt::print(stderr, "Abort_op intentional failure; {}\n", message_);
    std::abort();
  }

 private:
  std::string message_;
  bool without_error_;
};

REFLOW_OP("Abort")
    .attr("error_msg: string = ''")
    .attr("exit_without_error: bool = false")
    .doc("Ends the process: with `error_msg` and a failure, or quietly when `exit_without_error` is set.")
    .shape(no_outputs)
    .kernel<Abort>(kCpu)
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
