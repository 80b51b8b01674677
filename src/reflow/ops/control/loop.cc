// Enter, Exit, NextIteration and LoopCond: the frame of a while loop. The dataflow loop of runtime/ gives them their
// meaning; their kernels hand values through. Their gradients are in autodiff/control_flow_gradients.cc.

#include <string>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class Forward : public Kernel {
 public:
  explicit Forward(KernelInit&) {}
  Status compute(KernelContext& c) override {
    c.forward(0, 0);
    return OkStatus();
  }
};

// A value that changes from one iteration to the next may change its shape too.
Status enter_shape(ShapeContext& c) {
  c.set_output(0, c.concrete() || c.attr_or("is_constant", false) ? c.input(0) : Shape::unknown());
  return OkStatus();
}

Status loop_cond_shape(ShapeContext& c) {
  Shape scalar;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &scalar));
  c.set_output(0, Shape{});
  return OkStatus();
}

REFLOW_OP("Enter")
    .input("data: T")
    .output("output: T")
    .attr("T: type")
    .attr("frame_name: string")
    .attr("is_constant: bool = false")
    .attr("parallel_iterations: int = 10")
    .doc("Brings `data` into the frame `frame_name` of a loop: into its first iteration, or into all if `is_constant`.")
    .shape(enter_shape)
    .kernel<Forward>(kCpu)
    .sets_outputs()
    .control_flow();

REFLOW_OP("RefEnter")
    .input("data: Ref(T)")
    .output("output: Ref(T)")
    .attr("T: type")
    .attr("frame_name: string")
    .attr("is_constant: bool = false")
    .attr("parallel_iterations: int = 10")
    .doc("Brings the reference `data` into the frame `frame_name` of a loop.")
    .shape(unchanged_shape)
    .kernel<Forward>(kCpu)
    .sets_outputs()
    .control_flow();

REFLOW_OP("Exit")
    .input("data: T")
    .output("output: T")
    .attr("T: type")
    .doc("Takes `data` out of the current loop frame, into the one around it.")
    .shape(unchanged_shape)
    .kernel<Forward>(kCpu)
    .sets_outputs()
    .control_flow();

REFLOW_OP("RefExit")
    .input("data: Ref(T)")
    .output("output: Ref(T)")
    .attr("T: type")
    .doc("Takes the reference `data` out of the current loop frame.")
    .shape(unchanged_shape)
    .kernel<Forward>(kCpu)
    .sets_outputs()
    .control_flow();

REFLOW_OP("NextIteration")
    .input("data: T")
    .output("output: T")
    .attr("T: type")
    .doc("Carries `data` into the next iteration of its loop.")
    .shape(unchanged_shape)
    .kernel<Forward>(kCpu)
    .sets_outputs()
    .control_flow();

REFLOW_OP("RefNextIteration")
    .input("data: Ref(T)")
    .output("output: Ref(T)")
    .attr("T: type")
    .doc("Carries the reference `data` into the next iteration of its loop.")
    .shape(unchanged_shape)
    .kernel<Forward>(kCpu)
    .sets_outputs()
    .control_flow();

REFLOW_OP("LoopCond")
    .input("input: bool")
    .output("output: bool")
    .doc("Marks the value that decides whether a loop goes on: the predicate of its Switches.")
    .shape(loop_cond_shape)
    .kernel<Forward>(kCpu)
    .sets_outputs()
    .control_flow();

}  // namespace
}  // namespace reflow::ops
