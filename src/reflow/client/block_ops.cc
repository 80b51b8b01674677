#include "reflow/client/block_ops.h"

#include <algorithm>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"

namespace reflow {

using client::apply_op;
using client::convert;

Output batch_to_space_nd(const TensorLike& input, const TensorLike& block_shape, const TensorLike& crops,
                         const NameOptions& options) {
  return apply_op("BatchToSpaceND", options.name, {input, block_shape, crops});
}

Output space_to_batch_nd(const TensorLike& input, const TensorLike& block_shape, const TensorLike& paddings,
                         const NameOptions& options) {
  return apply_op("SpaceToBatchND", options.name, {input, block_shape, paddings});
}

Output extract_volume_patches(const TensorLike& input, const std::vector<int64_t>& ksizes,
                              const std::vector<int64_t>& strides, const std::string& padding,
                              const NameOptions& options) {
  return apply_op("ExtractVolumePatches", options.name, {input},
                  {{"ksizes", ksizes}, {"strides", strides}, {"padding", padding}});
}

namespace {

TensorLike square_or(const TensorLike& block_size, const TensorLike& block_shape) {
  return block_shape.is_none() ? TensorLike{block_size, block_size} : block_shape;
}

Output of_rank_4(const Output& result) {
  result.set_shape({-1, -1, -1, -1});
  return result;
}

}  // namespace

Output space_to_batch(const TensorLike& input, const TensorLike& paddings, const TensorLike& block_size,
                      const BlockOptions& options) {
  return of_rank_4(
      apply_op("SpaceToBatchND", options.name, {input, square_or(block_size, options.block_shape), paddings}));
}

Output batch_to_space(const TensorLike& input, const TensorLike& crops, const TensorLike& block_size,
                      const BlockOptions& options) {
  return of_rank_4(
      apply_op("BatchToSpaceND", options.name, {input, square_or(block_size, options.block_shape), crops}));
}

Output space_to_depth(const TensorLike& input, int64_t block_size, const DepthOptions& options) {
  return apply_op("SpaceToDepth", options.name, {input},
                  {{"block_size", block_size}, {"data_format", options.data_format}});
}

Output depth_to_space(const TensorLike& input, int64_t block_size, const DepthOptions& options) {
  return apply_op("DepthToSpace", options.name, {input},
                  {{"block_size", block_size}, {"data_format", options.data_format}});
}

Output extract_image_patches(const TensorLike& images, const std::vector<int64_t>& ksizes,
                             const std::vector<int64_t>& strides, const std::vector<int64_t>& rates,
                             const std::string& padding, const NameOptions& options) {
  return apply_op("ExtractImagePatches", options.name, {images},
                  {{"ksizes", ksizes}, {"strides", strides}, {"rates", rates}, {"padding", padding}});
}

namespace {

// The elements of a known vector or matrix of int32.
std::vector<int64_t> known_elements(const Tensor& tensor) {
  const int32_t* values = tensor.data<int32_t>();
  return std::vector<int64_t>(values, values + tensor.num_elements());
}

// Both matrices of numbers that are known.
PaddingsAndCrops known_paddings(const std::vector<int64_t>& sizes, const std::vector<int64_t>& blocks,
                                const std::vector<int64_t>& base) {
  std::vector<int32_t> paddings, crops;
  for (size_t i = 0; i < sizes.size(); ++i) {
    const int64_t before = base[2 * i], after = base[2 * i + 1], block = blocks[i];
    if (block < 1) throw ValueError("block_shape must be positive");
    const int64_t extra = (block - (sizes[i] + before + after) % block) % block;
    paddings.insert(paddings.end(), {static_cast<int32_t>(before), static_cast<int32_t>(after + extra)});
    crops.insert(crops.end(), {0, static_cast<int32_t>(extra)});
  }
  const Shape shape{static_cast<int64_t>(sizes.size()), 2};
  return {constant(paddings, {.shape = shape, .name = "paddings"}), constant(crops, {.shape = shape, .name = "crops"})};
}

}  // namespace

PaddingsAndCrops required_space_to_batch_paddings(const TensorLike& input_shape_like,
                                                  const TensorLike& block_shape_like,
                                                  const RequiredPaddingsOptions& options) {
  const name_scope scope(options.name, "required_space_to_batch_paddings");
  const Output input_shape = convert(input_shape_like, int32, "input_shape");
  const Output block_shape = convert(block_shape_like, int32, "block_shape");
  if (block_shape.shape().rank() != 1 || block_shape.shape().dim(0) < 0) {
    throw ValueError("block_shape must be a vector whose length is known");
  }
  const int64_t count = block_shape.shape().dim(0);
  if (count == 0) return {zeros({0, 2}, {.dtype = int32}), zeros({0, 2}, {.dtype = int32})};
  const TensorLike base_like = options.base_paddings;
  const Output base =
      base_like.is_none() ? zeros({count, 2}, {.dtype = int32}) : convert(base_like, int32, "base_paddings");
  input_shape.set_shape({count});
  base.set_shape({count, 2});
  const Tensor sizes = constant_value(input_shape), blocks = constant_value(block_shape), known = constant_value(base);
  if (sizes.valid() && blocks.valid() && known.valid()) {
    return known_paddings(known_elements(sizes), known_elements(blocks), known_elements(known));
  }
  const Output before = base[{Slice(), 0}], after = base[{Slice(), 1}];
  const Output full = input_shape + before + after;
  const Output extra = (block_shape - full % block_shape) % block_shape;
  const Output end = after + extra;
  TensorList paddings, crops;
  for (int64_t i = 0; i < count; ++i) paddings.push_back(TensorLike{before[i], end[i]});
  const Output stacked = stack(paddings, {.name = "paddings"});
  for (int64_t i = 0; i < count; ++i) crops.push_back(TensorLike{0, extra[i]});
  return {stacked, stack(crops, {.name = "crops"})};
}

}  // namespace reflow
