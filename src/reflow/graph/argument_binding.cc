#include "reflow/graph/argument_binding.h"

#include <fmt/format.h>

#include <algorithm>

namespace reflow::graph {
namespace {

std::string type_names(std::span<const DType> types) {
  std::string names;
  for (const DType type : types) {
    if (!names.empty()) names += ", ";
    names += dtype_name(type);
  }
  return names;
}

class Binder {
 public:
  Binder(const OpDef& op, AttrMap* attrs, std::vector<Endpoint>* flat) : op_(op), attrs_(attrs), flat_(flat) {}

  Status bind(std::vector<OpInput>& inputs) {
    if (inputs.size() < op_.inputs.size()) {
      return type_error("No argument for input " + op_.inputs[inputs.size()].name);
    }
    if (inputs.size() > op_.inputs.size()) {
      return type_error(fmt::format("'{}' Op takes {} inputs but {} were given", op_.name, op_.inputs.size(), inputs.size()));
    }
    for (size_t i = 0; i < inputs.size(); ++i) {
      arg_ = i;
      RETURN_IF_ERROR(bind_one(op_.inputs[i], inputs[i]));
    }
    return OkStatus();
  }

 private:
  Status bind_one(const ArgDef& arg, OpInput& input) {
    // One tensor stands for a list of one only where it is said to be a list.
    if (arg.is_list() != input.is_list) {
      return arg.is_list() ? type_error(fmt::format("Expected list for '{}' argument to '{}' Op, not a tensor.", arg.name, op_.name))
                           : type_error(fmt::format("Expected a tensor for '{}' argument to '{}' Op, not a list.", arg.name, op_.name));
    }
    const std::vector<Endpoint>& values = input.endpoints;
    for (const Endpoint& e : values) {
      if (!e) return invalid_argument("Input '{}' of '{}' Op is no tensor", arg.name, op_.name);
      if (e.index < 0 || e.index >= e.node->num_outputs()) {
        return invalid_argument("Input '{}' of '{}' Op is output {} of '{}', which has {}", arg.name, op_.name, e.index,
                                e.node->name(), e.node->num_outputs());
      }
    }
    if (!arg.number_attr.empty()) RETURN_IF_ERROR(bind_number(arg, values));
    if (!arg.type_list_attr.empty()) RETURN_IF_ERROR(bind_type_list(arg, values));
    else if (!arg.is_list()) RETURN_IF_ERROR(bind_single(arg, values[0]));
    if (arg.is_ref) {
      for (const Endpoint& e : values) {
        if (!is_ref(e.dtype())) {
          return type_error(fmt::format("'{}' Op requires that input '{}' be a mutable tensor (e.g.: a tf.Variable)", op_.name, arg.name));
        }
      }
    }
    if (flat_->empty() && input.is_list) *flat_ = std::move(input.endpoints);
    else flat_->insert(flat_->end(), values.begin(), values.end());
    return OkStatus();
  }

  Status bind_single(const ArgDef& arg, const Endpoint& value) {
    const DType type = base_type(value.dtype());
    const auto mismatch = [&] {
      return fmt::format("Input '{}' of '{}' Op has type {} that does not match", arg.name, op_.name, dtype_name(value.dtype()));
    };
    if (arg.type_attr.empty()) {
      if (type == base_type(arg.type)) return OkStatus();
      return type_error(fmt::format("{} expected type of {}.", mismatch(), dtype_name(arg.type)));
    }
    if (const DType* known = known_type(arg.type_attr)) {
      if (*known == type) return OkStatus();
      return type_error(fmt::format("{} type {} of argument '{}'.", mismatch(), dtype_name(*known), inferred_from(arg.type_attr)));
    }
    return set_type(arg, type);
  }

