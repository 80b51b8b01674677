// The operations of savers, and what they keep of their checkpoints. training/saver.py has the class.

#include "reflow/train/saver.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>

#include "bindings.h"
#include "functions.h"
#include "reflow/client/variable_state.h"
#include "reflow/train/checkpoint_management.h"
#include "reflow/train/init_from_checkpoint.h"

namespace reflow::python {
namespace {

// (name, variable, slice), or a SaveableObject of Python.
train::Saveable saveable_from_python(nb::handle item) {
  if (nb::isinstance<nb::tuple>(item)) {
    return train::saveable_of(string_from_python(item[0]), variable_from_python(item[1]), string_from_python(item[2]));
  }
  nb::object op = item.attr("op");
  if (nb::hasattr(op, "resource_handle")) op = op.attr("resource_handle");  // of a table
  train::Saveable saveable{.name = string_from_python(item.attr("name")), .op = element_from_python(op)};
  for (nb::handle spec : item.attr("specs")) {
    saveable.specs.push_back({string_from_python(spec.attr("name")), string_from_python(spec.attr("slice_spec")),
                              output_from_python(spec.attr("tensor")), base_type(dtype_from_python(spec.attr("dtype")))});
  }
  if (!saveable.specs.empty()) saveable.device = saveable.specs[0].tensor.device();
  saveable.restore = [object = nb::borrow(item)](const std::vector<Output>& tensors, const std::optional<TensorList>& shapes) {
    nb::object python_shapes = nb::none();
    if (shapes) {
      nb::list list;
      for (const Output& t : tensors) list.append(shape_to_python(t.shape()));
      python_shapes = list;
    }
    return element_from_python(object.attr("restore")(tensors, python_shapes));
  };
  return saveable;
}

nb::object state_to_python(const train::CheckpointState& state) {
  return nb::make_tuple(state.model_checkpoint_path, state.all_model_checkpoint_paths,
                        state.all_model_checkpoint_timestamps, state.last_preserved_timestamp);
}

train::CheckpointFormat format(int version) { return static_cast<train::CheckpointFormat>(version); }

void bind_history(nb::module_& m) {
  using train::CheckpointHistory;
  nb::class_<CheckpointHistory>(m, "CheckpointHistory")
      .def("__init__", [](CheckpointHistory* self, int max_to_keep, double hours, int version) {
        new (self) CheckpointHistory(max_to_keep, hours, format(version));
      })
      .def("record", &CheckpointHistory::record)
      .def("delete_old", &CheckpointHistory::delete_old)
      .def("recover", &CheckpointHistory::recover)
      .def("paths", &CheckpointHistory::paths)
      .def_prop_rw("entries", &CheckpointHistory::entries, &CheckpointHistory::set_entries);
}

void bind_management(nb::module_& m) {
  m.def("get_checkpoint_state", [](const std::string& folder, const std::string& latest_filename) {
    const auto state = train::get_checkpoint_state(folder, latest_filename);
    return state ? state_to_python(*state) : nb::none();
  });
  m.def("generate_checkpoint_state", [](const std::string& folder, std::string path, std::vector<std::string> all,
                                        std::vector<double> times, double preserved) {
    return state_to_python(train::generate_checkpoint_state(
        folder, {std::move(path), std::move(all), std::move(times), preserved}));
  });
  m.def("update_checkpoint_state", [](const std::string& folder, std::string path, std::vector<std::string> all,
                                      const std::string& latest_filename, bool relative, std::vector<double> times,
                                      double preserved) {
    train::update_checkpoint_state(folder, {std::move(path), std::move(all), std::move(times), preserved},
                                   {latest_filename, relative});
  });
  m.def("checkpoint_exists", &train::checkpoint_exists);
  m.def("get_checkpoint_mtimes", &train::get_checkpoint_mtimes);
  m.def("remove_checkpoint", [](const std::string& prefix, int version, const std::string& suffix) {
    train::remove_checkpoint(prefix, format(version), suffix);
  });
  m.def("meta_graph_filename", &train::meta_graph_filename);
  m.def("restore_error_message", [](int code, const std::string& message) {
    return train::restore_error_message(static_cast<errors::Code>(code), message);
  });
}

// {tensor: a list of variables, or a name}.
train::AssignmentMap assignment_map_from_python(nb::dict map) {
  train::AssignmentMap result;
  for (const auto& [key, value] : map) {
    if (nb::isinstance<nb::str>(value)) {
      result.emplace_back(string_from_python(key), string_from_python(value));
    } else {
      result.emplace_back(string_from_python(key), nb::cast<std::vector<Variable>>(value));
    }
  }
  return result;
}

}  // namespace

void bind_saver(nb::module_& m) {
  m.def("build_saver", [](nb::list items, bool reshape, bool sharded, nb::handle name, int write_version,
                          nb::handle filename, bool bulk_restore) {
    std::vector<train::Saveable> saveables;
    for (nb::handle item : items) saveables.push_back(saveable_from_python(item));
    train::sort_saveables(saveables);
    const train::SaverDef def = train::build_saver_of(
        saveables, {.reshape = reshape, .sharded = sharded, .name = string_from_python(name),
                    .write_version = format(write_version), .filename = string_from_python(filename),
                    .bulk_restore = bulk_restore});
    nb::dict names;
    names["filename_tensor_name"] = def.filename_tensor_name;
    names["save_tensor_name"] = def.save_tensor_name;
    names["restore_op_name"] = def.restore_op_name;
    return names;
  }, nb::arg("saveables"), nb::arg("reshape"), nb::arg("sharded"), nb::arg("name").none(), nb::arg("write_version"),
     nb::arg("filename").none(), nb::arg("bulk_restore"));
  m.def("init_from_checkpoint", [](const std::string& source, nb::dict map) {
    train::init_from_checkpoint(source, assignment_map_from_python(map));
  });
  m.def("checkpoint_prefix", &train::checkpoint_prefix);
  m.def("set_initializer", [](Variable variable, Output assigned) {
    variable.state()->initializer = assigned.op();
  });
  bind_history(m);
  bind_management(m);
}

}  // namespace reflow::python
