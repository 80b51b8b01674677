#pragma once

#include <string>
#include <vector>

#include "reflow/client/tensor_like.h"

namespace reflow::nn {

struct Pool3dOptions {
  std::string data_format = "NDHWC";  // or "NCDHW"
  std::string name;
};
// The largest value or the mean of each window of volumes, [batch, depth, height, width, channels]. `ksize` and `strides`
// are one number, one for each spatial dimension, or one for each dimension.
Output max_pool3d(const TensorLike& input, const std::vector<int64_t>& ksize, const std::vector<int64_t>& strides,
                  const std::string& padding, const Pool3dOptions& options = {});
Output avg_pool3d(const TensorLike& input, const std::vector<int64_t>& ksize, const std::vector<int64_t>& strides,
                  const std::string& padding, const Pool3dOptions& options = {});

}  // namespace reflow::nn
