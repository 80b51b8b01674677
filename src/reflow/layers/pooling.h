#pragma once

// Pooling as layers: tf.layers. Sizes and strides are one number for all spatial dimensions or a list of one for each.

#include <string>

#include "reflow/client/output.h"
#include "reflow/layers/spatial_sizes.h"

namespace reflow::layers {

struct PoolingOptions {
  std::string padding = "valid";              // or "same"
  std::string data_format = "channels_last";  // or "channels_first"
  std::string name;
};
// The largest value, or the mean, of each window of sequences, pictures or volumes.
Output max_pooling1d(const Output& inputs, const SpatialSizes& pool_size, const SpatialSizes& strides,
                     const PoolingOptions& options = {});
Output max_pooling2d(const Output& inputs, const SpatialSizes& pool_size, const SpatialSizes& strides,
                     const PoolingOptions& options = {});
Output max_pooling3d(const Output& inputs, const SpatialSizes& pool_size, const SpatialSizes& strides,
                     const PoolingOptions& options = {});
Output average_pooling1d(const Output& inputs, const SpatialSizes& pool_size, const SpatialSizes& strides,
                         const PoolingOptions& options = {});
Output average_pooling2d(const Output& inputs, const SpatialSizes& pool_size, const SpatialSizes& strides,
                         const PoolingOptions& options = {});
Output average_pooling3d(const Output& inputs, const SpatialSizes& pool_size, const SpatialSizes& strides,
                         const PoolingOptions& options = {});

}  // namespace reflow::layers
