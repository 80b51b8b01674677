#include "reflow/graph/op_def.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace reflow::graph {
namespace {

// Reads a spec from the left. Functions that return bool leave the position where it was when they fail.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) { skip_space(); }

  bool done() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  bool take(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    skip_space();
    return true;
  }
  bool take_word(std::string_view word) {
    std::string_view found = peek_word();
    return found == word && take(word);
  }
  std::string_view peek_word() const {
    size_t n = 0;
    while (n < rest_.size() && (std::isalnum(static_cast<unsigned char>(rest_[n])) || rest_[n] == '_')) ++n;
    return rest_.substr(0, n);
  }
  std::string take_word() {
    std::string word(peek_word());
    take(word);
    return word;
  }
  // A number's characters.
  std::string_view take_number() {
    size_t n = 0;
    while (n < rest_.size() && (std::isalnum(static_cast<unsigned char>(rest_[n])) || strchr_(rest_[n]))) ++n;
    const std::string_view number = rest_.substr(0, n);
    rest_.remove_prefix(n);
    skip_space();
    return number;
  }
  // 'text' or "text" with C escapes.
  bool take_string(std::string* out) {
    if (rest_.empty() || (rest_[0] != '\'' && rest_[0] != '"')) return false;
    const char quote = rest_[0];
    out->clear();
    size_t i = 1;
    for (; i < rest_.size() && rest_[i] != quote; ++i) {
      if (rest_[i] != '\\' || i + 1 == rest_.size()) {
        *out += rest_[i];
        continue;
      }
      switch (const char c = rest_[++i]) {
        case 'n': *out += '\n'; break;
        case 't': *out += '\t'; break;
        case 'r': *out += '\r'; break;
        case '0': *out += '\0'; break;
        default: *out += c;
      }
    }
    if (i >= rest_.size()) return false;
    rest_.remove_prefix(i + 1);
    skip_space();
    return true;
  }

 private:
  static bool strchr_(char c) { return c == '-' || c == '+' || c == '.'; }
  void skip_space() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_[0]))) rest_.remove_prefix(1);
  }
  std::string_view rest_;
};

struct TypeSet {
  std::string_view name;
  std::vector<DType> types;
};
const TypeSet* find_type_set(std::string_view name) {
  using enum DType;
  static const auto* sets = new std::vector<TypeSet>{
      {"numbertype",
       {kFloat32, kFloat64, kInt32, kUint8, kInt16, kInt8, kComplex64, kInt64, kQint8, kQuint8, kQint32, kBfloat16,
        kUint16, kComplex128, kHalf, kUint32, kUint64}},
      {"realnumbertype",
       {kFloat32, kFloat64, kInt32, kUint8, kInt16, kInt8, kInt64, kBfloat16, kUint16, kHalf, kUint32, kUint64}},
      {"quantizedtype", {kQint8, kQuint8, kQint32, kQint16, kQuint16}},
  };
  if (name == "numerictype") name = "numbertype";
  if (name == "realnumerictype") name = "realnumbertype";
  const auto it = std::ranges::find(*sets, name, &TypeSet::name);
  return it == sets->end() ? nullptr : &*it;
}

bool is_kind(std::string_view word) {
  return word == "string" || word == "int" || word == "float" || word == "bool" || word == "type" || word == "shape" ||
         word == "tensor" || word == "func";
}

// What stands in braces: 'SAME', 'VALID' or half, float. Sets *kind to "string" or "type".
Status parse_allowed(Scanner& in, AttrDef* attr, std::string* kind) {
  while (!in.take("}")) {
    std::string text;
    if (in.take_string(&text)) {
      *kind = "string";
      attr->allowed_strings.push_back(text);
    } else {
      const DType type = dtype_from_name(text = in.take_word());
      if (type == DType::kInvalid) return invalid_argument("unknown type '{}'", text);
      *kind = "type";
      attr->allowed_types.push_back(type);
    }
    if (!in.take(",") && !in.rest().starts_with("}")) return invalid_argument("'}}' expected before '{}'", in.rest());
  }
  if (attr->allowed_strings.empty() == attr->allowed_types.empty()) {
    return invalid_argument("allowed values have to be types, or strings");
  }
  return OkStatus();
}

// The type of an attribute, "list(" not counted.
Status parse_kind(Scanner& in, AttrDef* attr, std::string* kind) {
  if (in.take("{")) return parse_allowed(in, attr, kind);
  const std::string word = in.take_word();
  if (is_kind(word)) {
    *kind = word;
  } else if (const TypeSet* set = find_type_set(word)) {
    *kind = "type";
    attr->allowed_types = set->types;
  } else {
    return invalid_argument("unknown attribute type '{}'", word);
  }
  return OkStatus();
}

