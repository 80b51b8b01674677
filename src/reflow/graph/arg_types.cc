// How many tensors of which types an op takes and gives, from its definition and attributes.

#include "reflow/graph/node_builder.h"

namespace reflow::graph {
namespace {

Status number_of(const ArgDef& arg, const AttrMap& attrs, int64_t* n) {
  const AttrValue* value = attrs.find(arg.number_attr);
  const int64_t* number = value ? value->get<int64_t>() : nullptr;
  if (number == nullptr) return invalid_argument("No int attr '{}' for argument '{}'", arg.number_attr, arg.name);
  if (*number < 0) return invalid_argument("Value for number_attr() {} < 0", *number);
  *n = *number;
  return OkStatus();
}

Status type_list_of(const ArgDef& arg, const AttrMap& attrs, std::span<const DType>* list) {
  const AttrValue* value = attrs.find(arg.type_list_attr);
  *list = {};
  if (value && value->get<EmptyList>()) return OkStatus();
  const auto* types = value ? value->get<std::vector<DType>>() : nullptr;
  if (types == nullptr) return invalid_argument("No list(type) attr '{}' for argument '{}'", arg.type_list_attr, arg.name);
  *list = *types;
  return OkStatus();
}

Status append_types(const ArgDef& arg, const AttrMap& attrs, std::vector<DType>* types) {
  constexpr int64_t kMost = 1 << 20;  // no op has as many; keeps a hostile number from taking all memory
  if (!arg.type_list_attr.empty()) {
    std::span<const DType> list;
    RETURN_IF_ERROR(type_list_of(arg, attrs, &list));
    for (const DType type : list) types->push_back(arg.is_ref ? ref_type(type) : type);
    return OkStatus();
  }
  int64_t n = 1;
  if (!arg.number_attr.empty()) RETURN_IF_ERROR(number_of(arg, attrs, &n));
  if (n > kMost) return invalid_argument("Value for number_attr() {} is too large", n);
  DType type = arg.type;
  if (!arg.type_attr.empty()) {
    const AttrValue* value = attrs.find(arg.type_attr);
    const DType* given = value ? value->get<DType>() : nullptr;
    if (given == nullptr) return invalid_argument("No type attr '{}' for argument '{}'", arg.type_attr, arg.name);
    type = *given;
  }
  types->insert(types->end(), static_cast<size_t>(n), arg.is_ref ? ref_type(type) : type);
  return OkStatus();
}

Status types_of(const std::vector<ArgDef>& args, const AttrMap& attrs, std::vector<DType>* types) {
  types->clear();
  types->reserve(args.size());
  for (const ArgDef& arg : args) RETURN_IF_ERROR(append_types(arg, attrs, types));
  return OkStatus();
}

Status sizes_of(const std::vector<ArgDef>& args, const AttrMap& attrs, std::vector<int>* sizes) {
  sizes->clear();
  for (const ArgDef& arg : args) {
    int64_t n = 1;
    if (!arg.number_attr.empty()) {
      RETURN_IF_ERROR(number_of(arg, attrs, &n));
    } else if (!arg.type_list_attr.empty()) {
      std::span<const DType> list;
      RETURN_IF_ERROR(type_list_of(arg, attrs, &list));
      n = static_cast<int64_t>(list.size());
    }
    sizes->push_back(static_cast<int>(n));
  }
  return OkStatus();
}

}  // namespace

Status input_types_of(const OpDef& op, const AttrMap& attrs, std::vector<DType>* types) {
  return types_of(op.inputs, attrs, types);
}
Status output_types_of(const OpDef& op, const AttrMap& attrs, std::vector<DType>* types) {
  return types_of(op.outputs, attrs, types);
}
Status input_arg_sizes(const OpDef& op, const AttrMap& attrs, std::vector<int>* sizes) {
  return sizes_of(op.inputs, attrs, sizes);
}
Status output_arg_sizes(const OpDef& op, const AttrMap& attrs, std::vector<int>* sizes) {
  return sizes_of(op.outputs, attrs, sizes);
}

}  // namespace reflow::graph
