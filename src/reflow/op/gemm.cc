#include "reflow/op/gemm.h"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "reflow/op/panel_product.h"
#include "reflow/op/vector_math.h"

namespace reflow::op {
namespace {

constexpr double kFlopsPerNs = 90;           // of one thread, about
constexpr double kStoreNs = 0.15;            // an element of C
constexpr double kWorthSplittingNs = 16000;  // less than this isn't worth waking a thread
constexpr double kPartNs = 1.5e6;            // smaller parts of products than these aren't worth having
constexpr double kWait = 0.01;               // of the time of one part the last thread is late
// An element of A or B that is read or copied costs as many multiplications and additions.
constexpr double kRead = 6, kCopyRows = 8, kCopyTransposed = 15;
constexpr int64_t kMostK = 512;              // of a block: it adds to C seldom, and a panel lies in the first-level cache
constexpr int64_t kBlockOfA = 112 * 1024;    // floats: it lies in the second-level cache, and so do
constexpr int64_t kColumnsAtOnce = 64;       // columns of B, or
constexpr int64_t kMostColumns = 1024;       // where several blocks of A use them: they lie in the third-level cache
constexpr int64_t kFewRows = 3;              // of A are read where they lie

// A thread's copies of parts of A and B.
struct Scratch {
  struct Free {
    void operator()(float* p) const { std::free(p); }
  };
  using Floats = std::unique_ptr<float[], Free>;
  static Floats floats(int64_t n) { return Floats(static_cast<float*>(std::aligned_alloc(64, n * sizeof(float)))); }
  Floats a = floats(kBlockOfA + kPanelColumns), b = floats(kMostK * kMostColumns);
  std::unique_ptr<int32_t[]> offsets = std::make_unique_for_overwrite<int32_t[]>(kBlockOfA / 2);
  std::unique_ptr<int32_t[]> counts = std::make_unique_for_overwrite<int32_t[]>(kBlockOfA / 2);
  FilledColumns filled{offsets.get(), counts.get()};
};

Scratch& scratch() {
  thread_local std::unique_ptr<Scratch> scratch;
  if (scratch == nullptr) scratch = std::make_unique<Scratch>();
  return *scratch;
}

int64_t round_up(int64_t n, int64_t multiple) { return (n + multiple - 1) / multiple * multiple; }

// `size` in as few equal parts of at most `most` as possible.
int64_t equal_parts(int64_t size, int64_t most) {
  const int64_t parts = (size + most - 1) / most;
  return (size + parts - 1) / parts;
}

// Of A that are multiplied at once.
int64_t most_rows(int64_t k) { return std::max<int64_t>(kBlockOfA / equal_parts(k, kMostK), 12) / 12 * 12; }

// A part of C.
struct Area {
  int64_t i, j, rows, columns;
};

class PartOfProduct {
 public:
  PartOfProduct(const Gemm& g, const Area& area) : g_(g), area_(area) {}

  void compute() {
    const int64_t k_step = equal_parts(g_.k, kMostK);
    const int64_t row_step = round_up(equal_parts(area_.rows, most_rows(g_.k)), 12);
    const int64_t column_step = area_.rows > row_step && g_.panels == nullptr ? kMostColumns : area_.columns;
    for (int64_t p = 0; p < g_.k; p += k_step) {
      p_ = p, depth_ = std::min(k_step, g_.k - p);
      for (int64_t j = 0; j < area_.columns; j += column_step) {
        const int64_t columns = std::min(column_step, area_.columns - j);
        const bool copied = area_.rows > row_step && g_.panels == nullptr;
        if (copied) copy_panels(area_.j + j, columns);
        for (int64_t i = 0; i < area_.rows; i += row_step) {
          multiply({area_.i + i, area_.j + j, std::min(row_step, area_.rows - i), columns}, copied);
        }
      }
    }
  }

