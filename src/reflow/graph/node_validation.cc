// Checks of nodes that come from a GraphDef, in the words of the runtime.

#include "reflow/graph/node_validation.h"

#include <fmt/format.h>

#include <algorithm>

#include "reflow/graph/argument_binding.h"

namespace reflow::graph {
namespace {

std::string summarize_args(const std::vector<ArgDef>& args) {
  std::string text;
  for (const ArgDef& arg : args) {
    if (!text.empty()) text += ", ";
    text += arg.name + ":";
    if (arg.is_ref) text += "Ref(";
    if (!arg.number_attr.empty()) text += arg.number_attr + "*";
    if (arg.type != DType::kInvalid) text += dtype_spec_name(arg.type);
    else text += arg.type_attr.empty() ? arg.type_list_attr : arg.type_attr;
    if (arg.is_ref) text += ")";
  }
  return text;
}

std::string allowed_values(const AttrDef& attr) {
  return attr.allowed_types.empty() ? AttrValue(attr.allowed_strings).str() : AttrValue(attr.allowed_types).str();
}

// "float, double" or "\"SAME\", \"VALID\"".
std::string allowed_list(const AttrDef& attr) {
  std::string text;
  for (const DType type : attr.allowed_types) text += (text.empty() ? "" : ", ") + dtype_spec_name(type);
  for (const std::string& s : attr.allowed_strings) text += (text.empty() ? "\"" : ", \"") + s + "\"";
  return text;
}

Status check_allowed_value(const AttrDef& def, const std::string& value) {
  if (def.allowed_strings.empty() || std::ranges::find(def.allowed_strings, value) != def.allowed_strings.end()) return OkStatus();
  return invalid_argument("Value for attr '{}' of \"{}\" is not in the list of allowed values: {}", def.name, value, allowed_list(def));
}
Status check_allowed_value(const AttrDef& def, DType value) {
  if (def.allowed_types.empty() || std::ranges::find(def.allowed_types, value) != def.allowed_types.end()) return OkStatus();
  return invalid_argument("Value for attr '{}' of {} is not in the list of allowed values: {}", def.name, dtype_spec_name(value),
                          allowed_list(def));
}

Status check_value(const AttrDef& def, const AttrValue& value) {
  if (!has_kind(def, value)) {
    return invalid_argument("AttrValue had value with type '{}' when '{}' expected\n\t for attr '{}'", value.kind(), def.type, def.name);
  }
  if (const auto* type = value.get<DType>(); type && *type == DType::kInvalid) {
    return invalid_argument("AttrValue has invalid DataType\n\t for attr '{}'", def.name);
  }
  if (const auto* n = value.get<int64_t>(); n && def.has_minimum && *n < def.minimum) {
    return invalid_argument("Value for attr '{}' of {} must be at least minimum {}", def.name, *n, def.minimum);
  }
  if (const int64_t length = value.list_size(); def.has_minimum && def.is_list() && length < def.minimum) {
    return invalid_argument("Length for attr '{}' of {} must be at least minimum {}", def.name, length, def.minimum);
  }
  if (const auto* s = value.get<std::string>()) return check_allowed_value(def, *s);
  if (const auto* t = value.get<DType>()) return check_allowed_value(def, *t);
  if (const auto* list = value.get<std::vector<std::string>>()) {
    for (const auto& s : *list) RETURN_IF_ERROR(check_allowed_value(def, s));
  }
  if (const auto* list = value.get<std::vector<DType>>()) {
    for (const DType t : *list) RETURN_IF_ERROR(check_allowed_value(def, t));
  }
  return OkStatus();
}

std::string type_list(std::span<const DType> types) {
  std::string text;
  for (const DType type : types) text += (text.empty() ? "" : ", ") + dtype_spec_name(type);
  return text;
}

bool fits(DType given, DType wanted) {
  if (given == wanted) return true;
  // A reference can be read wherever a value is wanted, not the other way round.
  return is_ref(given) && !is_ref(wanted) && base_type(given) == wanted;
}

}  // namespace

std::string summarize_op(const OpDef& op) {
  std::string text = fmt::format("Op<name={}; signature={} -> {}", op.name, summarize_args(op.inputs), summarize_args(op.outputs));
  for (const AttrDef& attr : op.attrs) {
    text += fmt::format("; attr={}:{}", attr.name, attr.type);
    if (attr.default_value.set()) text += ",default=" + attr.default_value.str();
    if (attr.has_minimum) text += fmt::format(",min={}", attr.minimum);
    if (!attr.allowed_types.empty() || !attr.allowed_strings.empty()) text += ",allowed=" + allowed_values(attr);
  }
  if (op.is_commutative) text += "; is_commutative=true";
  if (op.is_aggregate) text += "; is_aggregate=true";
  if (op.is_stateful) text += "; is_stateful=true";
  if (op.allows_uninitialized_input) text += "; allows_uninitialized_input=true";
  return text + ">";
}

Status check_attr(const OpDef& op, const AttrDef& def, const AttrValue& value) {
  const Status status = check_value(def, value);
  return status.ok() ? status : append_message(status, "\n\t; " + summarize_op(op));
}

Status complete_node_spec(NodeSpec* spec, bool add_defaults) {
  const OpDef& op = *spec->op;
  const std::string node = fmt::format("; NodeDef: {{{{node {}}}}}", spec->name);
  for (const AttrDef& def : op.attrs) {
    if (add_defaults && def.default_value.set() && spec->attrs.find(def.name) == nullptr) spec->attrs.set(def.name, def.default_value);
  }
  for (auto& [name, value] : spec->attrs.entries()) {
    if (name.starts_with('_')) continue;
    const AttrDef* def = op.find_attr(name);
    if (def == nullptr) {
      return invalid_argument("NodeDef mentions attr '{}' not in {}{}. (Check whether your GraphDef-interpreting binary is up to date "
                              "with your GraphDef-generating binary.).",
                              name, summarize_op(op), node);
    }
    adapt_kind(*def, &value);
    if (const Status status = check_value(*def, value); !status.ok()) {
      return append_message(status, fmt::format("\n\t{}; {}", node, summarize_op(op)));
    }
  }
  std::vector<std::string> missing;
  for (const AttrDef& def : op.attrs) {
    if (spec->attrs.find(def.name) == nullptr) missing.insert(missing.begin(), def.name);
  }
  if (!missing.empty()) {
    return invalid_argument("NodeDef missing attr{} '{}' from {}{}", missing.size() == 1 ? "" : "s", fmt::join(missing, "', '"),
                            summarize_op(op), node);
  }
  RETURN_IF_ERROR(output_types_of(op, spec->attrs, &spec->output_types));
  return check_input_types(*spec);
}

Status check_input_types(const NodeSpec& spec) {
  std::vector<DType> wanted;
  RETURN_IF_ERROR(input_types_of(*spec.op, spec.attrs, &wanted));
  if (wanted.size() != spec.inputs.size()) {
    return invalid_argument("NodeDef expected inputs '{}' do not match {} inputs specified; {}; NodeDef: {{{{node {}}}}}", type_list(wanted),
                            spec.inputs.size(), summarize_op(*spec.op), spec.name);
  }
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (!spec.inputs[i]) continue;  // a back edge whose source is still to come
    RETURN_IF_ERROR(check_input_type(spec.name, static_cast<int>(i), spec.inputs[i], wanted[i]));
  }
  return OkStatus();
}

Status check_input_type(std::string_view name, int i, Endpoint source, DType wanted) {
  if (fits(source.dtype(), wanted)) return OkStatus();
  return invalid_argument("Input {} of node {} was passed {} from {} incompatible with expected {}.", i, name,
                          dtype_spec_name(source.dtype()), source.name(), dtype_spec_name(wanted));
}

}  // namespace reflow::graph
