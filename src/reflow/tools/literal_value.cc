#include "reflow/tools/literal_value.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>

namespace reflow::tools {
namespace {

constexpr int kMaxDepth = 64;
constexpr int64_t kMaxElements = 1 << 26;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  StatusOr<LiteralValue> parse_all() {
    ASSIGN_OR_RETURN(LiteralValue value, parse(0));
    skip_blanks();
    if (at_ != text_.size()) return error("the end");
    return value;
  }

 private:
  Status error(std::string_view expected) const { return invalid_argument("'{}', column {}: expected {}", text_, at_ + 1, expected); }
  void skip_blanks() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool take(std::string_view word) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  StatusOr<LiteralValue> parse(int depth) {
    if (depth > kMaxDepth) return error("fewer brackets");
    if (take("[")) return parse_list(']', depth);
    if (take("(")) return parse_list(')', depth);
    if (take("{")) return parse_dict(depth);
    if (take("np.zeros")) return parse_filled(0.0, false, depth);
    if (take("np.ones")) return parse_filled(1.0, false, depth);
    if (take("np.full")) return parse_filled(0.0, true, depth);
    if (take("True") || take("true")) return LiteralValue{true};
    if (take("False") || take("false")) return LiteralValue{false};
    skip_blanks();
    if (at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"')) {
      ASSIGN_OR_RETURN(std::string text, parse_string());
      return LiteralValue{std::move(text)};
    }
    return parse_number();
  }

  StatusOr<LiteralValue> parse_list(char end, int depth) {
    LiteralValue::List list;
    while (!take(std::string_view(&end, 1))) {
      if (!list.empty() && !take(",")) return error("',' or the end of the list");
      if (take(std::string_view(&end, 1))) break;
      ASSIGN_OR_RETURN(LiteralValue item, parse(depth + 1));
      list.push_back(std::move(item));
    }
    return LiteralValue{std::move(list)};
  }

  StatusOr<LiteralValue> parse_dict(int depth) {
    LiteralValue::Dict dict;
    while (!take("}")) {
      if (!dict.empty() && !take(",")) return error("',' or '}'");
      skip_blanks();
      ASSIGN_OR_RETURN(std::string key, parse_string());
      if (!take(":")) return error("':'");
      ASSIGN_OR_RETURN(LiteralValue item, parse(depth + 1));
      dict.push_back({std::move(key), std::move(item)});
    }
    return LiteralValue{std::move(dict)};
  }

  StatusOr<std::string> parse_string() {
    if (at_ == text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) return error("a string");
    const char quote = text_[at_++];
    std::string result;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        result += text_[at_] == 'n' ? '\n' : text_[at_] == 't' ? '\t' : text_[at_];
        ++at_;
      } else {
        result += text_[at_++];
      }
    }
    if (at_ == text_.size()) return error(std::string(1, quote));
    ++at_;
    return result;
  }

  StatusOr<LiteralValue> parse_number() {
    take("+");
    const char* const begin = text_.data() + at_;
    const char* const end = text_.data() + text_.size();
    int64_t integer = 0;
    const auto [int_end, int_error] = std::from_chars(begin, end, integer);
    double real = 0;
    const auto [real_end, real_error] = std::from_chars(begin, end, real);
    if (real_error != std::errc()) return error("a value");
    at_ = static_cast<size_t>(real_end - text_.data());
    if (int_error == std::errc() && int_end == real_end) return LiteralValue{integer};
    return LiteralValue{real};
  }

  // (shape) or (shape, value).
  StatusOr<LiteralValue> parse_filled(double fill, bool has_value, int depth) {
    if (!take("(")) return error("'('");
    ASSIGN_OR_RETURN(const LiteralValue shape, parse(depth + 1));
    LiteralValue element{fill};
    if (has_value) {
      if (!take(",")) return error("','");
      ASSIGN_OR_RETURN(element, parse(depth + 1));
    }
    if (!take(")")) return error("')'");
    std::vector<int64_t> dims;
    if (const auto* one = std::get_if<int64_t>(&shape.value)) dims.push_back(*one);
    if (const auto* list = std::get_if<LiteralValue::List>(&shape.value)) {
      for (const LiteralValue& dim : *list) {
        const auto* size = std::get_if<int64_t>(&dim.value);
        if (size == nullptr) return error("whole numbers as shape");
        dims.push_back(*size);
      }
    }
    int64_t total = 1;
    for (const int64_t dim : dims) {
      if (dim < 0 || dim > kMaxElements || (total *= std::max<int64_t>(dim, 1)) > kMaxElements) return error("a smaller shape");
    }
    LiteralValue filled = element;
    for (size_t i = dims.size(); i-- > 0;) filled = LiteralValue{LiteralValue::List(static_cast<size_t>(dims[i]), filled)};
    return filled;
  }

  std::string_view text_;
  size_t at_ = 0;
};

