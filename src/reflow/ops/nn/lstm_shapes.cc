#include "lstm_shapes.h"

namespace reflow::ops {

using namespace op;

Status check_lstm_inputs(ShapeContext& c, int first, bool use_peephole) {
  const Shape &x = c.input(first), &cs_prev = c.input(first + 1), &h_prev = c.input(first + 2), &w = c.input(first + 3),
              &b = c.input(first + 7);
  Shape ranked;
  for (int i = first + 1; i <= first + 3; ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), 2, &ranked));
  for (int i = first + 4; i <= first + 7; ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), 1, &ranked));
  const int64_t batch = x.dim(x.rank() - 2), input = x.dim(x.rank() - 1), cell = cs_prev.dim(1);
  if (cs_prev.dim(0) != batch) {
    return invalid_argument("cs_prev.dims(0) != batch_size: {} vs. {}", cs_prev.dim(0), batch);
  }
  if (h_prev.dim(0) != batch) return invalid_argument("h_prev.dims(0) != batch_size: {} vs. {}", h_prev.dim(0), batch);
  if (h_prev.dim(1) != cell) return invalid_argument("h_prev.dims(1) != cell_size: {} vs. {}", h_prev.dim(1), cell);
  if (w.dim(0) != input + cell) {
    return invalid_argument("w.dim_size(0) != input_size + cell_size: {} vs. {}", w.dim(0), input + cell);
  }
  if (w.dim(1) != cell * 4) return invalid_argument("w.dim_size(1) != cell_size * 4: {} vs. {}", w.dim(1), cell * 4);
  if (b.dim(0) != cell * 4) return invalid_argument("b.dim_size(0) != cell_size * 4: {} vs. {}", b.dim(0), cell * 4);
  for (int i = first + 4; use_peephole && i <= first + 6; ++i) {
    if (c.input(i).dim(0) != cell) {
      return invalid_argument("Peephole weights must have cell_size elements: {} vs. {}", c.input(i).dim(0), cell);
    }
  }
  return OkStatus();
}

}  // namespace reflow::ops
