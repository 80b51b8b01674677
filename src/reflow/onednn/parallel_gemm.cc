#include "reflow/onednn/parallel_gemm.h"

#include <algorithm>

#include "reflow/onednn/gemm.h"

namespace reflow::onednn {
namespace {

constexpr double kFlopsPerNs = 80;           // of one thread, about
constexpr double kWorthSplittingNs = 16000;  // less than this isn't worth waking a thread
constexpr double kPartNs = 1.5e6;            // parts of large products: late threads hold nothing up

// C cut into a grid of parts of `rows` x `columns`.
struct Grid {
  int64_t rows, columns, down, across;
};

int64_t part_size(int64_t size, int64_t parts, int64_t multiple) {
  const int64_t part = (size + parts - 1) / parts;
  return std::min(size, (part + multiple - 1) / multiple * multiple);
}

// Of the grids with `parts` parts the one with the least estimated work in its largest part: each part copies its panels
// of A and B, which costs the more the narrower it is.
Grid choose_grid(int64_t m, int64_t n, int64_t parts) {
  Grid best{m, n, 1, 1};
  double best_work = 1e300;
  for (int64_t down = 1; down <= parts; ++down) {
    if (parts % down != 0) continue;
    const int64_t rows = part_size(m, down, 8), columns = part_size(n, parts / down, 16);
    const double work = static_cast<double>(rows) * columns * (1 + 20.0 / rows + 20.0 / columns);
    if (work >= best_work) continue;
    best_work = work;
    best = {rows, columns, (m + rows - 1) / rows, (n + columns - 1) / columns};
  }
  return best;
}

}  // namespace

void parallel_sgemm(ThreadPool& pool, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, float alpha,
                    const float* a, int64_t lda, const float* b, int64_t ldb, float beta, float* c, int64_t ldc,
                    const GemmEpilogue* after) {
  const double cost_ns = 2.0 * m * n * k / kFlopsPerNs;
  const int threads = pool.num_threads();
  if (threads == 1 || cost_ns < kWorthSplittingNs) {
    sgemm(transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    if (after != nullptr) after->call(after->context, 0, 0, m, n);
    return;
  }
  const int64_t rounds = std::clamp<int64_t>(static_cast<int64_t>(cost_ns / threads / kPartNs), 1, 8);
  const Grid grid = choose_grid(m, n, threads * rounds);
  const int64_t parts = grid.down * grid.across;
  pool.parallel_for(parts, std::max(cost_ns, 1e5), [&](int64_t begin, int64_t end) {
    for (int64_t part = begin; part < end; ++part) {
      const int64_t i = part / grid.across * grid.rows, j = part % grid.across * grid.columns;
      const int64_t rows = std::min(grid.rows, m - i), columns = std::min(grid.columns, n - j);
      sgemm(transpose_a, transpose_b, rows, columns, k, alpha, a + (transpose_a ? i : i * lda), lda,
            b + (transpose_b ? j * ldb : j), ldb, beta, c + i * ldc + j, ldc);
      if (after != nullptr) after->call(after->context, i, j, rows, columns);
    }
  });
}

}  // namespace reflow::onednn
