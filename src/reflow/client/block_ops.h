#pragma once

// Blocks of space: into the batch, into the channels, and back; windows as channels.

#include <cstdint>
#include <string>
#include <vector>

#include "reflow/client/tensor_like.h"

namespace reflow {

// Blocks of the batch back into space, and `crops` cut off.
Output batch_to_space_nd(const TensorLike& input, const TensorLike& block_shape, const TensorLike& crops,
                         const NameOptions& options = {});
// Blocks of the padded dimensions of space into the batch.
Output space_to_batch_nd(const TensorLike& input, const TensorLike& block_shape, const TensorLike& paddings,
                         const NameOptions& options = {});
// The windows of [batch, depth, height, width, channels], flattened along the last dimension.
Output extract_volume_patches(const TensorLike& input, const std::vector<int64_t>& ksizes,
                              const std::vector<int64_t>& strides, const std::string& padding,
                              const NameOptions& options = {});
// The same of pictures [batch, height, width, channels] with square blocks, or with those of `block_shape`.
struct BlockOptions {
  std::string name;
  TensorLike block_shape;
};
Output space_to_batch(const TensorLike& input, const TensorLike& paddings, const TensorLike& block_size = {},
                      const BlockOptions& options = {});
Output batch_to_space(const TensorLike& input, const TensorLike& crops, const TensorLike& block_size,
                      const BlockOptions& options = {});

struct DepthOptions {
  std::string name;
  std::string data_format = "NHWC";  // or "NCHW", "NCHW_VECT_C"
};
// Square blocks as channels, and back.
Output space_to_depth(const TensorLike& input, int64_t block_size, const DepthOptions& options = {});
Output depth_to_space(const TensorLike& input, int64_t block_size, const DepthOptions& options = {});

// The windows of [batch, height, width, channels], flattened along the channels. All are of four numbers.
Output extract_image_patches(const TensorLike& images, const std::vector<int64_t>& ksizes,
                             const std::vector<int64_t>& strides, const std::vector<int64_t>& rates,
                             const std::string& padding, const NameOptions& options = {});

struct RequiredPaddingsOptions {
  TensorLike base_paddings;  // [dimensions, 2]; default: zeros
  std::string name;
};
struct PaddingsAndCrops {
  Output paddings, crops;
};
// What space_to_batch_nd needs so that each size of `input_shape` is a multiple of its block, and what to crop behind.
PaddingsAndCrops required_space_to_batch_paddings(const TensorLike& input_shape, const TensorLike& block_shape,
                                                  const RequiredPaddingsOptions& options = {});

}  // namespace reflow
