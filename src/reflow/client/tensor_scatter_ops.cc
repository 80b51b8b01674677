#include "reflow/client/tensor_scatter_ops.h"

#include "reflow/client/apply_op.h"

namespace reflow {

using client::apply_op;

Output tensor_scatter_update(const TensorLike& tensor, const TensorLike& indices, const TensorLike& updates,
                             const NameOptions& options) {
  return apply_op("TensorScatterUpdate", options.name, {tensor, indices, updates});
}

Output tensor_scatter_add(const TensorLike& tensor, const TensorLike& indices, const TensorLike& updates,
                          const NameOptions& options) {
  return apply_op("TensorScatterAdd", options.name, {tensor, indices, updates});
}

Output tensor_scatter_sub(const TensorLike& tensor, const TensorLike& indices, const TensorLike& updates,
                          const NameOptions& options) {
  return apply_op("TensorScatterSub", options.name, {tensor, indices, updates});
}

Output unravel_index(const TensorLike& indices, const TensorLike& dims, const NameOptions& options) {
  return apply_op("UnravelIndex", options.name, {indices, dims});
}

}  // namespace reflow
