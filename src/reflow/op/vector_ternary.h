#pragma once

#include <cstdint>

namespace reflow::op {

// Two element-wise functions in one loop, rounded after each (never contracted), so that results are those of the two
// functions one after the other. What the fused kernels make of pairs of steps.
enum class TernaryOp : uint8_t {
  kMulAdd,     // a * b + c
  kMulSub,     // a * b - c
  kMulSubFrom, // c - a * b
  kAddMul,     // (a + b) * c
  kSubMul,     // (a - b) * c
  kCount,
};

// y[i] = f(a[i * a_step], b[i * b_step], c[i * c_step]) for i in [0, n). Steps are 1, or 0 for a scalar operand. y may be
// an operand of step 1.
using TernaryFn = void (*)(const float* a, int64_t a_step, const float* b, int64_t b_step, const float* c, int64_t c_step,
                           float* y, int64_t n);
TernaryFn ternary_f32(TernaryOp op);

}  // namespace reflow::op
