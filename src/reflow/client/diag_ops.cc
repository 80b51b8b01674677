#include "reflow/client/diag_ops.h"

#include "reflow/client/apply_op.h"

namespace reflow {

using client::apply_op;

Output diag(const TensorLike& diagonal, const NameOptions& options) {
  return apply_op("Diag", options.name, {diagonal});
}

Output diag_part(const TensorLike& input, const NameOptions& options) {
  return apply_op("DiagPart", options.name, {input});
}

Output matrix_band_part(const TensorLike& input, const TensorLike& num_lower, const TensorLike& num_upper,
                        const NameOptions& options) {
  return apply_op("MatrixBandPart", options.name, {input, num_lower, num_upper});
}
Output matrix_diag(const TensorLike& diagonal, const NameOptions& options) {
  return apply_op("MatrixDiag", options.name, {diagonal});
}
Output matrix_diag_part(const TensorLike& input, const NameOptions& options) {
  return apply_op("MatrixDiagPart", options.name, {input});
}
Output matrix_set_diag(const TensorLike& input, const TensorLike& diagonal, const NameOptions& options) {
  return apply_op("MatrixSetDiag", options.name, {input, diagonal});
}

}  // namespace reflow
