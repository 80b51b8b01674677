#include "reflow/graph/tensor_text.h"

#include "reflow/graph/shape_text.h"

namespace reflow::graph {

std::string tensor_text(const Endpoint& tensor) {
  std::string text = fmt::format("Tensor(\"{}\"", tensor.name());
  if (tensor.shape().known_rank()) text += ", shape=" + shape_text(tensor.shape());
  return text + fmt::format(", dtype={})", dtype_name(tensor.dtype()));
}

}  // namespace reflow::graph
