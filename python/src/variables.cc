// Variables: making them, and their methods.

#include "reflow/client/variable.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "bindings.h"
#include "casters.h"
#include "eager_calls.h"
#include "reference.h"
#include "reflow/client/apply_op.h"
#include "reflow/client/collections.h"
#include "reflow/client/eager.h"
#include "reflow/client/state_ops.h"
#include "reflow/client/variable_nodes.h"
#include "reflow/client/variable_state.h"
#include "variable_defaults.h"

namespace reflow::python {

namespace {

const Variable& self_of(nb::handle object) { return *as_variable(object.ptr()); }

// Ref variables give what the op gives, resource ones a tensor that is read after it, or the op.
nb::object assignment(nb::handle self, nb::handle value, bool use_locking, nb::handle name,
                      Output (Variable::*assign)(const TensorLike&, const AssignOptions&) const) {
  return tensor_object((self_of(self).*assign)(tensor_like_from_python(value),
                                              {.use_locking = use_locking, .name = name_from_python(name)}));
}

using ScatterFn = Output (Variable::*)(const IndexedSlices&, const AssignOptions&) const;

void def_scatter(nb::class_<VariableObject>& cls, const char* name, ScatterFn scatter) {
  cls.def(name, [scatter](VariableObject& v, Gradient sparse_delta, bool use_locking, nb::handle op_name) {
    return (v.variable.*scatter)(sparse_delta.slices(), {.use_locking = use_locking, .name = name_from_python(op_name)});
  }, nb::arg("sparse_delta"), nb::arg("use_locking"), nb::arg("name").none());
}

}  // namespace

void bind_variables(nb::module_& m) {
  nb::class_<VariableObject> cls = nb::borrow<nb::class_<VariableObject>>(m.attr("Variable"));
  cls.def_prop_ro("name", [](VariableObject& v) { return v.variable.name(); });
  cls.def_prop_ro("op", [](VariableObject& v) { return v.variable.op(); });
  cls.def_prop_ro("dtype", [](VariableObject& v) { return v.variable.dtype(); });
  cls.def_prop_ro("shape", [](VariableObject& v) { return v.variable.shape(); });
  cls.def_prop_ro("device", [](VariableObject& v) { return v.variable.device(); });
  cls.def_prop_ro("graph", [](VariableObject& v) { return nb::borrow(v.graph); });
  cls.def_prop_ro("trainable", [](VariableObject& v) { return v.variable.trainable(); });
  cls.def_prop_ro("initializer", [](VariableObject& v) { return v.variable.initializer(); });
  cls.def_prop_ro("initial_value", [](VariableObject& v) { return v.variable.initial_value(); });
  cls.def_prop_ro("_constraint", [](VariableObject& v) -> nb::object {
    const std::function<Output(const Output&)> constraint = v.variable.constraint();
    if (!constraint) return nb::none();
    return held_by_call(nb::cpp_function([constraint](TensorLike value) {
      return constraint(client::convert(value, DType::kInvalid, ""));
    }));
  });
  cls.def_prop_ro("_is_eager", [](VariableObject& v) {
    return !v.variable.is_partitioned() && graph::is_immediate(v.variable.ref().node()->graph());
  });
  cls.def_prop_ro("_variable", [](VariableObject& v) { return v.variable.ref(); });
  cls.def_prop_ro("_snapshot", [](VariableObject& v) { return v.variable.state()->snapshot; });
  cls.def_prop_ro("_cached", [](VariableObject& v) { return v.variable.state()->cached; });
  cls.def_prop_ro("_is_initialized", [](VariableObject& v) { return v.variable.state()->is_initialized; });
  cls.def_prop_ro("synchronization", [](VariableObject& v) {
    return synchronization_to_python(v.variable.synchronization());
  });
  cls.def_prop_ro("aggregation", [](VariableObject& v) { return aggregation_to_python(v.variable.aggregation()); });
  cls.def("_value", [](VariableObject& v) { return v.variable.value(); });
  cls.def("_read_value", [](VariableObject& v) { return v.variable.read_value(); });
  cls.def("_initialized_value", [](VariableObject& v) { return v.variable.initialized_value(); });
  cls.def("_assign", [](nb::handle self, nb::handle value, bool use_locking, nb::handle name) {
    return assignment(self, value, use_locking, name, &Variable::assign);
  }, nb::arg("value").none(), nb::arg("use_locking"), nb::arg("name").none());
  cls.def("_assign_add", [](nb::handle self, nb::handle value, bool use_locking, nb::handle name) {
    return assignment(self, value, use_locking, name, &Variable::assign_add);
  }, nb::arg("delta").none(), nb::arg("use_locking"), nb::arg("name").none());
  cls.def("_assign_sub", [](nb::handle self, nb::handle value, bool use_locking, nb::handle name) {
    return assignment(self, value, use_locking, name, &Variable::assign_sub);
  }, nb::arg("delta").none(), nb::arg("use_locking"), nb::arg("name").none());
  // Another variable with the same handle, which is what changes give. `read` is the value after the change in a graph.
  cls.def("_unread", [](VariableObject& v, Output read) {
    auto state = std::make_shared<client::VariableState>();
    const client::VariableState& own = *v.variable.state();
    state->ref = own.ref, state->held_handle = own.held_handle;
    state->snapshot = read;
    state->shape = own.shape, state->dtype = own.dtype;
    state->resource = true;
    state->name = own.name;
    nb::object unread = variable_object(Variable(std::move(state)));
    nb::inst_ptr<VariableObject>(unread)->is_unread = !executing_eagerly();  // else it has happened
    return unread;
  }, nb::arg("read").none());
  cls.def("_count_up_to", [](VariableObject& v, int64_t limit) { return v.variable.count_up_to(limit); });
  cls.def("_sparse_read", [](VariableObject& v, TensorLike indices, nb::handle name) {
    return v.variable.sparse_read(indices, {name_from_python(name)});
  }, nb::arg("indices"), nb::arg("name").none());
  cls.def("_set_shape", [](VariableObject& v, Shape shape) { v.variable.set_shape(shape); });
  def_scatter(cls, "_scatter_add", &Variable::scatter_add);
  def_scatter(cls, "_scatter_sub", &Variable::scatter_sub);
  def_scatter(cls, "_scatter_update", &Variable::scatter_update);
  def_scatter(cls, "_scatter_mul", &Variable::scatter_mul);
  def_scatter(cls, "_scatter_div", &Variable::scatter_div);
  m.def("variable_of_nodes", [](Output ref, Operation initializer, Output snapshot, Output initial_value,
                                bool trainable) {
    return client::variable_of_nodes({ref, initializer, snapshot, initial_value, trainable});
  }, nb::arg("ref"), nb::arg("initializer"), nb::arg("snapshot"), nb::arg("initial_value").none(), nb::arg("trainable"));
  m.def("variables_initializer", [](const std::vector<Variable>& variables, const std::string& name) {
    return variables_initializer(variables, name);
  });
  m.def("report_uninitialized_variables", [](const std::vector<Variable>& variables, const std::string& name) {
    return report_uninitialized_variables({.var_list = variables, .name = name});
  });
  m.def("is_variable_initialized", [](Variable v, nb::handle name) {
    return is_variable_initialized(v, {name_from_python(name)});
  }, nb::arg("variable"), nb::arg("name").none());
}

}  // namespace reflow::python
