#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "reflow/base/philox.h"
#include "reflow/base/status.h"
#include "reflow/base/thread_pool.h"
#include "reflow/op/distributions.h"
#include "reflow/op/vector_random.h"
#include "reflow/tensor/tensor.h"

// Tensors filled with the numbers of one stream.
namespace reflow::ops {

// Fills `tensor` group by group: a group has its own place in the stream, so that any thread may make it.
template <typename D, typename T>
void fill_random(ThreadPool& pool, const Philox& generator, Tensor& tensor) {
  constexpr int kGroup = op::kGroupSize<T>;
  T* out = tensor.data<T>();
  const int64_t n = tensor.num_elements(), num_groups = (n + kGroup - 1) / kGroup;
  constexpr bool kInVectors = std::is_same_v<D, op::Uniform> && std::is_same_v<T, float>;
  const double cost_ns = kInVectors ? 2.5 : std::is_same_v<D, op::Uniform> ? 12 : 80;
  pool.parallel_for(num_groups, cost_ns, [&](int64_t begin, int64_t end) {
    Philox blocks = generator;
    blocks.skip(static_cast<uint64_t>(begin));
    if constexpr (kInVectors) {
      const int64_t whole = std::min(end, n / kGroup) - begin;
      op::fill_uniform(blocks, out + begin * kGroup, whole);
      blocks.skip(static_cast<uint64_t>(whole));
      begin += whole;
    }
    for (int64_t g = begin; g < end; ++g) {
      T last[kGroup];
      const int64_t size = std::min<int64_t>(kGroup, n - g * kGroup);
      T* to = size == kGroup ? out + g * kGroup : last;
      if constexpr (D::kOneBlockPerGroup) {
        D::make(blocks.next(), to);
      } else {
        Philox own = generator;
        own.skip(static_cast<uint64_t>(g) * kGroup * op::kBlocksPerNumber / 4);
        op::PhiloxWords words(own);
        D::make(words, to);
      }
      if (to == last) std::copy(last, last + size, out + g * kGroup);
    }
  });
}

// Integers of [low, high).
template <typename T>
void fill_integers(ThreadPool& pool, const Philox& generator, T low, T high, Tensor& tensor) {
  using U = std::make_unsigned_t<T>;
  constexpr int kGroup = op::kGroupSize<T>;
  const U range = static_cast<U>(high) - static_cast<U>(low);
  T* out = tensor.data<T>();
  const int64_t n = tensor.num_elements(), num_groups = (n + kGroup - 1) / kGroup;
  pool.parallel_for(num_groups, 20, [&](int64_t begin, int64_t end) {
    Philox blocks = generator;
    blocks.skip(static_cast<uint64_t>(begin));
    for (int64_t g = begin; g < end; ++g) {
      const Philox::Block x = blocks.next();
      for (int i = 0; i < kGroup && g * kGroup + i < n; ++i) {
        U bits;
        if constexpr (sizeof(T) == 8) {
          bits = static_cast<U>(x[2 * i] | uint64_t{x[2 * i + 1]} << 32);
        } else {
          bits = x[i];
        }
        out[g * kGroup + i] = static_cast<T>(static_cast<U>(low) + bits % range);
      }
    }
  });
}

// Both are scalars, and low < high unless nothing is to be made of them.
template <typename T>
Status check_bounds(const Tensor& low, const Tensor& high, int64_t num_elements) {
  if (low.rank() != 0) return invalid_argument("minval must be 0-D, got shape {}", low.shape().str());
  if (high.rank() != 0) return invalid_argument("maxval must be 0-D, got shape {}", high.shape().str());
  if (num_elements > 0 && low.item<T>() >= high.item<T>()) {
    return invalid_argument("Need minval < maxval, got {} >= {}", low.item<T>(), high.item<T>());
  }
  return OkStatus();
}

}  // namespace reflow::ops
