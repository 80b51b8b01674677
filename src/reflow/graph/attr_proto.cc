// AttrValue, OpDef and NodeDef to and fro.

#include <algorithm>

#include "reflow/graph/graph_def.h"
#include "reflow/tensor/tensor_proto.h"
#include "tensorflow/core/framework/attr_value.pb.h"
#include "tensorflow/core/framework/node_def.pb.h"
#include "tensorflow/core/framework/op_def.pb.h"

namespace reflow::graph {
namespace {

using Proto = tensorflow::AttrValue;
using ListProto = tensorflow::AttrValue::ListValue;

StatusOr<DType> type_from_proto(int number) {
  const int base = number > 100 ? number - 100 : number;
  if (base == 0 && number == 0) return DType::kInvalid;
  if (base < 1 || base > 23) return invalid_argument("AttrValue has invalid DataType enum: {}", number);
  return static_cast<DType>(number);
}

Status func_from_proto(const tensorflow::NameAttrList& proto, NameAttrList* func) {
  func->name = proto.name();
  if (proto.attr().empty()) return OkStatus();
  auto attrs = std::make_shared<AttrMap>();
  for (const auto& [name, attr] : proto.attr()) {
    AttrValue value;
    RETURN_IF_ERROR(attr_from_proto(attr, &value));
    attrs->set(name, std::move(value));
  }
  func->attrs = std::move(attrs);
  return OkStatus();
}

void func_to_proto(const NameAttrList& func, tensorflow::NameAttrList* proto) {
  proto->set_name(func.name);
  if (!func.attrs) return;
  for (const auto& [name, value] : *func.attrs) attr_to_proto(value, &(*proto->mutable_attr())[name]);
}

Status list_from_proto(const ListProto& list, AttrValue* value) {
  const int kinds = !list.s().empty() + !list.i().empty() + !list.f().empty() + !list.b().empty() + !list.type().empty() +
                    !list.shape().empty() + !list.tensor().empty() + !list.func().empty();
  if (kinds == 0) {
    *value = EmptyList{};
    return OkStatus();
  }
  if (kinds > 1) return invalid_argument("AttrValue had a list with values of {} types", kinds);
  if (!list.s().empty()) *value = std::vector<std::string>(list.s().begin(), list.s().end());
  if (!list.i().empty()) *value = std::vector<int64_t>(list.i().begin(), list.i().end());
  if (!list.f().empty()) *value = std::vector<float>(list.f().begin(), list.f().end());
  if (!list.b().empty()) *value = std::vector<bool>(list.b().begin(), list.b().end());
  if (!list.type().empty()) {
    std::vector<DType> types;
    for (const int number : list.type()) {
      ASSIGN_OR_RETURN(const DType type, type_from_proto(number));
      types.push_back(type);
    }
    *value = std::move(types);
  }
  if (!list.shape().empty()) {
    std::vector<Shape> shapes;
    for (const auto& proto : list.shape()) {
      ASSIGN_OR_RETURN(Shape shape, shape_from_proto(proto));
      shapes.push_back(std::move(shape));
    }
    *value = std::move(shapes);
  }
  if (!list.tensor().empty()) {
    std::vector<Tensor> tensors;
    for (const auto& proto : list.tensor()) {
      ASSIGN_OR_RETURN(Tensor tensor, tensor_from_proto(proto));
      tensors.push_back(std::move(tensor));
    }
    *value = std::move(tensors);
  }
  if (!list.func().empty()) {
    std::vector<NameAttrList> funcs(list.func_size());
    for (int i = 0; i < list.func_size(); ++i) RETURN_IF_ERROR(func_from_proto(list.func(i), &funcs[i]));
    *value = std::move(funcs);
  }
  return OkStatus();
}

// One overload for each alternative of AttrValue::Variant. A tensor that no proto can hold is left empty.
struct Writer {
  Proto* proto;
  void operator()(std::monostate) const {}
  void operator()(const std::string& v) const { proto->set_s(v); }
  void operator()(int64_t v) const { proto->set_i(v); }
  void operator()(float v) const { proto->set_f(v); }
  void operator()(bool v) const { proto->set_b(v); }
  void operator()(DType v) const { proto->set_type(static_cast<tensorflow::DataType>(v)); }
  void operator()(const Shape& v) const { shape_to_proto(v, proto->mutable_shape()); }
  void operator()(const Tensor& v) const { tensor_to_proto(v, proto->mutable_tensor()).IgnoreError(); }
  void operator()(const NameAttrList& v) const { func_to_proto(v, proto->mutable_func()); }
  void operator()(const AttrPlaceholder& v) const { proto->set_placeholder(v.name); }
  void operator()(EmptyList) const { proto->mutable_list(); }
  void operator()(const std::vector<std::string>& v) const { *list()->mutable_s() = {v.begin(), v.end()}; }
  void operator()(const std::vector<int64_t>& v) const { *list()->mutable_i() = {v.begin(), v.end()}; }
  void operator()(const std::vector<float>& v) const { *list()->mutable_f() = {v.begin(), v.end()}; }
  void operator()(const std::vector<bool>& v) const { *list()->mutable_b() = {v.begin(), v.end()}; }
  void operator()(const std::vector<DType>& v) const {
    for (const DType type : v) list()->add_type(static_cast<tensorflow::DataType>(type));
    list();
  }
  void operator()(const std::vector<Shape>& v) const {
    for (const Shape& shape : v) shape_to_proto(shape, list()->add_shape());
    list();
  }
  void operator()(const std::vector<Tensor>& v) const {
    for (const Tensor& tensor : v) tensor_to_proto(tensor, list()->add_tensor()).IgnoreError();
    list();
  }
  void operator()(const std::vector<NameAttrList>& v) const {
    for (const NameAttrList& func : v) func_to_proto(func, list()->add_func());
    list();
  }
  ListProto* list() const { return proto->mutable_list(); }
};

void arg_to_proto(const ArgDef& arg, tensorflow::OpDef::ArgDef* proto) {
  proto->set_name(arg.name);
  proto->set_type(static_cast<tensorflow::DataType>(arg.type));
  proto->set_type_attr(arg.type_attr);
  proto->set_number_attr(arg.number_attr);
  proto->set_type_list_attr(arg.type_list_attr);
  proto->set_is_ref(arg.is_ref);
}

Status arg_from_proto(const tensorflow::OpDef::ArgDef& proto, ArgDef* arg) {
  ASSIGN_OR_RETURN(arg->type, type_from_proto(proto.type()));
  arg->name = proto.name();
  arg->type_attr = proto.type_attr();
  arg->number_attr = proto.number_attr();
  arg->type_list_attr = proto.type_list_attr();
  arg->is_ref = proto.is_ref();
  return OkStatus();
}

Status attr_def_from_proto(const tensorflow::OpDef::AttrDef& proto, AttrDef* attr) {
  attr->name = proto.name();
  attr->type = proto.type();
  if (proto.has_default_value()) RETURN_IF_ERROR(attr_from_proto(proto.default_value(), &attr->default_value));
  attr->has_minimum = proto.has_minimum();
  attr->minimum = proto.minimum();
  const ListProto& allowed = proto.allowed_values().list();
  attr->allowed_strings.assign(allowed.s().begin(), allowed.s().end());
  for (const int number : allowed.type()) {
    ASSIGN_OR_RETURN(const DType type, type_from_proto(number));
    attr->allowed_types.push_back(type);
  }
  return OkStatus();
}

}  // namespace

Status attr_from_proto(const Proto& proto, AttrValue* value) {
  switch (proto.value_case()) {
    case Proto::kS: *value = proto.s(); break;
    case Proto::kI: *value = static_cast<int64_t>(proto.i()); break;
    case Proto::kF: *value = proto.f(); break;
    case Proto::kB: *value = proto.b(); break;
    case Proto::kType: {
      ASSIGN_OR_RETURN(const DType type, type_from_proto(proto.type()));
      *value = type;
      break;
    }
    case Proto::kShape: {
      ASSIGN_OR_RETURN(Shape shape, shape_from_proto(proto.shape()));
      *value = std::move(shape);
      break;
    }
    case Proto::kTensor: {
      ASSIGN_OR_RETURN(Tensor tensor, tensor_from_proto(proto.tensor()));
      *value = std::move(tensor);
      break;
    }
    case Proto::kList: return list_from_proto(proto.list(), value);
    case Proto::kFunc: {
      NameAttrList func;
      RETURN_IF_ERROR(func_from_proto(proto.func(), &func));
      *value = std::move(func);
      break;
    }
    case Proto::kPlaceholder: *value = AttrPlaceholder{proto.placeholder()}; break;
    case Proto::VALUE_NOT_SET: *value = AttrValue(); break;
  }
  return OkStatus();
}

void attr_to_proto(const AttrValue& value, Proto* proto) { std::visit(Writer{proto}, value.variant()); }

void op_def_to_proto(const OpDef& op, tensorflow::OpDef* proto) {
  proto->set_name(op.name);
  for (const ArgDef& arg : op.inputs) arg_to_proto(arg, proto->add_input_arg());
  for (const ArgDef& arg : op.outputs) arg_to_proto(arg, proto->add_output_arg());
  for (const AttrDef& attr : op.attrs) {
    auto* added = proto->add_attr();
    added->set_name(attr.name);
    added->set_type(attr.type);
    if (attr.default_value.set()) attr_to_proto(attr.default_value, added->mutable_default_value());
    added->set_has_minimum(attr.has_minimum);
    added->set_minimum(attr.minimum);
    if (!attr.allowed_types.empty()) attr_to_proto(attr.allowed_types, added->mutable_allowed_values());
    if (!attr.allowed_strings.empty()) attr_to_proto(attr.allowed_strings, added->mutable_allowed_values());
  }
  proto->set_summary(op.doc.substr(0, op.doc.find(". ")));
  proto->set_description(op.doc);
  proto->set_is_commutative(op.is_commutative);
  proto->set_is_aggregate(op.is_aggregate);
  proto->set_is_stateful(op.is_stateful);
  proto->set_allows_uninitialized_input(op.allows_uninitialized_input);
  if (op.deprecated_in != 0) {
    proto->mutable_deprecation()->set_version(op.deprecated_in);
    proto->mutable_deprecation()->set_explanation(op.deprecation);
  }
}

Status op_def_from_proto(const tensorflow::OpDef& proto, OpDef* op) {
  op->name = proto.name();
  op->inputs.resize(proto.input_arg_size());
  for (int i = 0; i < proto.input_arg_size(); ++i) RETURN_IF_ERROR(arg_from_proto(proto.input_arg(i), &op->inputs[i]));
  op->outputs.resize(proto.output_arg_size());
  for (int i = 0; i < proto.output_arg_size(); ++i) RETURN_IF_ERROR(arg_from_proto(proto.output_arg(i), &op->outputs[i]));
  op->attrs.resize(proto.attr_size());
  for (int i = 0; i < proto.attr_size(); ++i) RETURN_IF_ERROR(attr_def_from_proto(proto.attr(i), &op->attrs[i]));
  for (const auto* args : {&op->inputs, &op->outputs}) {
    for (const ArgDef& arg : *args) {
      for (const std::string* attr : {&arg.type_attr, &arg.number_attr, &arg.type_list_attr}) {
        if (attr->empty() || op->find_attr(*attr)) continue;
        return invalid_argument("No attr with name '{}' for argument '{}' of Op '{}'", *attr, arg.name, op->name);
      }
    }
  }
  op->doc = proto.description().empty() ? proto.summary() : proto.description();
  op->is_commutative = proto.is_commutative();
  op->is_aggregate = proto.is_aggregate();
  op->is_stateful = proto.is_stateful();
  op->allows_uninitialized_input = proto.allows_uninitialized_input();
  op->deprecated_in = proto.deprecation().version();
  op->deprecation = proto.deprecation().explanation();
  return OkStatus();
}

void node_to_proto(const Node& node, tensorflow::NodeDef* proto) {
  proto->set_name(node.name());
  proto->set_op(node.type());
  for (const Endpoint& e : node.inputs()) {
    if (!e) proto->add_input();
    else proto->add_input(e.index == 0 ? e.node->name() : e.name());
  }
  std::vector<std::string> controls;
  for (const Node* source : node.control_inputs()) controls.push_back("^" + source->name());
  std::ranges::sort(controls);
  for (std::string& control : controls) proto->add_input(std::move(control));
  proto->set_device(node.device());
  for (const auto& [name, value] : node.attrs()) attr_to_proto(value, &(*proto->mutable_attr())[name]);
}

}  // namespace reflow::graph
