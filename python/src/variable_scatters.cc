// Writing to rows and slices of variables (ops/variables.py, ops/state_ops.py).

#include <nanobind/stl/optional.h>

#include "bindings.h"
#include "functions.h"
#include "reflow/client/state_ops.h"

namespace reflow::python {
namespace {

using Scatter = Output (Variable::*)(const IndexedSlices&, const AssignOptions&) const;
using AssignOp = Operation (Variable::*)(const TensorLike&, const AssignOptions&) const;
using ScatterNd = Output (Variable::*)(const TensorLike&, const TensorLike&, const NameOptions&) const;

VariableRef variable_ref(nb::handle object) {
  if (const Variable* variable = as_variable(object.ptr())) return VariableRef(*variable);
  return VariableRef(output_from_python(object));
}

}  // namespace

void bind_variable_scatters(nb::module_& m) {
  nb::class_<VariableObject> cls = nb::borrow<nb::class_<VariableObject>>(m.attr("Variable"));
  const auto def_scatter = [&](const char* name, Scatter scatter) {
    cls.def(name, [scatter](VariableObject& v, Gradient delta, bool use_locking, nb::handle op_name) {
      return (v.variable.*scatter)(delta.slices(), {.use_locking = use_locking, .name = name_from_python(op_name)});
    }, nb::arg(), nb::arg(), nb::arg().none());
  };
  def_scatter("_scatter_max", &Variable::scatter_max);
  def_scatter("_scatter_min", &Variable::scatter_min);
  const auto def_scatter_nd = [&](const char* name, ScatterNd scatter) {
    cls.def(name, [scatter](VariableObject& v, TensorLike indices, TensorLike updates, nb::handle op_name) {
      return (v.variable.*scatter)(indices, updates, named(op_name));
    }, nb::arg(), nb::arg(), nb::arg().none());
  };
  cls.def("_gather_nd", [](VariableObject& v, TensorLike indices, nb::handle name) {
    return v.variable.gather_nd(indices, {.name = name_from_python(name)});
  }, nb::arg(), nb::arg().none());
  def_scatter_nd("_scatter_nd_add", &Variable::scatter_nd_add);
  def_scatter_nd("_scatter_nd_sub", &Variable::scatter_nd_sub);
  def_scatter_nd("_scatter_nd_update", &Variable::scatter_nd_update);
  const auto def_assign_op = [&](const char* name, AssignOp assign) {
    cls.def(name, [assign](VariableObject& v, TensorLike value, bool use_locking, nb::handle op_name) {
      return (v.variable.*assign)(value, {.use_locking = use_locking, .name = name_from_python(op_name)});
    }, nb::arg(), nb::arg(), nb::arg().none());
  };
  def_assign_op("_assign_alone", &Variable::assign_op);
  def_assign_op("_assign_add_alone", &Variable::assign_add_op);
  def_assign_op("_assign_sub_alone", &Variable::assign_sub_op);
  m.def("batch_scatter_update", [](nb::handle ref, TensorLike indices, TensorLike updates, std::optional<bool> use_locking,
                                   nb::handle name) {
    return batch_scatter_update(variable_ref(ref), indices, updates,
                                {.use_locking = use_locking, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none());
  m.def("assign_slice", [](Output slice, TensorLike value, nb::handle name) {
    return assign_slice(slice, value, named(name));
  }, nb::arg(), nb::arg(), nb::arg().none());
}

}  // namespace reflow::python
