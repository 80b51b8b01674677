#pragma once

// The inner loops of direct convolutions: products of matrices A whose rows are the windows of images, where they lie. Of a
// window there are runs of elements that lie beside each other, each found by a pointer. B lies as for op/panel_product.h.

#include <cstdint>

namespace reflow::ops {

// Matrix B in panels of 16 columns: element (p, j) is at first[j / 16 * panel_step + p * row_step + j % 16]. All 16 columns
// of the last panel may be read.
struct TapPanels {
  const float* first;
  int64_t panel_step, row_step;
};

// For the machine's instruction set. The order in which the products of an element of C are added up is that of the runs,
// whatever else is computed along with it.
struct TapMath {
  // C = A B for `rows` rows of C, which lie at c[i]. Element p of run t of row i of A is at a[t * rows + i][p]; the row of B
  // that belongs to it is t * run + p.
  void (*product)(const float* const* a, int64_t rows, int64_t runs, int64_t run, const TapPanels& b, int64_t columns,
                  float* const* c);
  // C += A' B for `rows` rows of C that are c_step apart: element (i, p) of A', [rows, depth], is at a[p][i].
  void (*transposed)(const float* const* a, int64_t rows, int64_t depth, const TapPanels& b, int64_t columns, float* c,
                     int64_t c_step);
};
const TapMath& tap_math();

}  // namespace reflow::ops
