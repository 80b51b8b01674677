#pragma once

// Products of matrices of any type, for the ops that multiply them.

#include <cstdint>

#include "reflow/base/thread_pool.h"

namespace reflow::ops {

// One product C = op(A) op(B), all rows without gaps: op(A) is [m, k], op(B) [k, n].
struct MatMulShape {
  int64_t m, n, k;
  bool transpose_a, transpose_b;
  // conjugate complex numbers where transposing.
  bool adjoint = false;
};

// On the threads of `pool`. Types: those of MatMul's kernels.
template <typename T>
void matmul(ThreadPool& pool, const MatMulShape& shape, const T* a, const T* b, T* c);

// The same for float; with a bias as op::Gemm has it.
void matmul_f32(ThreadPool& pool, const MatMulShape& shape, const float* a, const float* b, float* c,
                const float* bias = nullptr, bool relu = false);

}  // namespace reflow::ops
