// Variables that are kept in parts, and what says into how many (ops/partitioned_variables.py).

#include "reflow/client/partitioned_variable.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/vector.h>

#include "bindings.h"
#include "casters.h"
#include "reflow/client/variable_state.h"

namespace reflow::python {
namespace {

using PartsAssign = std::vector<Output> (PartitionedVariable::*)(const TensorLike&, const AssignOptions&) const;

void bind_parts(nb::module_& m) {
  nb::class_<VariableObject> cls = nb::borrow<nb::class_<VariableObject>>(m.attr("Variable"));
  cls.def_prop_ro("_parts", [](VariableObject& v) { return v.variable.parts(); });
  cls.def_prop_ro("_part_counts", [](VariableObject& v) { return v.variable.state()->partitions; });
  // (full name, shape of the whole, where the part begins, its shape); None: the variable is no part.
  cls.def_prop_ro("_slice", [](VariableObject& v) -> nb::object {
    const std::optional<SaveSliceInfo>& info = v.variable.save_slice_info();
    if (!info) return nb::none();
    return nb::make_tuple(info->full_name, info->full_shape, info->var_offset, info->var_shape);
  });
  cls.def("_set_slice", [](VariableObject& v, const std::string& full_name, const std::vector<int64_t>& full_shape,
                           const std::vector<int64_t>& offset, const std::vector<int64_t>& shape) {
    v.variable.set_save_slice_info(SaveSliceInfo{full_name, full_shape, offset, shape});
  });
  const auto def = [&](const char* name, PartsAssign assign) {
    cls.def(name, [assign](VariableObject& v, TensorLike value, bool use_locking, nb::handle op_name) {
      const PartitionedVariable parts(v.variable);
      return (parts.*assign)(value, {.use_locking = use_locking, .name = name_from_python(op_name)});
    }, nb::arg("value"), nb::arg("use_locking"), nb::arg("name").none());
  };
  def("_assign_parts", &PartitionedVariable::assign);
  def("_assign_add_parts", &PartitionedVariable::assign_add);
  def("_assign_sub_parts", &PartitionedVariable::assign_sub);
}

}  // namespace

void bind_partitioned_variables(nb::module_& m) {
  bind_parts(m);
  m.def("fixed_size_partitions", [](int num_shards, int axis, Shape shape, DType dtype) {
    return fixed_size_partitioner(num_shards, {.axis = axis})(shape, dtype);
  });
  m.def("variable_axis_size_partitions", [](int64_t max_shard_bytes, int axis, int bytes_per_string_element,
                                            std::optional<int> max_shards, Shape shape, DType dtype) {
    const Partitioner partitioner = variable_axis_size_partitioner(
        max_shard_bytes,
        {.axis = axis, .bytes_per_string_element = bytes_per_string_element, .max_shards = max_shards});
    return partitioner(shape, dtype);
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg(), nb::arg());
  m.def("min_max_variable_partitions", [](int max_partitions, int axis, int64_t min_slice_size,
                                          int bytes_per_string_element, Shape shape, DType dtype) {
    const Partitioner partitioner = min_max_variable_partitioner(
        {.max_partitions = max_partitions, .axis = axis, .min_slice_size = min_slice_size,
         .bytes_per_string_element = bytes_per_string_element});
    return partitioner(shape, dtype);
  });
}

}  // namespace reflow::python
