#include "matmul_kernel.h"

#include <algorithm>
#include <complex>
#include <concepts>
#include <cstring>
#include <memory>
#include <type_traits>

#include "reflow/op/dot_products.h"
#include "reflow/op/gemm.h"
#include "reflow/op/narrow_matmul.h"
#include "reflow/op/simd_loop.h"
#include "reflow/op/vector_reduce.h"
#include "reflow/tensor/dtype.h"

namespace reflow::ops {
namespace {

using op::simd_loop;

template <typename T>
constexpr bool kComplex = false;
template <typename T>
constexpr bool kComplex<std::complex<T>> = true;

// Signed integers wrap around.
template <typename T>
T multiply_add(T sum, T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    using U = std::make_unsigned_t<T>;
    return static_cast<T>(static_cast<U>(sum) + static_cast<U>(a) * static_cast<U>(b));
  } else {
    return sum + a * b;
  }
}

template <typename T>
T element(const T* x, int64_t i, bool conjugate) {
  if constexpr (kComplex<T>) {
    if (conjugate) return std::conj(x[i]);
  }
  return x[i];
}

// op(B) as it is multiplied with: itself, or a transposed copy.
template <typename T>
const T* rows_of_b(const MatMulShape& s, const T* b, std::unique_ptr<T[]>& copy) {
  if (!s.transpose_b) return b;
  copy = std::make_unique<T[]>(s.k * s.n);
  for (int64_t p = 0; p < s.k; ++p) {
    for (int64_t j = 0; j < s.n; ++j) copy[p * s.n + j] = element(b, j * s.k + p, s.adjoint);
  }
  return copy.get();
}

// Rows [begin, end) of C: four at a time, so that a row of B is read once for four of C.
template <typename T>
void multiply_rows(const MatMulShape& s, const T* a, const T* b, T* c, int64_t begin, int64_t end) {
  constexpr int kRows = 4;
  std::fill(c + begin * s.n, c + end * s.n, T(0));
  for (int64_t i = begin; i < end; i += kRows) {
    const int rows = static_cast<int>(std::min<int64_t>(kRows, end - i));
    for (int64_t p = 0; p < s.k; ++p) {
      const T* row = b + p * s.n;
      for (int r = 0; r < rows; ++r) {
        const int64_t at = s.transpose_a ? p * s.m + i + r : (i + r) * s.k + p;
        const T factor = element(a, at, s.transpose_a && s.adjoint);
        T* out = c + (i + r) * s.n;
        for (int64_t j = 0; j < s.n; ++j) out[j] = multiply_add(out[j], factor, row[j]);
      }
    }
  }
}

// What a T is multiplied as: integers wrap around.
template <typename T>
struct Wrapping {
  using Type = T;
};
template <std::integral T>
struct Wrapping<T> {
  using Type = std::make_unsigned_t<T>;
};

// The same where there are enough rows: columns of B that fill a vector are copied, and multiplied with six rows of A at a time,
// whose sums stay in registers. In the same order, so that results have the same bits.
template <typename T>
void multiply_tiles(const MatMulShape& s, const T* a, const T* b, T* c, int64_t begin, int64_t end) {
  constexpr int kRows = 6, kColumns = 64 / sizeof(T);
  using Number = typename Wrapping<T>::Type;
  using Vector [[gnu::vector_size(64)]] = Number;
  const int64_t a_row = s.transpose_a ? 1 : s.k, a_step = s.transpose_a ? s.m : 1;
  const int64_t b_column = s.transpose_b ? s.k : 1, b_step = s.transpose_b ? 1 : s.n;
  const auto panel = std::make_unique_for_overwrite<T[]>(s.k * kColumns);
  for (int64_t j = 0; j < s.n; j += kColumns) {
    const int64_t columns = std::min<int64_t>(kColumns, s.n - j);
    for (int64_t p = 0; p < s.k; ++p) {
      for (int64_t q = 0; q < kColumns; ++q) panel[p * kColumns + q] = q < columns ? b[p * b_step + (j + q) * b_column] : T(0);
    }
    for (int64_t i = begin; i < end; i += kRows) {
      const int64_t rows = std::min<int64_t>(kRows, end - i);
      const T* row_of_a[kRows];
      for (int r = 0; r < kRows; ++r) row_of_a[r] = a + (i + std::min<int64_t>(r, rows - 1)) * a_row;
      alignas(64) Number sums[kRows][kColumns];
      simd_loop([&]() REFLOW_SIMD_BODY {
        Vector local[kRows] = {};
        for (int64_t p = 0; p < s.k; ++p) {
          Vector row_of_b;
          std::memcpy(&row_of_b, panel.get() + p * kColumns, sizeof row_of_b);
#pragma GCC unroll 6
          for (int r = 0; r < kRows; ++r) local[r] += row_of_b * static_cast<Number>(row_of_a[r][p * a_step]);
        }
        std::memcpy(sums, local, sizeof sums);
      });
      for (int64_t r = 0; r < rows; ++r) std::copy_n(sums[r], columns, c + (i + r) * s.n + j);
    }
  }
}

template <typename T>
std::unique_ptr<float[]> to_float(const T* x, int64_t n) {
  auto copy = std::make_unique_for_overwrite<float[]>(n);
  for (int64_t i = 0; i < n; ++i) copy[i] = static_cast<float>(x[i]);
  return copy;
}

constexpr int64_t kTiledRows = 12;    // that are worth a copy of B
constexpr int64_t kNarrowRows = 1024;  // of B, so that its copy lies on the stack and in the first-level cache

// A bias for rows of n elements, if there is one.
struct Bias {
  const float* values;
  bool relu;
  int64_t n;

