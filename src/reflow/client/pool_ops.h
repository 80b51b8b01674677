#pragma once

// Pooling in one to three dimensions, of dilated and of varying windows, and morphology. max_pool and avg_pool of
// pictures are in conv_ops.h, of volumes in pool3d_ops.h. Where nothing else is said `ksize` and `strides` are one number,
// one for each spatial dimension, or one for each dimension.

#include <cstdint>
#include <string>
#include <vector>

#include "reflow/client/conv_ops.h"
#include "reflow/client/tensor_like.h"

namespace reflow::nn {

struct Pool1dOptions {
  std::string data_format = "NWC";  // or "NCW"
  std::string name;
};
// Of [batch, width, channels].
Output max_pool1d(const TensorLike& input, const std::vector<int64_t>& ksize, const std::vector<int64_t>& strides,
                  const std::string& padding, const Pool1dOptions& options = {});
Output avg_pool1d(const TensorLike& input, const std::vector<int64_t>& ksize, const std::vector<int64_t>& strides,
                  const std::string& padding, const Pool1dOptions& options = {});
// Of [batch, height, width, channels].
Output max_pool2d(const TensorLike& input, const std::vector<int64_t>& ksize, const std::vector<int64_t>& strides,
                  const std::string& padding, const PoolOptions& options = {});
Output avg_pool2d(const TensorLike& input, const std::vector<int64_t>& ksize, const std::vector<int64_t>& strides,
                  const std::string& padding, const PoolOptions& options = {});

struct PoolAnyOptions {
  std::string data_format;  // default: channels last
  std::string name;
};
// In as many dimensions as the input has. ValueError: "Input tensor must be of rank 3, 4 or 5 but was 2.".
Output max_pool_v2(const TensorLike& input, const std::vector<int64_t>& ksize, const std::vector<int64_t>& strides,
                   const std::string& padding, const PoolAnyOptions& options = {});
Output avg_pool_v2(const TensorLike& input, const std::vector<int64_t>& ksize, const std::vector<int64_t>& strides,
                   const std::string& padding, const PoolAnyOptions& options = {});

struct PoolWithArgmaxOptions {
  DType Targmax = int64;                 // or int32
  bool include_batch_in_index = false;   // indices count through the batch
  std::string name;
};
struct PoolWithArgmax {
  Output output, argmax;
};
// The largest value of each window, and where it is in the flattened picture. All sizes are of four numbers.
PoolWithArgmax max_pool_with_argmax(const TensorLike& input, const std::vector<int64_t>& ksize,
                                    const std::vector<int64_t>& strides, const std::string& padding,
                                    const PoolWithArgmaxOptions& options = {});

struct PoolKindOptions {
  std::vector<int64_t> dilation_rate, strides;  // one for each spatial dimension; default: 1
  std::string name;
  std::string data_format;  // default: channels last
};
// Of kind "MAX" or "AVG" in as many dimensions as window_shape has, of dilated windows too.
// ValueError: "It is required that 1 <= num_spatial_dims <= 3.", strides that the windows or dilations don't allow.
Output pool(const TensorLike& input, const std::vector<int64_t>& window_shape, const std::string& pooling_type,
            const std::string& padding, const PoolKindOptions& options = {});

struct FractionalPoolOptions {
  bool pseudo_random = false, overlapping = false, deterministic = false;
  int64_t seed = 0, seed2 = 0;
  std::string name;
};
struct FractionalPool {
  Output output, row_pooling_sequence, col_pooling_sequence;
};
// Of windows whose sizes vary, so that sizes shrink by a ratio, of four numbers of which the outer ones are 1.
// Graham, arXiv 1412.6071.
FractionalPool fractional_max_pool(const TensorLike& value, const std::vector<double>& pooling_ratio,
                                   const FractionalPoolOptions& options = {});
FractionalPool fractional_avg_pool(const TensorLike& value, const std::vector<double>& pooling_ratio,
                                   const FractionalPoolOptions& options = {});

// The largest value of each window plus the filter, [height, width, channels]; the smallest of it minus the filter
// turned round. Strides and rates are of four numbers.
Output dilation2d(const TensorLike& input, const TensorLike& filter, const std::vector<int64_t>& strides,
                  const std::vector<int64_t>& rates, const std::string& padding, const NameOptions& options = {});
Output erosion2d(const TensorLike& value, const TensorLike& kernel, const std::vector<int64_t>& strides,
                 const std::vector<int64_t>& rates, const std::string& padding, const NameOptions& options = {});

}  // namespace reflow::nn
