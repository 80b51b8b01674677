#include "reflow/client/apply_op.h"
#include "reflow/client/collections.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/initializers.h"
#include "reflow/client/python_text.h"
#include "reflow/client/status_errors.h"
#include "reflow/client/variable_store.h"

namespace reflow {
namespace {

void check_shared(const std::string& name, const Variable& found, const Shape& shape, DType dtype, Reuse reuse) {
  if (reuse.is_false()) {
    throw ValueError(fmt::format("Variable {} already exists, disallowed. Did you mean to set reuse=True or "
                                 "reuse=tf.AUTO_REUSE in VarScope?", name));
  }
  if (!shape.compatible_with(found.shape())) {
    throw ValueError(fmt::format("Trying to share variable {}, but specified shape {} and found shape {}.", name,
                                 client::python_shape(shape), client::python_shape(found.shape())));
  }
  if (dtype != base_type(found.dtype())) {
    throw ValueError(fmt::format("Trying to share variable {}, but specified dtype {} and found dtype {}.", name,
                                 dtype_name(dtype), dtype_name(found.dtype())));
  }
}

Initializer default_initializer(const std::string& name, DType dtype) {
  if (is_floating(dtype)) return glorot_uniform_initializer();
  if (is_integer(dtype) || dtype == DType::kBool || dtype == DType::kString) return zeros_initializer();
  throw ValueError(fmt::format("An initializer for variable {} of {} is required", name, client::python_dtype(dtype)));
}

Variable make_variable(const Initializer& initializer, const Shape& shape, const VariableOptions& options) {
  if (initializer.value()) {
    VariableOptions without_dtype = options;
    without_dtype.dtype = DType::kInvalid;
    return Variable(*initializer.value(), without_dtype);
  }
  if (shape.fully_defined() && initializer.shape_fn()) {
    return Variable(std::function<TensorLike()>([&] { return initializer(shape, options.dtype); }), options);
  }
  if (initializer.value_fn()) return Variable(initializer.value_fn(), options);
  throw ValueError(
      "The initializer passed is not valid. It should be a callable with no arguments and the shape should not be "
      "provided or an instance of `tf.keras.initializers.*' and `shape` should be fully defined.");
}

void regularize(const Regularizer& regularizer, const Variable& variable, const std::string& name) {
  const colocate_with colocated(variable.ref());
  Output loss;
  {
    const name_scope scope(name + "/Regularizer/");
    const control_dependencies lifted(nullptr);
    loss = regularizer(variable);
  }
  if (loss.valid()) add_to_collection(GraphKeys::REGULARIZATION_LOSSES, loss);
}

Variable get(const std::string& name, const Shape* shape, const GetVariableOptions& options) {
  const client::VariableScopeState& scope = get_variable_scope().state();
  const std::string full_name = scope.name.empty() ? name : scope.name + "/" + name;
  const name_scope top(nullptr);
  if (options.dtype != DType::kInvalid && options.initializer.value()) {
    const DType own = base_type(client::convert(*options.initializer.value(), DType::kInvalid, "").dtype());
    if (own != options.dtype) {
      throw ValueError(fmt::format("Initializer type '{}' and explicit dtype '{}' don't match.",
                                   client::python_dtype(own), client::python_dtype(options.dtype)));
    }
  }
  const Initializer& given = options.initializer.is_none() ? scope.initializer : options.initializer;
  const DType dtype = options.dtype == DType::kInvalid ? scope.dtype : options.dtype;
  if (shape && given.value()) throw ValueError("If initializer is a constant, do not specify shape.");
  const Shape wanted = shape ? *shape : Shape::unknown();

  client::VariableStore& store = client::variable_store();
  if (const auto it = store.variables.find(full_name); it != store.variables.end()) {
    check_shared(full_name, it->second, wanted, dtype, scope.reuse);
    return it->second;
  }
  if (scope.reuse.is_true()) {
    throw ValueError(fmt::format("Variable {} does not exist, or was not created with tf.get_variable(). Did you mean "
                                 "to set reuse=tf.AUTO_REUSE in VarScope?", full_name));
  }
  VariableOptions made;
  made.name = full_name;
  made.dtype = dtype;
  made.trainable = options.trainable;
  made.collections = options.collections;
  made.caching_device = options.caching_device ? options.caching_device : scope.caching_device;
  made.validate_shape = options.validate_shape;
  made.use_resource = options.use_resource ? *options.use_resource : scope.use_resource.value_or(false);
  made.constraint = options.constraint ? options.constraint : scope.constraint;
  const Variable variable =
      make_variable(given.is_none() ? default_initializer(full_name, dtype) : given, wanted, made);
  store.variables.emplace(full_name, variable);
  const Regularizer& regularizer = options.regularizer ? options.regularizer : scope.regularizer;
  if (regularizer) regularize(regularizer, variable, full_name);
  return variable;
}

}  // namespace

namespace client {
VariableStore& variable_store() {
  GraphState& state = default_state();
  if (!state.variables) state.variables = std::make_unique<VariableStore>();
  return *state.variables;
}
}  // namespace client

Variable get_variable(const std::string& name, const Shape& shape, const GetVariableOptions& options) {
  return get(name, &shape, options);
}
Variable get_variable(const std::string& name, const GetVariableOptions& options) {
  return get(name, nullptr, options);
}

Variable get_local_variable(const std::string& name, const Shape& shape, GetVariableOptions options) {
  if (options.collections) options.collections->push_back(GraphKeys::LOCAL_VARIABLES);
  else options.collections = {GraphKeys::LOCAL_VARIABLES};
  options.trainable = false;
  return get(name, &shape, options);
}

}  // namespace reflow
