#include "reflow/client/linear_ops.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"

#include <fmt/format.h>

namespace reflow {
namespace {

using client::convert;

// The number of rows in each segment, at least 1, shaped to divide the segments' sums.
Output rows_of_segments(const Output& data, const Output& segment_ids, const TensorLike& num_segments) {
  const Output dims = shape(segment_ids);
  const Output one_each = ones(dims, {.dtype = base_type(data.dtype())});
  const Output counts = unsorted_segment_sum(one_each, segment_ids, num_segments);
  const int inner = data.shape().rank() - segment_ids.shape().rank();
  if (data.shape().rank() < 0 || segment_ids.shape().rank() < 0 || inner < 0) {
    throw ValueError("unsorted segments need data and segment_ids of known rank");
  }
  TensorList around(inner + 1, 1);
  around[0] = num_segments;
  const Output column = reshape(counts, TensorLike(around));
  return maximum(column, 1);
}

}  // namespace

Output unsorted_segment_mean(const TensorLike& data, const TensorLike& segment_ids, const TensorLike& num_segments,
                             const NameOptions& options) {
  const name_scope scope(options.name, "UnsortedSegmentMean");
  const Output values = convert(data, DType::kInvalid, "");
  const Output segments = convert(segment_ids, DType::kInvalid, "");
  const Output rows = rows_of_segments(values, segments, num_segments);
  return unsorted_segment_sum(values, segments, num_segments) / rows;
}

Output unsorted_segment_sqrt_n(const TensorLike& data, const TensorLike& segment_ids, const TensorLike& num_segments,
                               const NameOptions& options) {
  const name_scope scope(options.name, "UnsortedSegmentSqrtN");
  const Output values = convert(data, DType::kInvalid, "");
  const Output segments = convert(segment_ids, DType::kInvalid, "");
  const Output rows = rows_of_segments(values, segments, num_segments);
  const Output sums = unsorted_segment_sum(values, segments, num_segments);
  return sums / sqrt(rows);
}

Output matvec(const TensorLike& a, const TensorLike& b, const MatvecOptions& options) {
  const name_scope scope(options.name, "MatVec");
  const Output column = expand_dims(b, -1);
  const Output product = matmul(a, column, {.transpose_a = options.transpose_a, .adjoint_a = options.adjoint_a});
  return squeeze(product, -1);
}

Output polyval(const TensorList& coeffs, const TensorLike& x_like, const NameOptions& options) {
  const name_scope scope(options.name, "polyval");
  const Output x = convert(x_like, DType::kInvalid, "x");
  if (coeffs.empty()) return zeros_like(x, {.name = scope.name()});
  std::vector<Output> factors;
  for (size_t i = 0; i < coeffs.size(); ++i) factors.push_back(convert(coeffs[i], DType::kInvalid, fmt::format("coeff_{}", i)));
  Output value = factors[0];
  for (size_t i = 1; i < factors.size(); ++i) value = factors[i] + value * x;
  return value;
}

}  // namespace reflow
