#pragma once

#include <array>
#include <complex>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "reflow/client/output.h"

namespace reflow {

class Gradient;

namespace client {
struct VariableState;
}

template <typename T>
concept PlainNumber = std::integral<T> || std::floating_point<T>;

// What else can become a tensor: rows of one, a value of another library. Made a tensor where an op needs it.
class Convertible {
 public:
  virtual ~Convertible() = default;
  // The tensor, of `dtype` (kInvalid: its own), called `name` where an op is made for it; `preferred` is a type to take
  // if it may. as_ref: what an op may change in place is wanted.
  virtual Output convert(DType dtype, std::string_view name, DType preferred, bool as_ref) const = 0;
  // The type that it brings along; kInvalid: none.
  virtual DType dtype() const { return DType::kInvalid; }
  // For messages: what it is called, and the name of its type.
  virtual std::string description() const = 0;
  virtual std::string type_name() const = 0;
};

// An argument that becomes a tensor, as Python's arguments do: a symbolic tensor, a variable (its value), numbers and
// strings, nested lists {{1, 2}, {3, 4}} of any of these, a std::vector or a Tensor. Numbers take the type that the op
// wants (float32 and int32 where it wants none); elements of a Tensor or a std::vector have a type of their own, as
// NumPy arrays have. Made without a value it is Python's None.
class TensorLike {
 public:
  using List = std::vector<TensorLike>;
  using Value = std::variant<std::monostate, Output, std::shared_ptr<client::VariableState>,
                             std::shared_ptr<const Tensor>,
                             bool, int64_t, double, std::complex<double>, std::string, std::shared_ptr<const Shape>,
                             std::shared_ptr<const List>, std::shared_ptr<const Convertible>>;

  TensorLike() = default;
  TensorLike(std::nullopt_t) {}
  TensorLike(const Output& output) : value_(output) {}
  TensorLike(const Variable& variable);
  TensorLike(const Gradient& gradient);  // client/gradients.h
  TensorLike(std::shared_ptr<const Convertible> convertible) : value_(std::move(convertible)) {}
  explicit TensorLike(std::shared_ptr<const List> list) : value_(std::move(list)) {}
  explicit TensorLike(std::shared_ptr<client::VariableState> variable) : value_(std::move(variable)) {}
  TensorLike(Tensor tensor) : value_(std::make_shared<const Tensor>(std::move(tensor))) {}
  TensorLike(const Shape& shape) : value_(std::make_shared<const Shape>(shape)) {}
  template <PlainNumber T>
  TensorLike(T number) {
    if constexpr (std::same_as<T, bool>) {
      value_ = number;
    } else if constexpr (std::integral<T>) {
      value_ = static_cast<int64_t>(number);
    } else {
      value_ = static_cast<double>(number);
    }
  }
  TensorLike(std::complex<double> number) : value_(number) {}
  TensorLike(std::complex<float> number) : value_(std::complex<double>(number)) {}
  TensorLike(const char* text) : value_(std::string(text)) {}
  TensorLike(std::string text) : value_(std::move(text)) {}
  TensorLike(std::string_view text) : value_(std::string(text)) {}
  TensorLike(std::initializer_list<TensorLike> list) : value_(std::make_shared<const List>(list)) {}
  // Of numbers or strings: a typed vector. Of anything else: a list.
  template <typename T>
    requires std::convertible_to<T, TensorLike>
  TensorLike(const std::vector<T>& values) {
    if constexpr (std::same_as<T, TensorLike>) {
      value_ = std::make_shared<const List>(values);
    } else if constexpr (PlainNumber<T> || std::same_as<T, std::string>) {
      value_ = std::make_shared<const Tensor>(typed_vector(values.size(), values));
    } else {
      value_ = std::make_shared<const List>(values.begin(), values.end());
    }
  }
  template <PlainNumber T, size_t N>
  TensorLike(const std::array<T, N>& values) : value_(std::make_shared<const Tensor>(typed_vector(N, values))) {}

  bool is_none() const { return std::holds_alternative<std::monostate>(value_); }
  const Output* output() const { return std::get_if<Output>(&value_); }
  // Null: not a list.
  const List* list() const {
    const auto* list = std::get_if<std::shared_ptr<const List>>(&value_);
    return list ? list->get() : nullptr;
  }
  // Null: it is none.
  const Convertible* convertible() const {
    const auto* convertible = std::get_if<std::shared_ptr<const Convertible>>(&value_);
    return convertible ? convertible->get() : nullptr;
  }
  const Value& value() const { return value_; }

 private:
  // The fixed-width type of a number: `long` and `long long` are both int64_t.
  template <typename T>
  static auto element_of() {
    if constexpr (!std::integral<T> || std::same_as<T, bool>) return T();
    else if constexpr (std::is_signed_v<T> && sizeof(T) == 8) return int64_t();
    else if constexpr (std::is_signed_v<T> && sizeof(T) == 4) return int32_t();
    else if constexpr (std::is_signed_v<T> && sizeof(T) == 2) return int16_t();
    else if constexpr (std::is_signed_v<T>) return int8_t();
    else if constexpr (sizeof(T) == 8) return uint64_t();
    else if constexpr (sizeof(T) == 4) return uint32_t();
    else if constexpr (sizeof(T) == 2) return uint16_t();
    else return uint8_t();
  }
  template <typename Range>
  static Tensor typed_vector(size_t size, const Range& values) {
    using T = decltype(element_of<typename std::remove_cvref_t<Range>::value_type>());
    if constexpr (std::same_as<typename std::remove_cvref_t<Range>, std::vector<bool>>) {
      Tensor tensor(DType::kBool, Shape{static_cast<int64_t>(size)});
      bool* element = tensor.data<bool>();
      for (const bool value : values) *element++ = value;
      return tensor;
    } else {
      Tensor tensor(dtype_of<T>, Shape{static_cast<int64_t>(size)});
      T* element = tensor.data<T>();
      for (const auto& value : values) *element++ = static_cast<T>(value);
      return tensor;
    }
  }

  Value value_;
};

// What may stand for a TensorLike. Functions that take options or another argument in one place take that argument as a
// template of this, so that {.name = "x"} can only be options.
template <typename T>
concept TensorArgument = std::convertible_to<const T&, TensorLike>;

// A list of tensors: an argument such as that of concat and add_n. Made from {a, b}, or from a vector of tensors,
// variables or numbers.
class TensorList : public std::vector<TensorLike> {
 public:
  using std::vector<TensorLike>::vector;
  template <TensorArgument T>
  TensorList(const std::vector<T>& values) : std::vector<TensorLike>(values.begin(), values.end()) {}
};

struct ConvertOptions {
  DType dtype = DType::kInvalid;            // kInvalid: the value's own
  std::string name;                         // of the Const or Pack that is made
  DType preferred_dtype = DType::kInvalid;  // taken where the value can have it
};
// `value` as a tensor of the default graph. TypeError: "Expected int32, got 1.5 of type 'float' instead.".
// ValueError: "Tensor conversion requested dtype float32 for Tensor with dtype int32: ...", a ragged list, None.
Output convert_to_tensor(const TensorLike& value, const ConvertOptions& options = {});

struct ConstantOptions {
  DType dtype = DType::kInvalid;
  std::optional<Shape> shape;  // fewer values than it has elements: the last is repeated
  std::string name;
};
Output constant(const TensorLike& value, const ConstantOptions& options = {});
inline Output constant(const TensorLike& value, DType dtype) { return constant(value, {.dtype = dtype}); }

// The value of a tensor that is known while the graph is built; !valid() where it isn't.
Tensor constant_value(const Output& tensor);

}  // namespace reflow
