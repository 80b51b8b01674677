#include "transpose_block.h"

#include <hwy/cache_control.h>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reflow/ops/array/transpose_block.cc"
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#include <hwy/foreach_target.h>
// clang-format off
#include <hwy/highway.h>

#include "reflow/op/transpose_square-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reflow::ops {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
#if HWY_TARGET != HWY_SCALAR
using op::HWY_NAMESPACE::SquareTag;
using op::HWY_NAMESPACE::kSquareSide;
using op::HWY_NAMESPACE::transpose_square;
#endif

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

// Whole cache lines of the output at a time, each from as many squares as it takes.
template <bool kPastCaches, typename E>
void transpose_squares(const E* in, int64_t in_step, E* out, int64_t out_step, int64_t rows, int64_t columns) {
  const SquareTag<E> d;
  constexpr int kLine = 64 / sizeof(E), kSide = kSquareSide<E>;
  for (int64_t j = 0; j < columns; j += kLine) {
    for (int64_t i = 0; i < rows; i += kSide) {
      HWY_UNROLL(4)
      for (int part = 0; part < kLine; part += kSide) {
        hn::Vec<SquareTag<E>> v[kSide];
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
  const int64_t in_squares = rows - rows % kSquareSide<E>, in_lines = columns - columns % (64 / sizeof(E));
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
