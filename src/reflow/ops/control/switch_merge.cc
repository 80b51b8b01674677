// Switch and Merge, the fork and the join of tf.cond. Their gradients, which depend on the context, are in
// autodiff/control_flow_gradients.cc.

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

Status switch_shape(ShapeContext& c) {
  if (c.concrete()) {
    if (c.input(1).rank() != 0) {
      return invalid_argument("The second input must be a scalar, but it has shape {}", c.input(1).str());
    }
  } else {
    Shape scalar;
    RETURN_IF_ERROR(c.with_rank(c.input(1), 0, &scalar));
  }
  c.set_output(0, c.input(0));
  c.set_output(1, c.input(0));
  return OkStatus();
}

class Switch : public Kernel {
 public:
  explicit Switch(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor& pred = c.input(1);
    if (pred.rank() != 0) {
      return invalid_argument("The second input must be a scalar, but it has shape {}", pred.shape().str());
    }
    const int taken = pred.item<bool>() ? 1 : 0;
    c.forward(0, taken);
    c.set_dead(1 - taken);
    return OkStatus();
  }
};

// What is common to all inputs: any of them may be the one that arrives.
Status merge_shape(ShapeContext& c) {
  Shape out = c.input(0);
  for (int i = 1; i < c.num_inputs() && out.known_rank(); ++i) {
    const Shape& in = c.input(i);
    if (in.rank() != out.rank()) {
      out = Shape::unknown();
      break;
    }
    for (int d = 0; d < out.rank(); ++d) {
      if (out.dim(d) != in.dim(d)) out.set_dim(d, Shape::kUnknown);
    }
  }
  c.set_output(0, std::move(out));
  c.set_output(1, Shape{});
  return OkStatus();
}

class Merge : public Kernel {
 public:
  explicit Merge(KernelInit&) {}
  Status compute(KernelContext& c) override {
    int arrived = -1;
    for (int i = 0; i < c.num_inputs(); ++i) {
      if (c.input_value(i) == nullptr) continue;
      if (arrived >= 0) return internal_error("Merge can not have more than one valid input.");
      arrived = i;
    }
    if (arrived < 0) return OkStatus();  // dead: the executor marks both outputs
    c.forward(arrived, 0);
    RETURN_IF_ERROR(c.allocate_output(1, Shape{}));
    *c.output(1).data<int32_t>() = arrived;
    return OkStatus();
  }
};

REFLOW_OP("Switch")
    .input("data: T")
    .input("pred: bool")
    .output("output_false: T")
    .output("output_true: T")
    .attr("T: type")
    .doc("Passes `data` on to `output_true` when `pred` is true, else to `output_false`; the other output is dead.")
    .shape(switch_shape)
    .kernel<Switch>(kCpu)
    .sets_outputs()
    .control_flow();

REFLOW_OP("RefSwitch")
    .input("data: Ref(T)")
    .input("pred: bool")
    .output("output_false: Ref(T)")
    .output("output_true: Ref(T)")
    .attr("T: type")
    .allows_uninitialized_input()
    .doc("Passes the reference `data` on to `output_true` when `pred` is true, else to `output_false`.")
    .shape(switch_shape)
    .kernel<Switch>(kCpu)
    .sets_outputs()
    .control_flow();

REFLOW_OP("Merge")
    .input("inputs: N * T")
    .output("output: T")
    .output("value_index: int32")
    .attr("T: type")
    .attr("N: int >= 1")
    .doc("Passes on the one input that arrives, and its index: the end of branches, the start of a loop's iteration.")
    .shape(merge_shape)
    .kernel<Merge>(kCpu)
    .sets_outputs()
    .control_flow();

REFLOW_OP("RefMerge")
    .input("inputs: Ref(N * T)")
    .output("output: Ref(T)")
    .output("value_index: int32")
    .attr("T: type")
    .attr("N: int >= 1")
    .doc("Passes on the one reference that arrives, and its index.")
    .shape(merge_shape)
    .kernel<Merge>(kCpu)
    .sets_outputs()
    .control_flow();

}  // namespace
}  // namespace reflow::ops
