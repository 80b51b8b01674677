#include "reflow/client/apply_op.h"

#include <algorithm>
#include <optional>

#include "reflow/client/capture.h"
#include "reflow/client/eager.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/name_stack.h"
#include "reflow/client/packing.h"
#include "reflow/client/python_text.h"
#include "reflow/client/status_errors.h"
#include "reflow/client/variable_state.h"
#include "reflow/graph/argument_binding.h"
#include "reflow/graph/empty_name.h"
#include "reflow/graph/immediate.h"
#include "reflow/graph/node_builder.h"
#include "reflow/graph/op_def.h"
#include "reflow/graph/scope.h"
#include "reflow/graph/shape_context.h"
#include "reflow/tensor/tensor_proto.h"

namespace reflow {
namespace client {
namespace {

using VariablePtr = std::shared_ptr<VariableState>;

Output make_const(Tensor tensor, std::string_view name) {
  const DType dtype = tensor.dtype();
  graph::AttrMap attrs{{"value", std::move(tensor)}, {"dtype", dtype}};
  return to_output({check_building(graph::create_op(default_graph(), "Const", {}, std::move(attrs),
                                                    {.name = std::string(name)})),
                    0});
}

// Has a list elements that are lists, and others?
bool mixes_depths(const TensorLike::List& list) {
  const auto lists = std::ranges::count_if(list, [](const TensorLike& element) { return element.list() != nullptr; });
  if (lists == 0) return false;
  if (lists != static_cast<std::ptrdiff_t>(list.size())) return true;
  return std::ranges::any_of(list, [](const TensorLike& element) { return mixes_depths(*element.list()); });
}

bool begins_with_none(const TensorLike& value) {
  const TensorLike::List* list = value.list();
  return list ? !list->empty() && begins_with_none(list->front()) : value.is_none();
}

bool has_none(const TensorLike& value) {
  const TensorLike::List* list = value.list();
  return list ? std::ranges::any_of(*list, has_none) : value.is_none();
}

bool holds_output(const TensorLike& value) {
  const TensorLike::List* list = value.list();
  return list ? std::ranges::any_of(*list, holds_output) : value.output() != nullptr;
}

// to_tensor(), with the words that TensorFlow has for mistakes where ops run at once.
Tensor constant_of(const TensorLike& value, DType dtype) {
  if (!graph::is_immediate(default_graph())) return to_tensor(value, dtype);
  if (begins_with_none(value)) {
    throw ValueError("Attempt to convert a value (None) with an unsupported type (<class 'NoneType'>) to a Tensor.");
  }
  try {
    return to_tensor(value, dtype);
  } catch (const TypeError&) {
    if (dtype == DType::kInvalid || has_none(value)) {
      throw ValueError("Can't convert Python sequence with mixed types to Tensor.");
    }
    throw TypeError(fmt::format("Cannot convert {} to EagerTensor of dtype {}", describe(value),
                                dtype_spec_name(base_type(dtype))));
  } catch (const ValueError&) {
    if (!value.list()) throw;
    throw ValueError(mixes_depths(*value.list()) ? "Can't convert Python sequence with mixed types to Tensor."
                                                 : "Can't convert non-rectangular Python sequence to Tensor.");
  }
}

Output checked_dtype(const Output& output, DType dtype) {
  if (dtype == DType::kInvalid || base_type(output.dtype()) == base_type(dtype)) return output;
  throw ValueError(fmt::format("Tensor conversion requested dtype {} for Tensor with dtype {}: {}",
                               dtype_name(base_type(dtype)), dtype_name(output.dtype()), describe(output)));
}

Output convert_as(const TensorLike& value, DType dtype, std::string_view name, DType preferred, bool as_ref) {
  if (const Output* output = value.output()) {
    if (!output->valid()) throw ValueError("None values not supported.");
    return checked_dtype(*output, dtype);
  }
  if (const auto* variable = std::get_if<VariablePtr>(&value.value())) {
    const VariableState& v = **variable;
    if (dtype != DType::kInvalid && v.dtype != base_type(dtype)) {
      const DType own = v.parts.empty() && !v.resource ? v.ref.dtype() : v.dtype;
      throw ValueError(fmt::format("Incompatible type conversion requested to type {} for variable of type {}",
                                   python_repr(dtype_name(base_type(dtype))), python_repr(dtype_name(own))));
    }
    if (!v.parts.empty()) return join_parts(v);
    if (as_ref) return v.ref;
    if (!v.resource) return v.snapshot;
    return v.cached.valid() ? v.cached : read_variable_op(v);
  }
  if (const Convertible* convertible = value.convertible()) return convertible->convert(dtype, name, preferred, as_ref);
  if (value.list() && is_symbolic(value)) return pack(value, dtype, name.empty() ? "packed" : name);
  const bool is_shape = std::holds_alternative<std::shared_ptr<const Shape>>(value.value());
  return make_const(constant_of(value, dtype), name.empty() && is_shape ? "shape_as_tensor" : name);
}

// Python's words around an argument that can't be converted.
Output convert_argument(const TensorLike& value, const graph::OpDef& op, const graph::ArgDef& arg, DType dtype,
                        DType preferred) {
  if (const Output* output = value.output(); output && output->valid()) return *output;  // create_op checks types
  if (executing_eagerly()) return convert(value, dtype, arg.name, preferred, arg.is_ref);
  try {
    return convert(value, dtype, arg.name, preferred, arg.is_ref);
  } catch (const TypeError& e) {
    if (dtype == DType::kInvalid) throw;
    throw TypeError(fmt::format("Expected {} passed to parameter '{}' of op '{}', got {} of type '{}' instead. "
                                "Error: {}",
                                dtype_name(dtype), arg.name, op.name, describe(value),
                                value.list() ? "list" : python_type_name(value), e.what()));
  } catch (const ValueError& e) {
    throw ValueError(fmt::format("Tried to convert '{}' to a tensor and failed. Error: {}", arg.name, e.what()));
  }
}

// The value of type attribute `name`: given, settled by an earlier argument, or not known yet.
DType attr_dtype(const graph::AttrMap& attrs, const std::vector<std::pair<std::string_view, DType>>& settled,
                 std::string_view name) {
  if (const graph::AttrValue* value = attrs.find(name)) {
    if (const DType* type = value->get<DType>()) return *type;
  }
  for (const auto& [attr, type] : settled) {
    if (attr == name) return type;
  }
  return DType::kInvalid;
}

// Of a list that isn't the argument's: the types that its elements have by themselves, and what the argument wants.
std::string list_mistake(const TensorLike& value, const graph::OpDef& op, const graph::ArgDef& arg, DType type_attr) {
  std::string types;
  for (const TensorLike& element : *value.list()) {
    if (!types.empty()) types += ", ";
    try {
      types += dtype_name(base_type(convert(element, DType::kInvalid, "", DType::kInvalid, arg.is_ref).dtype()));
    } catch (const TypeError&) {
      types += "<NOT CONVERTIBLE TO TENSOR>";
    } catch (const ValueError&) {
      types += "<NOT CONVERTIBLE TO TENSOR>";
    }
  }
  const std::string prefix = fmt::format("Tensors in list passed to '{}' of '{}' Op have types [{}] that ", arg.name,
                                         op.name, types);
  if (arg.number_attr.empty()) return fmt::format("{}are invalid. Tensors: {}", prefix, describe(value));
  if (arg.type != DType::kInvalid) return fmt::format("{}do not match expected type {}.", prefix, dtype_name(arg.type));
  if (type_attr == DType::kInvalid) return prefix + "don't all match.";
  return fmt::format("{}do not match type {} inferred from earlier arguments.", prefix, dtype_name(type_attr));
}

graph::OpInput convert_list(const TensorLike& value, const graph::OpDef& op, const graph::ArgDef& arg, DType type_attr) {
  const TensorLike::List* list = value.list();
  if (!list) {
    throw TypeError(fmt::format("Expected list for '{}' argument to '{}' Op, not {}.", arg.name, op.name,
        describe(value)));
  }
  DType dtype = type_attr;
  if (dtype == DType::kInvalid && !arg.number_attr.empty()) {
    for (const TensorLike& element : *list) {
      if (const Output* output = element.output()) {
        dtype = base_type(output->dtype());
        break;
      }
    }
  }
  const auto converted = [&](const TensorLike& element, size_t i) {
    const std::string name = fmt::format("{}_{}", arg.name, i);
    if (executing_eagerly()) return convert(element, dtype, name, DType::kInvalid, arg.is_ref);
    try {
      return convert(element, dtype, name, DType::kInvalid, arg.is_ref);
    } catch (const TypeError&) {
      throw TypeError(list_mistake(value, op, arg, type_attr));
    } catch (const ValueError&) {
      throw TypeError(list_mistake(value, op, arg, type_attr));
    }
  };
  std::vector<graph::Endpoint> endpoints;
  for (size_t i = 0; i < list->size(); ++i) {
    const TensorLike& element = (*list)[i];
    if (const Output* output = element.output(); output && output->valid()) {
      endpoints.push_back(to_endpoint(*output));
      continue;
    }
    const Output tensor = converted(element, i);
    // Where ops run at once, the first element settles the type of the others.
    if (executing_eagerly() && dtype == DType::kInvalid && !arg.number_attr.empty()) dtype = base_type(tensor.dtype());
    endpoints.push_back(to_endpoint(tensor));
  }
  return graph::OpInput(std::move(endpoints));
}

// The symbolic tensor that `value` is or stands for; not valid(): it is none.
Output symbol_of(const TensorLike& value) {
  if (const Output* output = value.output()) return *output;
  const auto* variable = std::get_if<VariablePtr>(&value.value());
  return variable ? (*variable)->ref : Output();
}

[[noreturn]] void throw_leaked_tensor(const Output& tensor) {
  throw TypeError(fmt::format(
      "An op outside of the function building code is being passed\na \"Graph\" tensor. It is possible to have Graph "
      "tensors\nleak out of the function building context by including a\ntf.init_scope in your function building "
      "code.\nFor example, the following function will fail:\n  @tf.function\n  def has_init_scope():\n    my_constant = "
      "tf.constant(1.)\n    with tf.init_scope():\n      added = my_constant * 2\nThe graph tensor has name: {}",
      tensor.name()));
}

// The first symbolic tensor of the arguments, which says in what graph the op is made.
// ValueError: another one is of another graph, and the default graph isn't a function's, which captures it.
template <typename Inputs>
Output first_symbol(const Inputs& inputs) {
  Output first;
  const auto note = [&](const TensorLike& value) {
    const Output symbol = symbol_of(value);
    if (!symbol.valid()) return;
    if (!first.valid()) first = symbol;
    if (&symbol.node()->graph() == &default_graph() || capture_of(default_graph())) return;
    if (graph::is_immediate(symbol.node()->graph())) {
      throw RuntimeError("Attempting to capture an EagerTensor without building a function.");
    }
    if (executing_eagerly()) throw_leaked_tensor(symbol);
    if (&first.node()->graph() == &symbol.node()->graph()) return;
    throw ValueError(fmt::format("{} must be from the same graph as {}.", python_tensor(symbol), python_tensor(first)));
  };
  for (const TensorLike& input : inputs) {
    if (const TensorLike::List* list = input.list()) std::ranges::for_each(*list, note);
    else note(input);
  }
  return first;
}

template <typename Inputs>
graph::Node* make(std::string_view type, std::string_view name, const Inputs& inputs, graph::AttrMap attrs) {
  const Output symbol = first_symbol(inputs);
  if (symbol.valid() && &symbol.node()->graph() != &default_graph() && !capture_of(default_graph())) {
    const Graph::DefaultScope of_inputs(graph_of(*symbol.node()));
    return make(type, name, inputs, std::move(attrs));
  }
  graph::Graph& graph = default_graph();
  const graph::OpDef* op = graph::OpRegistry::global().find(type);
  if (!op) throw RuntimeError(fmt::format("Unrecognized Op name {}", type));
  if (inputs.size() != op->inputs.size()) {
    throw TypeError(fmt::format("Op '{}' takes {} arguments, got {}.", type, op->inputs.size(), inputs.size()));
  }
  // Where ops run at once nothing is named, so that there are no scopes.
  const bool now = graph::is_immediate(graph);
  if (now && name == graph::kEmptyName) name = {};
  if (!name.empty() && !now) check_building(graph::check_scope_name(graph, name));
  std::optional<NameStack> scope;  // entered when the first argument has to be converted, or can't be taken
  if (name == graph::kEmptyName) scope.emplace(graph, name);
  std::vector<graph::OpInput> converted;
  converted.reserve(inputs.size());
  std::vector<std::pair<std::string_view, DType>> settled;
  size_t i = 0;
  for (const TensorLike& input : inputs) {
    const graph::ArgDef& arg = op->inputs[i++];
    const Output* output = input.output();
    const bool ready = output && output->valid() && !arg.is_list();
    if (!ready && !now && !scope) scope.emplace(graph, name.empty() ? type : name);
    if (arg.is_list()) {
      const DType dtype = arg.type != DType::kInvalid ? arg.type : attr_dtype(attrs, settled, arg.type_attr);
      converted.push_back(convert_list(input, *op, arg, dtype));
      if (!arg.type_attr.empty() && !converted.back().endpoints.empty()) {
        settled.emplace_back(arg.type_attr, base_type(converted.back().endpoints.front().dtype()));
      }
      continue;
    }
    DType dtype = arg.type, preferred = DType::kInvalid;
    if (dtype == DType::kInvalid && !arg.type_attr.empty() && !ready) {
      dtype = attr_dtype(attrs, settled, arg.type_attr);
      if (dtype == DType::kInvalid) {
        const graph::AttrDef* attr = op->find_attr(arg.type_attr);
        if (const DType* otherwise = attr ? attr->default_value.get<DType>() : nullptr) preferred = *otherwise;
      }
    }
    const Output value = ready ? *output : convert_argument(input, *op, arg, dtype, preferred);
    if (!now && !arg.type_attr.empty() && attr_dtype(attrs, settled, arg.type_attr) == DType::kInvalid) {
      const Status allowed = graph::check_allowed(*op->find_attr(arg.type_attr), base_type(value.dtype()), arg.name);
      if (!allowed.ok() && !scope) scope.emplace(graph, name.empty() ? type : name);  // the name is used up
      check_building(allowed);
    }
    if (!arg.type_attr.empty()) settled.emplace_back(arg.type_attr, base_type(value.dtype()));
    converted.emplace_back(to_endpoint(value));
  }
  if (const Capture* capture = capture_of(graph)) {
    for (graph::OpInput& input : converted) {
      for (graph::Endpoint& e : input.endpoints) {
        if (&e.node->graph() == &graph) continue;
        if (capture->in_scope_of_op && !scope) scope.emplace(graph, name.empty() ? type : name);
        e = capture->stand_in(e);
      }
    }
  }
  graph::CreateOptions options{.name = std::string(name)};
  if (scope) {
    options.name = scope->name() + "/";
  }
  return check_building(graph::create_op(graph, type, std::move(converted), std::move(attrs), std::move(options)));
}

}  // namespace

graph::Node* make_op(std::string_view type, std::string_view name, std::initializer_list<TensorLike> inputs,
                     graph::AttrMap attrs) {
  return make(type, name, inputs, std::move(attrs));
}

graph::Node* make_op(std::string_view type, std::string_view name, const TensorList& inputs, graph::AttrMap attrs) {
  return make(type, name, inputs, std::move(attrs));
}

Output convert(const TensorLike& value, DType dtype, std::string_view name, DType preferred, bool as_ref) {
  if (dtype == DType::kInvalid && preferred != DType::kInvalid && !value.convertible() && !value.output()) {
    try {
      return convert_as(value, preferred, name, preferred, as_ref);
    } catch (const TypeError&) {  // then in its own type
    } catch (const ValueError&) {
    }
  }
  return convert_as(value, dtype, name, preferred, as_ref);
}

DType dtype_of_value(const TensorLike& value) {
  if (const auto* tensor = std::get_if<std::shared_ptr<const Tensor>>(&value.value())) return (*tensor)->dtype();
  return symbolic_dtype(value);
}

std::vector<Output> all_outputs(graph::Node* node) { return Operation(node).outputs(); }

}  // namespace client

Output convert_to_tensor(const TensorLike& value, const ConvertOptions& options) {
  return client::convert(value, options.dtype, options.name, options.preferred_dtype);
}

Output constant(const TensorLike& value, const ConstantOptions& options) {
  if (executing_eagerly()) {
    const Output* const output = value.output();
    if (output && output->valid() && !options.shape) {
      if (options.dtype == DType::kInvalid || output->dtype() == options.dtype) return *output;
      throw TypeError(fmt::format("Expected tensor with type tf.{} not tf.{}", dtype_name(options.dtype),
                                  dtype_name(output->dtype())));
    }
  } else if (options.dtype == DType::kInvalid && client::holds_output(value)) {
    throw TypeError("List of Tensors when single Tensor expected");
  }
  Tensor tensor = client::constant_of(value, options.dtype);
  if (options.shape) {
    const int64_t wanted = options.shape->num_elements(), have = tensor.num_elements();
    if (executing_eagerly() && wanted >= 0 && have != wanted && have != 1) {
      throw TypeError(fmt::format("Eager execution of tf.constant with unsupported shape (value has {} elements, shape is "
                                  "{} with {} elements).", have, client::python_shape(*options.shape), wanted));
    }
    if (wanted < 0) throw TypeError("int() argument must be a string, a bytes-like object or a number, not 'NoneType'");
    if (wanted == 0) return client::make_const(Tensor(tensor.dtype(), *options.shape), options.name);
    if (have > wanted) {
      throw ValueError(fmt::format("Too many elements provided. Needed at most {}, but received {}", wanted, have));
    }
    if (have == wanted) tensor = tensor.reshaped(*options.shape);
    else if (have == 1) tensor = check_building(repeated(tensor, *options.shape));
    else tensor = client::fill_up(tensor, *options.shape);
  }
  return client::make_const(std::move(tensor), options.name);
}

Tensor constant_value(const Output& tensor) { return graph::constant_value(client::to_endpoint(tensor)); }

TensorLike::TensorLike(const Variable& variable) {
  if (variable.valid()) value_ = variable.state();
}

namespace {

// What stands for the variable among a graph's elements. Where ops run at once it is the handle, which no graph knows.
Output element_of(const Variable& variable) {
  const client::VariableState& state = *variable.state();
  return state.resource && state.snapshot.valid() ? state.snapshot : variable.ref();
}

}  // namespace

GraphElement::GraphElement(const Variable& variable) : GraphElement(element_of(variable)) {}

}  // namespace reflow
