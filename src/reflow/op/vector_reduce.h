#pragma once

// Reductions of arrays of floats, for the instruction set of the machine, on the calling thread. Sums are added up in
// blocks and these in pairs, so that errors stay small; the result depends on nothing but the arguments.

#include <cstdint>

namespace reflow::op {

// Sum of x[0..n), of their squares, of the products x[i] y[i]; 0 for n = 0.
float sum_f32(const float* x, int64_t n);
float squared_sum_f32(const float* x, int64_t n);
float dot_f32(const float* x, const float* y, int64_t n);
// Sum of the absolute values.
float abs_sum_f32(const float* x, int64_t n);
// Product of the elements; 1 for n = 0.
float product_f32(const float* x, int64_t n);

// Largest and smallest of x[0..n); NaNs are passed over as TensorFlow does, -inf (inf) for n = 0.
float max_f32(const float* x, int64_t n);
float min_f32(const float* x, int64_t n);

// y[i] = sum of row i of x [rows, columns]; row_stride is the distance of rows in elements.
void row_sums_f32(const float* x, int64_t rows, int64_t columns, int64_t row_stride, float* y);

// y[j] = sum of column j of x [rows, columns], likewise. Sums are in blocks of kColumnBlockRows rows, and these one after the
// other: callers cut more than kColumnChunkRows rows into parts.
inline constexpr int64_t kColumnBlockRows = 64, kColumnChunkRows = 2048;
void column_sums_f32(const float* x, int64_t rows, int64_t columns, int64_t row_stride, float* y);
void column_products_f32(const float* x, int64_t rows, int64_t columns, int64_t row_stride, float* y);
void column_maxima_f32(const float* x, int64_t rows, int64_t columns, int64_t row_stride, float* y);
void column_minima_f32(const float* x, int64_t rows, int64_t columns, int64_t row_stride, float* y);

}  // namespace reflow::op
