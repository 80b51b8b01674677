// Control flow: group, tuple, cond, case, switch_case.

#include "reflow/client/control_flow_ops.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "bindings.h"
#include "casters.h"
#include "reference.h"
#include "reflow/client/branch_function.h"
#include "reflow/client/switch_case.h"

namespace reflow::python {
namespace {

// A branch: a Python function that gives a list of values, or an operation.
client::BranchFn branch_from_python(nb::handle function) {
  return [function = Reference(function.ptr())] {
    const nb::gil_scoped_acquire gil;
    const nb::object result = nb::handle(function.get())();
    client::BranchResult branch;
    if (const Operation* operation = as_operation(result.ptr())) {
      branch.operation = *operation;
      return branch;
    }
    branch.is_list = true;
    for (nb::handle value : result) branch.tensors.push_back(tensor_like_from_python(value));
    return branch;
  };
}

// Likewise of a branch that is a function of the graph.
SwitchListFn switch_branch_from_python(nb::handle function) {
  return [function = Reference(function.ptr())] {
    const nb::gil_scoped_acquire gil;
    std::vector<Output> outputs;
    for (nb::handle value : nb::object(nb::handle(function.get())())) outputs.push_back(output_from_python(value));
    return outputs;
  };
}

std::vector<GraphElement> control_inputs_from_python(nb::handle objects) {
  std::vector<GraphElement> elements;
  for (nb::handle object : objects) elements.push_back(control_input_from_python(object));
  return elements;
}

}  // namespace

void bind_control_flow(nb::module_& m) {
  m.def("enable_control_flow_v2", client::enable_control_flow_v2);
  m.def("control_flow_v2_enabled", client::control_flow_v2_enabled);
  m.def("builds_functional_control_flow", client::builds_functional_control_flow);
  m.def("group", [](nb::handle inputs, nb::handle name) {
    return group(control_inputs_from_python(inputs), {name_from_python(name)});
  }, nb::arg("inputs"), nb::arg("name").none());
  m.def("tuple", [](const std::vector<Output>& tensors, nb::handle name, const std::vector<GraphElement>& controls) {
    return tuple(tensors, {.name = name_from_python(name), .control_inputs = controls});
  }, nb::arg("tensors"), nb::arg("name").none(), nb::arg("control_inputs"));
  m.def("with_dependencies", [](nb::handle dependencies, TensorLike value, nb::handle name) {
    return with_dependencies(control_inputs_from_python(dependencies), value, {name_from_python(name)});
  }, nb::arg("dependencies"), nb::arg("value"), nb::arg("name").none());
  m.def("case", [](nb::list preds, nb::list functions, nb::handle otherwise, bool exclusive, nb::handle name) {
    std::vector<std::pair<Output, client::BranchFn>> pairs;
    for (size_t i = 0; i < preds.size(); ++i) {
      pairs.emplace_back(output_from_python(preds[i]), branch_from_python(functions[i]));
    }
    return client::case_merges(pairs, otherwise.is_none() ? client::BranchFn() : branch_from_python(otherwise),
                               {.exclusive = exclusive, .name = name_from_python(name)});
  }, nb::arg("preds"), nb::arg("functions"), nb::arg("otherwise").none(), nb::arg("exclusive"), nb::arg("name").none());
  m.def("switch_case", [](TensorLike index, nb::list functions, nb::handle name) {
    std::vector<SwitchListFn> branches;
    for (nb::handle function : functions) branches.push_back(switch_branch_from_python(function));
    return switch_case_lists(index, branches, {}, name_from_python(name));
  }, nb::arg("branch_index"), nb::arg("functions"), nb::arg("name").none());
  m.def("cond", [](TensorLike pred, nb::handle true_fn, nb::handle false_fn, nb::handle name) {
    return client::cond_merges(pred, branch_from_python(true_fn), branch_from_python(false_fn),
                               name_from_python(name), true);
  }, nb::arg("pred"), nb::arg("true_fn"), nb::arg("false_fn"), nb::arg("name").none());
}

}  // namespace reflow::python
