// Placeholders: tensors that a run is to be fed.

#include <string>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// Runs only where nothing was fed.
class Placeholder : public Kernel {
 public:
  explicit Placeholder(KernelInit& c) : shape_(c.attr_or("shape", Shape::unknown())) {}
  Status compute(KernelContext& c) override {
    const std::string type = dtype_spec_name(c.node().output_type(0));
    if (shape_.rank() > 0) {
      return invalid_argument("You must feed a value for placeholder tensor '{}' with dtype {} and shape {}",
                              c.node().name(), type, shape_.str());
    }
    return invalid_argument("You must feed a value for placeholder tensor '{}' with dtype {}", c.node().name(), type);
  }

 private:
  Shape shape_;
};

Status placeholder_shape(ShapeContext& c) {
  c.set_output(0, c.attr_or("shape", Shape::unknown()));
  return OkStatus();
}

REFLOW_OP("Placeholder")
    .output("output: dtype")
    .attr("dtype: type")
    .attr("shape: shape = { unknown_rank: true }")
    .doc("A tensor that each run has to be fed.")
    .shape(placeholder_shape)
    .kernel<Placeholder>(kCpu)
    .sets_outputs();

REFLOW_OP("PlaceholderV2")
    .output("output: dtype")
    .attr("dtype: type")
    .attr("shape: shape")
    .deprecated(23, "Placeholder now behaves the same as PlaceholderV2.")
    .doc("A tensor that each run has to be fed.")
    .shape(placeholder_shape)
    .kernel<Placeholder>(kCpu)
    .sets_outputs();

class PassOn : public Kernel {
 public:
  explicit PassOn(KernelInit&) {}
  Status compute(KernelContext& c) override {
    c.set_output(0, c.input(0));
    return OkStatus();
  }
};

// What is fed may be less precise in its shape than the default.
Status default_shape(ShapeContext& c) {
  Shape declared = c.attr_or("shape", Shape::unknown()), merged;
  RETURN_IF_ERROR(c.merge(c.input(0), declared, &merged));
  c.set_output(0, c.concrete() ? c.input(0) : std::move(declared));
  return OkStatus();
}

REFLOW_OP("PlaceholderWithDefault")
    .input("input: dtype")
    .output("output: dtype")
    .attr("dtype: type")
    .attr("shape: shape")
    .doc("What the run is fed here, or else `input`.")
    .shape(default_shape)
    .kernel<PassOn>(kCpu)
    .sets_outputs()
    .alias(0, 0)
    .gradient([](GradContext& g) { g.dx(0) = g.dy_gradient(0); });

}  // namespace
}  // namespace reflow::ops
