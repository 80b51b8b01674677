// Ref variables: VariableV2 and its old form, temporary ones, and the question whether one has a value.

#include <memory>
#include <string>

#include "reflow/op/op.h"
#include "reflow/op/variable.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// Looks its variable up once, so that a run only hands the pointer out.
class VariableKernel : public Kernel {
 public:
  explicit VariableKernel(KernelInit& c) {
    const Shape shape = c.attr<Shape>("shape");
    if (shape.known_rank() && !shape.fully_defined()) {
      c.fail(invalid_argument("Shape {} is not fully defined", shape.str()));
      return;
    }
    if (c.device() == nullptr) {
      c.fail(internal_error("Variable '{}' needs a device", c.node().name()));
      return;
    }
    const DType type = c.attr<DType>("dtype");
    std::string name = c.attr_or<std::string>("shared_name", "");
    if (name.empty()) name = c.node().name();
    auto found = c.device()->resources().lookup_or_create<Variable>(
        c.attr_or<std::string>("container", ""), name,
        [&]() -> StatusOr<std::shared_ptr<Variable>> {
          auto variable = std::make_shared<Variable>(type);
          // What has no elements has all of them from the start.
          if (shape.known_rank() && shape.rank() > 0 && shape.num_elements() == 0) {
            ASSIGN_OR_RETURN(variable->tensor, allocate_tensor(type, shape));
          }
          return variable;
        });
    if (!found.ok()) {
      c.fail(found.status());
    } else if ((*found)->dtype != type) {
      c.fail(invalid_argument("Variable '{}' exists with type {}, not {}", name, dtype_name((*found)->dtype),
                              dtype_name(type)));
    } else {
      variable_ = *std::move(found);
    }
  }

  Status compute(KernelContext& c) override {
    c.set_output_ref(0, variable_.get());
    return OkStatus();
  }

 private:
  std::shared_ptr<Variable> variable_;
};

Status variable_shape(ShapeContext& c) {
  c.set_output(0, c.attr_or("shape", Shape::unknown()));
  return OkStatus();
}

// Graphs of the old op say [] where the shape isn't known.
Status old_variable_shape(ShapeContext& c) {
  Shape shape = c.attr_or("shape", Shape::unknown());
  c.set_output(0, shape.rank() == 0 ? Shape::unknown() : std::move(shape));
  return OkStatus();
}

REFLOW_OP("VariableV2")
    .output("ref: Ref(dtype)")
    .attr("shape: shape")
    .attr("dtype: type")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .stateful()
    .doc("A variable: a tensor that keeps its value from run to run. It is known by `shared_name`, or by the node's name, "
         "within `container`. It has no value before it is assigned one.")
    .shape(variable_shape)
    .kernel<VariableKernel>(kCpu)
    .sets_outputs();

REFLOW_OP("Variable")
    .output("ref: Ref(dtype)")
    .attr("shape: shape")
    .attr("dtype: type")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .stateful()
    .doc("A variable, as old graphs have it: VariableV2 whose shape [] means an unknown one.")
    .shape(old_variable_shape)
    .kernel<VariableKernel>(kCpu)
    .sets_outputs();

// Lives in the resources of one run, under its name.
class TemporaryVariable : public Kernel {
 public:
  explicit TemporaryVariable(KernelInit& c)
      : shape_(c.attr<Shape>("shape")), type_(c.attr<DType>("dtype")), name_(c.attr<std::string>("var_name")) {
    if (!shape_.known_rank()) shape_ = Shape{};
    if (!shape_.fully_defined()) c.fail(invalid_argument("Shape {} is not fully defined", shape_.str()));
    if (name_.empty()) name_ = c.node().name();
  }

  Status compute(KernelContext& c) override {
    auto variable = std::make_shared<Variable>(type_);
    ASSIGN_OR_RETURN(variable->tensor, allocate_tensor(type_, shape_));
    Variable* raw = variable.get();
    RETURN_IF_ERROR(c.env().step_resources->create<Variable>("", name_, std::move(variable)));
    c.set_output_ref(0, raw);
    return OkStatus();
  }

 private:
  Shape shape_;
  DType type_;
  std::string name_;
};

REFLOW_OP("TemporaryVariable")
    .output("ref: Ref(dtype)")
    .attr("shape: shape")
    .attr("dtype: type")
    .attr("var_name: string = ''")
    .stateful()
    .doc("A variable that lives within one run: until DestroyTemporaryVariable with the same `var_name`.")
    .shape(variable_shape)
    .kernel<TemporaryVariable>(kCpu)
    .sets_outputs();

class DestroyTemporaryVariable : public Kernel {
 public:
  explicit DestroyTemporaryVariable(KernelInit& c) : name_(c.attr<std::string>("var_name")) {}

  Status compute(KernelContext& c) override {
    c.set_output(0, c.input(0));
    if (!c.env().step_resources->erase<Variable>("", name_).ok()) {
      return not_found("Resource __per_step_{}/{}/N10tensorflow19TemporaryVariableOp6TmpVarE does not exist.",
                       c.env().step_id, name_);
    }
    return OkStatus();
  }

 private:
  std::string name_;
};

REFLOW_OP("DestroyTemporaryVariable")
    .input("ref: Ref(T)")
    .output("value: T")
    .attr("T: type")
    .attr("var_name: string")
    .doc("Ends the temporary variable `ref`, which has the name `var_name`, and gives its last value.")
    .shape(unchanged_shape)
    .kernel<DestroyTemporaryVariable>(kCpu)
    .sets_outputs();

class IsVariableInitialized : public Kernel {
 public:
  explicit IsVariableInitialized(KernelInit&) {}
  Status compute(KernelContext& c) override {
    *c.output(0).data<bool>() = c.input(0).valid();
    return OkStatus();
  }
};

REFLOW_OP("IsVariableInitialized")
    .input("ref: Ref(dtype)")
    .output("is_initialized: bool")
    .attr("dtype: type")
    .allows_uninitialized_input()
    .doc("Tells whether the variable `ref` has a value.")
    .shape(scalar_shape)
    .kernel<IsVariableInitialized>(kCpu);

}  // namespace
}  // namespace reflow::ops
