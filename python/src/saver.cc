// The operations of savers. training/saver.py has the class.

#include "reflow/train/saver.h"

#include <nanobind/stl/pair.h>

#include "bindings.h"
#include "functions.h"

namespace reflow::python {

void bind_saver(nb::module_& m) {
  m.def("build_saver", [](train::NamedVariables variables, bool reshape, bool sharded, nb::handle name, int write_version,
                          nb::handle filename) {
    const train::SaverDef def = train::build_saver(
        std::move(variables), {.reshape = reshape, .sharded = sharded, .name = string_from_python(name),
                               .write_version = static_cast<train::CheckpointFormat>(write_version),
                               .filename = string_from_python(filename)});
    nb::dict names;
    names["filename_tensor_name"] = def.filename_tensor_name;
    names["save_tensor_name"] = def.save_tensor_name;
    names["restore_op_name"] = def.restore_op_name;
    return names;
  }, nb::arg("variables"), nb::arg("reshape"), nb::arg("sharded"), nb::arg("name").none(), nb::arg("write_version"),
     nb::arg("filename").none());
}

}  // namespace reflow::python
