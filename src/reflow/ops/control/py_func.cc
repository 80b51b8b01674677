// PyFunc: calls a function of the program that runs the graph (op/host_functions.h).

#include "reflow/op/host_functions.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class PyFunc : public Kernel {
 public:
  explicit PyFunc(KernelInit& init)
      : token_(init.attr<std::string>("token")), types_(init.attr<std::vector<DType>>("Tout")) {}

  Status compute(KernelContext& c) override {
    std::vector<Tensor> inputs, outputs;
    for (int i = 0; i < c.num_inputs(); ++i) inputs.push_back(c.input(i));
    RETURN_IF_ERROR(call_host_function(token_, inputs, &outputs));
    if (outputs.size() != types_.size()) {
      return invalid_argument("{} returns {} values, but expects to see {} values.", token_, outputs.size(),
                              types_.size());
    }
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (outputs[i].dtype() != types_[i]) {
        return invalid_argument("{}-th value returned by {} is {}, but expects {}", i, token_,
                                dtype_spec_name(outputs[i].dtype()), dtype_spec_name(types_[i]));
      }
      c.set_output(static_cast<int>(i), std::move(outputs[i]));
    }
    return OkStatus();
  }

 private:
  std::string token_;
  std::vector<DType> types_;
};

REFLOW_OP("PyFunc")
    .input("input: Tin")
    .output("output: Tout")
    .attr("token: string")
    .attr("Tin: list(type) >= 0")
    .attr("Tout: list(type) >= 0")
    .stateful()
    .doc("What the function called `token` makes of the input.")
    .shape(unknown_shape)
    .kernel<PyFunc>(kCpu)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("PyFuncStateless")
    .input("input: Tin")
    .output("output: Tout")
    .attr("token: string")
    .attr("Tin: list(type) >= 0")
    .attr("Tout: list(type) >= 0")
    .doc("The same, of a function that gives the same output for the same input.")
    .shape(unknown_shape)
    .kernel<PyFunc>(kCpu)
    .sets_outputs()
    .not_differentiable();

// The language binding knows what the function has computed, and registers the gradient under another name.
Status gradient_of_binding(GradContext& g) {
  GradFn fn;
  if (GradientRegistry::global().find("EagerPyFunc_of_binding", &fn) != GradientRegistry::Kind::kFunction) {
    return unimplemented("Nobody knows the gradient of the function that '{}' calls", g.node().name());
  }
  return fn(g);
}

REFLOW_OP("EagerPyFunc")
    .input("input: Tin")
    .output("output: Tout")
    .attr("token: string")
    .attr("is_async: bool = false")
    .attr("Tin: list(type) >= 0")
    .attr("Tout: list(type) >= 0")
    .stateful()
    .doc("What the function called `token`, which runs ops at once, makes of the input.")
    .shape(unknown_shape)
    .kernel<PyFunc>(kCpu)
    .sets_outputs()
    .gradient(gradient_of_binding);

}  // namespace
}  // namespace reflow::ops
