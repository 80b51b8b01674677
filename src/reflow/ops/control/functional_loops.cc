// Control flow by functions: If, Case, While and For. They run one function after the other; the graph around them sees
// one node. Gradients are in autodiff/: they take the functions apart.

#include <algorithm>
#include <chrono>
#include <cstring>

#include "reflow/op/function_runner.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// What counts as true: a number that isn't zero, a string that isn't empty, a tensor of rank 1 or more with elements.
StatusOr<bool> truth_of(const Tensor& value) {
  if (value.rank() != 0) return value.num_elements() > 0;
  if (value.dtype() == DType::kString) return !value.item<std::string>().empty();
  bool result = false;
  const bool known = with_type(kRealTypes + Types<bool, uint32_t, uint64_t>{}, value.dtype(),
                               [&]<typename T>() { result = static_cast<float>(value.item<T>()) != 0; });
  if (!known) return invalid_argument("{} cannot be converted to a boolean", dtype_spec_name(value.dtype()));
  return result;
}

// As `output_shapes` says them; nothing is promised of what a run gives.
Status said_shapes(ShapeContext& c, bool as_inputs) {
  const auto shapes = c.attr_or<std::vector<Shape>>("output_shapes", {});
  if (!shapes.empty() && static_cast<int>(shapes.size()) != c.num_outputs()) {
    return invalid_argument("`output_shapes` must be the same length as num outputs ({} vs. {}", shapes.size(),
                            c.num_outputs());
  }
  for (int i = 0; i < c.num_outputs(); ++i) {
    Shape shape = shapes.empty() ? as_inputs ? c.input(i) : Shape::unknown() : shapes[i];
    c.set_output(i, c.concrete() ? Shape::unknown() : std::move(shape));
  }
  return OkStatus();
}
Status if_shape(ShapeContext& c) { return said_shapes(c, false); }
Status while_shape(ShapeContext& c) { return said_shapes(c, true); }

class If : public CallingKernel {
 public:
  explicit If(KernelInit& c) : then_(c, "then_branch"), else_(c, "else_branch") {
    note(then_);
    note(else_);
  }
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const bool taken, truth_of(c.input(0)));
    ASSIGN_OR_RETURN(std::vector<Tensor> results,
                     (taken ? then_ : else_).call(c.env(), arguments(c, 1), c.num_outputs()));
    return give_out(c, std::move(results));
  }

 private:
  CalledFunction then_, else_;
};

#define IF_ATTRS                                     \
  .input("cond: Tcond")                              \
  .input("input: Tin")                               \
  .output("output: Tout")                            \
  .attr("Tcond: type")                               \
  .attr("Tin: list(type) >= 0")                      \
  .attr("Tout: list(type) >= 0")                     \
  .attr("then_branch: func")                         \
  .attr("else_branch: func")                         \
  .attr("output_shapes: list(shape) = []")           \
  .shape(if_shape)                                   \
  .kernel<If>(kCpu)                                  \
  .sets_outputs()

REFLOW_OP("If")
    IF_ATTRS
    .stateful()
    .doc("Calls `then_branch` with `input` where `cond` is true, else `else_branch`.");

REFLOW_OP("StatelessIf")
    IF_ATTRS
    .doc("If, of functions that have no side effects.");

class Case : public CallingKernel {
 public:
  explicit Case(KernelInit& c) {
    for (const NameAttrList& branch : c.attr<std::vector<NameAttrList>>("branches")) {
      branches_.emplace_back(c, branch);
      note(branches_.back());
    }
  }
  // An index that is none means the last branch.
  Status compute(KernelContext& c) override {
    if (c.input(0).num_elements() != 1) return invalid_argument("The branch index is not a scalar");
    const int64_t last = static_cast<int64_t>(branches_.size()) - 1, index = c.input(0).item<int32_t>();
    const CalledFunction& branch = branches_[index < 0 || index > last ? last : index];
    ASSIGN_OR_RETURN(std::vector<Tensor> results, branch.call(c.env(), arguments(c, 1), c.num_outputs()));
    return give_out(c, std::move(results));
  }

 private:
  std::vector<CalledFunction> branches_;
};

REFLOW_OP("Case")
    .input("branch_index: int32")
    .input("input: Tin")
    .output("output: Tout")
    .attr("Tin: list(type) >= 0")
    .attr("Tout: list(type) >= 0")
    .attr("branches: list(func) >= 1")
    .attr("output_shapes: list(shape) = []")
    .stateful()
    .doc("Calls the function of `branches` with number `branch_index`, the last one where there is none.")
    .shape(if_shape)
    .kernel<Case>(kCpu)
    .sets_outputs();

