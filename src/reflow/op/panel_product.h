#pragma once

// The inner loops of products of float matrices: matrix B lies in panels of 16 columns, so much of C = A B as registers
// hold is computed at once, some rows of some panels, and each element of A and B is loaded once for all of it. op/gemm.h is
// what kernels call.

#include <cstdint>

namespace reflow::op {

inline constexpr int kPanelColumns = 16;

// Floats of B [k, n] in panels: element (p, j) is at (j / 16 * k + p) * 16 + j % 16; the last panel is filled up with zeros.
inline int64_t panels_size(int64_t k, int64_t n) {
  return (n + kPanelColumns - 1) / kPanelColumns * kPanelColumns * k;
}

// The columns of each strip of A that aren't zeros from top to bottom: of strip s they are columns[s * k], ..., counts[s] of
// them. `columns` has room for rows * k / 2, `counts` for as many as there are rows.
struct FilledColumns {
  int32_t* columns;
  int32_t* counts;
};

// C = A B for some rows and panels.
struct PanelProduct {
  const float* a = nullptr;        // element (i, p) is at a[i * row_step + p * k_step]
  int64_t row_step = 0, k_step = 0;
  const float* strips = nullptr;   // or, if not null, A as pack_strips leaves it, and drop_zeros where `filled` isn't null
  const FilledColumns* filled = nullptr;
  int64_t rows = 0, k = 0;
  const float* b = nullptr;        // row p of panel q is at b[q * panel_step + p * b_step]; all 16 columns may be read, unless
                                   // there are three rows at most, not in strips, and panels are as far apart as wide
  int64_t panel_step = 0, b_step = 0;
  float* c = nullptr;              // rows of C are c_step apart
  int64_t c_step = 0, columns = 0;
  bool accumulate = false;         // C += A B
  const float* bias = nullptr;     // if not null, is added to each row of C, last
  bool relu = false;               // where there is a bias: and then negative elements become 0
};

// For the machine's instruction set. The order in which the products of an element of C are added up is that of p, whatever
// else is computed along with it.
struct PanelMath {
  void (*product)(const PanelProduct& g);
  // A [rows, k] in strips, rows that are computed at once; `strips` has room for rows * k + 16 floats.
  void (*pack_strips)(const float* a, int64_t row_step, int64_t k_step, int64_t rows, int64_t k, float* strips);
  // Closes the gaps that columns of zeros leave in each strip. Behind `strips` 16 floats may be read.
  void (*drop_zeros)(float* strips, int64_t rows, int64_t k, FilledColumns* filled);
  // Rows of B [k, n], `step` apart, or of its transpose [n, k], as panels that are panel_step floats apart.
  void (*pack_rows)(const float* b, int64_t step, int64_t k, int64_t n, float* panels, int64_t panel_step);
  void (*pack_transposed)(const float* b, int64_t step, int64_t k, int64_t n, float* panels, int64_t panel_step);
  // Are the panels of g.b free of infinities and NaNs?
  bool (*all_finite)(const PanelProduct& g);
};
const PanelMath& panel_math();

}  // namespace reflow::op
