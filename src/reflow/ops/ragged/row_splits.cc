#include "reflow/ops/ragged/row_splits.h"

#include "reflow/op/indices.h"
#include "reflow/tensor/checked_size.h"

namespace reflow::ops {

using namespace ::reflow::op;

StatusOr<std::vector<RowSplits>> nested_splits_at(KernelContext& c, int first, int count, int64_t num_values) {
  std::vector<RowSplits> nested;
  for (int level = 0; level < count; ++level) {
    const Tensor& input = c.input(first + level);
    if (input.rank() == 0) return invalid_argument("Split tensors must not be scalars");
    if (input.rank() != 1 || input.num_elements() == 0) return invalid_argument("Ragged splits must be vectors that are not empty");
    const IndexReader reader(input);
    RowSplits splits(reader.size());
    for (int64_t i = 0; i < reader.size(); ++i) {
      splits[i] = reader[i];
      if (i == 0 && splits[0] != 0) return invalid_argument("Ragged splits must start with 0, got {}", splits[0]);
      if (i > 0 && splits[i] < splits[i - 1]) return invalid_argument("Ragged splits must not decrease, got {} after {}", splits[i], splits[i - 1]);
    }
    nested.push_back(std::move(splits));
  }
  for (int level = 0; level < count; ++level) {
    const int64_t below = level + 1 < count ? static_cast<int64_t>(nested[level + 1].size()) - 1 : num_values;
    if (nested[level].back() != below) {
      return invalid_argument("Ragged splits must end with the number of rows that they split, {}, got {}", below, nested[level].back());
    }
  }
  return nested;
}

StatusOr<Tensor> splits_tensor(const RowSplits& splits, DType type) {
  ASSIGN_OR_RETURN(Tensor tensor, allocate_tensor(type, Shape{static_cast<int64_t>(splits.size())}));
  for (size_t i = 0; i < splits.size(); ++i) put_int(tensor, static_cast<int64_t>(i), splits[i]);
  return tensor;
}

}  // namespace reflow::ops
