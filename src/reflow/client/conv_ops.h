#pragma once

// Convolution and pooling of pictures.

#include <string>
#include <vector>

#include "reflow/client/tensor_like.h"

namespace reflow::nn {

struct Conv2dOptions {
  std::string data_format = "NHWC";  // or "NCHW"
  std::vector<int64_t> dilations = {1, 1, 1, 1};
  std::string name;
};
// [batch, height, width, channels] convolved with [height, width, channels, outputs]. `strides` are one for each dimension
// of `input`, `padding` is "SAME" or "VALID".
Output conv2d(const TensorLike& input, const TensorLike& filter, const std::vector<int64_t>& strides,
              const std::string& padding, const Conv2dOptions& options = {});

struct PoolOptions {
  std::string data_format = "NHWC";
  std::string name;
};
// The largest value or the mean of each window of `ksize`, which like `strides` has one number for each dimension.
Output max_pool(const TensorLike& value, const std::vector<int64_t>& ksize, const std::vector<int64_t>& strides,
                const std::string& padding, const PoolOptions& options = {});
Output avg_pool(const TensorLike& value, const std::vector<int64_t>& ksize, const std::vector<int64_t>& strides,
                const std::string& padding, const PoolOptions& options = {});

}  // namespace reflow::nn
