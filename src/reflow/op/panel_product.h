#pragma once

// The inner loops of products of float matrices: matrix B lies in panels of 16 columns, so many rows of C = A B as
// registers hold are computed at once, and each row of a panel is loaded once for all of these. op/gemm.h is what
// kernels call.

#include <cstdint>

namespace reflow::op {

inline constexpr int kPanelColumns = 16;

// Floats of B [k, n] in panels: element (p, j) is at (j / 16 * k + p) * 16 + j % 16; the last panel is filled up with zeros.
inline int64_t panels_size(int64_t k, int64_t n) {
  return (n + kPanelColumns - 1) / kPanelColumns * kPanelColumns * k;
}

// The columns of each strip of A that aren't zeros from top to bottom: those of strip s are rows offsets[s * k], ... of a
// panel, given as offsets in it, counts[s] of them. `offsets` has room for rows * k / 2, `counts` for as many as there are rows.
struct FilledColumns {
  int32_t* offsets;
  int32_t* counts;
};

// For the machine's instruction set. The order in which the products of an element of C are added up is that of p, whatever
// else is computed along with it.
struct PanelMath {
  // Rows of C, `columns` of them wide (at most 16) and `c_step` apart. Element (i, p) of A is at a[i * row_step + p *
  // k_step], row p of the panel at b[p * b_step], all 16 columns of which may be read. With `accumulate` the product is
  // added to C. `next`, where not null, is the panel that will be read after this one: it is fetched into the cache.
  void (*product)(const float* a, int64_t row_step, int64_t k_step, int64_t rows, int64_t k, const float* b, int64_t b_step,
                  float* c, int64_t c_step, int64_t columns, bool accumulate, const float* next);
  // The same with A as pack_strips leaves it, or drop_zeros where `filled` isn't null: then b_step has to be 16.
  void (*strips_product)(const float* strips, const FilledColumns* filled, int64_t rows, int64_t k, const float* b,
                         int64_t b_step, float* c, int64_t c_step, int64_t columns, bool accumulate, const float* next);
  // A [rows, k] in strips, rows that are computed at once, as strips_product wants it; `strips` has room for rows * k.
  void (*pack_strips)(const float* a, int64_t row_step, int64_t k_step, int64_t rows, int64_t k, float* strips);
  // Closes the gaps that columns of zeros leave in each strip. Behind `strips` 16 floats may be read.
  void (*drop_zeros)(float* strips, int64_t rows, int64_t k, FilledColumns* filled);
  // Rows of B [k, n], `step` apart, or of its transpose [n, k], as panels that are panel_step floats apart.
  void (*pack_rows)(const float* b, int64_t step, int64_t k, int64_t n, float* panels, int64_t panel_step);
  void (*pack_transposed)(const float* b, int64_t step, int64_t k, int64_t n, float* panels, int64_t panel_step);
  // Are these n floats, a multiple of 16, neither infinite nor NaN?
  bool (*all_finite)(const float* x, int64_t n);
};
const PanelMath& panel_math();

}  // namespace reflow::op
