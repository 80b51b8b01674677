#pragma once

// Products of float matrices.

#include <cstdint>

#include "reflow/base/thread_pool.h"

namespace reflow::op {

// C = op(A) op(B), or C += op(A) op(B), for row-major matrices, where op transposes if `transpose_a` (`transpose_b`) is set:
// op(A) is [m, k], op(B) [k, n], C [m, n]; ld* are the distances between rows as they lie in memory.
struct Gemm {
  bool transpose_a = false, transpose_b = false;
  int64_t m = 0, n = 0, k = 0;
  const float* a = nullptr;
  int64_t lda = 0;
  const float* b = nullptr;
  int64_t ldb = 0;
  const float* panels = nullptr;  // op(B) as pack_panels leaves it: then b isn't read
  float* c = nullptr;
  int64_t ldc = 0;
  bool accumulate = false;  // C += op(A) op(B)
  bool skip_zeros = false;  // of op(A), see many_zeros
  // If not null, is added to each row of C, last; and then, with `relu`, negative elements become 0.
  const float* bias = nullptr;
  bool relu = false;
};

// Is op(A), by a look at some of it, so full of zeros that it pays to leave them out of the product (Gemm::skip_zeros)? Those
// of a column are left out where they stand in all rows that are computed at once, 12 with AVX-512: images with margins, words as
// one-hot vectors, units that are off. No element of C changes by that: infinite ones and NaNs of B are still multiplied by them.
bool many_zeros(const Gemm& g);

// Computes C, its rows and columns shared out to the threads of `pool`. The bits of an element of C depend on its row of
// op(A), its column of op(B) and k alone.
void gemm(ThreadPool& pool, const Gemm& g);

// Adds a bias to a row of n elements, and makes 0 of negative ones if `relu` is set.
void add_bias(float* row, int64_t n, const float* bias, bool relu);

// op(B) [k, n] as panels (op/panel_product.h): what several products share is copied once. `panels` has room for
// panels_size(k, n).
void pack_panels(ThreadPool& pool, bool transpose_b, int64_t k, int64_t n, const float* b, int64_t ldb, float* panels);

}  // namespace reflow::op