template <typename T>
Status parse_number(std::string_view text, T* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  if (error != std::errc() || end != text.data() + text.size()) return invalid_argument("'{}' is not a number", text);
  return OkStatus();
}

// "{}", "{ unknown_rank: true }", "{ dim { size: 1 } dim { size: -1 } }", or the same in brackets: "[1, ?]".
Status parse_shape(Scanner& in, Shape* shape) {
  *shape = Shape{};
  if (in.take("[")) {
    while (!in.take("]")) {
      int64_t size = Shape::kUnknown;
      if (!in.take("?")) RETURN_IF_ERROR(parse_number(in.take_number(), &size));
      shape->add_dim(size);
      in.take(",");
    }
    return OkStatus();
  }
  if (!in.take("{")) return invalid_argument("shape expected before '{}'", in.rest());
  while (!in.take("}")) {
    if (in.take_word("unknown_rank")) {
      in.take(":");
      if (in.take_word() == "true") *shape = Shape::unknown();
    } else if (in.take_word("dim")) {
      in.take(":");
      if (!in.take("{")) return invalid_argument("'{{' expected before '{}'", in.rest());
      int64_t size = 0;
      if (in.take_word("size")) {
        in.take(":");
        RETURN_IF_ERROR(parse_number(in.take_number(), &size));
      }
      if (!in.take("}")) return invalid_argument("'}}' expected before '{}'", in.rest());
      shape->add_dim(size);
    } else {
      return invalid_argument("shape not understood at '{}'", in.rest());
    }
  }
  return OkStatus();
}

// "{ dtype: DT_UINT8 tensor_shape: [4] int_val: 255 int_val: 0 }" and the like: the last value is repeated, and without
// values there are zeros and empty strings.
Status parse_tensor(Scanner& in, Tensor* tensor) {
  if (!in.take("{")) return invalid_argument("tensor expected before '{}'", in.rest());
  DType type = DType::kInvalid;
  Shape shape;
  std::vector<int64_t> values;
  while (!in.take("}")) {
    if (in.take_word("dtype")) {
      in.take(":");
      type = dtype_from_name(in.take_word());
    } else if (in.take_word("tensor_shape")) {
      in.take(":");
      RETURN_IF_ERROR(parse_shape(in, &shape));
    } else if (in.take_word("int_val")) {
      in.take(":");
      int64_t number = 0;
      RETURN_IF_ERROR(parse_number(in.take_number(), &number));
      values.push_back(number);
    } else {
      return invalid_argument("tensor not understood at '{}'", in.rest());
    }
  }
  if (!is_plain(type) && type != DType::kString) return invalid_argument("a default tensor needs a dtype");
  if (shape.num_elements() < 0) return invalid_argument("a default tensor needs a fully defined shape");
  *tensor = Tensor(type, shape);
  if (is_plain(type)) std::fill_n(static_cast<char*>(tensor->raw_data()), tensor->size_bytes(), 0);
  if (!values.empty() && type != DType::kUint8) return invalid_argument("values of a default tensor are uint8");
  for (int64_t i = 0; !values.empty() && i < tensor->num_elements(); ++i) {
    tensor->data<uint8_t>()[i] = static_cast<uint8_t>(values[std::min(static_cast<size_t>(i), values.size() - 1)]);
  }
  if (!values.empty()) tensor->buffer()->set_proto_form(static_cast<int64_t>(values.size()));
  return OkStatus();
}

Status parse_one(Scanner& in, std::string* value) {
  if (in.take_string(value)) return OkStatus();
  return invalid_argument("string expected before '{}'", in.rest());
}
Status parse_one(Scanner& in, int64_t* value) { return parse_number(in.take_number(), value); }
Status parse_one(Scanner& in, float* value) { return parse_number(in.take_number(), value); }
Status parse_one(Scanner& in, bool* value) {
  const std::string word = in.take_word();
  *value = word == "true";
  if (word == "true" || word == "false") return OkStatus();
  return invalid_argument("true or false expected instead of '{}'", word);
}
Status parse_one(Scanner& in, DType* value) {
  const std::string word = in.take_word();
  *value = dtype_from_name(word);
  return *value == DType::kInvalid ? invalid_argument("unknown type '{}'", word) : OkStatus();
}
Status parse_one(Scanner& in, Shape* value) { return parse_shape(in, value); }
Status parse_one(Scanner& in, Tensor* value) { return parse_tensor(in, value); }
Status parse_one(Scanner& in, NameAttrList* value) {
  if (in.take_string(&value->name)) return OkStatus();
  return invalid_argument("the function's name in quotes is expected before '{}'", in.rest());
}

