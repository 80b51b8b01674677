// RefSelect: one of several references.

#include <string>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

Status ref_select_shape(ShapeContext& c) {
  Shape scalar;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &scalar));
  const Shape& first = c.input(1);
  bool same = first.fully_defined();
  for (int i = 2; i < c.num_inputs() && same; ++i) same = c.input(i) == first;
  c.set_output(0, same ? first : Shape::unknown());
  return OkStatus();
}

class RefSelect : public Kernel {
 public:
  explicit RefSelect(KernelInit&) {}
  Status compute(KernelContext& c) override {
    if (c.input(0).rank() != 0) return invalid_argument("Index must be a scalar, but it has shape {}", c.input(0).shape().str());
    const int32_t index = c.input(0).item<int32_t>();
    const int n = c.num_inputs() - 1;
    if (index < 0 || index >= n) return invalid_argument("Index must be in the range [0, {}) but got {}", n, index);
    c.forward(1 + index, 0);
    return OkStatus();
  }
};

REFLOW_OP("RefSelect")
    .input("index: int32")
    .input("inputs: Ref(N * T)")
    .output("output: Ref(T)")
    .attr("T: type")
    .attr("N: int >= 1")
    .doc("The reference inputs[index].")
    .shape(ref_select_shape)
    .kernel<RefSelect>(kCpu)
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
