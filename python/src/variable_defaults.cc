#include "variable_defaults.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "casters.h"
#include "graph_objects.h"
#include "reference.h"
#include "reflow/client/variable_state.h"
#include "variable_objects.h"

namespace reflow::python {
namespace {

nb::list list_of(const auto& numbers) {
  nb::list list;
  for (const int64_t number : numbers) list.append(number);
  return list;
}

// Where in a partitioned variable a part is.
nb::object info_to_python(const PartitionInfo* info) {
  if (!info) return nb::none();
  static nb::handle type = package_attribute("ops.variable_scope", "_PartitionInfo").release();
  return type(list_of(info->full_shape), list_of(info->var_offset));
}

// Functions of Python, as std::function holds them: target<..>() finds the object again.

struct ShapeInitializer {
  Reference object, function;  // as given, and as it is called: with shape, type and PartitionInfo or None
  Output operator()(const Shape& shape, DType dtype, const PartitionInfo* info) const {
    const nb::gil_scoped_acquire gil;
    const nb::object value = nb::handle(function.get())(list_of(shape), dtype_to_python(dtype), info_to_python(info));
    return as_output(value.ptr()) ? output_from_python(value)
                                  : convert_to_tensor(tensor_like_from_python(value), {.dtype = dtype, .name = "initial_value"});
  }
};

struct ValueInitializer {
  Reference object, function;
  TensorLike operator()() const {
    const nb::gil_scoped_acquire gil;
    return tensor_like_from_python(nb::object(nb::handle(function.get())()));
  }
};

struct PythonRegularizer {
  Reference object;
  Output operator()(const TensorLike& weights) const {
    const nb::gil_scoped_acquire gil;
    const nb::object penalty = nb::handle(object.get())(tensor_like_to_python(weights));
    return penalty.is_none() ? Output() : output_from_python(penalty);
  }
};

struct PythonConstraint {
  Reference object;
  Output operator()(const Output& value) const {
    const nb::gil_scoped_acquire gil;
    return output_from_python(nb::object(nb::handle(object.get())(tensor_object(value))));
  }
};

struct PythonGetter {
  Reference object;
  TensorLike operator()(const VariableGetter& getter, const std::string& name, const GetVariableCall& call) const {
    const nb::gil_scoped_acquire gil;
    static nb::handle call_getter = package_attribute("ops.variable_scope", "_call_custom_getter").release();
    const nb::object inner = nb::cpp_function([getter](const std::string& n, nb::handle shape, nb::dict arguments) {
      return tensor_like_to_python(getter(n, call_from_python(shape, arguments)));
    }, nb::arg("name"), nb::arg("shape").none(), nb::arg("arguments"));
    return tensor_like_from_python(
        nb::object(call_getter(nb::handle(object.get()), inner, name, call_to_python(call))));
  }
};

struct PythonPartitioner {
  Reference object;
  std::vector<int> operator()(const Shape& shape, DType dtype) const {
    const nb::gil_scoped_acquire gil;
    static nb::handle check = package_attribute("ops.variable_scope", "_partitions").release();
    return nb::cast<std::vector<int>>(check(nb::handle(object.get()), shape_to_python(shape), dtype_to_python(dtype)));
  }
};

// An initializer of the library as Python's initializers are called.
nb::object native_initializer(const Initializer::PartFn& function) {
  static nb::handle type = package_attribute("ops.init_ops", "NativeInitializer").release();
  return type(nb::cpp_function(
      [function](nb::handle shape, nb::handle dtype, nb::handle info) {
        if (info.is_none()) return tensor_object(function(shape_from_python(shape), dtype_from_python(dtype), nullptr));
        const PartitionInfo part{shape_from_python(info.attr("full_shape")),
                                 nb::cast<std::vector<int64_t>>(info.attr("var_offset"))};
        return tensor_object(function(shape_from_python(shape), dtype_from_python(dtype), &part));
      },
      nb::arg("shape"), nb::arg("dtype"), nb::arg("info").none()));
}

template <typename T, typename Function>
nb::object object_of(const Function& function) {
  const T* held = function ? function.template target<T>() : nullptr;
  return held ? nb::borrow(held->object.get()) : nb::none();
}

}  // namespace

Initializer initializer_from_python(nb::handle object) {
  if (object.is_none()) return {};
  if (!PyCallable_Check(object.ptr()) || as_output(object.ptr()) || as_variable(object.ptr())) {
    return Initializer(tensor_like_from_python(object));
  }
  static nb::handle prepare = package_attribute("ops.init_ops", "prepare_initializer").release();
  const nb::object prepared = prepare(object);  // (function, whether it takes a shape)
  const Reference function(nb::object(prepared[0]).ptr());
  if (nb::cast<bool>(prepared[1])) return Initializer(ShapeInitializer{Reference(object.ptr()), function});
  return Initializer(ValueInitializer{Reference(object.ptr()), function});
}

nb::object initializer_to_python(const Initializer& initializer) {
  if (initializer.value()) return tensor_like_to_python(*initializer.value());
  if (initializer.value_fn()) return object_of<ValueInitializer>(initializer.value_fn());
  if (initializer.shape_fn() && !initializer.shape_fn().target<ShapeInitializer>()) {
    return native_initializer(initializer.shape_fn());
  }
  return object_of<ShapeInitializer>(initializer.shape_fn());
}

Regularizer regularizer_from_python(nb::handle object) {
  if (object.is_none()) return {};
  return PythonRegularizer{Reference(object.ptr())};
}
nb::object regularizer_to_python(const Regularizer& regularizer) { return object_of<PythonRegularizer>(regularizer); }

Constraint constraint_from_python(nb::handle function) {
  if (function.is_none()) return {};
  return PythonConstraint{Reference(function.ptr())};
}
nb::object constraint_to_python(const Constraint& constraint) { return object_of<PythonConstraint>(constraint); }

CustomGetter custom_getter_from_python(nb::handle function) {
  if (function.is_none()) return {};
  return PythonGetter{Reference(function.ptr())};
}
nb::object custom_getter_to_python(const CustomGetter& getter) { return object_of<PythonGetter>(getter); }

Partitioner partitioner_from_python(nb::handle function) {
  if (function.is_none()) return {};
  return PythonPartitioner{Reference(function.ptr())};
}
nb::object partitioner_to_python(const Partitioner& partitioner) { return object_of<PythonPartitioner>(partitioner); }

nb::object synchronization_to_python(VariableSynchronization synchronization) {
  return package_attribute("ops.variables", "VariableSynchronization")(static_cast<int>(synchronization));
}
nb::object aggregation_to_python(VariableAggregation aggregation) {
  return package_attribute("ops.variables", "VariableAggregation")(static_cast<int>(aggregation));
}

std::optional<std::vector<std::string>> collections_from_python(nb::handle keys) {
  if (keys.is_none()) return std::nullopt;
  std::vector<std::string> names;
  for (nb::handle key : keys) names.push_back(string_from_python(key));
  return names;
}

std::optional<Reuse> reuse_from_python(nb::handle object) {
  if (object.is_none()) return std::nullopt;
  if (object.ptr() == Py_True) return Reuse(true);
  if (object.ptr() == Py_False) return Reuse(false);
  return Reuse(AUTO_REUSE);
}

nb::object reuse_to_python(const Reuse& reuse) {
  static nb::handle automatic = package_attribute("ops.variable_scope", "AUTO_REUSE").release();
  if (reuse.is_auto()) return nb::borrow(automatic);
  return nb::bool_(reuse.is_true());
}

GetVariableCall call_from_python(nb::handle shape, nb::dict arguments) {
  GetVariableCall call;
  if (!shape.is_none()) call.shape = shape_from_python(shape);
  GetVariableOptions& options = call.options;
  for (auto [key, value] : arguments) {
    const std::string argument = string_from_python(key);
    if (value.is_none()) continue;
    if (argument == "dtype") options.dtype = dtype_from_python(value);
    else if (argument == "initializer") options.initializer = initializer_from_python(value);
    else if (argument == "regularizer") options.regularizer = regularizer_from_python(value);
    else if (argument == "reuse") call.reuse = *reuse_from_python(value);
    else if (argument == "trainable") options.trainable = is_true(value);
    else if (argument == "collections") options.collections = collections_from_python(value);
    else if (argument == "caching_device") options.caching_device = string_from_python(nb::str(value));
    else if (argument == "validate_shape") {
      options.validate_shape = std::get<bool>(attr_from_python(value, "bool", argument).variant());
    }
    else if (argument == "use_resource") options.use_resource = is_true(value);
    else if (argument == "constraint") options.constraint = constraint_from_python(value);
    else if (argument == "partitioner") options.partitioner = partitioner_from_python(value);
    else if (argument == "custom_getter") options.custom_getter = custom_getter_from_python(value);
    else if (argument == "synchronization") options.synchronization = enum_from_python<VariableSynchronization>(value);
    else if (argument == "aggregation") options.aggregation = enum_from_python<VariableAggregation>(value);
    else throw nb::type_error(("get_variable has no argument " + argument).c_str());
  }
  return call;
}

nb::dict call_to_python(const GetVariableCall& call) {
  const GetVariableOptions& options = call.options;
  nb::dict arguments;
  arguments["shape"] = call.shape ? shape_to_python(*call.shape) : nb::none();
  arguments["dtype"] = dtype_to_python(options.dtype);
  arguments["initializer"] = initializer_to_python(options.initializer);
  arguments["regularizer"] = regularizer_to_python(options.regularizer);
  arguments["reuse"] = reuse_to_python(call.reuse);
  arguments["trainable"] = nb::cast(options.trainable);
  arguments["collections"] = nb::cast(options.collections);
  arguments["caching_device"] = nb::cast(options.caching_device);
  arguments["partitioner"] = partitioner_to_python(options.partitioner);
  arguments["validate_shape"] = nb::cast(options.validate_shape);
  arguments["use_resource"] = nb::cast(options.use_resource);
  arguments["constraint"] = constraint_to_python(options.constraint);
  arguments["synchronization"] = synchronization_to_python(options.synchronization);
  arguments["aggregation"] = aggregation_to_python(options.aggregation);
  return arguments;
}

}  // namespace reflow::python
