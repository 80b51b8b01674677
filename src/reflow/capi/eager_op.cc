// Eager execution: operations.

#include <unistd.h>

#include <algorithm>

#include "reflow/capi/eager.h"
#include "reflow/graph/function_library.h"
#include "reflow/graph/immediate_scope.h"
#include "reflow/graph/node_builder.h"

using namespace reflow;
using namespace reflow::capi;
using graph::AttrValue;

namespace {

StatusOr<const graph::OpDef*> find_op(const char* name, bool* is_function) {
  const graph::OpDef* op = executor().graph().functions().find_op(name);
  *is_function = op != nullptr;
  if (op == nullptr) op = graph::OpRegistry::global().find(name);
  if (op != nullptr) return op;
  char host[256] = "localhost";
  gethostname(host, sizeof host - 1);
  return not_found("'{}' is neither a type of a primitive operation nor a name of a function registered in binary running on {}. Make "
                   "sure the operation or function is registered in the binary running in this process.", name, host);
}

std::string text_of(const void* value, size_t length) { return {static_cast<const char*>(value), length}; }

graph::NameAttrList function_of(const TFE_Op* value) {
  return {value->name, std::make_shared<graph::AttrMap>(value->attrs)};
}

// The inputs as arguments of the op: lists as long as they were given, as an attribute says, or as inputs are left.
std::vector<graph::OpInput> arguments_of(const TFE_Op& op) {
  std::vector<graph::OpInput> arguments;
  size_t next = 0;
  for (size_t i = 0; i < op.op->inputs.size(); ++i) {
    const graph::ArgDef& arg = op.op->inputs[i];
    if (!arg.is_list()) {
      if (next < op.inputs.size()) arguments.emplace_back(op.inputs[next++]->value);
      continue;
    }
    size_t n = op.inputs.size() - next;
    const AttrValue* const said = op.attrs.find(arg.number_attr.empty() ? arg.type_list_attr : arg.number_attr);
    if (i < op.list_sizes.size() && op.list_sizes[i] >= 0) {
      n = op.list_sizes[i];
    } else if (said != nullptr) {
      const int64_t* const number = said->get<int64_t>();
      n = static_cast<size_t>(number ? *number : said->list_size());
    }
    std::vector<Endpoint> list;
    for (; n > 0 && next < op.inputs.size(); --n) list.push_back(op.inputs[next++]->value);
    arguments.emplace_back(std::move(list));
  }
  for (; next < op.inputs.size(); ++next) arguments.emplace_back(op.inputs[next]->value);  // too many: an error that is to be told
  return arguments;
}

StatusOr<graph::Node*> execute(const TFE_Op& op) {
  graph::Graph& graph = executor().graph();
  if (!op.is_function) return graph::create_op(graph, op.name, arguments_of(op), op.attrs);
  std::vector<Endpoint> inputs;
  for (const auto& input : op.inputs) inputs.push_back(input->value);
  std::vector<DType> types;
  RETURN_IF_ERROR(graph::output_types_of(*op.op, op.attrs, &types));
  return graph::create_op(graph, "StatefulPartitionedCall", {std::move(inputs)}, {{"f", function_of(&op)}, {"Tout", types}});
}

// The error without the ending that Python's messages have.
Status without_op(const Status& status, const std::string& op) {
  std::string_view message = message_of(status);
  const std::string ending = " [Op:" + op + "]";
  if (message.ends_with(ending)) message.remove_suffix(ending.size());
  return make_status(status.code(), message);
}

// What is known of the number of tensors of argument `name`; -1 after an error.
int length_of(TFE_Op* op, const std::vector<graph::ArgDef>& args, const char* what, const char* name, TF_Status* status) {
  int length = -1;
  report(status, [&]() -> Status {
    const auto it = std::ranges::find(args, std::string_view(name), &graph::ArgDef::name);
    if (it == args.end()) return invalid_argument("{} '{}' not found", what, name);
    if (!it->is_list()) {
      length = 1;
      return OkStatus();
    }
    graph::AttrMap attrs = op->attrs;
    const std::vector<graph::OpInput> given = arguments_of(*op);
    for (size_t i = 0; i < std::min(given.size(), op->op->inputs.size()); ++i) {
      const graph::ArgDef& arg = op->op->inputs[i];
      if (!arg.number_attr.empty()) attrs.set(arg.number_attr, static_cast<int64_t>(given[i].endpoints.size()));
      if (arg.type_list_attr.empty()) continue;
      std::vector<DType> types;
      for (const Endpoint& e : given[i].endpoints) types.push_back(e.dtype());
      attrs.set(arg.type_list_attr, std::move(types));
    }
    const AttrValue* const value = attrs.find(it->number_attr.empty() ? it->type_list_attr : it->number_attr);
    if (value == nullptr) return invalid_argument("The length of '{}' isn't known yet", name);
    const int64_t* const number = value->get<int64_t>();
    length = static_cast<int>(number ? *number : value->list_size());
    return OkStatus();
  });
  return length;
}

TF_AttrType attr_type(const graph::OpDef& op, const char* name, unsigned char* is_list, TF_Status* status) {
  TF_AttrType type = TF_ATTR_INT;
  report(status, [&]() -> Status {
    const graph::AttrDef* const def = op.find_attr(name);
    if (def == nullptr) return invalid_argument("Attribute '{}' does not exist for this operation", name);
    *is_list = def->is_list();
    constexpr std::string_view kNames[] = {"string", "int", "float", "bool", "type", "shape", "tensor", "placeholder", "func"};
    std::string_view kind = def->type;
    if (def->is_list()) kind = kind.substr(5, kind.size() - 6);
    type = static_cast<TF_AttrType>(std::ranges::find(kNames, kind) - std::begin(kNames));
    return OkStatus();
  });
  return type;
}

}  // namespace

