#pragma once

#include <algorithm>
#include <cstdint>

#include "reflow/base/thread_pool.h"
#include "reflow/op/elements.h"
#include "reflow/tensor/shape.h"

namespace reflow::op {

// A row-major walk over elements that lie at regular distances in memory: element (i0, i1, ..) at offset + i0 * stride0 +
// i1 * stride1 + .. Strides may be 0 (repetition) or negative (reversal). Neighbouring dimensions that make one longer
// run are merged as they are added, so that slices, tilings, paddings and reversals all become few loops.
class StridedView {
 public:
  // Adds the next inner dimension.
  void add_dim(int64_t size, int64_t stride) {
    num_elements_ *= size;
    if (size == 1) return;
    if (rank_ > 0 && strides_[rank_ - 1] == size * stride) {
      sizes_[rank_ - 1] *= size;
      strides_[rank_ - 1] = stride;
      return;
    }
    sizes_[rank_] = size;
    strides_[rank_] = stride;
    ++rank_;
  }
  int64_t offset = 0;
  int rank() const { return rank_; }
  int64_t size(int d) const { return sizes_[d]; }
  int64_t stride(int d) const { return strides_[d]; }
  int64_t num_elements() const { return num_elements_; }

 private:
  static constexpr int kMaxDims = 2 * Shape::kMaxRank;  // Tile splits each dimension in two
  int rank_ = 0;
  int64_t num_elements_ = 1;
  int64_t sizes_[kMaxDims], strides_[kMaxDims];
};

// Walks over all rows (the innermost dimension) of `view`, some of them at once: row(i, at) is called for row i, which
// begins at `at`. `cost_ns` is the time for one row.
template <typename Row>
void for_each_row(ThreadPool& pool, const StridedView& view, double cost_ns, Row&& row) {
  const int outer_rank = view.rank() - 1;
  const int64_t num_rows = view.num_elements() / view.size(outer_rank);
  pool.parallel_for(num_rows, cost_ns, [&](int64_t begin, int64_t end) {
    int64_t index[2 * Shape::kMaxRank];
    int64_t at = view.offset, rest = begin;
    for (int d = outer_rank - 1; d >= 0; --d) {
      index[d] = rest % view.size(d);
      rest /= view.size(d);
      at += index[d] * view.stride(d);
    }
    for (int64_t i = begin;;) {
      row(i, at);
      if (++i == end) return;
      for (int d = outer_rank - 1;; --d) {
        at += view.stride(d);
        if (++index[d] < view.size(d)) break;
        at -= index[d] * view.stride(d);
        index[d] = 0;
      }
    }
  });
}

// dense[i] = strided[element i of the view].
template <typename E>
void gather_strided(ThreadPool& pool, const StridedView& view, E* dense, const E* strided) {
  if (view.num_elements() == 0) return;
  if (view.rank() == 0) {
    *dense = strided[view.offset];
    return;
  }
  const int64_t n = view.size(view.rank() - 1), stride = view.stride(view.rank() - 1);
  if (view.rank() == 1 && stride == 1) {
    const E* from = strided + view.offset;
    pool.parallel_for(n, kCopyCostNs<E>, [dense, from](int64_t begin, int64_t end) {
      copy_elements(dense + begin, from + begin, end - begin);
    });
    return;
  }
  for_each_row(pool, view, kCopyCostNs<E> * n + 3, [&](int64_t i, int64_t at) {
    E* to = dense + i * n;
    const E* from = strided + at;
    if (stride == 1) {
      copy_elements(to, from, n);
    } else if (stride == 0) {
      std::fill(to, to + n, *from);
    } else {
      for (int64_t k = 0; k < n; ++k) to[k] = from[k * stride];
    }
  });
}

// strided[element i of the view] = dense[i].
template <typename E>
void scatter_strided(ThreadPool& pool, const StridedView& view, const E* dense, E* strided) {
  if (view.num_elements() == 0) return;
  if (view.rank() == 0) {
    strided[view.offset] = *dense;
    return;
  }
  const int64_t n = view.size(view.rank() - 1), stride = view.stride(view.rank() - 1);
  for_each_row(pool, view, kCopyCostNs<E> * n + 3, [&](int64_t i, int64_t at) {
    const E* from = dense + i * n;
    E* to = strided + at;
    if (stride == 1) {
      copy_elements(to, from, n);
    } else {
      for (int64_t k = 0; k < n; ++k) to[k * stride] = from[k];
    }
  });
}

}  // namespace reflow::op