class While : public CallingKernel {
 public:
  explicit While(KernelInit& c) : cond_(c, "cond"), body_(c, "body") {
    note(cond_);
    note(body_);
  }
  Status compute(KernelContext& c) override {
    std::vector<Tensor> state = arguments(c, 0);
    while (true) {
      ASSIGN_OR_RETURN(const std::vector<Tensor> goes_on, cond_.call(c.env(), state, 1));
      ASSIGN_OR_RETURN(const bool again, truth_of(goes_on[0]));
      if (!again) break;
      ASSIGN_OR_RETURN(state, body_.call(c.env(), std::move(state), c.num_outputs()));
    }
    return give_out(c, std::move(state));
  }

 private:
  CalledFunction cond_, body_;
};

#define WHILE_ATTRS                                  \
  .input("input: T")                                 \
  .output("output: T")                               \
  .attr("T: list(type) >= 0")                        \
  .attr("cond: func")                                \
  .attr("body: func")                                \
  .attr("output_shapes: list(shape) = []")           \
  .attr("parallel_iterations: int = 10")             \
  .shape(while_shape)                                \
  .kernel<While>(kCpu)                               \
  .sets_outputs()

REFLOW_OP("While")
    WHILE_ATTRS
    .stateful()
    .doc("Calls `body` on its own results, first on `input`, as long as `cond` of them is true.");

REFLOW_OP("StatelessWhile")
    WHILE_ATTRS
    .doc("While, of functions that have no side effects.");

class For : public CallingKernel {
 public:
  explicit For(KernelInit& c) : body_(c, "body") { note(body_); }
  Status compute(KernelContext& c) override {
    int64_t bounds[3];
    for (int i = 0; i < 3; ++i) {
      if (c.input(i).num_elements() != 1) {
        return invalid_argument("{} must be a scalar", i == 0 ? "start" : i == 1 ? "limit" : "delta");
      }
      bounds[i] = c.input(i).item<int32_t>();
    }
    const auto [start, limit, delta] = bounds;
    if (delta > 0 ? start > limit : delta < 0 ? start < limit : start != limit) {
      return invalid_argument("bad iteration space: start = {}, limit = {}, delta = {}", start, limit, delta);
    }
    std::vector<Tensor> state = arguments(c, 3);
    for (int64_t i = start; delta > 0 ? i < limit : i > limit; i += delta) {
      state.insert(state.begin(), Tensor::scalar(static_cast<int32_t>(i)));
      ASSIGN_OR_RETURN(state, body_.call(c.env(), std::move(state), c.num_outputs()));
    }
    return give_out(c, std::move(state));
  }

 private:
  CalledFunction body_;
};

REFLOW_OP("For")
    .input("start: int32")
    .input("limit: int32")
    .input("delta: int32")
    .input("input: T")
    .output("output: T")
    .attr("T: list(type) >= 0")
    .attr("body: func")
    .doc("Calls `body` with each number from `start` to `limit` (excluded) by steps of `delta` and its own results, first "
         "`input`.")
    .shape(unknown_shape)
    .kernel<For>(kCpu)
    .sets_outputs();

// A value of the right type, whose unknown dimensions are 0.
class FakeParam : public Kernel {
 public:
  explicit FakeParam(KernelInit&) {}
  Status compute(KernelContext& c) override {
    Tensor& value = c.output(0);
    if (is_plain(value.dtype()) && value.num_elements() > 0) std::memset(value.raw_data(), 0, value.size_bytes());
    return OkStatus();
  }
};

Status fake_param_shape(ShapeContext& c) {
  Shape shape = c.attr_or<Shape>("shape", Shape::unknown());
  if (c.concrete()) {
    if (!shape.known_rank()) shape = Shape{};
    for (int i = 0; i < shape.rank(); ++i) shape.set_dim(i, std::max<int64_t>(shape.dim(i), 0));
  }
  c.set_output(0, std::move(shape));
  return OkStatus();
}

REFLOW_OP("FakeParam")
    .output("output: dtype")
    .attr("dtype: type")
    .attr("shape: shape")
    .doc("Stands for a value that isn't there: nobody looks at it.")
    .shape(fake_param_shape)
    .kernel<FakeParam>(kCpu);

}  // namespace
}  // namespace reflow::ops
