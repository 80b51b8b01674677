#pragma once

#include <cstdint>

namespace reflow::op {

// y[i] = sin(x[i]), cos(x[i]), to three units in the last place; y may be x. Not for random numbers, whose streams want
// libm's.
void sin_f32(const float* x, float* y, int64_t n);
void cos_f32(const float* x, float* y, int64_t n);

}  // namespace reflow::op