  Status bind_number(const ArgDef& arg, const std::vector<Endpoint>& values) {
    const auto mixed = [&](std::string_view what) {
      std::string types;
      for (const Endpoint& e : values) types += (types.empty() ? "" : ", ") + dtype_name(base_type(e.dtype()));
      return type_error(fmt::format("Tensors in list passed to '{}' of '{}' Op have types [{}] that {}", arg.name, op_.name, types, what));
    };
    const DType* known = arg.type_attr.empty() ? &arg.type : known_type(arg.type_attr);
    if (known) {
      for (const Endpoint& e : values) {
        if (base_type(e.dtype()) == base_type(*known)) continue;
        return mixed(arg.type_attr.empty() ? fmt::format("do not match expected type {}.", dtype_name(*known))
                                           : fmt::format("do not match type {} inferred from earlier arguments.", dtype_name(*known)));
      }
    } else {
      for (const Endpoint& e : values) {
        if (base_type(e.dtype()) != base_type(values[0].dtype())) return mixed("don't all match.");
      }
    }
    const int64_t n = static_cast<int64_t>(values.size());
    const AttrValue* number = attrs_->find(arg.number_attr);
    if (const int64_t* expected = number ? number->get<int64_t>() : nullptr) {
      if (*expected != n) {
        return invalid_argument("List argument '{}' to '{}' Op with length {} must match length {} of argument '{}'.", arg.name, op_.name,
                                n, *expected, inferred_from(arg.number_attr));
      }
    } else {
      const AttrDef* def = op_.find_attr(arg.number_attr);
      if (def->has_minimum && n < def->minimum) {
        return invalid_argument("List argument '{}' to '{}' Op with length {} shorter than minimum length {}.", arg.name, op_.name, n,
                                def->minimum);
      }
      attrs_->set(arg.number_attr, n);
    }
    if (known) return OkStatus();
    if (values.empty()) {
      return type_error(fmt::format("Don't know how to infer type variable from empty input list passed to input '{}' of '{}' Op.",
                                    arg.name, op_.name));
    }
    return set_type(arg, base_type(values[0].dtype()));
  }

  Status bind_type_list(const ArgDef& arg, const std::vector<Endpoint>& values) {
    std::vector<DType> types;
    types.reserve(values.size());
    for (const Endpoint& e : values) types.push_back(base_type(e.dtype()));
    if (const AttrValue* given = attrs_->find(arg.type_list_attr)) {
      static const std::vector<DType> kNone;
      const auto* list = given->get<EmptyList>() ? &kNone : given->get<std::vector<DType>>();
      if (list && *list == types) return OkStatus();
      return type_error(fmt::format("Input '{}' of '{}' Op has type list of {} that does not match type list {} of argument '{}'.",
                                    arg.name, op_.name, type_names(types), list ? type_names(*list) : given->str(),
                                    inferred_from(arg.type_list_attr)));
    }
    const AttrDef* def = op_.find_attr(arg.type_list_attr);
    for (const DType type : types) RETURN_IF_ERROR(check_allowed(*def, type, arg.name));
    if (def->has_minimum && static_cast<int64_t>(types.size()) < def->minimum) {
      return invalid_argument("Attr '{}' of '{}' Op passed list of length {} less than minimum {}.", def->name, op_.name, types.size(),
                              def->minimum);
    }
    attrs_->set(arg.type_list_attr, std::move(types));
    return OkStatus();
  }

  const DType* known_type(std::string_view attr) const {
    const AttrValue* value = attrs_->find(attr);
    return value ? value->get<DType>() : nullptr;
  }

  Status set_type(const ArgDef& arg, DType type) {
    RETURN_IF_ERROR(check_allowed(*op_.find_attr(arg.type_attr), type, arg.name));
    attrs_->set(arg.type_attr, type);
    return OkStatus();
  }

  // The argument that settled `attr` before this one; the attribute itself where the caller gave it.
  std::string_view inferred_from(std::string_view attr) const {
    for (size_t i = 0; i < arg_; ++i) {
      const ArgDef& arg = op_.inputs[i];
      if (arg.type_attr == attr || arg.number_attr == attr || arg.type_list_attr == attr) return arg.name;
    }
    return attr;
  }

