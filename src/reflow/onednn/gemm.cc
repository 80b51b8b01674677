#include "reflow/onednn/gemm.h"

#include <dnnl.hpp>

#include "reflow/onednn/single_threaded.h"

namespace reflow::onednn {

void sgemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, float alpha, const float* a,
           int64_t lda, const float* b, int64_t ldb, float beta, float* c, int64_t ldc) {
  const SingleThreaded single_threaded;
  dnnl_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

}  // namespace reflow::onednn
