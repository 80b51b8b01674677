#pragma once

// Array functions that are made of several ops.

#include <string>
#include <vector>

#include "reflow/client/tensor_like.h"

namespace reflow {

struct MeshgridOptions {
  std::string indexing = "xy";  // or "ij": the first argument along the first dimension
  std::string name = "meshgrid";
};
// The coordinates of a grid: one tensor for each argument, a vector, of the shape of the grid.
// ValueError: "indexing parameter must be either 'xy' or 'ij'".
std::vector<Output> meshgrid(const TensorList& args, const MeshgridOptions& options = {});

struct RepeatOptions {
  TensorLike axis;  // default: of the flattened input
  std::string name;
};
// Each element along the axis `repeats` times: a number, or one for each element.
Output repeat(const TensorLike& input, const TensorLike& repeats, const RepeatOptions& options = {});

struct SearchsortedOptions {
  std::string side = "left";  // or "right": behind elements that are equal
  DType out_type = int32;
  std::string name;
};
// Where in the sorted rows [.., n] each of the values [.., m] would be put.
Output searchsorted(const TensorLike& sorted_sequence, const TensorLike& values,
                    const SearchsortedOptions& options = {});

// gather along the last dimension of `indices`, for each batch of the dimensions before it.
Output batch_gather(const TensorLike& params, const TensorLike& indices, const NameOptions& options = {});

}  // namespace reflow
