#pragma once

#include <cstdint>

namespace reflow::op {

// C = A B^T for few rows of A [m, k], B [n, k] and C [m, n], whose rows are lda, ldb and ldc apart: so many dot products, for
// which B is read once where it lies. On the calling thread.
void dot_products_f32(const float* a, int64_t lda, int64_t m, const float* b, int64_t ldb, int64_t n, int64_t k, float* c,
                      int64_t ldc);

}  // namespace reflow::op
