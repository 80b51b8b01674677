#include "reflow/client/safe_embedding_lookup.h"

#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/embedding_ops.h"
#include "reflow/client/indexing.h"
#include "reflow/client/operators.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/client/size.h"
#include "reflow/client/sparse_ops.h"

namespace reflow::nn {

using client::Size;

namespace {

struct Ids {
  SparseTensor ids;
  std::optional<SparseTensor> weights;
};

Ids retained(const Ids& all, const Output& valid) {
  Ids kept{sparse_retain(all.ids, valid), std::nullopt};
  if (all.weights) kept.weights = sparse_retain(*all.weights, valid);
  return kept;
}

Ids without_invalid_ids(const Ids& all) {
  Output valid = greater_equal(all.ids.values, 0);
  if (all.weights) valid = logical_and(valid, ones_like(all.weights->values, {.dtype = bool_}));
  return retained(all, valid);
}

}  // namespace

Output safe_embedding_lookup_sparse(const TensorLike& embedding_weights, const SparseTensor& sparse_ids,
                                    const std::optional<SparseTensor>& sparse_weights,
                                    const SafeEmbeddingLookupOptions& options) {
  const name_scope scope(options.name, "embedding_lookup");
  const Output& dims = sparse_ids.dense_shape;
  const int64_t known_rank = dims.shape().known_rank() ? dims.shape().dim(0) : -1;
  const Size original_rank = known_rank >= 0 ? Size(known_rank) : Size(size(dims));
  const Size outer_rank = original_rank - 1;
  const auto front = [&](const Output& shape) {
    return slice(shape, {0}, TensorLike(TensorLike::List{outer_rank.argument()}));
  };
  const Output rows = reduce_prod(front(dims));
  const Output columns = gather(dims, (original_rank - 1).argument());
  Ids all{sparse_reshape(sparse_ids, {rows, columns}), std::nullopt};
  if (sparse_weights) all.weights = SparseTensor(all.ids.indices, sparse_weights->values, all.ids.dense_shape);
  all = without_invalid_ids(all);
  if (options.combiner != "sum" && all.weights) all = retained(all, greater(all.weights->values, 0));
  const FilledRows filled = sparse_fill_empty_rows(all.ids, options.default_id.value_or(0));
  if (all.weights) all.weights = sparse_fill_empty_rows(*all.weights, 1.0).sp_ordered_output;
  Output result = embedding_lookup_sparse(embedding_weights, filled.sp_ordered_output, all.weights,
                                          {.partition_strategy = options.partition_strategy,
                                           .name = options.default_id ? scope.name() : "",
                                           .combiner = options.combiner,
                                           .max_norm = options.max_norm});
  if (!options.default_id) {
    const Output column = reshape(filled.empty_row_indicator, {-1, 1});
    const Output width = shape(result)[1];
    const Output empty = tile(column, stack({1, width}));
    result = where(empty, zeros_like(result), result, {scope.name()});
  }
  const Output outer = front(cast(dims, int32));
  const Output inner = slice(shape(result), {1}, {-1});
  const Output final_result = reshape(result, concat({outer, inner}, 0));
  if (known_rank >= 1 && result.shape().known_rank()) {
    Shape known = Shape::unknown_of_rank(static_cast<int>(known_rank - 1));
    for (int i = 1; i < result.shape().rank(); ++i) known.add_dim(result.shape().dim(i));
    final_result.set_shape(known);
  }
  return final_result;
}

}  // namespace reflow::nn