 private:
  // `copied`: rows [p_, p_ + depth_) of the columns of op(B) lie in scratch().b.
  void multiply(const Area& area, bool copied) {
    PanelProduct part;
    part.row_step = g_.transpose_a ? 1 : g_.lda, part.k_step = g_.transpose_a ? g_.lda : 1;
    part.a = g_.a + area.i * part.row_step + p_ * part.k_step;
    part.rows = area.rows, part.k = depth_;
    part.c_step = g_.ldc, part.accumulate = g_.accumulate || p_ > 0;
    if (area.rows > kFewRows) {
      float* const strips = scratch().a.get();
      math_.pack_strips(part.a, part.row_step, part.k_step, area.rows, depth_, strips);
      part.strips = strips;
      if (g_.skip_zeros) {
        math_.drop_zeros(strips, area.rows, depth_, &scratch().filled);
        part.filled = &scratch().filled;
      }
    }
    const bool in_place = !copied && g_.panels == nullptr && !g_.transpose_b;  // the columns of op(B)
    const int64_t column_step = in_place && part.strips == nullptr ? area.columns : kColumnsAtOnce;
    for (int64_t at = 0; at < area.columns; at += column_step) {
      const Area block{area.i, area.j + at, area.rows, std::min(column_step, area.columns - at)};
      part.b_step = kPanelColumns, part.panel_step = depth_ * kPanelColumns;
      if (copied) {
        part.b = scratch().b.get() + at * depth_;
      } else if (g_.panels != nullptr) {
        part.b = g_.panels + block.j * g_.k + p_ * kPanelColumns, part.panel_step = g_.k * kPanelColumns;
      } else if (in_place) {  // one block of rows of A uses them: not worth a copy
        part.b = g_.b + p_ * g_.ldb + block.j, part.panel_step = kPanelColumns, part.b_step = g_.ldb;
      } else {
        copy_panels(block.j, block.columns);
        part.b = scratch().b.get();
      }
      multiply(block, part);
    }
  }

  void multiply(const Area& block, PanelProduct part) {
    part.c = g_.c + block.i * g_.ldc + block.j;
    if (g_.bias != nullptr && p_ + depth_ == g_.k) part.bias = g_.bias + block.j, part.relu = g_.relu;
    const bool whole_panels = part.strips != nullptr && part.b_step != kPanelColumns;
    const int64_t rest = whole_panels ? block.columns % kPanelColumns : 0;
    part.columns = block.columns - rest;
    if (part.columns > 0) multiply(part);
    if (rest == 0) return;
    // All 16 columns of a panel are read.
    math_.pack_rows(part.b + part.columns, part.b_step, depth_, rest, scratch().b.get(), 0);
    part.b = scratch().b.get(), part.b_step = kPanelColumns;
    if (part.bias != nullptr) part.bias += part.columns;
    part.c += part.columns, part.columns = rest;
    multiply(part);
  }

  void multiply(PanelProduct part) {
    if (part.filled != nullptr && !math_.all_finite(part)) part.strips = nullptr, part.filled = nullptr;
    math_.product(part);
  }

  void copy_panels(int64_t j, int64_t columns) {
    float* const copy = scratch().b.get();
    const int64_t panel_step = depth_ * kPanelColumns;
    if (g_.transpose_b) {
      math_.pack_transposed(g_.b + j * g_.ldb + p_, g_.ldb, depth_, columns, copy, panel_step);
    } else {
      math_.pack_rows(g_.b + p_ * g_.ldb + j, g_.ldb, depth_, columns, copy, panel_step);
    }
  }