template <typename T>
Status parse_default(Scanner& in, bool is_list, AttrValue* value) {
  if (!is_list) {
    T one{};
    RETURN_IF_ERROR(parse_one(in, &one));
    *value = AttrValue(std::move(one));
    return OkStatus();
  }
  if (!in.take("[")) return invalid_argument("'[' expected before '{}'", in.rest());
  std::vector<T> list;
  while (!in.take("]")) {
    T one{};
    RETURN_IF_ERROR(parse_one(in, &one));
    list.push_back(std::move(one));
    if (!in.take(",") && !in.rest().starts_with("]")) return invalid_argument("']' expected before '{}'", in.rest());
  }
  *value = AttrValue(std::move(list));
  return OkStatus();
}

Status parse_default(Scanner& in, std::string_view kind, bool is_list, AttrValue* value) {
  if (kind == "string") return parse_default<std::string>(in, is_list, value);
  if (kind == "int") return parse_default<int64_t>(in, is_list, value);
  if (kind == "float") return parse_default<float>(in, is_list, value);
  if (kind == "bool") return parse_default<bool>(in, is_list, value);
  if (kind == "type") return parse_default<DType>(in, is_list, value);
  if (kind == "shape") return parse_default<Shape>(in, is_list, value);
  if (kind == "tensor") return parse_default<Tensor>(in, is_list, value);
  return parse_default<NameAttrList>(in, is_list, value);
}

Status parse_attr_body(Scanner& in, AttrDef* attr) {
  attr->name = in.take_word();
  if (attr->name.empty() || !in.take(":")) return invalid_argument("'name: type' expected");
  const bool is_list = in.take_word("list");
  if (is_list && !in.take("(")) return invalid_argument("'(' expected after list");
  std::string kind;
  RETURN_IF_ERROR(parse_kind(in, attr, &kind));
  if (is_list && !in.take(")")) return invalid_argument("')' expected before '{}'", in.rest());
  attr->type = is_list ? "list(" + kind + ")" : kind;
  if (in.take(">=")) {
    if (!is_list && kind != "int") return invalid_argument("a minimum is for int and lists");
    attr->has_minimum = true;
    RETURN_IF_ERROR(parse_number(in.take_number(), &attr->minimum));
  }
  if (in.take("=")) RETURN_IF_ERROR(parse_default(in, kind, is_list, &attr->default_value));
  return in.done() ? OkStatus() : invalid_argument("extra '{}' at the end", in.rest());
}

const AttrDef* find_attr_in(const std::vector<AttrDef>& attrs, std::string_view name) {
  for (const AttrDef& attr : attrs) {
    if (attr.name == name) return &attr;
  }
  return nullptr;
}

Status parse_arg_body(Scanner& in, const std::vector<AttrDef>& attrs, ArgDef* arg) {
  arg->name = in.take_word();
  if (arg->name.empty() || !in.take(":")) return invalid_argument("'name: type' expected");
  arg->is_ref = in.take_word("Ref");
  if (arg->is_ref && !in.take("(")) return invalid_argument("'(' expected after Ref");
  std::string word = in.take_word();
  if (in.take("*")) {
    arg->number_attr = std::move(word);
    word = in.take_word();
    const AttrDef* number = find_attr_in(attrs, arg->number_attr);
    if (number == nullptr || number->type != "int") return invalid_argument("no int attr '{}'", arg->number_attr);
  }
  if (const AttrDef* attr = find_attr_in(attrs, word)) {
    if (attr->type == "type") arg->type_attr = word;
    else if (attr->type == "list(type)" && arg->number_attr.empty()) arg->type_list_attr = word;
    else return invalid_argument("attr '{}' can't give a type", word);
  } else if ((arg->type = dtype_from_name(word)) == DType::kInvalid) {
    return invalid_argument("'{}' is neither a type nor an attr", word);
  }
  if (arg->is_ref && !in.take(")")) return invalid_argument("')' expected before '{}'", in.rest());
  return in.done() ? OkStatus() : invalid_argument("extra '{}' at the end", in.rest());
}

Status with_spec(const Status& status, std::string_view spec) {
  return status.ok() ? status : append_message(status, fmt::format(" in spec \"{}\"", spec));
}

}  // namespace

const AttrDef* OpDef::find_attr(std::string_view attr) const { return find_attr_in(attrs, attr); }

Status parse_arg(std::string_view spec, const std::vector<AttrDef>& attrs, ArgDef* arg) {
  Scanner in(spec);
  return with_spec(parse_arg_body(in, attrs, arg), spec);
}

Status parse_attr(std::string_view spec, AttrDef* attr) {
  Scanner in(spec);
  return with_spec(parse_attr_body(in, attr), spec);
}

}  // namespace reflow::graph
