#pragma once

// Element-wise functions over arrays, for the instruction set of the machine (chosen once, when first asked for). What
// the kernels of element-wise ops and the fused kernels are made of.

#include <cstdint>
#include <type_traits>

namespace reflow::op {

// An element-wise function. Operands are in the order of the op that it is named after.
enum class VecOp : uint8_t {
  // One operand.
  kNeg, kAbs, kSign, kSquare, kSqrt, kRsqrt, kReciprocal, kExp, kExpm1, kLog, kLog1p, kTanh, kSigmoid,
  kRelu, kRelu6, kElu, kSelu, kSoftplus, kSoftsign, kFloor, kCeil, kRound,
  // Two operands.
  kAdd, kSub, kMul, kDiv, kDivNoNan, kMulNoNan, kMaximum, kMinimum, kSquaredDifference, kPow,
  // 1 where it is true, 0 elsewhere.
  kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual,
  // Gradients of the form f(y, dy).
  kSqrtGrad, kRsqrtGrad, kReciprocalGrad, kTanhGrad, kSigmoidGrad,
  // Gradients of the form f(dy, x); Elu and Selu f(dy, y).
  kReluGrad, kRelu6Grad, kEluGrad, kSeluGrad, kSoftplusGrad, kSoftsignGrad,
  kCount,
};

constexpr bool is_unary(VecOp op) { return op <= VecOp::kRound; }

// y[i] = f(x[i]) for i in [0, n). y may be x; otherwise they don't overlap.
template <typename T>
using UnaryFn = void (*)(const T* x, T* y, int64_t n);

// y[i] = f(a[i * a_step], b[i * b_step]) for i in [0, n). Steps are 1, or 0 for a scalar operand. y may be an operand of
// step 1.
template <typename T>
using BinaryFn = void (*)(const T* a, int64_t a_step, const T* b, int64_t b_step, T* y, int64_t n);

// The functions of `op`. Look them up once: kernels do it when they are made.
// REQUIRES: is_unary(op) for the unary ones, !is_unary(op) for the others.
UnaryFn<float> unary_f32(VecOp op);
BinaryFn<float> binary_f32(VecOp op);
UnaryFn<double> unary_f64(VecOp op);
BinaryFn<double> binary_f64(VecOp op);
// The same by type, float or double.
template <typename T>
UnaryFn<T> unary_function(VecOp op) {
  if constexpr (std::is_same_v<T, float>) return unary_f32(op);
  else return unary_f64(op);
}
template <typename T>
BinaryFn<T> binary_function(VecOp op) {
  if constexpr (std::is_same_v<T, float>) return binary_f32(op);
  else return binary_f64(op);
}

inline constexpr int kExpSums = 16;
// y[i] = exp(x[i] - m), which is added to sums[i % 16], for i in [0, n), n a multiple of 16. y may be x.
void shifted_exp(const float* x, float m, float* y, int64_t n, float* sums);
void shifted_exp(const double* x, double m, double* y, int64_t n, double* sums);

// Estimated cost of an element in nanoseconds with operands in cache, for parallel_for.
double cost_ns(VecOp op);

}  // namespace reflow::op
