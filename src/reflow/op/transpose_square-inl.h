// Squares of elements of 4 or 8 bytes, transposed in vector registers of the instruction set that is compiled for: included
// once for each of them, as hwy/foreach_target.h does it.

#include <cstdint>

#include <hwy/highway.h>

#if defined(REFLOW_OP_TRANSPOSE_SQUARE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef REFLOW_OP_TRANSPOSE_SQUARE_INL_H_
#undef REFLOW_OP_TRANSPOSE_SQUARE_INL_H_
#else
#define REFLOW_OP_TRANSPOSE_SQUARE_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace reflow::op {
namespace HWY_NAMESPACE {

#if HWY_TARGET != HWY_SCALAR

namespace hn = hwy::HWY_NAMESPACE;

template <typename E>
using SquareTag = hn::CappedTag<E, 64 / sizeof(E)>;
template <typename E>
constexpr int kSquareSide = static_cast<int>(hn::MaxLanes(SquareTag<E>()));
template <typename E>
constexpr int kOfBlock = 16 / sizeof(E);  // elements of the 128 bits within which instructions reorder most easily

// Vectors k, k + kOfBlock, .. become those of their blocks 0, of their blocks 1, ..
template <typename E, typename V>
HWY_INLINE void transpose_blocks(V* v) {
  const SquareTag<E> d;
  constexpr int kStep = kOfBlock<E>;
  if constexpr (kSquareSide<E> / kStep == 2) {
    HWY_UNROLL(4)
    for (int k = 0; k < kStep; ++k) {
      const V a = v[k], b = v[k + kStep];
      v[k] = hn::ConcatLowerLower(d, b, a);
      v[k + kStep] = hn::ConcatUpperUpper(d, b, a);
    }
  } else if constexpr (kSquareSide<E> / kStep == 4) {
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
  const SquareTag<E> d;
  HWY_UNROLL(4)
  for (int first = 0; first < kSquareSide<E>; first += kOfBlock<E>) {
    V* r = v + first;
    if constexpr (kOfBlock<E> == 2) {
      const V a = r[0], b = r[1];
      r[0] = hn::InterleaveLower(d, a, b);
      r[1] = hn::InterleaveUpper(d, a, b);
    } else {
      const hn::Repartition<uint64_t, SquareTag<E>> pairs;
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

#endif

}  // namespace HWY_NAMESPACE
}  // namespace reflow::op
HWY_AFTER_NAMESPACE();

#endif  // REFLOW_OP_TRANSPOSE_SQUARE_INL_H_
