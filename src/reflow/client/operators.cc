#include "reflow/client/operators.h"

#include <string_view>

#include "reflow/client/apply_op.h"
#include "reflow/client/eager.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/scopes.h"

namespace reflow::client {
namespace {

// A resource variable on the left of an operator is read before the operator's scope is entered, as TensorFlow does;
// one on the right is read within it.
TensorLike value_of(const TensorLike& x) {
  return std::holds_alternative<std::shared_ptr<VariableState>>(x.value()) ? TensorLike(convert(x, DType::kInvalid, ""))
                                                                          : x;
}

bool is_tensor(const TensorLike& x) { return x.output() != nullptr; }

// Calls fn(x, y) with both as tensors: the one that is none takes the other's type where it can.
template <typename F>
Output with_tensors(const char* name, const TensorLike& x, const TensorLike& y, F fn) {
  const TensorLike a = value_of(x);
  const TensorLike b = is_tensor(a) ? y : value_of(y);
  if (is_tensor(a) && is_tensor(b)) {
    // Messages of ops that run at once name the scope.
    return executing_eagerly() ? fn((std::string(name) + "/").c_str(), *a.output(), *b.output())
                               : fn(name, *a.output(), *b.output());
  }
  const name_scope scope(name);
  const DType type = is_tensor(b) ? base_type(b.output()->dtype()) : DType::kInvalid;
  const Output left = is_tensor(a) ? *a.output() : convert(a, type, "x");
  const Output right = is_tensor(b) ? *b.output() : convert(b, DType::kInvalid, "y", base_type(left.dtype()));
  return fn(scope.name().c_str(), left, right);
}

}  // namespace

Output binary_operator(const char* op, const char* name, const TensorLike& x, const TensorLike& y) {
  return with_tensors(name, x, y, [&](const char* scope, const Output& a, const Output& b) {
    const bool joins = base_type(a.dtype()) == DType::kString && std::string_view(op) == "AddV2";  // which takes no strings
    return apply_op(joins ? "Add" : op, scope, {a, b});
  });
}

Output divide_operator(const TensorLike& x, const TensorLike& y) {
  return with_tensors("truediv", x, y, [](const char* scope, const Output& a, const Output& b) {
    return truediv(a, b, {scope});
  });
}

Output xor_operator(const TensorLike& x, const TensorLike& y) {
  return with_tensors("xor", x, y, [](const char* scope, const Output& a, const Output& b) {
    return logical_xor(a, b, {scope});
  });
}

Output compare(const char* op, const TensorLike& x, const TensorLike& y) {
  // Python reflects `1 < x` into `x > 1`.
  if (!is_symbolic(x)) {
    const std::string_view type = op;
    const char* reflected = type == "Less" ? "Greater" : type == "Greater" ? "Less"
                            : type == "LessEqual" ? "GreaterEqual" : "LessEqual";
    return apply_op(reflected, "", {value_of(y), x});
  }
  return apply_op(op, "", {value_of(x), y});
}

Output unary_operator(const char* op, const TensorLike& x) { return apply_op(op, "", {value_of(x)}); }

}  // namespace reflow::client
