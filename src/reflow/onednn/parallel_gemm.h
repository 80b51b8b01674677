#pragma once

#include <cstdint>

#include "reflow/base/thread_pool.h"

namespace reflow::onednn {

// What is done with a part of C, `rows` rows from i on and `columns` columns from j on, right after it was computed, by
// the thread that did, while it is in that thread's cache.
struct GemmEpilogue {
  void (*call)(void* context, int64_t i, int64_t j, int64_t rows, int64_t columns);
  void* context;
};

// sgemm (onednn/gemm.h) with the rows and columns of C shared out to the threads of `pool`. The way it is cut depends
// on sizes and the number of threads only.
void parallel_sgemm(ThreadPool& pool, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, float alpha,
                    const float* a, int64_t lda, const float* b, int64_t ldb, float beta, float* c, int64_t ldc,
                    const GemmEpilogue* after = nullptr);

}  // namespace reflow::onednn
