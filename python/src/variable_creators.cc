// tf.variable_creator_scope: functions of Python that make variables in place of the library.

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <memory>

#include "bindings.h"
#include "casters.h"
#include "graph_objects.h"
#include "reference.h"
#include "reflow/client/errors.h"
#include "variable_defaults.h"
#include "variable_objects.h"

namespace reflow::python {
namespace {

// A function of a program without arguments.
struct InitialValue {
  Reference object;
  TensorLike operator()() const {
    const nb::gil_scoped_acquire gil;
    return tensor_like_from_python(nb::object(nb::handle(object.get())()));
  }
};

nb::object initial_value_to_python(const VariableCreation& creation) {
  if (!creation.initial_value_fn) return tensor_like_to_python(creation.initial_value);
  if (const auto* given = creation.initial_value_fn.target<InitialValue>()) return nb::borrow(given->object.get());
  return nb::cpp_function([fn = creation.initial_value_fn] { return convert_to_tensor(fn()); });
}

nb::dict creation_to_python(const VariableCreation& creation) {
  const VariableOptions& options = creation.options;
  nb::dict arguments;
  arguments["initial_value"] = initial_value_to_python(creation);
  arguments["trainable"] = nb::cast(options.trainable);
  arguments["collections"] = nb::cast(options.collections);
  arguments["validate_shape"] = nb::bool_(options.validate_shape);
  arguments["caching_device"] = nb::cast(options.caching_device);
  arguments["name"] = options.name.empty() ? nb::object(nb::none()) : nb::cast(options.name);
  arguments["dtype"] = dtype_to_python(options.dtype);
  arguments["constraint"] = constraint_to_python(options.constraint);
  arguments["use_resource"] = nb::cast(options.use_resource);
  arguments["synchronization"] = synchronization_to_python(options.synchronization);
  arguments["aggregation"] = aggregation_to_python(options.aggregation);
  return arguments;
}

VariableCreation creation_from_python(nb::dict arguments) {
  VariableCreation creation;
  VariableOptions& options = creation.options;
  for (auto [key, value] : arguments) {
    const std::string name = string_from_python(key);
    if (value.is_none()) continue;
    if (name == "initial_value") {
      if (PyCallable_Check(value.ptr()) && !as_output(value.ptr()) && !as_variable(value.ptr())) {
        creation.initial_value_fn = InitialValue{Reference(value.ptr())};
      } else {
        creation.initial_value = tensor_like_from_python(value);
      }
    } else if (name == "trainable") options.trainable = is_true(value);
    else if (name == "collections") options.collections = collections_from_python(value);
    else if (name == "validate_shape") {
      options.validate_shape = std::get<bool>(attr_from_python(value, "bool", name).variant());
    }
    else if (name == "caching_device") options.caching_device = string_from_python(nb::str(value));
    else if (name == "name") options.name = name_from_python(value);
    else if (name == "dtype") options.dtype = base_type(dtype_from_python(value));
    else if (name == "constraint") options.constraint = constraint_from_python(value);
    else if (name == "use_resource") options.use_resource = is_true(value);
    else if (name == "synchronization") options.synchronization = enum_from_python<VariableSynchronization>(value);
    else if (name == "aggregation") options.aggregation = enum_from_python<VariableAggregation>(value);
    else throw nb::type_error(("a variable has no argument " + name).c_str());
  }
  return creation;
}

// Between Python's __enter__ and __exit__.
struct EnteredCreatorScope {
  std::shared_ptr<variable_creator_scope> scope;
};

}  // namespace

void bind_variable_creators(nb::module_& m) {
  nb::class_<EnteredCreatorScope>(m, "EnteredVariableCreatorScope")
      .def("exit", [](EnteredCreatorScope& e) { e.scope.reset(); });
  m.def("make_variable", [](nb::dict arguments) {
    const VariableCreation creation = creation_from_python(arguments);
    return creation.initial_value_fn ? Variable(std::function<TensorLike()>(creation.initial_value_fn), creation.options)
                                     : Variable(creation.initial_value, creation.options);
  });
  // `creator` is called with the next creator and the arguments, which are dicts.
  m.def("enter_variable_creator_scope", [](nb::handle creator) {
    VariableCreator create = [creator = Reference(creator.ptr())](const VariableMaker& next,
                                                                   const VariableCreation& creation) {
      const nb::gil_scoped_acquire gil;
      const auto running = std::make_shared<int>();
      const nb::object next_creator = nb::cpp_function([&next, alive = std::weak_ptr<int>(running)](nb::dict arguments) {
        if (alive.expired()) throw RuntimeError("next_creator can't be called after its variable_creator has returned.");
        return next(creation_from_python(arguments));
      });
      const nb::object made = nb::handle(creator.get())(next_creator, creation_to_python(creation));
      const Variable* variable = as_variable(made.ptr());
      if (!variable) throw TypeError("variable_creator must return a variable.");
      return *variable;
    };
    return EnteredCreatorScope{std::make_shared<variable_creator_scope>(std::move(create))};
  });
}

}  // namespace reflow::python
