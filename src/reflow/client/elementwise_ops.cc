#include "reflow/client/elementwise_ops.h"

#include <limits>

#include "reflow/client/apply_op.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"
#include "reflow/client/status_errors.h"

namespace reflow {

using client::apply_op;
using client::convert;

Output negative(const TensorLike& x, const NameOptions& options) { return apply_op("Neg", options.name, {x}); }
Output sign(const TensorLike& x, const NameOptions& options) { return apply_op("Sign", options.name, {x}); }
Output square(const TensorLike& x, const NameOptions& options) { return apply_op("Square", options.name, {x}); }
Output sqrt(const TensorLike& x, const NameOptions& options) { return apply_op("Sqrt", options.name, {x}); }
Output rsqrt(const TensorLike& x, const NameOptions& options) { return apply_op("Rsqrt", options.name, {x}); }
Output exp(const TensorLike& x, const NameOptions& options) { return apply_op("Exp", options.name, {x}); }
Output expm1(const TensorLike& x, const NameOptions& options) { return apply_op("Expm1", options.name, {x}); }
Output log(const TensorLike& x, const NameOptions& options) { return apply_op("Log", options.name, {x}); }
Output log1p(const TensorLike& x, const NameOptions& options) { return apply_op("Log1p", options.name, {x}); }
Output sin(const TensorLike& x, const NameOptions& options) { return apply_op("Sin", options.name, {x}); }
Output cos(const TensorLike& x, const NameOptions& options) { return apply_op("Cos", options.name, {x}); }
Output tan(const TensorLike& x, const NameOptions& options) { return apply_op("Tan", options.name, {x}); }
Output asin(const TensorLike& x, const NameOptions& options) { return apply_op("Asin", options.name, {x}); }
Output acos(const TensorLike& x, const NameOptions& options) { return apply_op("Acos", options.name, {x}); }
Output atan(const TensorLike& x, const NameOptions& options) { return apply_op("Atan", options.name, {x}); }
Output sinh(const TensorLike& x, const NameOptions& options) { return apply_op("Sinh", options.name, {x}); }
Output cosh(const TensorLike& x, const NameOptions& options) { return apply_op("Cosh", options.name, {x}); }
Output tanh(const TensorLike& x, const NameOptions& options) { return apply_op("Tanh", options.name, {x}); }
Output asinh(const TensorLike& x, const NameOptions& options) { return apply_op("Asinh", options.name, {x}); }
Output acosh(const TensorLike& x, const NameOptions& options) { return apply_op("Acosh", options.name, {x}); }
Output atanh(const TensorLike& x, const NameOptions& options) { return apply_op("Atanh", options.name, {x}); }
Output sigmoid(const TensorLike& x, const NameOptions& options) { return apply_op("Sigmoid", options.name, {x}); }
Output ceil(const TensorLike& x, const NameOptions& options) { return apply_op("Ceil", options.name, {x}); }
Output floor(const TensorLike& x, const NameOptions& options) { return apply_op("Floor", options.name, {x}); }
Output rint(const TensorLike& x, const NameOptions& options) { return apply_op("Rint", options.name, {x}); }
Output reciprocal(const TensorLike& x, const NameOptions& options) { return apply_op("Reciprocal", options.name, {x}); }
Output erf(const TensorLike& x, const NameOptions& options) { return apply_op("Erf", options.name, {x}); }
Output erfc(const TensorLike& x, const NameOptions& options) { return apply_op("Erfc", options.name, {x}); }
Output lgamma(const TensorLike& x, const NameOptions& options) { return apply_op("Lgamma", options.name, {x}); }
Output digamma(const TensorLike& x, const NameOptions& options) { return apply_op("Digamma", options.name, {x}); }
Output is_nan(const TensorLike& x, const NameOptions& options) { return apply_op("IsNan", options.name, {x}); }
Output is_inf(const TensorLike& x, const NameOptions& options) { return apply_op("IsInf", options.name, {x}); }
Output is_finite(const TensorLike& x, const NameOptions& options) { return apply_op("IsFinite", options.name, {x}); }
Output logical_not(const TensorLike& x, const NameOptions& options) {
  return apply_op("LogicalNot", options.name, {x});
}

Output abs(const TensorLike& x, const NameOptions& options) {
  if (!is_complex(client::dtype_of_value(x))) return apply_op("Abs", options.name, {x});
  const Output value = convert(x, DType::kInvalid, "x");
  const DType real_type = base_type(value.dtype()) == DType::kComplex128 ? DType::kFloat64 : DType::kFloat32;
  return apply_op("ComplexAbs", options.name.empty() ? "Abs" : options.name, {value}, {{"Tout", real_type}});
}

Output round(const TensorLike& x, const NameOptions& options) {
  const Output value = convert(x, DType::kInvalid, "x");
  return is_integer(value.dtype()) ? value : apply_op("Round", options.name, {value});
}

Output add(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("Add", options.name, {x, y});
}
Output subtract(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("Sub", options.name, {x, y});
}
Output multiply(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("Mul", options.name, {x, y});
}
Output floor_div(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("FloorDiv", options.name, {x, y});
}
Output truncatediv(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("TruncateDiv", options.name, {x, y});
}
Output realdiv(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("RealDiv", options.name, {x, y});
}
Output mod(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("FloorMod", options.name, {x, y});
}
Output floormod(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("FloorMod", options.name, {x, y});
}
Output truncatemod(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("TruncateMod", options.name, {x, y});
}
Output maximum(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("Maximum", options.name, {x, y});
}
Output minimum(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("Minimum", options.name, {x, y});
}
Output pow(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("Pow", options.name, {x, y});
}
Output squared_difference(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("SquaredDifference", options.name, {x, y});
}
Output atan2(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("Atan2", options.name, {x, y});
}
Output equal(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("Equal", options.name, {x, y});
}
Output not_equal(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("NotEqual", options.name, {x, y});
}
Output less(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("Less", options.name, {x, y});
}
Output less_equal(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("LessEqual", options.name, {x, y});
}
Output greater(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("Greater", options.name, {x, y});
}
Output greater_equal(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("GreaterEqual", options.name, {x, y});
}
Output logical_and(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("LogicalAnd", options.name, {x, y});
}
Output logical_or(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("LogicalOr", options.name, {x, y});
}

Output div(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  const name_scope scope(options.name, "div");
  const Output a = convert(x, DType::kInvalid, "x");
  const Output b = convert(y, base_type(a.dtype()), "y");
  const bool exact = is_floating(a.dtype()) || is_complex(a.dtype());
  return apply_op(exact ? "RealDiv" : "FloorDiv", scope.name(), {a, b});
}

namespace {

// The type in which integers of a type are divided; the type itself for others.
DType division_type(DType type) {
  switch (type) {
    case DType::kUint8: case DType::kInt8: case DType::kUint16: case DType::kInt16: return DType::kFloat32;
    case DType::kInt32: case DType::kInt64: return DType::kFloat64;
    default: return type;
  }
}

}  // namespace

Output truediv(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  const name_scope scope(options.name, "truediv");
  Output a = convert(x, DType::kInvalid, "x", client::dtype_of_value(y));
  Output b = convert(y, DType::kInvalid, "y", base_type(a.dtype()));
  const DType type = base_type(a.dtype());
  if (type != base_type(b.dtype())) {
    throw TypeError(fmt::format("x and y must have the same dtype, got tf.{} != tf.{}", dtype_name(type),
                                dtype_name(base_type(b.dtype()))));
  }
  const DType divided = division_type(type);
  if (divided != type) {
    a = cast(a, divided);
    b = cast(b, divided);
  }
  return apply_op("RealDiv", scope.name(), {a, b});
}

Output divide(const TensorLike& x, const TensorLike& y, const NameOptions& options) { return truediv(x, y, options); }

Output floordiv(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("FloorDiv", options.name.empty() ? "floordiv" : options.name, {x, y});
}

Output div_no_nan(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  const name_scope scope(options.name, "div_no_nan");
  const Output a = convert(x, DType::kInvalid, "x");
  const Output b = convert(y, base_type(a.dtype()), "y");
  return apply_op("DivNoNan", scope.name(), {a, b});
}

Output logical_xor(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  const name_scope scope(options.name.empty() ? "LogicalXor" : options.name);
  const Output either = logical_or(x, y), both = logical_and(x, y);
  return logical_and(either, logical_not(both), {scope.name()});
}

Output scalar_mul(const TensorLike& scalar, const TensorLike& x, const NameOptions& options) {
  const Output factor = convert(scalar, client::dtype_of_value(x), "scalar");
  if (factor.shape().rank() > 0) {
    throw ValueError("Only scalar multiply works, got shape " + client::python_shape(factor.shape()));
  }
  return multiply(factor, x, options);
}

Output log_sigmoid(const TensorLike& x, const NameOptions& options) {
  const name_scope scope(options.name, "LogSigmoid");
  const Output value = convert(x, DType::kInvalid, "x");
  return negative(apply_op("Softplus", "", {negative(value)}), {scope.name()});
}

Output cast(const TensorLike& x, DType dtype, const NameOptions& options) {
  dtype = base_type(dtype);
  const Output* output = x.output();
  if (output && output->valid() && base_type(output->dtype()) == dtype) return *output;
  const name_scope scope(options.name, "Cast");
  const Output value = convert(x, DType::kInvalid, "x");
  if (base_type(value.dtype()) == dtype) return value;
  return apply_op("Cast", scope.name(), {value}, {{"DstT", dtype}});
}

namespace {

// The smallest and largest value of a type, as far as a double can tell.
std::pair<double, double> limits_of(DType type) {
  std::pair<double, double> limits(0, 0);
  with_type(kAllIntTypes + kFloat32And64, type, [&]<typename T>() {
    limits = {static_cast<double>(std::numeric_limits<T>::lowest()),
              static_cast<double>(std::numeric_limits<T>::max())};
  });
  if (type == DType::kHalf) limits = {-65504.0, 65504.0};
  if (type == DType::kBfloat16) limits = {-3.38953139e38, 3.38953139e38};
  return limits;
}

}  // namespace

Output saturate_cast(const TensorLike& value, DType dtype, const NameOptions& options) {
  const name_scope scope(options.name, "saturate_cast");
  Output x = convert(value, DType::kInvalid, "value");
  const DType from = base_type(x.dtype());
  const auto [from_min, from_max] = limits_of(from);
  const auto [to_min, to_max] = limits_of(dtype);
  const auto bound = [&](double limit, const char* name) {
    return is_integer(from) ? convert(static_cast<int64_t>(limit), from, name) : convert(limit, from, name);
  };
  if (from_min < to_min) x = maximum(x, bound(to_min, "min"));
  if (from_max > to_max) x = minimum(x, bound(to_max, "max"));
  return cast(x, dtype, {scope.name()});
}

Output to_float(const TensorLike& x, const NameOptions& options) { return cast(x, DType::kFloat32, options); }
Output to_double(const TensorLike& x, const NameOptions& options) { return cast(x, DType::kFloat64, options); }
Output to_int32(const TensorLike& x, const NameOptions& options) { return cast(x, DType::kInt32, options); }
Output to_int64(const TensorLike& x, const NameOptions& options) { return cast(x, DType::kInt64, options); }
Output to_bfloat16(const TensorLike& x, const NameOptions& options) { return cast(x, DType::kBfloat16, options); }

Output complex(const TensorLike& real, const TensorLike& imag, const NameOptions& options) {
  const Output a = convert(real, DType::kInvalid, "real"), b = convert(imag, DType::kInvalid, "imag");
  const name_scope scope(options.name, "Complex");
  const DType type = base_type(a.dtype());
  const bool wide = type == DType::kFloat64;
  if ((!wide && type != DType::kFloat32) || base_type(b.dtype()) != type) {
    throw TypeError(fmt::format("real and imag have incorrect types: {} {}", dtype_name(a.dtype()), dtype_name(b.dtype())));
  }
  return apply_op("Complex", scope.name(), {a, b}, {{"Tout", wide ? DType::kComplex128 : DType::kComplex64}});
}

namespace {

Output part_of_complex(const char* op, const TensorLike& input, const NameOptions& options) {
  const name_scope scope(options.name, op);
  const Output value = convert(input, DType::kInvalid, "input");
  if (!is_complex(value.dtype())) return value;
  const bool wide = base_type(value.dtype()) == DType::kComplex128;
  return apply_op(op, scope.name(), {value}, {{"Tout", wide ? DType::kFloat64 : DType::kFloat32}});
}

}  // namespace

Output real(const TensorLike& input, const NameOptions& options) { return part_of_complex("Real", input, options); }
Output imag(const TensorLike& input, const NameOptions& options) { return part_of_complex("Imag", input, options); }

Output conj(const TensorLike& x, const NameOptions& options) {
  const name_scope scope(options.name, "Conj");
  const Output value = convert(x, DType::kInvalid, "x");
  return is_complex(value.dtype()) ? apply_op("Conj", scope.name(), {value}) : value;
}

}  // namespace reflow
