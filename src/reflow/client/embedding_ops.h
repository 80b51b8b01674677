#pragma once

// Rows of tables, which may be kept in several parts.

#include <optional>
#include <string>

#include "reflow/client/sparse_tensor.h"
#include "reflow/client/tensor_like.h"

namespace reflow::nn {

struct EmbeddingLookupOptions {
  // Where row i of the whole is in several parts: "mod": part i % n, at i / n; "div": in the part that has it when the
  // whole is cut into pieces, of which the first ones are a row longer where it doesn't come out even.
  std::string partition_strategy = "mod";
  std::string name;
  TensorLike max_norm;  // rows with a larger L2 norm are scaled down to it
};
// Rows `ids` of `params`: a tensor, a variable, a partitioned variable, or a list of the parts.
// ValueError: "Need at least one param", "Unrecognized partition strategy: x".
Output embedding_lookup(const TensorLike& params, const TensorLike& ids, const EmbeddingLookupOptions& options = {});

struct EmbeddingLookupSparseOptions {
  std::string partition_strategy = "mod";
  std::string name;
  std::string combiner = "mean";  // or "sum", "sqrtn": divided by the root of the sum of squared weights
  TensorLike max_norm;
};
// For each row of `sp_ids` the rows of `params` that it names put together, each times its weight (nullopt: 1).
// ValueError: "combiner must be one of 'mean', 'sqrtn' or 'sum'".
Output embedding_lookup_sparse(const TensorLike& params, const SparseTensor& sp_ids,
                               const std::optional<SparseTensor>& sp_weights,
                               const EmbeddingLookupSparseOptions& options = {});

}  // namespace reflow::nn