  const PanelMath& math_ = panel_math();
  const Gemm& g_;
  const Area& area_;
  int64_t p_ = 0, depth_ = 0;
};

// C cut into a grid of parts of `rows` x `columns`.
struct Grid {
  int64_t rows, columns, down, across;
};

int64_t part_size(int64_t size, int64_t parts, int64_t multiple) {
  return std::min(size, round_up((size + parts - 1) / parts, multiple));
}

// What reading and copying its operands adds to each multiplication of a part.
double copying(const Gemm& g, int64_t rows, int64_t columns) {
  const bool one_block = rows <= most_rows(g.k), in_place = g.panels != nullptr || (one_block && !g.transpose_b);
  const int64_t uses_of_a = one_block || g.panels != nullptr ? columns : std::min(columns, kMostColumns);
  const double a = g.transpose_a ? kCopyRows : kCopyTransposed;
  const double b = in_place ? kRead : g.transpose_b ? kCopyTransposed : kCopyRows;
  return a / static_cast<double>(uses_of_a) + b / static_cast<double>(rows);
}

// The grid with which threads that each compute up to `most_rounds` parts are done first, as far as one can tell: large parts
// copy less, small ones let no thread wait.
Grid choose_grid(const Gemm& g, int64_t threads, int64_t most_rounds) {
  Grid best{g.m, g.n, 1, 1};
  double best_work = 1e300;
  for (int64_t rounds = 1; rounds <= most_rounds; ++rounds) {
    const int64_t parts = threads * rounds;
    for (int64_t down = 1; down <= parts; ++down) {
      if (parts % down != 0) continue;
      const int64_t rows = part_size(g.m, down, 1), columns = part_size(g.n, parts / down, 2 * kPanelColumns);
      const double part = static_cast<double>(rows) * static_cast<double>(columns) * (1 + copying(g, rows, columns));
      const double work = part * (static_cast<double>(rounds) + kWait);
      if (work >= best_work) continue;
      best_work = work;
      best = {rows, columns, (g.m + rows - 1) / rows, (g.n + columns - 1) / columns};
    }
  }
  return best;
}

}  // namespace

bool many_zeros(const Gemm& g) {
  constexpr int kLooks = 32, kEnough = 8;
  constexpr int64_t kRows = 12, kMinColumns = 128, kWorthALook = 1 << 20;  // multiplications
  if (g.m < kRows || g.n < kMinColumns || g.k < kRows || g.m * g.n * g.k < kWorthALook || g.panels != nullptr) return false;
  const int64_t row_step = g.transpose_a ? 1 : g.lda, k_step = g.transpose_a ? g.lda : 1;
  int zeros = 0;
  uint64_t random = 1;
  for (int look = 0; look < kLooks && zeros < kEnough; ++look) {
    random = random * 6364136223846793005 + 1442695040888963407;
    const int64_t strip = static_cast<int64_t>((random >> 33) % static_cast<uint64_t>(g.m / kRows));
    random = random * 6364136223846793005 + 1442695040888963407;
    const float* const column = g.a + strip * kRows * row_step + static_cast<int64_t>((random >> 33) % static_cast<uint64_t>(g.k)) * k_step;
    int64_t r = 0;
    while (r < kRows && column[r * row_step] == 0) ++r;
    zeros += r == kRows;
  }
  return zeros >= kEnough;
}

void gemm(ThreadPool& pool, const Gemm& g) {
  if (g.m == 0 || g.n == 0) return;
  if (g.k == 0) {
    for (int64_t i = 0; i < g.m; ++i) {
      float* const row = g.c + i * g.ldc;
      if (!g.accumulate) std::fill_n(row, g.n, 0.0f);
      if (g.bias != nullptr) add_bias(row, g.n, g.bias, g.relu);
    }
    return;
  }
  const double cost_ns = g.m * g.n * (2.0 * g.k / kFlopsPerNs + kStoreNs);
  const int threads = pool.num_threads();
  if (threads == 1 || cost_ns < kWorthSplittingNs) return PartOfProduct(g, {0, 0, g.m, g.n}).compute();
  const int64_t rounds = std::clamp<int64_t>(static_cast<int64_t>(cost_ns / threads / kPartNs), 1, 8);
  const Grid grid = choose_grid(g, threads, rounds);
  pool.parallel_for(grid.down * grid.across, std::max(cost_ns, 1e5), [&](int64_t begin, int64_t end) {
    for (int64_t part = begin; part < end; ++part) {
      const int64_t i = part / grid.across * grid.rows, j = part % grid.across * grid.columns;
      const Area area{i, j, std::min(grid.rows, g.m - i), std::min(grid.columns, g.n - j)};
      PartOfProduct(g, area).compute();
    }
  });
}

void add_bias(float* row, int64_t n, const float* bias, bool relu) {
  static const BinaryFn<float> kAdd = binary_f32(VecOp::kAdd);
  static const UnaryFn<float> kRelu = unary_f32(VecOp::kRelu);
  kAdd(row, 1, bias, 1, row, n);
  if (relu) kRelu(row, row, n);
}

void pack_panels(ThreadPool& pool, bool transpose_b, int64_t k, int64_t n, const float* b, int64_t ldb, float* panels) {
  const int64_t count = (n + kPanelColumns - 1) / kPanelColumns;
  pool.parallel_for(count, 6.0 * k, [&](int64_t begin, int64_t end) {
    const int64_t j = begin * kPanelColumns, columns = std::min(n, end * kPanelColumns) - j;
    float* const to = panels + j * k;
    if (transpose_b) {
      panel_math().pack_transposed(b + j * ldb, ldb, k, columns, to, k * kPanelColumns);
    } else {
      panel_math().pack_rows(b + j, ldb, k, columns, to, k * kPanelColumns);
    }
  });
}

}  // namespace reflow::op