  // Adds it to columns [j, j + columns) of rows [i, i + rows) of C.
  void add(float* c, int64_t i, int64_t j, int64_t rows, int64_t columns) const {
    for (int64_t row = i; values != nullptr && row < i + rows; ++row) op::add_bias(c + row * n + j, columns, values + j, relu);
  }
};

void narrow_matmul(ThreadPool& pool, const MatMulShape& s, const float* a, const float* b, float* c, const Bias& bias) {
  alignas(64) float packed[kNarrowRows * op::kNarrowColumns];
  op::pack_narrow_f32(b, s.transpose_b ? 1 : s.n, s.transpose_b ? s.k : 1, s.k, s.n, packed);
  const int64_t row_step = s.transpose_a ? 1 : s.k, column_step = s.transpose_a ? s.m : 1;
  pool.parallel_for(s.m, 0.3 * s.k + 3, [&](int64_t begin, int64_t end) {
    op::narrow_matmul_f32(a + begin * row_step, row_step, column_step, packed, end - begin, s.n, s.k, c + begin * s.n);
    bias.add(c, begin, 0, end - begin, s.n);
  });
}

}  // namespace

void matmul_f32(ThreadPool& pool, const MatMulShape& s, const float* a, const float* b, float* c,
                const float* bias, bool relu) {
  op::Gemm product{s.transpose_a, s.transpose_b, s.m, s.n, s.k, a, s.transpose_a ? s.m : s.k, b, s.transpose_b ? s.k : s.n,
                   nullptr,       c,             s.n};
  product.bias = bias, product.relu = relu;
  if (s.m == 0 || s.n == 0 || s.k == 0) return op::gemm(pool, product);
  const Bias after{bias, relu, s.n};
  constexpr int64_t kShortRow = 16;
  if (s.n == 1 && !s.transpose_a && s.k <= kShortRow) {
    pool.parallel_for(s.m, 0.5 * s.k, [&](int64_t begin, int64_t end) {
      simd_loop([=, k = s.k]() REFLOW_SIMD_BODY {
        for (int64_t i = begin; i < end; ++i) {
          float sum = 0;
          for (int64_t p = 0; p < k; ++p) sum += a[i * k + p] * b[p];
          c[i] = sum;
        }
      });
      after.add(c, begin, 0, end - begin, 1);
    });
    return;
  }
  if (s.n == 1 && !s.transpose_a) {
    pool.parallel_for(s.m, 0.15 * s.k + 5, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) c[i] = op::dot_f32(a + i * s.k, b, s.k);
      after.add(c, begin, 0, end - begin, 1);
    });
    return;
  }
  if (s.n <= op::kNarrowColumns && s.k <= kNarrowRows) return narrow_matmul(pool, s, a, b, c, after);
  constexpr int64_t kFewRows = 64, kLongRows = 128;  // a copy of B's transpose costs more than the sums of dot products
  if (s.transpose_b && !s.transpose_a && s.m <= kFewRows && s.k >= kLongRows) {
    pool.parallel_for(s.n, 0.03 * s.m * s.k + 5, [&](int64_t begin, int64_t end) {
      op::dot_products_f32(a, s.k, s.m, b + begin * s.k, s.k, end - begin, s.k, c + begin, s.n);
      after.add(c, 0, begin, s.m, end - begin);
    });
    return;
  }
  product.skip_zeros = op::many_zeros(product);
  op::gemm(pool, product);
}

template <typename T>
void matmul(ThreadPool& pool, const MatMulShape& s, const T* a, const T* b, T* c) {
  if (s.m == 0 || s.n == 0) return;
  if (s.k == 0) {
    std::fill_n(c, s.m * s.n, T());
    return;
  }
  if constexpr (std::is_same_v<T, float>) {
    matmul_f32(pool, s, a, b, c);
  } else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, Bfloat16>) {
    const auto a_float = to_float(a, s.m * s.k), b_float = to_float(b, s.k * s.n);
    const auto c_float = std::make_unique_for_overwrite<float[]>(s.m * s.n);
    matmul_f32(pool, s, a_float.get(), b_float.get(), c_float.get());
    for (int64_t i = 0; i < s.m * s.n; ++i) c[i] = static_cast<T>(c_float[i]);
  } else if (std::is_arithmetic_v<T> && s.m >= kTiledRows) {
    if constexpr (std::is_arithmetic_v<T>) {
      pool.parallel_for((s.m + kTiledRows - 1) / kTiledRows, 0.1 * kTiledRows * s.n * s.k, [&](int64_t begin, int64_t end) {
        multiply_tiles(s, a, b, c, begin * kTiledRows, std::min(end * kTiledRows, s.m));
      });
    }
  } else {
    std::unique_ptr<T[]> copy;
    const T* rows = rows_of_b(s, b, copy);
    pool.parallel_for(s.m, 0.3 * s.n * s.k * (kComplex<T> ? 4 : 1), [&](int64_t begin, int64_t end) {
      multiply_rows(s, a, rows, c, begin, end);
    });
  }
}

#define REFLOW_MATMUL(T) template void matmul<T>(ThreadPool&, const MatMulShape&, const T*, const T*, T*);
REFLOW_MATMUL(float)
REFLOW_MATMUL(double)
REFLOW_MATMUL(Half)
REFLOW_MATMUL(Bfloat16)
REFLOW_MATMUL(int32_t)
REFLOW_MATMUL(int64_t)
REFLOW_MATMUL(std::complex<float>)
REFLOW_MATMUL(std::complex<double>)
#undef REFLOW_MATMUL

}  // namespace reflow::ops
