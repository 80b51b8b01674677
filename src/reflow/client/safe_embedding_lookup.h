#pragma once

#include <optional>
#include <string>

#include "reflow/client/sparse_tensor.h"
#include "reflow/client/tensor_like.h"

namespace reflow::nn {

struct SafeEmbeddingLookupOptions {
  std::string combiner = "mean";      // as of embedding_lookup_sparse
  std::optional<int64_t> default_id;  // whose row stands for rows without ids; default: zeros
  std::string name;
  std::string partition_strategy = "div";
  TensorLike max_norm;
};
// embedding_lookup_sparse without negative ids and, for "mean" and "sqrtn", weights that aren't positive. `sparse_ids` may
// have more than two dimensions; the result has the size of a row in place of the last one.
Output safe_embedding_lookup_sparse(const TensorLike& embedding_weights, const SparseTensor& sparse_ids,
                                    const std::optional<SparseTensor>& sparse_weights = std::nullopt,
                                    const SafeEmbeddingLookupOptions& options = {});

}  // namespace reflow::nn
