// Making operations: the registry's ops by name, constants, conversions, operators and indexing.

#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>

#include "array.h"
#include "bindings.h"
#include "casters.h"
#include "reference.h"
#include "reflow/client/apply_op.h"
#include "reflow/client/eager.h"
#include "reflow/client/graph.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/indexing.h"
#include "reflow/client/operators.h"
#include "reflow/client/serialized.h"
#include "reflow/client/status_errors.h"
#include "reflow/graph/function_library.h"
#include "reflow/graph/graph.h"
#include "reflow/graph/node_builder.h"
#include "reflow/graph/op_def.h"

namespace reflow::python {
namespace {

const graph::OpDef* find_op(const std::string& type) {
  if (const graph::OpDef* op = graph::OpRegistry::global().find(type)) return op;
  throw RuntimeError("Unrecognized Op name " + type);
}

// Must whoever makes the op give the attribute? Then it has no default, and no argument settles it.
bool is_wanted(const graph::OpDef& op, const graph::AttrDef& def) {
  return !def.default_value.set() && def.type != "type" && def.type != "list(type)" && def.type != "shape" &&
         std::ranges::none_of(op.inputs, [&](const graph::ArgDef& arg) {
           return arg.number_attr == def.name || arg.type_list_attr == def.name;
         });
}

graph::AttrMap attrs_of(const graph::OpDef& op, nb::dict attrs) {
  graph::AttrMap map;
  for (auto [key, value] : attrs) {
    const std::string name = string_from_python(key);
    const graph::AttrDef* def = op.find_attr(name);
    // None is what stands for an attribute that is inferred, or has a default; of others it is said what they are.
    if (value.is_none() && !(def && is_wanted(op, *def))) continue;
    if (name.starts_with("_")) {
      const nb::object bytes = value.attr("SerializeToString")();
      map.set(name, check_building(client::parse_attr(string_from_python(bytes))));
      continue;
    }
    if (!def) throw TypeError("apply_op() got unexpected keyword arguments: " + name);
    map.set(name, attr_from_python(value, def->type, name));
  }
  return map;
}

// The outputs of a node as Python's op functions give them: the operation where there is none, a tensor, or a list with
// an element for each output argument.
nb::object results_of(graph::Node* node) {
  const graph::OpDef& op = node->op();
  if (op.outputs.empty()) return operation_object(node);
  if (op.outputs.size() == 1 && !op.outputs[0].is_list()) return tensor_object(Output(node, 0));
  std::vector<int> sizes;
  check_building(graph::output_arg_sizes(op, node->attrs(), &sizes));
  if (op.outputs.size() == 1 && node->num_outputs() == 0) return operation_object(node);
  nb::list results;
  int next = 0;
  for (size_t i = 0; i < op.outputs.size(); ++i) {
    if (!op.outputs[i].is_list()) {
      results.append(tensor_object(Output(node, next++)));
      continue;
    }
    nb::list group;
    for (int j = 0; j < sizes[i]; ++j) group.append(tensor_object(Output(node, next++)));
    if (op.outputs.size() == 1) return group;
    results.append(group);
  }
  return results;
}

// The input of an op; of an argument that is a list each element is a tensor of its own, whose type arrays keep.
TensorLike input_from_python(nb::handle input, bool is_list) {
  if (!is_list || (!PyList_Check(input.ptr()) && !PyTuple_Check(input.ptr()))) return tensor_like_from_python(input);
  TensorLike::List list;
  for (nb::handle element : input) list.push_back(tensor_like_from_python(element));
  return TensorLike(std::make_shared<const TensorLike::List>(std::move(list)));
}

nb::object apply_op(const std::string& type, nb::handle name, nb::tuple inputs, nb::dict attrs) {
  release_left_references();
  const graph::OpDef* op = find_op(type);
  TensorList values;
  values.reserve(inputs.size());
  for (nb::handle input : inputs) {
    values.push_back(input_from_python(input, values.size() < op->inputs.size() && op->inputs[values.size()].is_list()));
  }
  return results_of(client::make_op(type, name_from_python(name), values, attrs_of(*op, attrs)));
}

// An op with its inputs as tensors and everything said, as Graph.create_op makes it.
nb::object create_op(const std::string& type, const std::vector<Output>& inputs, nb::handle name,
                     const std::map<std::string, nb::bytes>& attrs, bool compute_shapes) {
  graph::Graph& graph = client::default_graph();
  const graph::OpDef* op = graph::OpRegistry::global().find(type);
  if (!op) op = graph.functions().find_op(type);
  if (!op) throw RuntimeError("Unrecognized Op name " + type);
  graph::AttrMap map;
  for (const auto& [key, bytes] : attrs) {
    map.set(key, check_building(client::parse_attr({bytes.c_str(), bytes.size()})));
  }
  std::vector<int> sizes;
  check_building(graph::input_arg_sizes(*op, map, &sizes));
  std::vector<graph::OpInput> arguments;
  size_t next = 0;
  for (size_t i = 0; i < op->inputs.size(); ++i) {
    std::vector<graph::Endpoint> endpoints;
    for (int j = 0; j < sizes[i] && next < inputs.size(); ++j) endpoints.push_back(client::to_endpoint(inputs[next++]));
    if (op->inputs[i].is_list()) arguments.emplace_back(std::move(endpoints));
    else if (!endpoints.empty()) arguments.emplace_back(endpoints.front());
  }
  return operation_object(check_building(graph::create_op(graph, type, std::move(arguments), std::move(map),
                                                          {.name = name_from_python(name), .compute_shapes = compute_shapes})));
}

// Inputs with whether they are lists whose length is an attr, outputs with whether they are lists; attrs that the inputs
// don't determine with their types and defaults.
nb::dict describe_op(const graph::OpDef& op) {
  nb::list inputs, outputs, attrs;
  for (const graph::ArgDef& arg : op.inputs) inputs.append(nb::make_tuple(arg.name, !arg.number_attr.empty()));
  for (const graph::ArgDef& arg : op.outputs) outputs.append(nb::make_tuple(arg.name, arg.is_list()));
  for (const graph::AttrDef& attr : op.attrs) {
    const bool inferred = [&] {
      for (const graph::ArgDef& arg : op.inputs) {
        if (arg.type_attr == attr.name || arg.number_attr == attr.name || arg.type_list_attr == attr.name) return true;
      }
      return false;
    }();
    if (inferred) continue;
    attrs.append(nb::make_tuple(attr.name, attr.type, attr.default_value.set(),
                                attr_to_python(attr.default_value)));
  }
  nb::dict description;
  description["inputs"] = inputs;
  description["outputs"] = outputs;
  description["attrs"] = attrs;
  description["doc"] = op.doc;
  description["is_stateful"] = op.is_stateful;
  return description;
}

// A place in a dimension: a tensor, or whatever Python takes for an index.
TensorLike position_from_python(nb::handle object) {
  if (object.is_none()) return {};
  if (as_output(object.ptr()) || as_variable(object.ptr()) || !PyIndex_Check(object.ptr())) {
    return output_from_python(object);
  }
  const nb::object number = nb::steal(PyNumber_Index(object.ptr()));
  if (!number.is_valid()) throw nb::python_error();
  return nb::cast<int64_t>(number);
}

Index index_from_python(nb::handle object) {
  if (object.is_none()) return Index(newaxis);
  if (object.ptr() == Py_Ellipsis) return Index(ellipsis);
  if (PySlice_Check(object.ptr())) {
    return Index(Slice(position_from_python(nb::object(object.attr("start"))),
                       position_from_python(nb::object(object.attr("stop"))),
                       position_from_python(nb::object(object.attr("step")))));
  }
  return Index(position_from_python(object));
}

// Objects of foreign classes may know themselves how to combine with a tensor.
bool is_foreign(nb::handle object, const char* reflected) {
  PyObject* o = object.ptr();
  if (o == Py_None || as_output(o) || as_variable(o) || is_array(o) || is_scalar(o) || PyNumber_Check(o) ||
      PyUnicode_Check(o) || PyBytes_Check(o) || PySequence_Check(o)) {
    return false;
  }
  return nb::hasattr(object, reflected);
}

// An operand that is a variable or tensor itself. A changed variable is read before the scope of the operator is entered.
TensorLike operand_from_python(nb::handle self) {
  return tensor_like_from_python(is_unread_variable(self.ptr()) ? nb::object(self.attr("value")()) : nb::borrow(self));
}

using BinaryFn = Output (*)(const TensorLike&, const TensorLike&);

template <BinaryFn fn>
void def_binary(nb::handle cls, const char* name, const char* reflected) {
  nb::cpp_function_def(
      [reflected](nb::handle self, nb::handle other) -> nb::object {
        if (reflected && is_foreign(other, reflected)) return nb::borrow(Py_NotImplemented);
        return tensor_object(fn(operand_from_python(self), tensor_like_from_python(other)));
      },
      nb::scope(cls), nb::name(name), nb::is_method(), nb::arg("other").none());
  if (!reflected) return;
  nb::cpp_function_def(
      [](nb::handle self, nb::handle other) {
        const TensorLike operand = operand_from_python(self);
        return tensor_object(fn(tensor_like_from_python(other), operand));
      },
      nb::scope(cls), nb::name(reflected), nb::is_method(), nb::arg("other").none());
}

Output add(const TensorLike& x, const TensorLike& y) { return client::binary_operator("AddV2", "add", x, y); }
Output sub(const TensorLike& x, const TensorLike& y) { return client::binary_operator("Sub", "sub", x, y); }
Output mul(const TensorLike& x, const TensorLike& y) { return client::binary_operator("Mul", "mul", x, y); }
Output floordiv(const TensorLike& x, const TensorLike& y) {
  return client::binary_operator("FloorDiv", "floordiv", x, y);
}
Output mod(const TensorLike& x, const TensorLike& y) { return client::binary_operator("FloorMod", "mod", x, y); }
Output pow(const TensorLike& x, const TensorLike& y) { return client::binary_operator("Pow", "pow", x, y); }
Output logical_and(const TensorLike& x, const TensorLike& y) {
  return client::binary_operator("LogicalAnd", "and", x, y);
}
Output logical_or(const TensorLike& x, const TensorLike& y) { return client::binary_operator("LogicalOr", "or", x, y); }
Output less(const TensorLike& x, const TensorLike& y) { return client::compare("Less", x, y); }
Output less_equal(const TensorLike& x, const TensorLike& y) { return client::compare("LessEqual", x, y); }
Output greater(const TensorLike& x, const TensorLike& y) { return client::compare("Greater", x, y); }
Output greater_equal(const TensorLike& x, const TensorLike& y) { return client::compare("GreaterEqual", x, y); }

void def_operators(nb::handle cls) {
  def_binary<add>(cls, "__add__", "__radd__");
  def_binary<sub>(cls, "__sub__", "__rsub__");
  def_binary<mul>(cls, "__mul__", "__rmul__");
  def_binary<client::divide_operator>(cls, "__truediv__", "__rtruediv__");
  def_binary<floordiv>(cls, "__floordiv__", "__rfloordiv__");
  def_binary<mod>(cls, "__mod__", "__rmod__");
  def_binary<pow>(cls, "__pow__", "__rpow__");
  def_binary<logical_and>(cls, "__and__", "__rand__");
  def_binary<logical_or>(cls, "__or__", "__ror__");
  def_binary<client::xor_operator>(cls, "__xor__", "__rxor__");
  def_binary<less>(cls, "__lt__", nullptr);
  def_binary<less_equal>(cls, "__le__", nullptr);
  def_binary<greater>(cls, "__gt__", nullptr);
  def_binary<greater_equal>(cls, "__ge__", nullptr);
  const auto def_unary = [&](const char* name, const char* type) {
    nb::cpp_function_def(
        [type](nb::handle self) { return tensor_object(client::unary_operator(type, operand_from_python(self))); },
        nb::scope(cls), nb::name(name), nb::is_method());
  };
  def_unary("__neg__", "Neg");
  def_unary("__invert__", "LogicalNot");
}

}  // namespace

void bind_ops(nb::module_& m) {
  m.def("apply_op", apply_op, nb::arg("type"), nb::arg("name").none(), nb::arg("inputs"), nb::arg("attrs"));
  m.def("create_op", create_op);
  m.def("op_def", [](const std::string& type) { return describe_op(*find_op(type)); });
  m.def("op_def_proto", [](const std::string& type) {
    const std::string proto = client::serialize_op_def(*find_op(type));
    return nb::bytes(proto.data(), proto.size());
  });
  m.def("has_op", [](const std::string& type) { return graph::OpRegistry::global().find(type) != nullptr; });
  m.def("op_types", [] {
    std::vector<std::string> types;
    for (const graph::OpDef* op : graph::OpRegistry::global().all()) types.push_back(op->name);
    return types;
  });
  m.def("convert_to_tensor",
        [](nb::handle value, DType dtype, nb::handle name, DType preferred) -> nb::object {
          if (const Output* output = as_output(value.ptr()); output && dtype == DType::kInvalid) {
            return nb::borrow(value);
          } else if (output && executing_eagerly() && base_type(output->dtype()) != base_type(dtype)) {
            throw ValueError("Tensor conversion requested dtype " + dtype_name(base_type(dtype)) +
                             " for Tensor with dtype " + dtype_name(output->dtype()) + ": " + nb::repr(value).c_str());
          }
          const TensorLike like = tensor_like_from_python(value);
          return tensor_object(convert_to_tensor(like, {.dtype = dtype, .name = name_from_python(name),
                                                        .preferred_dtype = preferred}));
        },
        nb::arg("value").none(), nb::arg("dtype").none(), nb::arg("name").none(), nb::arg("preferred_dtype").none());
  m.def("convert_to_ref",
        [](nb::handle value, DType dtype, nb::handle name) {
          return client::convert(tensor_like_from_python(value), dtype, name_from_python(name), DType::kInvalid, true);
        },
        nb::arg("value").none(), nb::arg("dtype").none(), nb::arg("name").none());
  m.def("constant",
        [](TensorLike value, DType dtype, nb::handle shape, nb::handle name) {
          ConstantOptions options{.dtype = dtype, .name = name_from_python(name)};
          if (!shape.is_none()) options.shape = shape_from_python(shape);
          return constant(value, options);
        },
        nb::arg("value").none(), nb::arg("dtype").none(), nb::arg("shape").none(), nb::arg("name").none());
  m.def("constant_value", [](Output tensor) {
    const Tensor value = constant_value(tensor);  // programs may write to the array: the graph keeps its own
    return array_of_tensor(value.valid() ? value.copy() : value);
  });
  m.def("to_array", [](TensorLike value, DType dtype) { return array_of_tensor(client::to_tensor(value, dtype)); },
        nb::arg("value").none(), nb::arg("dtype").none());
  m.def("tensor_proto", [](TensorLike value, DType dtype, nb::handle shape) {
    Tensor tensor = client::to_tensor(value, dtype);
    if (!shape.is_none()) {
      const Shape wanted = shape_from_python(shape);
      tensor = wanted.num_elements() == tensor.num_elements() ? tensor.reshaped(wanted)
                                                              : client::fill_up(tensor, wanted);
    }
    const std::string proto = client::serialize_tensor(tensor);
    return nb::bytes(proto.data(), proto.size());
  }, nb::arg("value").none(), nb::arg("dtype").none(), nb::arg("shape").none());
  m.def("parse_tensor_proto", [](nb::bytes proto) {
    return array_of_tensor(check_building(client::parse_tensor({proto.c_str(), proto.size()})));
  });
  m.def("slice_by", [](TensorLike tensor, nb::list indices) {
    std::vector<Index> list;
    for (nb::handle index : indices) list.push_back(index_from_python(index));
    return slice_by(tensor, list);
  });
  m.def("import_graph_def",
        [](nb::bytes graph_def, const std::map<std::string, nb::object>& input_map,
           const std::vector<std::string>& return_elements, const std::string& name) {
          ImportGraphDefOptions options{.return_elements = return_elements, .name = name};
          for (const auto& [key, value] : input_map) options.input_map[key] = output_from_python(value);
          return import_graph_def({graph_def.c_str(), graph_def.size()}, options);
        });
  m.def("get_seed", [](std::optional<int64_t> op_seed) -> nb::object {
    const Seeds seeds = get_seed(op_seed);
    if (!op_seed && !client::default_graph().has_seed) return nb::make_tuple(nb::none(), nb::none());
    return nb::make_tuple(seeds.seed, seeds.seed2);
  }, nb::arg("op_seed").none());
  m.def("set_random_seed", [](int64_t seed) { set_random_seed(seed); });
  def_operators(m.attr("Tensor"));
  def_operators(m.attr("Variable"));
}

}  // namespace reflow::python
