// Calls of functions: arguments and results within them, PartitionedCall and kin, and the gradient of a function.

#include "reflow/op/function_runner.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

Status argument_shape(ShapeContext& c) {
  c.set_output(0, c.attr_or<Shape>("_shape", Shape::unknown()));
  return OkStatus();
}

REFLOW_OP("_Arg")
    .output("output: T")
    .attr("T: type")
    .attr("index: int >= 0")
    .stateful()
    .doc("Argument `index` of the function.")
    .shape(argument_shape);

REFLOW_OP("_Retval")
    .input("input: T")
    .attr("T: type")
    .attr("index: int >= 0")
    .stateful()
    .doc("Result `index` of the function.")
    .shape(no_outputs);

class PartitionedCall : public CallingKernel {
 public:
  explicit PartitionedCall(KernelInit& c) : function_(c, "f") { note(function_); }
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(std::vector<Tensor> results, function_.call(c.env(), arguments(c, 0), c.num_outputs()));
    return give_out(c, std::move(results));
  }

 private:
  CalledFunction function_;
};

#define PARTITIONED_CALL_ATTRS             \
  .input("args: Tin")                      \
  .output("output: Tout")                  \
  .attr("Tin: list(type) >= 0")            \
  .attr("Tout: list(type) >= 0")           \
  .attr("f: func")                         \
  .attr("config: string = ''")             \
  .attr("config_proto: string = ''")       \
  .attr("executor_type: string = ''")      \
  .shape(unknown_shape)                    \
  .kernel<PartitionedCall>(kCpu)           \
  .sets_outputs()

REFLOW_OP("PartitionedCall")
    PARTITIONED_CALL_ATTRS
    .doc("Calls the function `f`, which has no side effects. Its nodes may be placed on several devices.");

REFLOW_OP("StatefulPartitionedCall")
    PARTITIONED_CALL_ATTRS
    .stateful()
    .doc("Calls the function `f`, which may have side effects. Its nodes may be placed on several devices.");

class RemoteCall : public CallingKernel {
 public:
  explicit RemoteCall(KernelInit& c) : function_(c, "f") { note(function_); }
  // All devices of the process are one memory; a device elsewhere can't be reached from here.
  Status compute(KernelContext& c) override {
    const Tensor& target = c.input(0);
    if (target.num_elements() != 1) return invalid_argument("The target of RemoteCall is not a scalar");
    const std::string& device = target.item<std::string>();
    const bool is_local = device.empty() || device.find("/job:") == std::string::npos ||
                          device.starts_with(c.env().device->name().substr(0, c.env().device->name().find("/device:")));
    if (!is_local) return not_found("Device {} is not a device of this process", device);
    ASSIGN_OR_RETURN(std::vector<Tensor> results, function_.call(c.env(), arguments(c, 1), c.num_outputs()));
    return give_out(c, std::move(results));
  }

 private:
  CalledFunction function_;
};

REFLOW_OP("RemoteCall")
    .input("target: string")
    .input("args: Tin")
    .output("output: Tout")
    .attr("Tin: list(type) >= 1")
    .attr("Tout: list(type) >= 1")
    .attr("f: func")
    .stateful()
    .doc("Calls the function `f` on device `target`.")
    .shape(unknown_shape)
    .kernel<RemoteCall>(kCpu)
    .sets_outputs();

// When it has run nothing is promised: the function may be one that the caller has given as the gradient.
Status symbolic_gradient_shape(ShapeContext& c) {
  if (c.num_inputs() < c.num_outputs()) return invalid_argument("len(inputs) < len(outputs)");
  for (int i = 0; i < c.num_outputs(); ++i) {
    const bool known = !c.concrete() && c.node().output_type(i) != DType::kResource;
    c.set_output(i, known ? c.input(i) : Shape::unknown());
  }
  return OkStatus();
}

class SymbolicGradient : public CallingKernel {
 public:
  explicit SymbolicGradient(KernelInit& c)
      : function_(c, NameAttrList{"SymbolicGradient", std::make_shared<AttrMap>(AttrMap{{"f", c.attr<NameAttrList>("f")}})}) {
    note(function_);
  }
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(std::vector<Tensor> results, function_.call(c.env(), arguments(c, 0), c.num_outputs()));
    return give_out(c, std::move(results));
  }

 private:
  CalledFunction function_;
};

REFLOW_OP("SymbolicGradient")
    .input("input: Tin")
    .output("output: Tout")
    .attr("Tin: list(type) >= 1")
    .attr("Tout: list(type) >= 1")
    .attr("f: func")
    .doc("The gradients of the function `f` with respect to its arguments: the inputs are its arguments, then the "
         "gradients of its results.")
    .shape(symbolic_gradient_shape)
    .kernel<SymbolicGradient>(kCpu)
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
