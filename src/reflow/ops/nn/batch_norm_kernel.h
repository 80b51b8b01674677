#pragma once

// Sums over all dimensions but the channels, for normalisation.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "reflow/base/thread_pool.h"
#include "reflow/op/simd_loop.h"
#include "reflow/tensor/shape.h"

namespace reflow::ops {

// Images with channels seen as [outer, channels, inner]; inner is 1 where channels are last.
struct NormView {
  NormView(const Shape& shape, bool channels_first) {
    const int axis = channels_first ? 1 : shape.rank() - 1;
    for (int i = 0; i < axis; ++i) outer *= shape.dim(i);
    channels = shape.dim(axis);
    for (int i = axis + 1; i < shape.rank(); ++i) inner *= shape.dim(i);
  }
  int64_t outer = 1, channels, inner = 1;
  int64_t count() const { return outer * inner; }
};

// sums[k * channels + c] = the sum over all elements i of channel c of what term(i, c, a) puts into a[k], k < K. Sums of
// 64 elements are added up at a time, so that rounding errors stay small; parts don't depend on the number of threads.
template <int K, typename Term>
void channel_sums(ThreadPool& pool, const NormView& v, const Term& term, float* sums) {
  constexpr int64_t kBlock = 64;
  if (v.inner > 1) {
    pool.parallel_for(v.channels, 0.5 * v.count(), [&](int64_t begin, int64_t end) {
      for (int64_t c = begin; c < end; ++c) {
        float total[K] = {};
        op::simd_loop([&]() REFLOW_SIMD_BODY {
          for (int64_t o = 0; o < v.outer; ++o) {
            const int64_t plane = (o * v.channels + c) * v.inner;
            constexpr int kLanes = 16;
            float lanes[K][kLanes] = {};
            int64_t i = 0;
            for (; i + kLanes <= v.inner; i += kLanes) {
              for (int l = 0; l < kLanes; ++l) {
                float a[K];
                term(plane + i + l, c, a);
                for (int k = 0; k < K; ++k) lanes[k][l] += a[k];
              }
            }
            for (; i < v.inner; ++i) {
              float a[K];
              term(plane + i, c, a);
              for (int k = 0; k < K; ++k) lanes[k][0] += a[k];
            }
            for (int k = 0; k < K; ++k) {
              float sum = 0;
              for (int l = 0; l < kLanes; ++l) sum += lanes[k][l];
              total[k] += sum;
            }
          }
        });
        for (int k = 0; k < K; ++k) sums[k * v.channels + c] = total[k];
      }
    });
    return;
  }
  const int64_t n = v.channels, parts = std::clamp<int64_t>(v.outer * n / 16384, 1, 64);
  const int64_t rows_each = (v.outer + parts - 1) / parts;
  std::vector<float> partial(parts * K * n, 0.0f);
  pool.parallel_for(parts, 0.4 * rows_each * n, [&](int64_t begin, int64_t end) {
    std::vector<float> buffer(K * n);
    for (int64_t p = begin; p < end; ++p) {
      float* total = partial.data() + p * K * n;
      const int64_t last = std::min(v.outer, (p + 1) * rows_each);
      for (int64_t first = p * rows_each; first < last; first += kBlock) {
        op::simd_loop([&, block = buffer.data()]() REFLOW_SIMD_BODY {
          for (int64_t j = 0; j < K * n; ++j) block[j] = 0;
          const int64_t stop = std::min(last, first + kBlock);
          for (int64_t r = first; r < stop; ++r) {
            for (int64_t j = 0; j < n; ++j) {
              float a[K];
              term(r * n + j, j, a);
              for (int k = 0; k < K; ++k) block[k * n + j] += a[k];
            }
          }
          for (int64_t j = 0; j < K * n; ++j) total[j] += block[j];
        });
      }
    }
  });
  for (int64_t j = 0; j < K * n; ++j) {
    float sum = 0;
    for (int64_t p = 0; p < parts; ++p) sum += partial[p * K * n + j];
    sums[j] = sum;
  }
}

// Calls f(i, c) for all elements i, of channel c.
template <typename F>
void for_each_channel_element(ThreadPool& pool, const NormView& v, const F& f) {
  const int64_t n = v.inner > 1 ? v.inner : v.channels, rows = v.inner > 1 ? v.outer * v.channels : v.outer;
  const bool planes = v.inner > 1;
  pool.parallel_for(rows, 0.4 * n, [&](int64_t begin, int64_t end) {
    op::simd_loop([&]() REFLOW_SIMD_BODY {
      for (int64_t r = begin; r < end; ++r) {
        if (planes) {
          const int64_t c = r % v.channels;
          for (int64_t j = 0; j < n; ++j) f(r * n + j, c);
        } else {
          for (int64_t j = 0; j < n; ++j) f(r * n + j, j);
        }
      }
    });
  });
}

}  // namespace reflow::ops
