#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/collections.h"
#include "reflow/client/eager.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/initializers.h"
#include "reflow/client/partitioned_variable.h"
#include "reflow/client/python_text.h"
#include "reflow/client/resource_variables.h"
#include "reflow/client/status_errors.h"
#include "reflow/client/variable_state.h"
#include "reflow/client/variable_store.h"

#include <fmt/format.h>

namespace reflow {
namespace {

void check_shared(const std::string& name, const Variable& found, const Shape& shape, DType dtype) {
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

Variable make_variable(const Initializer& initializer, const Shape& shape, const VariableOptions& options,
                       const PartitionInfo* info) {
  VariableOptions of_value = options;  // a value has a type
  of_value.dtype = DType::kInvalid;
  if (initializer.value()) return Variable(*initializer.value(), of_value);
  if (shape.fully_defined() && initializer.shape_fn()) {
    return Variable(std::function<TensorLike()>([=, dtype = options.dtype] {
                      return initializer(shape, dtype, info);
                    }),
                    options);
  }
  if (initializer.value_fn()) return Variable(initializer.value_fn(), of_value);
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
  if (loss.valid()) get_built_graph().add_item(GraphKeys::REGULARIZATION_LOSSES, loss);
}

// A variable with nodes of its own; `info` says which part of another it is.
Variable get_single(const std::string& name, const Shape& shape, const GetVariableCall& call,
                    const PartitionInfo* info = nullptr) {
  const GetVariableOptions& options = call.options;
  client::VariableStore& store = client::variable_store();
  if (const auto it = store.variables.find(name); it != store.variables.end()) {
    if (call.reuse.is_false()) {
      throw ValueError(fmt::format("Variable {} already exists, disallowed. Did you mean to set reuse=True or "
                                   "reuse=tf.AUTO_REUSE in VarScope?", name));
    }
    check_shared(name, it->second, shape, options.dtype);
    return it->second;
  }
  if (call.reuse.is_true() && store.keeps) {
    throw ValueError(fmt::format("Variable {} does not exist, or was not created with tf.get_variable(). Did you mean "
                                 "to set reuse=tf.AUTO_REUSE in VarScope?", name));
  }
  VariableOptions made;
  made.name = name;
  made.dtype = options.dtype;
  made.trainable = options.trainable;
  made.collections = options.collections;
  made.caching_device = options.caching_device;
  made.validate_shape = options.validate_shape;
  made.use_resource = options.use_resource;
  made.constraint = options.constraint;
  made.synchronization = options.synchronization;
  made.aggregation = options.aggregation;
  const Initializer& given = options.initializer;
  const Variable variable =
      make_variable(given.is_none() ? default_initializer(name, options.dtype) : given, shape, made, info);
  if (store.keeps) store.variables.emplace(name, variable);
  if (options.regularizer) regularize(options.regularizer, variable, name);
  return variable;
}

std::string text_of(const std::vector<int>& list) { return fmt::format("[{}]", fmt::join(list, ", ")); }

const Variable& find_partitioned(const std::string& name, const Variable& found, const Shape& shape,
                                 const GetVariableCall& call, const std::vector<int>& partitions) {
  if (call.reuse.is_false()) {
    throw ValueError(fmt::format("Partitioned variable with name {} already exists. Did you mean to set reuse=True or "
                                 "reuse=tf.AUTO_REUSE in VarScope?", name));
  }
  const DType dtype = call.options.dtype;
  if (!shape.compatible_with(found.shape())) {
    throw ValueError(fmt::format("Trying to reuse partitioned variable {}, but specified shape {} and found shape {}.",
                                 name, client::python_shape(shape), client::python_shape(found.shape())));
  }
  if (dtype != found.dtype()) {
    throw ValueError(fmt::format("Trying to reuse partitioned variable {}, but specified dtype {} and found dtype {}.",
                                 name, dtype_name(dtype), dtype_name(found.dtype())));
  }
  const std::vector<int>& has = found.state()->partitions;
  if (!partitions.empty() && partitions != has) {
    throw ValueError(fmt::format("Trying to reuse partitioned variable {}, but specified partitions {} and found "
                                 "partitions {}.", name, text_of(partitions), text_of(has)));
  }
  return found;
}

// The initializer of one part: of a value, its slice.
Initializer part_initializer(const Initializer& whole, const client::PartLayout& part, const std::string& part_name,
                             DType dtype) {
  const name_scope scope(part_name + "/PartitionedInitializer");
  if (!whole.value()) return whole;
  const Output value = client::convert(*whole.value(), whole.value()->output() ? DType::kInvalid : dtype, "");
  return slice(value, Shape(part.offset), Shape(part.shape));
}

Variable get_partitioned(std::string name, Shape shape, const GetVariableCall& call) {
  if (name.ends_with('/')) name.pop_back();  // of a variable that is called as its scope
  const GetVariableOptions& options = call.options;
  client::VariableStore& store = client::variable_store();
  if (store.variables.contains(name)) {
    throw ValueError("A partitioner was provided, but an unpartitioned version of the variable was found: " + name +
                     ".  Perhaps a variable of the same name was already created without partitioning?");
  }
  const auto& value = options.initializer.value();
  if (!shape.known_rank() && value && value->output()) shape = value->output()->shape();
  std::vector<int> partitions;
  if (options.partitioner) partitions = client::call_partitioner(options.partitioner, shape, options.dtype);
  if (const auto it = store.partitioned.find(name); it != store.partitioned.end()) {
    return find_partitioned(name, it->second, shape, call, partitions);
  }
  if (call.reuse.is_true() && store.keeps) {
    throw ValueError(fmt::format("PartitionedVariable {} does not exist, or was not created with tf.get_variable(). Did "
                                 "you mean to set reuse=False or reuse=tf.AUTO_REUSE in VarScope?", name));
  }
  auto state = std::make_shared<client::VariableState>();
  state->name = name;
  state->shape = shape;
  state->dtype = options.dtype;
  state->partitions = partitions;
  const std::vector<client::PartLayout> layouts = client::part_layouts(shape, partitions);
  for (size_t i = 0; i < layouts.size(); ++i) {
    const std::string part_name = fmt::format("{}/part_{}", name, i);
    GetVariableCall part = call;
    part.options.initializer = part_initializer(options.initializer, layouts[i], part_name, options.dtype);
    const PartitionInfo info{shape, layouts[i].offset};
    const name_scope top(nullptr);
    const bool is_value = part.options.initializer.value().has_value();
    const Variable variable =
        get_single(part_name, is_value ? Shape::unknown() : Shape(layouts[i].shape), part, &info);
    variable.set_save_slice_info(SaveSliceInfo{name, {shape.begin(), shape.end()}, layouts[i].offset,
                                               layouts[i].shape});
    state->parts.push_back(variable);
  }
  state->trainable = state->parts.front().trainable();
  const Variable variable(std::move(state));
  if (store.keeps) store.partitioned.emplace(name, variable);
  return variable;
}

bool trainable_of(const GetVariableOptions& options) {
  if (options.synchronization != VariableSynchronization::ON_READ) return options.trainable.value_or(true);
  if (options.trainable.value_or(false)) {
    throw ValueError(
        "Synchronization value can be set to VariableSynchronization.ON_READ only for non-trainable variables. You "
        "have specified trainable=True and synchronization=VariableSynchronization.ON_READ.");
  }
  return false;
}

TensorLike true_getter(const std::string& name, const GetVariableCall& call) {
  const client::VariableStore& store = client::variable_store();
  const bool is_scalar = call.shape && call.shape->rank() == 0;
  const bool found_in_parts = call.reuse.is_true() && store.partitioned.contains(name);
  const name_scope top(nullptr);
  const Shape shape = call.shape.value_or(Shape::unknown());
  if ((call.options.partitioner && !is_scalar) || found_in_parts) return get_partitioned(name, shape, call);
  if (store.variables.contains(name + "/part_0")) {
    throw ValueError(fmt::format("No partitioner was provided, but a partitioned version of the variable was found: "
                                 "{}/part_0. Perhaps a variable of the same name was already created with "
                                 "partitioning?", name));
  }
  if (call.shape && call.options.initializer.value()) {
    throw ValueError("If initializer is a constant, do not specify shape.");
  }
  return get_single(name, shape, call);
}

// `call` with what the scope says where it leaves something open.
void take_defaults(const client::VariableScopeState& scope, GetVariableCall& call) {
  GetVariableOptions& options = call.options;
  if (options.initializer.is_none()) options.initializer = scope.initializer;
  if (!options.regularizer) options.regularizer = scope.regularizer;
  if (!options.caching_device) options.caching_device = scope.caching_device;
  if (!options.partitioner) options.partitioner = scope.partitioner;
  if (!options.custom_getter) options.custom_getter = scope.custom_getter;
  if (!options.constraint) options.constraint = scope.constraint;
  if (options.dtype == DType::kInvalid) options.dtype = scope.dtype;
  if (!options.use_resource) options.use_resource = scope.use_resource.value_or(client::use_resource_variables);
}

}  // namespace

namespace client {
VariableStore& variable_store() {
  GraphState& state = default_state();
  if (!state.variables) state.variables = std::make_unique<VariableStore>();
  return *state.variables;
}
}  // namespace client

TensorLike get_variable_or_tensor(const std::string& name, const std::optional<Shape>& shape,
                                  const GetVariableOptions& options) {
  const VariableScope scope = get_variable_scope();
  const std::string full_name = scope.name().empty() ? name : scope.name() + "/" + name;
  const name_scope top(nullptr);
  if (options.dtype != DType::kInvalid && options.initializer.value()) {
    const DType own = base_type(client::convert(*options.initializer.value(), DType::kInvalid, "").dtype());
    if (own != options.dtype) {
      throw ValueError(fmt::format("Initializer type '{}' and explicit dtype '{}' don't match.",
                                   client::python_dtype(own), client::python_dtype(options.dtype)));
    }
  }
  GetVariableCall call{shape, options, scope.reuse()};
  take_defaults(scope.state(), call);
  call.options.trainable = trainable_of(options);
  if (const CustomGetter getter = std::exchange(call.options.custom_getter, nullptr)) {
    return getter(true_getter, full_name, call);
  }
  return true_getter(full_name, call);
}

namespace {

Variable as_variable(const std::string& name, const TensorLike& gotten) {
  if (const auto* state = std::get_if<std::shared_ptr<client::VariableState>>(&gotten.value())) return Variable(*state);
  throw TypeError("The custom getter gave no variable for " + name + ": use get_variable_or_tensor.");
}

}  // namespace

Variable get_variable(const std::string& name, const Shape& shape, const GetVariableOptions& options) {
  return as_variable(name, get_variable_or_tensor(name, shape, options));
}
Variable get_variable(const std::string& name, const GetVariableOptions& options) {
  return as_variable(name, get_variable_or_tensor(name, std::nullopt, options));
}

Variable get_local_variable(const std::string& name, const Shape& shape, GetVariableOptions options) {
  if (options.collections) options.collections->push_back(GraphKeys::LOCAL_VARIABLES);
  else options.collections = {GraphKeys::LOCAL_VARIABLES};
  options.trainable = false;
  return get_variable(name, shape, options);
}

}  // namespace reflow
