#include "reflow/op/op.h"

// The ends of a session's graph: what comes from and goes to the caller. They exist only inside compiled plans, which
// never run them: values are put in and taken out by the executor.

namespace reflow::op {
namespace {

Status feed_shape(ShapeContext& c) {
  c.set_output(0, c.attr_or<Shape>("shape", Shape::unknown()));
  return OkStatus();
}

REFLOW_OP("_Feed")
    .output("output: T")
    .attr("T: type")
    .attr("index: int")
    .attr("shape: shape = { unknown_rank: true }")
    .doc("The value that the caller feeds as number `index` of the signature.")
    .stateful()
    .shape(feed_shape)
    .not_differentiable();

REFLOW_OP("_Fetch")
    .input("input: T")
    .attr("T: type")
    .attr("index: int")
    .doc("Gives `input` to the caller as number `index` of the fetches.")
    .stateful()
    .shape(no_outputs)
    .not_differentiable();

}  // namespace
}  // namespace reflow::op