TFE_Op* TFE_NewOp(TFE_Context* context, const char* op_or_function_name, TF_Status* status) {
  std::unique_ptr<TFE_Op> op;
  report(status, [&]() -> Status {
    bool is_function;
    ASSIGN_OR_RETURN(const graph::OpDef* const def, find_op(op_or_function_name, &is_function));
    op.reset(new TFE_Op{context, op_or_function_name, def, is_function, "", {}, {}, {}});
    return OkStatus();
  });
  return op.release();
}
void TFE_DeleteOp(TFE_Op* op) { delete op; }

void TFE_OpSetDevice(TFE_Op* op, const char* device_name, TF_Status* status) {
  op->device = device_name;
  set_status(status, OkStatus());
}
const char* TFE_OpGetDevice(TFE_Op* op, TF_Status* status) {
  set_status(status, OkStatus());
  return (op->device.empty() ? executor().device_name() : op->device).c_str();
}
void TFE_OpSetXLACompilation(TFE_Op*, unsigned char) {}

void TFE_OpAddInput(TFE_Op* op, TFE_TensorHandle* input, TF_Status* status) {
  report(status, [&] {
    op->inputs.push_back(std::make_unique<TFE_TensorHandle>(input->value));
    op->list_sizes.push_back(-1);
    return OkStatus();
  });
}
void TFE_OpAddInputList(TFE_Op* op, TFE_TensorHandle** inputs, int num_inputs, TF_Status* status) {
  report(status, [&] {
    for (int i = 0; i < num_inputs; ++i) op->inputs.push_back(std::make_unique<TFE_TensorHandle>(inputs[i]->value));
    op->list_sizes.push_back(num_inputs);
    return OkStatus();
  });
}

TF_AttrType TFE_OpGetAttrType(TFE_Op* op, const char* attr_name, unsigned char* is_list, TF_Status* status) {
  return attr_type(*op->op, attr_name, is_list, status);
}
TF_AttrType TFE_OpNameGetAttrType(TFE_Context*, const char* op_or_function_name, const char* attr_name, unsigned char* is_list,
                                  TF_Status* status) {
  bool is_function;
  StatusOr<const graph::OpDef*> op = find_op(op_or_function_name, &is_function);
  if (op.ok()) return attr_type(**op, attr_name, is_list, status);
  set_status(status, op.status());
  return TF_ATTR_INT;
}

