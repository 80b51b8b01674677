#include "transpose_block.h"

#include <hwy/cache_control.h>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reflow/ops/array/transpose_block.cc"
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#include <hwy/foreach_target.h>
// clang-format off
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reflow::ops {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <typename E>
void transpose_by_elements(const E* in, int64_t in_step, E* out, int64_t out_step, int64_t rows, int64_t columns) {
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) out[i * out_step + j] = in[i + j * in_step];
  }
}

#if HWY_TARGET == HWY_SCALAR

template <typename E>
void transpose(const E* in, int64_t in_step, E* out, int64_t out_step, int64_t rows, int64_t columns, bool) {
  transpose_by_elements(in, in_step, out, out_step, rows, columns);
}

#else

template <typename E>
using Tag = hn::CappedTag<E, 64 / sizeof(E)>;
template <typename E>
constexpr int kLanes = static_cast<int>(hn::MaxLanes(Tag<E>()));
template <typename E>
constexpr int kOfBlock = 16 / sizeof(E);  // elements of the 128 bits within which instructions reorder most easily

// Vectors k, k + kOfBlock, .. become those of their blocks 0, of their blocks 1, ..
template <typename E, typename V>
HWY_INLINE void transpose_blocks(V* v) {
  const Tag<E> d;
  constexpr int kStep = kOfBlock<E>;
  if constexpr (kLanes<E> / kStep == 2) {
    HWY_UNROLL(4)
    for (int k = 0; k < kStep; ++k) {
      const V a = v[k], b = v[k + kStep];
      v[k] = hn::ConcatLowerLower(d, b, a);
      v[k + kStep] = hn::ConcatUpperUpper(d, b, a);
    }
  } else if constexpr (kLanes<E> / kStep == 4) {
    HWY_UNROLL(4)
    for (int k = 0; k < kStep; ++k) {
      const V a = v[k], b = v[k + kStep], c = v[k + 2 * kStep], e = v[k + 3 * kStep];
      const V lower02 = hn::ConcatLowerLower(d, c, a), upper02 = hn::ConcatUpperUpper(d, c, a);
      const V lower13 = hn::ConcatLowerLower(d, e, b), upper13 = hn::ConcatUpperUpper(d, e, b);
      v[k] = hn::OddEvenBlocks(hn::SwapAdjacentBlocks(lower13), lower02);
      v[k + kStep] = hn::OddEvenBlocks(lower13, hn::SwapAdjacentBlocks(lower02));
      v[k + 2 * kStep] = hn::OddEvenBlocks(hn::SwapAdjacentBlocks(upper13), upper02);
      v[k + 3 * kStep] = hn::OddEvenBlocks(upper13, hn::SwapAdjacentBlocks(upper02));
    }
  }
}

// Rows of a square become its columns. First within blocks of 128 bits, then these change places.
template <typename E, typename V>
HWY_INLINE void transpose_square(V* v) {
  const Tag<E> d;
  HWY_UNROLL(4)
  for (int first = 0; first < kLanes<E>; first += kOfBlock<E>) {
    V* r = v + first;
    if constexpr (kOfBlock<E> == 2) {
      const V a = r[0], b = r[1];
      r[0] = hn::InterleaveLower(d, a, b);
      r[1] = hn::InterleaveUpper(d, a, b);
    } else {
      const hn::Repartition<uint64_t, Tag<E>> pairs;
      const auto a = hn::BitCast(pairs, hn::InterleaveLower(d, r[0], r[1]));
      const auto b = hn::BitCast(pairs, hn::InterleaveLower(d, r[2], r[3]));
      const auto e = hn::BitCast(pairs, hn::InterleaveUpper(d, r[0], r[1]));
      const auto f = hn::BitCast(pairs, hn::InterleaveUpper(d, r[2], r[3]));
      r[0] = hn::BitCast(d, hn::InterleaveLower(pairs, a, b));
      r[1] = hn::BitCast(d, hn::InterleaveUpper(pairs, a, b));
      r[2] = hn::BitCast(d, hn::InterleaveLower(pairs, e, f));
      r[3] = hn::BitCast(d, hn::InterleaveUpper(pairs, e, f));
    }
  }
  transpose_blocks<E>(v);
}

// Whole cache lines of the output at a time, each from as many squares as it takes.
template <bool kPastCaches, typename E>
void transpose_squares(const E* in, int64_t in_step, E* out, int64_t out_step, int64_t rows, int64_t columns) {
  const Tag<E> d;
  constexpr int kLine = 64 / sizeof(E), kSide = kLanes<E>;
  for (int64_t j = 0; j < columns; j += kLine) {
    for (int64_t i = 0; i < rows; i += kSide) {
      HWY_UNROLL(4)
      for (int part = 0; part < kLine; part += kSide) {
        hn::Vec<Tag<E>> v[kSide];
        HWY_UNROLL(16)
        for (int r = 0; r < kSide; ++r) v[r] = hn::LoadU(d, in + (j + part + r) * in_step + i);
        transpose_square<E>(v);
        HWY_UNROLL(16)
        for (int r = 0; r < kSide; ++r) {
          E* to = out + (i + r) * out_step + j + part;
          if constexpr (kPastCaches) {
            hn::Stream(v[r], d, to);
          } else {
            hn::StoreU(v[r], d, to);
          }
        }
      }
    }
  }
}

template <typename E>
void transpose(const E* in, int64_t in_step, E* out, int64_t out_step, int64_t rows, int64_t columns, bool past_caches) {
  const int64_t in_squares = rows - rows % kLanes<E>, in_lines = columns - columns % (64 / sizeof(E));
  if (past_caches) {
    transpose_squares<true>(in, in_step, out, out_step, in_squares, in_lines);
  } else {
    transpose_squares<false>(in, in_step, out, out_step, in_squares, in_lines);
  }
  transpose_by_elements(in + in_lines * in_step, in_step, out + in_lines, out_step, in_squares, columns - in_lines);
  transpose_by_elements(in + in_squares, in_step, out + in_squares * out_step, out_step, rows - in_squares, columns);
}

#endif

void transpose_32(const uint32_t* in, int64_t in_step, uint32_t* out, int64_t out_step, int64_t rows, int64_t columns,
                  bool past_caches) {
  transpose(in, in_step, out, out_step, rows, columns, past_caches);
}
void transpose_64(const uint64_t* in, int64_t in_step, uint64_t* out, int64_t out_step, int64_t rows, int64_t columns,
                  bool past_caches) {
  transpose(in, in_step, out, out_step, rows, columns, past_caches);
}

}  // namespace HWY_NAMESPACE
}  // namespace reflow::ops
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reflow::ops {
namespace {
HWY_EXPORT(transpose_32);
HWY_EXPORT(transpose_64);
}  // namespace

void transpose_block(const uint32_t* in, int64_t in_step, uint32_t* out, int64_t out_step, int64_t rows, int64_t columns,
                     bool past_caches) {
  HWY_DYNAMIC_DISPATCH(transpose_32)(in, in_step, out, out_step, rows, columns, past_caches);
}
void transpose_block(const uint64_t* in, int64_t in_step, uint64_t* out, int64_t out_step, int64_t rows, int64_t columns,
                     bool past_caches) {
  HWY_DYNAMIC_DISPATCH(transpose_64)(in, in_step, out, out_step, rows, columns, past_caches);
}
void end_writes_past_caches() { hwy::FlushStream(); }

}  // namespace reflow::ops
#endif  // HWY_ONCE
