// What chains of element-wise ops and updates of variables become when a plan is made (passes/fusion.cc): one pass over
// the elements.

#include <algorithm>
#include <array>
#include <optional>

#include "reflow/op/fused_runner.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

Status fused_shape(ShapeContext& c) {
  const int num_refs = static_cast<int>(c.attr_or<int64_t>("R", 0));
  ASSIGN_OR_RETURN(const FusedProgram program, FusedProgram::from_attrs(c.node(), c.num_inputs() - num_refs, num_refs));
  if (program.num_outputs() != c.num_outputs()) {
    return invalid_argument("Node '{}' has {} outputs, its program {}", c.node().name(), c.num_outputs(), program.num_outputs());
  }
  std::vector<Shape> values, outputs;
  RETURN_IF_ERROR(program.infer_shapes(c, &values));
  RETURN_IF_ERROR(program.output_shapes(values, &outputs));
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, outputs[i]);
  return OkStatus();
}

std::optional<FusedRunner> make_runner(KernelInit& c, int num_refs) {
  auto program = FusedProgram::from_attrs(c.node(), c.node().num_inputs() - num_refs, num_refs);
  if (program.ok() && program->num_outputs() == c.node().num_outputs()) return FusedRunner(*std::move(program));
  c.fail(program.ok() ? internal_error("Node '{}' has another number of outputs than its program", c.node().name())
                      : program.status());
  return std::nullopt;
}

class FusedElementwise : public Kernel {
 public:
  explicit FusedElementwise(KernelInit& c) : runner_(make_runner(c, 0)) {}
  Status compute(KernelContext& c) override { return runner_->run(c, {}); }

 private:
  std::optional<FusedRunner> runner_;
};

REFLOW_OP("_FusedElementwise")
    .input("inputs: N * float")
    .output("outputs: M * float")
    .attr("N: int >= 0")
    .attr("M: int >= 1")
    .attr("code: list(int)")
    .attr("constants: list(float) = []")
    .attr("results: list(int)")
    .attr("names: list(string) = []")
    .attr("parts: list(int) = []")
    .attr("joins: list(int) = []")
    .doc("Computes element-wise steps over tensors that broadcast, in one pass; of inputs it may read some columns only, and put "
         "several results side by side. Made by the pass `fusion`.")
    .shape(fused_shape)
    .kernel<FusedElementwise>(kCpu)
    .in_place(0, 0).in_place(0, 1).in_place(0, 2).in_place(0, 3)
    .in_place(1, 1).in_place(1, 2).in_place(1, 3).in_place(1, 0)
    .in_place(2, 2).in_place(2, 3).in_place(2, 0).in_place(2, 1)
    .not_differentiable();

class FusedUpdate : public Kernel {
 public:
  explicit FusedUpdate(KernelInit& c)
      : num_refs_(static_cast<int>(c.attr<int64_t>("R"))), runner_(make_runner(c, num_refs_)) {
    if (num_refs_ > 0 && num_refs_ <= c.node().num_inputs()) shape_ = c.node().inputs().back().shape();
  }

  Status compute(KernelContext& c) override {
    const int first = c.num_inputs() - num_refs_;
    std::array<Variable*, FusedProgram::kMaxRefs> refs, locked;
    for (int i = 0; i < num_refs_; ++i) refs[i] = locked[i] = &c.ref(first + i);
    // Runs that update the same variables lock them in the same order.
    const auto end = locked.begin() + num_refs_;
    std::sort(locked.begin(), end);
    const auto unique_end = std::unique(locked.begin(), end);
    for (auto v = locked.begin(); v != unique_end; ++v) (*v)->mutex.lock();
    const Status status = update(c, {refs.data(), static_cast<size_t>(num_refs_)});
    for (auto v = locked.begin(); v != unique_end; ++v) (*v)->mutex.unlock();
    return status;
  }

 private:
  Status update(KernelContext& c, std::span<Variable* const> refs) const {
    for (size_t i = 0; i < refs.size(); ++i) {
      const Tensor& value = refs[i]->tensor;
      if (!value.valid()) {
        const Node& source = *c.node().input(c.num_inputs() - num_refs_ + static_cast<int>(i)).node;
        return failed_precondition("Attempting to use uninitialized value {}", source.name());
      }
      // Assign may have changed it, against what the graph says.
      if (shape_.fully_defined() && !(value.shape() == shape_)) {
        return invalid_argument("var and delta do not have the same shape{} {}", value.shape().str(), shape_.str());
      }
    }
    return runner_->run(c, refs);
  }

  int num_refs_;
  std::optional<FusedRunner> runner_;
  Shape shape_ = Shape::unknown();  // of all variables, as the graph says
};

REFLOW_OP("_FusedUpdate")
    .input("inputs: N * float")
    .input("refs: Ref(R * float)")
    .output("outputs: M * float")
    .attr("N: int >= 0")
    .attr("R: int >= 1")
    .attr("M: int >= 0")
    .attr("code: list(int)")
    .attr("constants: list(float) = []")
    .attr("results: list(int)")
    .attr("names: list(string) = []")
    .stateful()
    .doc("Computes element-wise steps and writes their results into variables, in one pass. Made by the pass `fusion`.")
    .shape(fused_shape)
    .kernel<FusedUpdate>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
