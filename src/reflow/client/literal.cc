// Numbers, strings and nested lists to Tensor, by the rules of Python's tf.constant.

#include <limits>
#include <type_traits>

#include "reflow/base/status.h"
#include "reflow/client/apply_op.h"
#include "reflow/client/errors.h"
#include "reflow/client/plain_number.h"
#include "reflow/client/python_text.h"
#include "reflow/client/variable_state.h"

namespace reflow::client {
namespace {

using ListPtr = std::shared_ptr<const TensorLike::List>;
using TensorPtr = std::shared_ptr<const Tensor>;
using ShapePtr = std::shared_ptr<const Shape>;

// What the leaves of a nested list are, the widest last.
enum class Kind { kNone, kBool, kInt, kFloat, kComplex, kString, kTyped, kMixed };

// A nested list that is being read: its shape, from the first elements on each level, and what its leaves are.
struct Survey {
  std::vector<int64_t> dims;
  Kind kind = Kind::kNone;
  DType numpy = DType::kInvalid;  // the type of NumPy's array of the numbers
  bool one_type = true;           // all leaves that have a type of their own have this one, and there are no others
  int64_t min = std::numeric_limits<int64_t>::max(), max = std::numeric_limits<int64_t>::min();
};

void note(Survey* s, Kind kind) {
  if (s->kind == Kind::kNone || s->kind == kind) {
    s->kind = kind;
  } else if (s->kind == Kind::kString || kind == Kind::kString) {
    s->kind = Kind::kMixed;
  } else {
    s->kind = std::max(s->kind, kind);
  }
}

// The type of NumPy's array of numbers of two types.
DType common_dtype(DType a, DType b) {
  if (a == b || b == DType::kBool) return a;
  if (a == DType::kBool) return b;
  if (is_complex(a) || is_complex(b)) {
    const auto part = [](DType t) {
      return t == DType::kComplex64 ? DType::kFloat32 : t == DType::kComplex128 ? DType::kFloat64 : t;
    };
    const DType real = common_dtype(part(a), part(b));
    return real == DType::kFloat64 ? DType::kComplex128 : DType::kComplex64;
  }
  if (!is_integer(a) || !is_integer(b)) {
    const auto as_float = [](DType t) {
      if (is_floating(t)) return t;
      return dtype_size(t) == 1 ? DType::kHalf : dtype_size(t) == 2 ? DType::kFloat32 : DType::kFloat64;
    };
    const DType x = as_float(a), y = as_float(b);
    return dtype_size(x) < dtype_size(y) ? y : x;
  }
  const auto is_signed = [](DType t) {
    return t == DType::kInt8 || t == DType::kInt16 || t == DType::kInt32 || t == DType::kInt64;
  };
  if (is_signed(a) == is_signed(b)) return dtype_size(a) < dtype_size(b) ? b : a;
  const int width = std::max(dtype_size(is_signed(a) ? a : b), 2 * dtype_size(is_signed(a) ? b : a));
  return width == 2 ? DType::kInt16 : width == 4 ? DType::kInt32 : width == 8 ? DType::kInt64 : DType::kFloat64;
}

void note_type(Survey* s, DType type, bool own) {
  s->one_type = own && s->one_type && (s->numpy == DType::kInvalid || s->numpy == type);
  s->numpy = s->numpy == DType::kInvalid ? type : common_dtype(s->numpy, type);
}

std::vector<int64_t> dims_of_first(const TensorLike& value) {
  std::vector<int64_t> dims;
  const TensorLike* v = &value;
  while (const TensorLike::List* list = v->list()) {
    dims.push_back(static_cast<int64_t>(list->size()));
    if (list->empty()) return dims;
    v = &list->front();
  }
  if (const auto* tensor = std::get_if<TensorPtr>(&v->value())) {
    for (const int64_t d : (*tensor)->shape()) dims.push_back(d);
  }
  return dims;
}

// Reads all leaves; false where the nesting doesn't fit `s->dims`.
bool survey(const TensorLike& value, size_t depth, Survey* s) {
  if (const TensorLike::List* list = value.list()) {
    if (depth >= s->dims.size() || s->dims[depth] != static_cast<int64_t>(list->size())) return false;
    for (const TensorLike& element : *list) {
      if (!survey(element, depth + 1, s)) return false;
    }
    return true;
  }
  if (const auto* tensor = std::get_if<TensorPtr>(&value.value())) {
    const Shape& shape = (*tensor)->shape();
    if (depth + shape.rank() != s->dims.size()) return false;
    for (int i = 0; i < shape.rank(); ++i) {
      if (shape.dim(i) != s->dims[depth + i]) return false;
    }
    const DType dtype = (*tensor)->dtype();
    // In a list, numbers of the types that Python's have in arrays are no more than these.
    const bool plain = depth > 0 && shape.rank() == 0 && (dtype == DType::kFloat64 || dtype == DType::kInt64);
    note(s, Kind::kTyped);
    note_type(s, dtype, !plain);
    if (depth > 0) with_type(Types<uint32_t, int64_t>{}, dtype, [&]<typename T>() {
      for (const int64_t number : (*tensor)->template flat<T>()) {
        s->min = std::min(s->min, number);
        s->max = std::max(s->max, number);
      }
    });
    return true;
  }
  if (depth != s->dims.size()) return false;
  if (std::holds_alternative<bool>(value.value())) {
    note(s, Kind::kBool);
    note_type(s, DType::kBool, false);
  } else if (const int64_t* number = std::get_if<int64_t>(&value.value())) {
    note(s, Kind::kInt);
    note_type(s, DType::kInt64, false);
    s->min = std::min(s->min, *number);
    s->max = std::max(s->max, *number);
  } else if (std::holds_alternative<double>(value.value())) {
    note(s, Kind::kFloat);
    note_type(s, DType::kFloat64, false);
  } else if (std::holds_alternative<std::complex<double>>(value.value())) {
    note(s, Kind::kComplex);
    note_type(s, DType::kComplex128, false);
  } else if (std::holds_alternative<std::string>(value.value())) {
    note(s, Kind::kString);
  } else {
    note(s, Kind::kMixed);  // None
  }
  return true;
}

DType default_dtype(const Survey& s) {
  if (s.kind == Kind::kNone) return DType::kFloat32;
  if (s.kind == Kind::kString) return DType::kString;
  if (s.kind == Kind::kTyped && s.one_type) return s.numpy;
  if (s.numpy == DType::kFloat64) return DType::kFloat32;
  const bool narrow = s.min >= std::numeric_limits<int32_t>::min() && s.max <= std::numeric_limits<int32_t>::max();
  return s.numpy == DType::kInt64 && narrow ? DType::kInt32 : s.numpy;
}

// Whether a leaf may become `dtype`, by Python's rules: bools are ints, ints are floats, nothing else changes kind.
bool accepts(DType dtype, const TensorLike& leaf) {
  const TensorLike::Value& v = leaf.value();
  const bool is_bool = std::holds_alternative<bool>(v);
  const bool is_int = is_bool || std::holds_alternative<int64_t>(v);
  const bool is_real = is_int || std::holds_alternative<double>(v);
  if (std::holds_alternative<TensorPtr>(v)) return true;
  if (dtype == DType::kBool) return is_bool;
  if (dtype == DType::kString) return std::holds_alternative<std::string>(v);
  if (is_integer(dtype) || is_quantized(dtype)) return is_int;
  if (is_floating(dtype)) return is_real;
  if (is_complex(dtype)) return is_real || std::holds_alternative<std::complex<double>>(v);
  return false;
}

void check_leaves(DType dtype, const TensorLike& value) {
  if (const TensorLike::List* list = value.list()) {
    for (const TensorLike& element : *list) check_leaves(dtype, element);
  } else if (!accepts(dtype, value)) {
    throw TypeError(fmt::format("Expected {}, got {} of type '{}' instead.", dtype_name(dtype), describe(value),
                                python_type_name(value)));
  }
}

template <typename T, typename From>
T convert_number(const From& from) {
  if constexpr (std::is_same_v<T, From>) {
    return from;
  } else if constexpr (requires { from.value; }) {  // quantized
    return convert_number<T>(from.value);
  } else if constexpr (requires { from.imag(); }) {
    if constexpr (requires(T t) { t.imag(); }) return T(from);
    else return convert_number<T>(from.real());
  } else if constexpr (std::is_same_v<From, Half> || std::is_same_v<From, Bfloat16>) {
    return convert_number<T>(static_cast<float>(from));
  } else if constexpr (requires(T t) { t.value; }) {
    return T{static_cast<decltype(T::value)>(from)};
  } else if constexpr (requires(T t) { t.imag(); }) {
    return T(static_cast<typename T::value_type>(from));
  } else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, Bfloat16>) {
    return T(static_cast<float>(from));
  } else if constexpr (std::is_same_v<T, bool>) {
    return from != From(0);
  } else if constexpr (std::is_integral_v<T> && std::is_floating_point_v<From>) {
    // What doesn't fit becomes the smallest value, as the conversion of x86 has it.
    constexpr From kEnd = static_cast<From>(std::numeric_limits<T>::max() / 2 + 1) * 2;
    const bool fits = from > static_cast<From>(std::numeric_limits<T>::min()) - 1 && from < kEnd;
    return fits ? static_cast<T>(from) : std::numeric_limits<T>::min();
  } else {
    return static_cast<T>(from);
  }
}

constexpr auto kNumbers = kPlainTypes + Types<Qint8, Quint8, Qint16, Quint16, Qint32>{};

template <typename T>
void fill(const TensorLike& value, T*& out) {
  if (const TensorLike::List* list = value.list()) {
    for (const TensorLike& element : *list) fill(element, out);
    return;
  }
  std::visit(
      [&]<typename V>(const V& v) {
        if constexpr (std::is_same_v<V, TensorPtr>) {
          with_type(kNumbers, v->dtype(), [&]<typename S>() {
            for (const S& s : v->template flat<S>()) *out++ = convert_number<T>(s);
          });
        } else if constexpr (std::is_arithmetic_v<V> || std::is_same_v<V, std::complex<double>>) {
          *out++ = convert_number<T>(v);
        }
      },
      value.value());
}

void fill_strings(const TensorLike& value, std::string*& out) {
  if (const TensorLike::List* list = value.list()) {
    for (const TensorLike& element : *list) fill_strings(element, out);
  } else if (const auto* text = std::get_if<std::string>(&value.value())) {
    *out++ = *text;
  } else if (const auto* tensor = std::get_if<TensorPtr>(&value.value())) {
    if ((*tensor)->dtype() != DType::kString) throw TypeError("Expected string values.");
    for (const std::string& s : (*tensor)->flat<std::string>()) *out++ = s;
  }
}

Tensor shape_tensor(const Shape& shape, DType dtype) {
  if (!shape.fully_defined()) {
    throw ValueError(fmt::format("Cannot convert a partially known TensorShape to a Tensor: {}", python_shape(shape)));
  }
  bool wide = dtype == DType::kInt64;
  for (const int64_t d : shape) wide = wide || d > std::numeric_limits<int32_t>::max();
  if (dtype != DType::kInvalid && dtype != DType::kInt32 && dtype != DType::kInt64) {
    throw TypeError("Cannot convert a TensorShape to dtype: " + python_dtype(dtype));
  }
  Tensor tensor(wide ? DType::kInt64 : DType::kInt32, Shape{shape.rank()});
  for (int i = 0; i < shape.rank(); ++i) {
    if (wide) tensor.data<int64_t>()[i] = shape.dim(i);
    else tensor.data<int32_t>()[i] = static_cast<int32_t>(shape.dim(i));
  }
  return tensor;
}

}  // namespace

