#pragma once

// Element-wise functions. Operands of different shapes are broadcast as NumPy does; both have one type. The name of an
// op is that of its type, "Mul" for multiply(); operators (client/operators.h) name theirs "mul".

#include "reflow/client/tensor_like.h"

namespace reflow {

Output abs(const TensorLike& x, const NameOptions& options = {});
Output negative(const TensorLike& x, const NameOptions& options = {});
Output sign(const TensorLike& x, const NameOptions& options = {});
Output square(const TensorLike& x, const NameOptions& options = {});
Output sqrt(const TensorLike& x, const NameOptions& options = {});
Output rsqrt(const TensorLike& x, const NameOptions& options = {});
Output exp(const TensorLike& x, const NameOptions& options = {});
Output expm1(const TensorLike& x, const NameOptions& options = {});
Output log(const TensorLike& x, const NameOptions& options = {});
Output log1p(const TensorLike& x, const NameOptions& options = {});
Output sin(const TensorLike& x, const NameOptions& options = {});
Output cos(const TensorLike& x, const NameOptions& options = {});
Output tan(const TensorLike& x, const NameOptions& options = {});
Output asin(const TensorLike& x, const NameOptions& options = {});
Output acos(const TensorLike& x, const NameOptions& options = {});
Output atan(const TensorLike& x, const NameOptions& options = {});
Output sinh(const TensorLike& x, const NameOptions& options = {});
Output cosh(const TensorLike& x, const NameOptions& options = {});
Output tanh(const TensorLike& x, const NameOptions& options = {});
Output asinh(const TensorLike& x, const NameOptions& options = {});
Output acosh(const TensorLike& x, const NameOptions& options = {});
Output atanh(const TensorLike& x, const NameOptions& options = {});
Output sigmoid(const TensorLike& x, const NameOptions& options = {});
Output ceil(const TensorLike& x, const NameOptions& options = {});
Output floor(const TensorLike& x, const NameOptions& options = {});
Output rint(const TensorLike& x, const NameOptions& options = {});
Output round(const TensorLike& x, const NameOptions& options = {});
Output reciprocal(const TensorLike& x, const NameOptions& options = {});
Output erf(const TensorLike& x, const NameOptions& options = {});
Output erfc(const TensorLike& x, const NameOptions& options = {});
Output lgamma(const TensorLike& x, const NameOptions& options = {});
Output digamma(const TensorLike& x, const NameOptions& options = {});
Output is_nan(const TensorLike& x, const NameOptions& options = {});
Output is_inf(const TensorLike& x, const NameOptions& options = {});
Output is_finite(const TensorLike& x, const NameOptions& options = {});
Output logical_not(const TensorLike& x, const NameOptions& options = {});

Output add(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output subtract(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output multiply(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output floor_div(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output truncatediv(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output realdiv(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output mod(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output floormod(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output truncatemod(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output maximum(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output minimum(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output pow(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output squared_difference(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output atan2(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output equal(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output not_equal(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output less(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output less_equal(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output greater(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output greater_equal(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output logical_and(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output logical_or(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});

// x / y of floats; of integers rounded down.
Output div(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
// x / y; integers are made floats first. TypeError: "x and y must have the same dtype, got ...".
Output truediv(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output divide(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output floordiv(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
// 0 where y is 0.
Output div_no_nan(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output logical_xor(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output scalar_mul(const TensorLike& scalar, const TensorLike& x, const NameOptions& options = {});
Output log_sigmoid(const TensorLike& x, const NameOptions& options = {});

// `x` as `dtype`; itself where it has that type.
Output cast(const TensorLike& x, DType dtype, const NameOptions& options = {});
// Values that `dtype` can't hold become its nearest.
Output saturate_cast(const TensorLike& value, DType dtype, const NameOptions& options = {});
Output to_float(const TensorLike& x, const NameOptions& options = {"ToFloat"});
Output to_double(const TensorLike& x, const NameOptions& options = {"ToDouble"});
Output to_int32(const TensorLike& x, const NameOptions& options = {"ToInt32"});
Output to_int64(const TensorLike& x, const NameOptions& options = {"ToInt64"});
Output to_bfloat16(const TensorLike& x, const NameOptions& options = {"ToBFloat16"});
Output complex(const TensorLike& real, const TensorLike& imag, const NameOptions& options = {});
Output real(const TensorLike& input, const NameOptions& options = {});
Output imag(const TensorLike& input, const NameOptions& options = {});
Output conj(const TensorLike& x, const NameOptions& options = {});

}  // namespace reflow
