#pragma once

#include <cstdint>

namespace reflow::onednn {

// C = alpha op(A) op(B) + beta C for row-major matrices, where op transposes if `transpose_a` (`transpose_b`) is set:
// op(A) is [m, k], op(B) [k, n], C [m, n]; ld* are the distances between rows as they lie in memory. Runs on the calling
// thread alone: callers split the work. C is not read where beta is 0.
void sgemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, float alpha, const float* a,
           int64_t lda, const float* b, int64_t ldb, float beta, float* c, int64_t ldc);

}  // namespace reflow::onednn
