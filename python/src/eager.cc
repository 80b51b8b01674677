// Eager execution: its mode, tensors that have their values, tapes.

#include "reflow/client/eager.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <memory>

#include "array.h"
#include "bindings.h"
#include "casters.h"
#include "reference.h"
#include "reflow/client/apply_op.h"
#include "reflow/client/errors.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/status_errors.h"
#include "reflow/client/variable_state.h"
#include "reflow/client/variable_store.h"
#include "reflow/eager/executor.h"
#include "reflow/eager/graph_tape.h"
#include "reflow/eager/tape.h"

namespace reflow::python {
namespace {

using eager::Executor;
using eager::Tape;

// Other Python threads run while a kernel waits, or works for long.
void* let_others_run() { return PyGILState_Check() ? PyEval_SaveThread() : nullptr; }
void go_on(void* state) {
  if (state) PyEval_RestoreThread(static_cast<PyThreadState*>(state));
}

Graph started_eager_graph() {
  const Graph graph = eager_graph();
  Executor::instance()->set_pause({let_others_run, go_on});
  return graph;
}

Tensor value_of(TensorObject& t) {
  return graph::immediate_executor(t.output.node()->graph())->value(client::to_endpoint(t.output));
}

// The value of a tensor of one element as a Python number.
nb::object item_of_scalar(TensorObject& t) {
  const Tensor value = value_of(t);
  if (value.num_elements() != 1) throw TypeError("only size-1 arrays can be converted to Python scalars");
  nb::object scalar = array_of_tensor(value.reshaped({}).copy());
  return nb::hasattr(scalar, "item") ? scalar.attr("item")() : scalar;
}

void bind_tensor(nb::module_& m) {
  nb::class_<EagerTensorObject> tensor = nb::borrow<nb::class_<EagerTensorObject>>(m.attr("EagerTensor"));
  tensor.def_prop_ro("_id", [](EagerTensorObject& t) { return t.id; });
  tensor.def("_numpy", [](EagerTensorObject& t) { return array_of_tensor(value_of(t).copy()); });
  // Without a copy: for who only reads it.
  tensor.def("_numpy_view", [](EagerTensorObject& t) { return array_of_tensor(value_of(t)); });
  tensor.def("_item", [](EagerTensorObject& t) { return item_of_scalar(t); });
  tensor.def("_num_elements", [](EagerTensorObject& t) { return value_of(t).num_elements(); });
  tensor.def("_rank", [](EagerTensorObject& t) { return value_of(t).rank(); });
  tensor.def("_length", [](EagerTensorObject& t) {
    const Tensor value = value_of(t);
    if (value.rank() == 0) throw TypeError("Scalar tensor has no `len()`");
    return value.dim(0);
  });
}

void bind_mode(nb::module_& m) {
  m.def("enable_eager_execution", [] {
    started_eager_graph();
    enable_eager_execution();
  });
  m.def("disable_eager_execution", [] { disable_eager_execution(); });
  m.def("eager_execution_enabled", [] { return eager_execution_enabled(); });
  m.def("executing_eagerly", [] { return executing_eagerly(); });
  m.def("eager_graph", [] { return graph_object(started_eager_graph()); });
  m.def("get_built_graph", [] { return graph_object(get_built_graph()); });
  m.def("eager_device_name", [] {
    started_eager_graph();
    return Executor::instance()->device_name();
  });
  m.def("internal_operation_seed", [] {
    started_eager_graph();
    return Executor::instance()->next_op_seed();
  });
  m.def("num_eager_nodes", [] { return Executor::instance() ? Executor::instance()->num_nodes() : 0; });
  m.def("num_eager_kernels", [] { return Executor::instance() ? Executor::instance()->num_kernels() : 0; });
}

// Variables that get_variable has made within the store's as_default(), which it then finds again.
struct EagerStore {
  std::unique_ptr<client::VariableStore> store = std::make_unique<client::VariableStore>();
  void swap() { std::swap(started_eager_graph().state().variables, store); }
};

void bind_variable_store(nb::module_& m) {
  nb::class_<EagerStore>(m, "EagerStore")
      .def(nb::init<>())
      .def("enter", &EagerStore::swap)
      .def("exit", &EagerStore::swap)
      .def("add", [](EagerStore& self, const std::string& name, const Variable& variable) {
        self.store->variables.insert_or_assign(name, variable);
      })
      .def("variables", [](EagerStore& self) {
        std::vector<Variable> variables;
        for (const auto& [name, variable] : self.store->variables) variables.push_back(variable);
        return variables;
      });
}

// What is differentiated by: a tensor, or the handle of a resource variable.
graph::Endpoint source_of(nb::handle object) {
  const Variable* variable = as_variable(object.ptr());
  return client::to_endpoint(variable ? variable->ref() : output_from_python(object));
}

op::Gradient to_engine(const Gradient& gradient) {
  if (!gradient.valid()) return {};
  if (!gradient.is_slices()) return op::Gradient(client::to_endpoint(gradient.values()));
  const IndexedSlices& slices = gradient.slices();
  return op::Gradient(client::to_endpoint(slices.values), client::to_endpoint(slices.indices),
                      slices.dense_shape.valid() ? client::to_endpoint(slices.dense_shape) : graph::Endpoint());
}

nb::object gradient_object(const op::Gradient& gradient) {
  const auto output = [](const graph::Endpoint& e) { return e ? client::to_output(e) : Output(); };
  if (!gradient) return nb::none();
  if (!gradient.is_slices()) return tensor_object(output(gradient.values));
  return gradient_to_python(Gradient(
      IndexedSlices{output(gradient.values), output(gradient.indices), output(gradient.dense_shape)}));
}

// What Python gives tapes to differentiate, as the engine has it.
struct Differentiated {
  Differentiated(const std::vector<Output>& targets, nb::list sources, const std::vector<Gradient>& output_gradients) {
    for (const Output& target : targets) ys.push_back(client::to_endpoint(target));
    for (nb::handle source : sources) xs.push_back(source_of(source));
    for (const Gradient& gradient : output_gradients) dys.push_back(to_engine(gradient));
  }
  std::vector<graph::Endpoint> ys, xs;
  std::vector<op::Gradient> dys;
};

void check_tape(const Status& status) {
  if (status.code() == StatusCode::kNotFound && !graph::is_execution_error(status)) {
    throw LookupError(std::string(message_of(status)));
  }
}

nb::list gradient_objects(const std::vector<op::Gradient>& gradients) {
  nb::list objects;
  for (const op::Gradient& gradient : gradients) objects.append(gradient_object(gradient));
  return objects;
}

nb::list gradients_of(Tape& tape, const std::vector<Output>& targets, nb::list sources,
                      const std::vector<Gradient>& output_gradients) {
  const Differentiated of(targets, sources, output_gradients);
  const auto result = tape.gradient(of.ys, of.xs, of.dys);
  check_tape(result.status());
  return gradient_objects(check_building(result));
}

// A tape of a graph, which lives as long.
struct TapeOfGraph {
  Graph graph = get_default_graph();
  eager::GraphTape tape{graph.impl()};
};

nb::object gradients_in_graph(TapeOfGraph& self, const std::vector<Output>& targets, nb::list sources,
                              const std::vector<Gradient>& output_gradients, nb::list handles) {
  const Differentiated of(targets, sources, output_gradients);
  std::vector<graph::Endpoint> variables;
  for (nb::handle handle : handles) variables.push_back(source_of(handle));
  const auto result = self.tape.gradient(of.ys, of.xs, of.dys, variables);
  if (result.status().code() == StatusCode::kUnimplemented) {
    PyErr_SetString(PyExc_NotImplementedError, std::string(message_of(result.status())).c_str());
    throw nb::python_error();
  }
  check_tape(result.status());
  const auto& gradients = check_building(result);
  return gradients ? nb::object(gradient_objects(*gradients)) : nb::none();
}

// `function` of a list of dL/dy gives a list of dL/dx.
eager::BackwardFunction backward_of(nb::handle function) {
  return [function = Reference(function.ptr())](std::vector<op::Gradient> dy) -> StatusOr<std::vector<op::Gradient>> {
    const nb::gil_scoped_acquire gil;
    nb::list arguments;
    for (const op::Gradient& gradient : dy) arguments.append(gradient_object(gradient));
    const nb::object result = nb::handle(function.get())(arguments);
    std::vector<op::Gradient> gradients;
    for (nb::handle gradient : result) gradients.push_back(to_engine(gradient_from_python(gradient)));
    return gradients;
  };
}

std::vector<graph::Endpoint> endpoints_of(const std::vector<Output>& outputs) {
  std::vector<graph::Endpoint> endpoints;
  for (const Output& output : outputs) endpoints.push_back(client::to_endpoint(output));
  return endpoints;
}

// Between Python's __enter__ and __exit__.
struct PausedTapes {
  std::unique_ptr<Tape::Paused> paused = std::make_unique<Tape::Paused>();
  void end() { paused.reset(); }
};

void bind_tape(nb::module_& m) {
  nb::class_<Tape> cls(m, "Tape");
  m.def("make_tape", [](bool watches_variables) {
    started_eager_graph();
    return std::make_shared<Tape>(watches_variables);
  });
  cls.def("start", [](const std::shared_ptr<Tape>& tape) { tape->start(); });
  cls.def("stop", [](const std::shared_ptr<Tape>& tape) { tape->stop(); });
  cls.def("watch", [](Tape& tape, nb::handle source) {
    if (as_variable(source.ptr())) tape.watch_variable(source_of(source).node);
    else tape.watch(source_of(source));
  });
  cls.def("is_watched", [](Tape& tape, nb::handle source) { return tape.is_watched(source_of(source)); });
  cls.def("watched_variables", [](Tape& tape) {
    std::vector<Variable> variables;
    for (const graph::Node* handle : tape.watched_variables()) {
      if (auto state = Executor::instance()->owner(handle)) {
        variables.emplace_back(std::static_pointer_cast<client::VariableState>(std::move(state)));
      }
    }
    return variables;
  });
  cls.def("gradient", gradients_of);
  m.def("num_active_tapes", [] { return Tape::num_active(); });
  m.def("tape_should_record", [](const std::vector<Output>& inputs) { return Tape::should_record(endpoints_of(inputs)); });
  m.def("tape_record", [](const std::string& name, const std::vector<Output>& outputs, const std::vector<Output>& inputs,
                          nb::callable backward) {
    Tape::record_function(name, endpoints_of(outputs), endpoints_of(inputs), backward_of(backward));
  });
  nb::class_<TapeOfGraph>(m, "GraphTape")
      .def(nb::init<>())
      .def("start", [](TapeOfGraph& self) { self.tape.start(); })
      .def("stop", [](TapeOfGraph& self) { self.tape.stop(); })
      .def("watch", [](TapeOfGraph& self, nb::handle source) { self.tape.watch(source_of(source)); })
      .def("gradient", gradients_in_graph);
  nb::class_<PausedTapes>(m, "TapesPaused").def(nb::init<>()).def("end", &PausedTapes::end);
}

}  // namespace

void bind_eager(nb::module_& m) {
  bind_tensor(m);
  bind_mode(m);
  bind_variable_store(m);
  bind_tape(m);
}

}  // namespace reflow::python
