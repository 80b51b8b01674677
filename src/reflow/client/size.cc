#include "reflow/client/size.h"

#include <algorithm>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/operators.h"

namespace reflow::client {

Size::Size(const TensorLike& argument) : value_(int64_t{0}) {
  if (const auto* number = std::get_if<int64_t>(&argument.value()))
    value_ = *number;
  else if (is_symbolic(argument))
    value_ = convert(argument, DType::kInvalid, "");
  else
    throw TypeError("an integer or a tensor is needed, not " + describe(argument));
}

TensorLike Size::argument() const { return known() ? TensorLike(number()) : TensorLike(std::get<Output>(value_)); }

Size operator+(const Size& a, const Size& b) {
  if (a.known() && b.known()) return a.number() + b.number();
  return binary_operator("AddV2", "add", a.argument(), b.argument());
}

Size operator-(const Size& a, const Size& b) {
  if (a.known() && b.known()) return a.number() - b.number();
  return binary_operator("Sub", "sub", a.argument(), b.argument());
}

Size operator-(const Size& a) { return a.known() ? Size(-a.number()) : Size(unary_operator("Neg", a.argument())); }

Size operator*(const Size& a, const Size& b) {
  if (a.known() && b.known()) return a.number() * b.number();
  return binary_operator("Mul", "mul", a.argument(), b.argument());
}

Size floor_div(const Size& a, const Size& b) {
  if (!a.known() || !b.known()) return binary_operator("FloorDiv", "floordiv", a.argument(), b.argument());
  if (b.number() == 0) throw ValueError("integer division or modulo by zero");
  const int64_t quotient = a.number() / b.number(), rest = a.number() % b.number();
  return rest != 0 && (rest < 0) != (b.number() < 0) ? quotient - 1 : quotient;
}

Size ceil_div(const Size& a, const Size& b) { return -floor_div(-a, b); }

Size larger(const Size& a, const Size& b) {
  return a.known() && b.known() ? Size(std::max(a.number(), b.number())) : Size(maximum(a.argument(), b.argument()));
}

Size smaller(const Size& a, const Size& b) {
  return a.known() && b.known() ? Size(std::min(a.number(), b.number())) : Size(minimum(a.argument(), b.argument()));
}

std::optional<int64_t> known_integer(const Output& scalar) {
  const Tensor value = constant_value(scalar);
  if (!value.valid() || value.num_elements() != 1) return std::nullopt;
  if (value.dtype() == DType::kInt32) return *value.data<int32_t>();
  if (value.dtype() == DType::kInt64) return *value.data<int64_t>();
  return std::nullopt;
}

Size last_dimension(const Output& tensor, int axis) {
  const Shape& known = tensor.shape();
  if (known.known_rank() && known.rank() + axis >= 0 && known.dim(known.rank() + axis) >= 0) {
    return known.dim(known.rank() + axis);
  }
  return shape(tensor)[axis];
}

}  // namespace reflow::client