Status find_shape(const LiteralValue& literal, std::vector<int64_t>* dims) {
  const auto* list = std::get_if<LiteralValue::List>(&literal.value);
  if (list == nullptr) return OkStatus();
  dims->push_back(static_cast<int64_t>(list->size()));
  if (list->empty()) return OkStatus();
  return find_shape(list->front(), dims);
}

Status flatten(const LiteralValue& literal, const std::vector<int64_t>& dims, size_t depth, std::vector<const LiteralValue*>* elements) {
  const auto* list = std::get_if<LiteralValue::List>(&literal.value);
  if ((list != nullptr) != (depth < dims.size())) return invalid_argument("Some rows are lists and others are not");
  if (list == nullptr) {
    elements->push_back(&literal);
    return OkStatus();
  }
  if (static_cast<int64_t>(list->size()) != dims[depth]) return invalid_argument("Rows have different lengths: {} and {}", dims[depth], list->size());
  for (const LiteralValue& item : *list) RETURN_IF_ERROR(flatten(item, dims, depth + 1, elements));
  return OkStatus();
}

std::optional<double> number_of(const LiteralValue& literal) {
  if (const auto* v = std::get_if<double>(&literal.value)) return *v;
  if (const auto* v = std::get_if<int64_t>(&literal.value)) return static_cast<double>(*v);
  if (const auto* v = std::get_if<bool>(&literal.value)) return *v ? 1.0 : 0.0;
  return std::nullopt;
}

template <typename T>
Status fill(const std::vector<const LiteralValue*>& elements, Tensor* tensor) {
  for (size_t i = 0; i < elements.size(); ++i) {
    const std::optional<double> number = number_of(*elements[i]);
    if (!number) return invalid_argument("An element is no number");
    if constexpr (std::is_integral_v<T>) {
      if (const auto* integer = std::get_if<int64_t>(&elements[i]->value)) {
        tensor->data<T>()[i] = static_cast<T>(*integer);
        continue;
      }
      if (*number != std::floor(*number) || std::fabs(*number) > 9e15) return invalid_argument("{} is no whole number", *number);
    }
    tensor->data<T>()[i] = static_cast<T>(*number);
  }
  return OkStatus();
}

}  // namespace

StatusOr<LiteralValue> parse_literal(std::string_view text) { return Parser(text).parse_all(); }

StatusOr<Tensor> tensor_of_literal(const LiteralValue& literal, DType type) {
  std::vector<int64_t> dims;
  RETURN_IF_ERROR(find_shape(literal, &dims));
  std::vector<const LiteralValue*> elements;
  RETURN_IF_ERROR(flatten(literal, dims, 0, &elements));
  Tensor tensor(type, Shape(dims));
  if (type == DType::kString) {
    for (size_t i = 0; i < elements.size(); ++i) {
      const auto* text = std::get_if<std::string>(&elements[i]->value);
      if (text == nullptr) return invalid_argument("An element is no string");
      tensor.data<std::string>()[i] = *text;
    }
    return tensor;
  }
  switch (type) {
    case DType::kFloat32: RETURN_IF_ERROR(fill<float>(elements, &tensor)); break;
    case DType::kFloat64: RETURN_IF_ERROR(fill<double>(elements, &tensor)); break;
    case DType::kInt32: RETURN_IF_ERROR(fill<int32_t>(elements, &tensor)); break;
    case DType::kInt64: RETURN_IF_ERROR(fill<int64_t>(elements, &tensor)); break;
    case DType::kInt16: RETURN_IF_ERROR(fill<int16_t>(elements, &tensor)); break;
    case DType::kInt8: RETURN_IF_ERROR(fill<int8_t>(elements, &tensor)); break;
    case DType::kUint8: RETURN_IF_ERROR(fill<uint8_t>(elements, &tensor)); break;
    case DType::kUint16: RETURN_IF_ERROR(fill<uint16_t>(elements, &tensor)); break;
    case DType::kBool: RETURN_IF_ERROR(fill<bool>(elements, &tensor)); break;
    default: return unimplemented("Values of type {} can't be written as text: give a .npy file", dtype_name(type));
  }
  return tensor;
}

}  // namespace reflow::tools