  const OpDef& op_;
  AttrMap* attrs_;
  std::vector<Endpoint>* flat_;
  size_t arg_ = 0;
};

// Checks an attribute that the caller gave, in the words of Python's op functions.
Status check_given(const OpDef& op, const AttrDef& def, const AttrValue& value) {
  if (value.get<AttrPlaceholder>()) return OkStatus();
  if (!has_kind(def, value)) {
    if (def.is_list() && !value.kind().starts_with("list(")) return type_error("Expected list for attr " + def.name);
    return type_error(fmt::format("Expected {} for argument '{}' not {}.", def.type, def.name, value.str()));
  }
  const auto check_string = [&](const std::string& text) {
    if (def.allowed_strings.empty() || std::ranges::find(def.allowed_strings, text) != def.allowed_strings.end()) return OkStatus();
    return invalid_argument("Attr '{}' of '{}' Op passed string '{}' not in: \"{}\".", def.name, op.name, text,
                            fmt::to_string(fmt::join(def.allowed_strings, "\", \"")));
  };
  if (const auto* text = value.get<std::string>()) return check_string(*text);
  if (const auto* type = value.get<DType>()) return check_allowed(def, *type, def.name);
  if (const auto* number = value.get<int64_t>(); number && def.has_minimum && *number < def.minimum) {
    return invalid_argument("Attr '{}' of '{}' Op passed {} less than minimum {}.", def.name, op.name, *number, def.minimum);
  }
  if (const int64_t n = value.list_size(); def.is_list() && def.has_minimum && n < def.minimum) {
    return invalid_argument("Attr '{}' of '{}' Op passed list of length {} less than minimum {}.", def.name, op.name, n, def.minimum);
  }
  if (const auto* texts = value.get<std::vector<std::string>>()) {
    for (const std::string& text : *texts) RETURN_IF_ERROR(check_string(text));
  }
  if (const auto* types = value.get<std::vector<DType>>()) {
    for (const DType type : *types) RETURN_IF_ERROR(check_allowed(def, type, def.name));
  }
  return OkStatus();
}

bool gives_attr(const OpDef& op, std::string_view attr) {
  return std::ranges::any_of(op.inputs, [attr](const ArgDef& arg) {
    return arg.type_attr == attr || arg.number_attr == attr || arg.type_list_attr == attr;
  });
}

}  // namespace

bool has_kind(const AttrDef& def, const AttrValue& value) {
  if (value.get<EmptyList>()) return def.is_list();
  return value.kind() == def.type;
}

void adapt_kind(const AttrDef& def, AttrValue* value) {
  if (const auto* i = value->get<int64_t>(); i && def.type == "float") {
    *value = static_cast<float>(*i);
  } else if (const auto* list = value->get<std::vector<int64_t>>(); list && def.type == "list(float)") {
    *value = std::vector<float>(list->begin(), list->end());
  } else if (value->get<EmptyList>()) {
    if (def.type == "list(string)") *value = std::vector<std::string>{};
    else if (def.type == "list(int)") *value = std::vector<int64_t>{};
    else if (def.type == "list(float)") *value = std::vector<float>{};
    else if (def.type == "list(bool)") *value = std::vector<bool>{};
    else if (def.type == "list(type)") *value = std::vector<DType>{};
    else if (def.type == "list(shape)") *value = std::vector<Shape>{};
    else if (def.type == "list(tensor)") *value = std::vector<Tensor>{};
    else if (def.type == "list(func)") *value = std::vector<NameAttrList>{};
  }
}

Status check_allowed(const AttrDef& def, DType type, std::string_view parameter) {
  const auto& allowed = def.allowed_types;
  if (allowed.empty() || std::ranges::find(allowed, type) != allowed.end()) return OkStatus();
  return type_error(fmt::format("Value passed to parameter '{}' has DataType {} not in list of allowed values: {}", parameter,
                                dtype_name(type), type_names(allowed)));
}

Status bind_arguments(const OpDef& op, std::vector<OpInput>& inputs, AttrMap* attrs, std::vector<Endpoint>* flat) {
  // What the caller has given, before anything is inferred.
  for (auto& [name, value] : attrs->entries()) {
    const AttrDef* def = op.find_attr(name);
    if (def == nullptr) {
      if (name.starts_with('_')) continue;
      return type_error("apply_op() got unexpected keyword arguments: " + name);
    }
    adapt_kind(*def, &value);
    if (!gives_attr(op, name)) continue;  // the others in the order of the definition, below
    RETURN_IF_ERROR(check_given(op, *def, value));
  }
  const bool any_given = !attrs->empty();
  if (const Status status = Binder(op, attrs, flat).bind(inputs); !status.ok()) return status;
  for (const AttrDef& def : op.attrs) {
    const AttrValue* value = attrs->find(def.name);
    if (value == nullptr) {
      if (!def.default_value.set()) return type_error("No argument for attr " + def.name);
      attrs->set(def.name, def.default_value);
    } else if (any_given && !gives_attr(op, def.name)) {
      RETURN_IF_ERROR(check_given(op, def, *value));
    }
  }
  return OkStatus();
}

}  // namespace reflow::graph
