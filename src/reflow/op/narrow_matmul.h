#pragma once

// Products of matrices whose result has few columns, or that are small altogether: there a library that copies panels
// of its operands costs more than it saves.

#include <cstdint>

namespace reflow::op {

// The most columns that the result can have.
inline constexpr int64_t kNarrowColumns = 16;

// Matrix B [k, n], n <= kNarrowColumns, as narrow_matmul_f32 wants it: [k, kNarrowColumns], filled up with zeros.
// Element (p, j) of B is b[p * row_step + j * column_step].
void pack_narrow_f32(const float* b, int64_t row_step, int64_t column_step, int64_t k, int64_t n, float* packed);

// Rows of C [m, n] = A [m, k] B, `packed` being B. Element (i, p) of A is a[i * row_step + p * column_step]; rows of C
// have no gaps.
void narrow_matmul_f32(const float* a, int64_t row_step, int64_t column_step, const float* packed, int64_t m, int64_t n,
                       int64_t k, float* c);

}  // namespace reflow::op
