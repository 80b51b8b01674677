#pragma once

// Sizes that are numbers or tensors. Not for users.

#include <cstdint>
#include <optional>
#include <variant>

#include "reflow/client/tensor_like.h"

namespace reflow::client {

// A number that is known, or a scalar tensor. Arithmetic of numbers is done at once, that of tensors makes ops.
class Size {
 public:
  Size(int64_t number) : value_(number) {}
  Size(int number) : value_(int64_t{number}) {}
  Size(const Output& tensor) : value_(tensor) {}
  // TypeError: `argument` is neither a whole number nor a tensor.
  explicit Size(const TensorLike& argument);

  bool known() const { return std::holds_alternative<int64_t>(value_); }
  int64_t number() const { return std::get<int64_t>(value_); }  // REQUIRES: known()
  TensorLike argument() const;
  int64_t static_size() const { return known() ? number() : -1; }

 private:
  std::variant<int64_t, Output> value_;
};

Size operator+(const Size& a, const Size& b);
Size operator-(const Size& a, const Size& b);
Size operator-(const Size& a);
Size operator*(const Size& a, const Size& b);
Size floor_div(const Size& a, const Size& b);  // rounded down
Size ceil_div(const Size& a, const Size& b);   // rounded up: -(-a / b)
inline Size half_of(const Size& a) { return floor_div(a, 2); }
Size larger(const Size& a, const Size& b);
Size smaller(const Size& a, const Size& b);

// The value of a scalar tensor of integers where it is known.
std::optional<int64_t> known_integer(const Output& scalar);
// The size of dimension `axis`, counted from the back, of `tensor`: a number, or an element of its shape.
Size last_dimension(const Output& tensor, int axis = -1);

}  // namespace reflow::client