std::optional<double> number_of(const TensorLike& value) {
  if (const auto* number = std::get_if<int64_t>(&value.value())) return static_cast<double>(*number);
  if (const auto* number = std::get_if<double>(&value.value())) return *number;
  return std::nullopt;
}

std::string python_type_name(const TensorLike& value) {
  if (const Convertible* convertible = value.convertible()) return convertible->type_name();
  switch (value.value().index()) {
    case 0: return "NoneType";
    case 1: return "Tensor";
    case 2: return "RefVariable";
    case 3: return "ndarray";
    case 4: return "bool";
    case 5: return "int";
    case 6: return "float";
    case 7: return "complex";
    case 8: return "str";
    case 9: return "TensorShape";
    default: return "list";
  }
}

std::string describe(const TensorLike& value) {
  return std::visit(
      []<typename V>(const V& v) -> std::string {
        if constexpr (std::is_same_v<V, bool>) {
          return v ? "True" : "False";
        } else if constexpr (std::is_same_v<V, int64_t>) {
          return std::to_string(v);
        } else if constexpr (std::is_same_v<V, double> || std::is_same_v<V, std::string>) {
          return python_repr(v);
        } else if constexpr (std::is_same_v<V, std::complex<double>>) {
          return fmt::format("({}{}{}j)", v.real(), v.imag() < 0 ? "" : "+", v.imag());
        } else if constexpr (std::is_same_v<V, Output>) {
          return fmt::format("<tf.Tensor '{}' shape={} dtype={}>", v.name(), python_shape(v.shape()),
              dtype_name(v.dtype()));
        } else if constexpr (std::is_same_v<V, TensorPtr>) {
          return v->summarize();
        } else if constexpr (std::is_same_v<V, ShapePtr>) {
          return python_shape(*v);
        } else if constexpr (std::is_same_v<V, ListPtr>) {
          std::string out = "[";
          for (size_t i = 0; i < v->size(); ++i) out += (i > 0 ? ", " : "") + describe((*v)[i]);
          return out + "]";
        } else if constexpr (std::is_same_v<V, std::shared_ptr<const Convertible>>) {
          return v->description();
        } else if constexpr (std::is_same_v<V, std::shared_ptr<VariableState>>) {
          const DType dtype = v->resource || !v->parts.empty() ? v->dtype : v->ref.dtype();
          return fmt::format("<tf.Variable '{}' shape={} dtype={}>", Variable(v).name(), python_shape(v->shape),
                             dtype_name(dtype));
        } else {
          return "None";
        }
      },
      value.value());
}

