#pragma once

#include <cstdint>
#include <vector>

#include "reflow/op/op.h"

namespace reflow::ops {

// A ragged tensor: rows of different lengths, one level of them for each vector of splits. Row i of a level has the rows
// (of the innermost level: the values) splits[i] to splits[i + 1] of the level below.
using RowSplits = std::vector<int64_t>;

// The splits in inputs `first` to `first + count`, checked: each begins with 0, never falls, and ends with the number of
// rows below, the last with `num_values`. InvalidArgument: they are no such splits.
StatusOr<std::vector<RowSplits>> nested_splits_at(op::KernelContext& c, int first, int count, int64_t num_values);

// As a vector of type int32 or int64.
StatusOr<Tensor> splits_tensor(const RowSplits& splits, DType type);

}  // namespace reflow::ops
