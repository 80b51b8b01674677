#pragma once

// Ops on dilated windows: blocks of space go to the batch, the op follows, and the blocks come back.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reflow/client/tensor_like.h"

namespace reflow::nn {

// What runs on the blocks: a function of the input and of a filter (which may be none).
using BlockOp = std::function<Output(const Output& input, const TensorLike& filter)>;

struct SpaceToBatchOptions {
  std::optional<std::vector<int64_t>> filter_shape;  // for "SAME": the shape, spatial dimensions first, where it is known
  bool channels_first = false;
  bool filter_shape_made = false;  // a tensor of it is in the graph already
};

// An op on blocks as far apart as `dilation_rate` says, which has a number for each spatial dimension. Dimensions stand
// behind the batch, or with channels_first behind the channels. Its constants are made with it.
class WithSpaceToBatch {
 public:
  // `build_op` gives the op for a padding, "SAME" or "VALID".
  // ValueError: "dilation_rate must be positive", "filter_shape must be specified for SAME padding".
  WithSpaceToBatch(const Shape& input_shape, const std::vector<int64_t>& dilation_rate, const std::string& padding,
                   const std::function<BlockOp(const std::string& padding)>& build_op,
                   const SpaceToBatchOptions& options = {});
  Output operator()(const Output& input, const TensorLike& filter = {}) const;

 private:
  int first_dim() const { return channels_first_ ? 2 : 1; }
  Shape input_shape_;
  std::vector<int64_t> rate_;
  Output rate_tensor_;
  Output base_paddings_;  // [dimensions, 2]; not valid(): none
  std::vector<int64_t> base_padding_values_;
  bool channels_first_, dilated_;
  BlockOp op_;
};

// The op of a padding, "SAME" or "VALID", and of so many spatial dimensions.
using SpatialOp = std::function<Output(const Output& input, int num_spatial_dims, const std::string& padding)>;
struct WithSpaceToBatchOptions {
  std::optional<std::vector<int64_t>> filter_shape;  // for "SAME": the shape, spatial dimensions first
  std::string data_format;                           // default: channels last
};
// op(input, spatial dimensions, padding) on blocks as far apart as `dilation_rate` says. Errors as of WithSpaceToBatch.
Output with_space_to_batch(const TensorLike& input, const std::vector<int64_t>& dilation_rate, const std::string& padding,
                           const SpatialOp& op, const WithSpaceToBatchOptions& options = {});

}  // namespace reflow::nn
