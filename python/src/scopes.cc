// The context managers of graph building: C++ scopes that Python enters and leaves.

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "bindings.h"
#include "casters.h"
#include "reference.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/scopes.h"
#include "reflow/graph/graph.h"

namespace reflow::python {
namespace {

// A C++ scope between Python's __enter__ and __exit__.
class Entered {
 public:
  template <typename Scope, typename... Args>
  static Entered of(Args&&... args) {
    Entered entered;
    entered.scope_ = std::make_shared<Scope>(std::forward<Args>(args)...);
    return entered;
  }
  void exit() { scope_.reset(); }

 private:
  std::shared_ptr<void> scope_;
};

// Graph._attr_scope: attributes of all ops made in it.
class AttrScope {
 public:
  explicit AttrScope(graph::AttrMap attrs) { client::default_graph().scope().attrs.push_back(std::move(attrs)); }
  ~AttrScope() { client::default_graph().scope().attrs.pop_back(); }
};

// gradient_override_map and _kernel_label_map.
class OverrideScope {
 public:
  using List = std::vector<std::pair<std::string, std::string>>;
  OverrideScope(List graph::GraphScope::*list, nb::dict map)
      : graph_(get_default_graph()), list_(list), depth_((graph_.impl().scope().*list).size()) {
    for (auto [type, name] : map) {
      (graph_.impl().scope().*list_).emplace_back(string_from_python(type), string_from_python(name));
    }
  }
  ~OverrideScope() { (graph_.impl().scope().*list_).resize(depth_); }

 private:
  Graph graph_;
  List graph::GraphScope::*list_;
  size_t depth_;
};

nb::object python_device(nb::handle function, const Operation& op) {
  const nb::gil_scoped_acquire gil;
  return function(operation_object(op.node()));
}

Entered enter_device(nb::handle spec) {
  if (spec.is_none()) return Entered::of<device>(nullptr);
  if (!PyCallable_Check(spec.ptr())) return Entered::of<device>(string_from_python(nb::str(spec)));
  return Entered::of<device>([function = Reference(spec.ptr())](const Operation& op) {
    const nb::object device = python_device(function.get(), op);
    return device.is_none() ? std::string() : string_from_python(nb::str(device));
  });
}

}  // namespace

void bind_scopes(nb::module_& m) {
  nb::class_<Entered>(m, "Entered").def("exit", &Entered::exit);
  m.def("enter_name_scope", [](nb::handle name) {
    auto scope = std::make_shared<name_scope>(string_from_python(name));
    const std::string entered = scope->name();
    return nb::make_tuple(Entered::of<std::shared_ptr<name_scope>>(std::move(scope)), entered);
  });
  m.def("enter_device", enter_device, nb::arg("device").none());
  m.def("enter_control_dependencies", [](nb::handle inputs) {
    if (inputs.is_none()) return Entered::of<control_dependencies>(nullptr);
    std::vector<GraphElement> elements;
    for (nb::handle input : inputs) elements.push_back(control_input_from_python(input));
    return Entered::of<control_dependencies>(elements);
  }, nb::arg("control_inputs").none());
  m.def("enter_colocate_with", [](nb::handle op, bool ignore_existing) {
    if (op.is_none()) return Entered::of<colocate_with>(nullptr, ignore_existing);
    return Entered::of<colocate_with>(element_from_python(op), ignore_existing);
  }, nb::arg("op").none(), nb::arg("ignore_existing"));
  m.def("enter_container", [](const std::string& name) { return Entered::of<container>(name); });
  m.def("enter_gradient_override_map", [](nb::dict map) {
    return Entered::of<OverrideScope>(&graph::GraphScope::gradient_overrides, map);
  });
  m.def("enter_kernel_label_map", [](nb::dict map) {
    return Entered::of<OverrideScope>(&graph::GraphScope::kernel_labels, map);
  });
  m.def("enter_attr_scope", [](nb::dict attrs) {
    graph::AttrMap map;
    for (auto [name, value] : attrs) {
      if (nb::isinstance<nb::tuple>(value)) {  // (kind, value)
        map.set(string_from_python(name),
                attr_from_python(value[1], nb::cast<std::string>(value[0]), string_from_python(name)));
      }
    }
    return Entered::of<AttrScope>(std::move(map));
  });
}

}  // namespace reflow::python