void TFE_OpSetAttrString(TFE_Op* op, const char* name, const void* value, size_t length) { op->attrs.set(name, text_of(value, length)); }
void TFE_OpSetAttrInt(TFE_Op* op, const char* name, int64_t value) { op->attrs.set(name, value); }
void TFE_OpSetAttrFloat(TFE_Op* op, const char* name, float value) { op->attrs.set(name, value); }
void TFE_OpSetAttrBool(TFE_Op* op, const char* name, unsigned char value) { op->attrs.set(name, value != 0); }
void TFE_OpSetAttrType(TFE_Op* op, const char* name, TF_DataType value) { op->attrs.set(name, dtype_of_c(value)); }
void TFE_OpSetAttrShape(TFE_Op* op, const char* name, const int64_t* dims, const int num_dims, TF_Status* status) {
  report(status, [&] {
    op->attrs.set(name, shape_of(dims, num_dims));
    return OkStatus();
  });
}
void TFE_OpSetAttrFunction(TFE_Op* op, const char* name, const TFE_Op* value) { op->attrs.set(name, function_of(value)); }
void TFE_OpSetAttrFunctionName(TFE_Op* op, const char* name, const char* data, size_t length) {
  op->attrs.set(name, graph::NameAttrList{text_of(data, length), nullptr});
}
void TFE_OpSetAttrTensor(TFE_Op* op, const char* name, TF_Tensor* tensor, TF_Status* status) {
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(const Tensor value, tensor_of(*tensor));
    op->attrs.set(name, value.copy());
    return OkStatus();
  });
}
void TFE_OpSetAttrStringList(TFE_Op* op, const char* name, const void* const* values, const size_t* lengths, int n) {
  std::vector<std::string> list;
  for (int i = 0; i < n; ++i) list.push_back(text_of(values[i], lengths[i]));
  op->attrs.set(name, std::move(list));
}
void TFE_OpSetAttrIntList(TFE_Op* op, const char* name, const int64_t* values, int n) {
  op->attrs.set(name, std::vector<int64_t>(values, values + n));
}
void TFE_OpSetAttrFloatList(TFE_Op* op, const char* name, const float* values, int n) {
  op->attrs.set(name, std::vector<float>(values, values + n));
}
void TFE_OpSetAttrBoolList(TFE_Op* op, const char* name, const unsigned char* values, int n) {
  std::vector<bool> list;
  for (int i = 0; i < n; ++i) list.push_back(values[i] != 0);
  op->attrs.set(name, std::move(list));
}
void TFE_OpSetAttrTypeList(TFE_Op* op, const char* name, const TF_DataType* values, int n) {
  std::vector<DType> list;
  for (int i = 0; i < n; ++i) list.push_back(dtype_of_c(values[i]));
  op->attrs.set(name, std::move(list));
}
void TFE_OpSetAttrShapeList(TFE_Op* op, const char* name, const int64_t** dims, const int* num_dims, int n, TF_Status* status) {
  report(status, [&] {
    std::vector<Shape> list;
    for (int i = 0; i < n; ++i) list.push_back(shape_of(dims[i], num_dims[i]));
    op->attrs.set(name, std::move(list));
    return OkStatus();
  });
}
void TFE_OpSetAttrFunctionList(TFE_Op* op, const char* name, const TFE_Op** values, int n) {
  std::vector<graph::NameAttrList> list;
  for (int i = 0; i < n; ++i) list.push_back(function_of(values[i]));
  op->attrs.set(name, std::move(list));
}

int TFE_OpGetInputLength(TFE_Op* op, const char* input_name, TF_Status* status) {
  return length_of(op, op->op->inputs, "Input", input_name, status);
}
int TFE_OpGetOutputLength(TFE_Op* op, const char* output_name, TF_Status* status) {
  return length_of(op, op->op->outputs, "Output", output_name, status);
}

void TFE_Execute(TFE_Op* op, TFE_TensorHandle** retvals, int* num_retvals, TF_Status* status) {
  report(status, [&]() -> Status {
    const graph::ImmediateScope scope;
    const StatusOr<graph::Node*> made = execute(*op);
    if (!made.ok()) return without_op(made.status(), op->name);
    graph::Node* const node = *made;
    if (node->num_outputs() > *num_retvals) {
      return invalid_argument("Expecting {} outputs, but *num_retvals is {}", node->num_outputs(), *num_retvals);
    }
    *num_retvals = node->num_outputs();
    for (int i = 0; i < node->num_outputs(); ++i) retvals[i] = new TFE_TensorHandle({node, i});
    return OkStatus();
  });
}
