#include <cmath>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/embedding_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"

namespace reflow::nn {
namespace {

using client::apply_op;

// `weights`, one a row, shaped so that they multiply the rows of `embeddings`.
Output weights_of_rows(const Output& weights, const Output& embeddings) {
  const Output inner = expand_dims(rank(embeddings) - 1, 0);
  const Output ones = fill(inner, 1);
  const Output outer = shape(weights);
  const Output result = reshape(weights, concat(TensorList{outer, ones}, 0));
  const int rows_rank = embeddings.shape().rank();
  if (rows_rank >= 0 && weights.shape().known_rank()) {
    Shape known = weights.shape();
    for (int i = 1; i < rows_rank; ++i) known.add_dim(1);
    result.set_shape(known);
  }
  return result;
}

Output combine_weighted(const Output& rows, const Output& weights, const Output& segments, const std::string& combiner,
                        const std::string& name) {
  const Output weighted = rows * weights;
  if (combiner == "sum") return segment_sum(weighted, segments, {name});
  const Output sums = segment_sum(weighted, segments);
  if (combiner == "mean") return div(sums, segment_sum(weights, segments), {name});
  const Output squares = segment_sum(pow(weights, 2), segments);
  return div(sums, sqrt(squares), {name});
}

}  // namespace

Output embedding_lookup_sparse(const TensorLike& params, const SparseTensor& sp_ids,
                               const std::optional<SparseTensor>& sp_weights,
                               const EmbeddingLookupSparseOptions& options) {
  const std::string& combiner = options.combiner;
  if (combiner != "mean" && combiner != "sqrtn" && combiner != "sum") {
    throw ValueError("combiner must be one of 'mean', 'sqrtn' or 'sum'");
  }
  const name_scope scope(options.name, "embedding_lookup_sparse");
  const Output segments = cast(sp_ids.indices[{Slice(), 0}], int32);
  const UniqueResult ids = unique(sp_ids.values);
  Output rows = embedding_lookup(params, ids.y,
                                 {.partition_strategy = options.partition_strategy, .max_norm = options.max_norm});
  const DType type = base_type(rows.dtype());
  if (type == DType::kHalf || type == DType::kBfloat16) rows = cast(rows, float32);
  if (sp_weights) {
    const Output weights = cast(sp_weights->values, base_type(rows.dtype()));
    rows = gather(rows, ids.idx);
    return combine_weighted(rows, weights_of_rows(weights, rows), segments, combiner, scope.name());
  }
  const char* op = combiner == "sum"    ? "SparseSegmentSum"
                   : combiner == "mean" ? "SparseSegmentMean"
                                        : "SparseSegmentSqrtN";
  return apply_op(op, scope.name(), {rows, ids.idx, segments});
}

}  // namespace reflow::nn
