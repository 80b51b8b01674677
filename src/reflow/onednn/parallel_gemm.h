#pragma once

#include <cstdint>

#include "reflow/base/thread_pool.h"

namespace reflow::onednn {

// sgemm (onednn/gemm.h) with the rows and columns of C shared out to the threads of `pool`. The way it is cut depends
// on sizes and the number of threads only.
void parallel_sgemm(ThreadPool& pool, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, float alpha,
                    const float* a, int64_t lda, const float* b, int64_t ldb, float beta, float* c, int64_t ldc);

}  // namespace reflow::onednn
