// Variable scopes and get_variable.

#include "reflow/client/variable_scope.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "bindings.h"
#include "casters.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/variable_store.h"
#include "reflow/graph/scope.h"
#include "reflow/graph/while_context.h"
#include "variable_defaults.h"

namespace reflow::python {

namespace {

// A variable scope between Python's __enter__ and __exit__.
struct EnteredScope {
  std::shared_ptr<variable_scope> scope;
};

VariableScopeOptions options_of(nb::dict arguments) {
  VariableScopeOptions options;
  for (auto [key, value] : arguments) {
    const std::string name = string_from_python(key);
    if (value.is_none()) continue;
    if (name == "default_name") options.default_name = string_from_python(value);
    else if (name == "initializer") options.initializer = initializer_from_python(value);
    else if (name == "regularizer") options.regularizer = regularizer_from_python(value);
    else if (name == "caching_device") options.caching_device = string_from_python(nb::str(value));
    else if (name == "reuse") options.reuse = reuse_from_python(value);
    else if (name == "dtype") options.dtype = dtype_from_python(value);
    else if (name == "use_resource") options.use_resource = is_true(value);
    else if (name == "constraint") options.constraint = constraint_from_python(value);
    else if (name == "partitioner") options.partitioner = partitioner_from_python(value);
    else if (name == "custom_getter") options.custom_getter = custom_getter_from_python(value);
    else if (name == "auxiliary_name_scope") options.auxiliary_name_scope = is_true(value);
    else throw nb::type_error(("variable_scope has no argument " + name).c_str());
  }
  return options;
}

nb::object get(const std::string& name, nb::handle shape, nb::dict arguments) {
  const GetVariableCall call = call_from_python(shape, arguments);
  return tensor_like_to_python(get_variable_or_tensor(name, call.shape, call.options));
}

}  // namespace

void bind_variable_scopes(nb::module_& m) {
  nb::class_<VariableScope>(m, "VariableScopeHandle")
      .def_prop_ro("name", [](VariableScope& s) { return s.name(); })
      .def_prop_ro("original_name_scope", [](VariableScope& s) { return s.original_name_scope(); })
      .def_prop_ro("reuse", [](VariableScope& s) { return reuse_to_python(s.reuse()); })
      .def_prop_ro("dtype", [](VariableScope& s) { return s.dtype(); })
      .def_prop_ro("use_resource", [](VariableScope& s) { return s.use_resource(); })
      .def_prop_ro("key", [](VariableScope& s) { return reinterpret_cast<uintptr_t>(&s.state()); })
      .def_prop_ro("initializer", [](VariableScope& s) { return initializer_to_python(s.initializer()); })
      .def_prop_ro("regularizer", [](VariableScope& s) { return regularizer_to_python(s.regularizer()); })
      .def_prop_ro("caching_device", [](VariableScope& s) { return s.caching_device(); })
      .def_prop_ro("constraint", [](VariableScope& s) { return constraint_to_python(s.constraint()); })
      .def_prop_ro("partitioner", [](VariableScope& s) { return partitioner_to_python(s.partitioner()); })
      .def_prop_ro("custom_getter", [](VariableScope& s) { return custom_getter_to_python(s.custom_getter()); })
      .def("set_caching_device", [](VariableScope& s, std::string device) { s.set_caching_device(std::move(device)); })
      .def("set_partitioner", [](VariableScope& s, nb::handle partitioner) {
        s.set_partitioner(partitioner_from_python(partitioner));
      }, nb::arg("partitioner").none())
      .def("set_custom_getter", [](VariableScope& s, nb::handle getter) {
        s.set_custom_getter(custom_getter_from_python(getter));
      }, nb::arg("custom_getter").none())
      .def("reuse_variables", &VariableScope::reuse_variables)
      .def("set_initializer", [](VariableScope& s, Initializer initializer) { s.set_initializer(initializer); },
           nb::arg("initializer").none())
      .def("set_regularizer", [](VariableScope& s, nb::handle regularizer) {
        s.set_regularizer(regularizer_from_python(regularizer));
      }, nb::arg("regularizer").none())
      .def("set_dtype", [](VariableScope& s, DType dtype) { s.set_dtype(dtype); })
      .def("set_use_resource", [](VariableScope& s, bool use) { s.set_use_resource(use); })
      .def("open_scopes", [](VariableScope&) {
        return client::variable_scope_stack(client::default_graph()).counts.size();
      });
  nb::class_<EnteredScope>(m, "EnteredVariableScope")
      .def_prop_ro("scope", [](EnteredScope& e) { return e.scope->scope(); })
      .def("exit", [](EnteredScope& e) { e.scope.reset(); });
  m.def("enter_variable_scope", [](nb::handle name_or_scope, nb::dict arguments) {
    const VariableScopeOptions options = options_of(arguments);
    if (name_or_scope.is_none()) return EnteredScope{std::make_shared<variable_scope>(nullptr, options)};
    VariableScope* scope = nullptr;
    if (nb::try_cast<VariableScope*>(name_or_scope, scope) && scope) {
      return EnteredScope{std::make_shared<variable_scope>(*scope, options)};
    }
    return EnteredScope{std::make_shared<variable_scope>(string_from_python(name_or_scope), options)};
  }, nb::arg("name_or_scope").none(), nb::arg("arguments"));
  m.def("get_variable_scope", [] { return get_variable_scope(); });
  m.def("in_while_loop", [] { return graph::containing_while(client::default_graph().scope().context) != nullptr; });
  m.def("get_variable", get, nb::arg("name"), nb::arg("shape").none(), nb::arg("arguments"));
}

}  // namespace reflow::python