Tensor to_tensor(const TensorLike& value, DType dtype) {
  dtype = base_type(dtype);
  if (value.is_none()) throw ValueError("None values not supported.");
  if (const auto* shape = std::get_if<ShapePtr>(&value.value())) return shape_tensor(**shape, dtype);
  if (const auto* tensor = std::get_if<TensorPtr>(&value.value())) {
    if (dtype == DType::kInvalid || (*tensor)->dtype() == dtype) return **tensor;
    if (((*tensor)->dtype() == DType::kString) != (dtype == DType::kString)) {
      throw TypeError(fmt::format("Expected {}, got values of type {} instead.", dtype_name(dtype),
                                  dtype_name((*tensor)->dtype())));
    }
  } else if (dtype != DType::kInvalid) {
    check_leaves(dtype, value);
  }
  Survey s;
  s.dims = dims_of_first(value);
  if (!survey(value, 0, &s)) {
    const std::span<const int64_t> dims(s.dims);
    throw ValueError(fmt::format("Argument must be a dense tensor: {} - got shape {}, but wanted {}.", describe(value),
                                 python_list(Shape(dims.subspan(0, dims.empty() ? 0 : 1))), python_list(Shape(dims))));
  }
  if (s.kind == Kind::kMixed) {
    const auto* variable = std::get_if<std::shared_ptr<VariableState>>(&value.value());
    const std::string type = !variable ? "list"
        : (*variable)->resource ? "tensorflow.python.ops.resource_variable_ops.ResourceVariable"
                                : "tensorflow.python.ops.variables.RefVariable";
    throw TypeError(fmt::format("Failed to convert object of type <class '{}'> to Tensor. Contents: {}. Consider casting "
                                "elements to a supported type.", type, describe(value)));
  }
  if (dtype == DType::kInvalid) dtype = default_dtype(s);
  Tensor tensor(dtype, Shape(std::span<const int64_t>(s.dims)));
  if (tensor.num_elements() == 0) return tensor;
  if (dtype == DType::kString) {
    std::string* out = tensor.data<std::string>();
    fill_strings(value, out);
  } else if (!with_type(kNumbers, dtype, [&]<typename T>() {
               T* out = tensor.data<T>();
               fill(value, out);
             })) {
    throw TypeError("Cannot make a constant of type " + dtype_name(dtype));
  }
  return tensor;
}

Tensor fill_up(const Tensor& tensor, const Shape& shape) {
  Tensor filled(tensor.dtype(), shape);
  const int64_t have = tensor.num_elements(), wanted = filled.num_elements();
  if (have == 0) throw ValueError("Cannot fill a constant without values.");
  with_type(kNumbers + Types<std::string>{}, tensor.dtype(), [&]<typename T>() {
    for (int64_t i = 0; i < wanted; ++i) filled.data<T>()[i] = tensor.data<T>()[std::min(i, have - 1)];
  });
  return filled;
}

TensorLike shape_argument(const TensorLike& shape) { return shape.is_none() ? TensorLike(Shape{}) : shape; }

bool is_symbolic(const TensorLike& value) {
  if (const TensorLike::List* list = value.list()) {
    for (const TensorLike& element : *list) {
      if (is_symbolic(element)) return true;
    }
    return false;
  }
  return value.output() || value.convertible() ||
         std::holds_alternative<std::shared_ptr<VariableState>>(value.value());
}

}  // namespace reflow::client
