#include "reflow/layers/pooling.h"

#include <vector>

#include "reflow/client/array_ops.h"
#include "reflow/client/conv_ops.h"
#include "reflow/client/pool3d_ops.h"
#include "reflow/layers/stateless_layer.h"

namespace reflow::layers {
namespace {

enum class Kind { kMax, kAverage };

class Pooling {
 public:
  Pooling(Kind kind, int rank, const SpatialSizes& pool_size, const SpatialSizes& strides, const PoolingOptions& options)
      : kind_(kind), rank_(rank), pool_size_(pool_size.of(rank, "pool_size")), strides_(strides.of(rank, "strides")),
        padding_(upper_padding(options.padding)), first_(is_channels_first(options.data_format)), name_(options.name) {}

  Output operator()(const Output& inputs) const {
    const std::string base_name = (kind_ == Kind::kMax ? "max_pooling" : "average_pooling") + std::to_string(rank_) + "d";
    return StatelessLayer(base_name, name_)(inputs, rank_ + 2, false, [&](const Output& x) {
      if (rank_ == 1) return of_sequences(x);
      if (rank_ == 2) return of_pictures(x, pool_size_, strides_, first_);
      return of_volumes(x);
    });
  }

 private:
  Output of_pictures(const Output& x, const std::vector<int64_t>& size, const std::vector<int64_t>& strides,
                     bool first) const {
    const auto pool = kind_ == Kind::kMax ? nn::max_pool : nn::avg_pool;
    return pool(x, for_all_dims(size, first), for_all_dims(strides, first), padding_,
                {.data_format = op_data_format(first, 4)});
  }

  // As pictures of one column; where channels stand first they are moved, as TensorFlow does on CPUs.
  Output of_sequences(const Output& x) const {
    const int axis = first_ ? 3 : 2;
    Output tall = expand_dims(x, axis);
    if (first_) tall = transpose(tall, {0, 2, 3, 1});
    Output pooled = of_pictures(tall, {pool_size_[0], 1}, {strides_[0], 1}, false);
    if (first_) pooled = transpose(pooled, {0, 3, 1, 2});
    return squeeze(pooled, std::vector<int>{axis});
  }

  Output of_volumes(const Output& given) const {
    const Output x = first_ ? transpose(given, {0, 2, 3, 4, 1}) : given;
    const auto pool = kind_ == Kind::kMax ? nn::max_pool3d : nn::avg_pool3d;
    const Output pooled = pool(x, for_all_dims(pool_size_, false), for_all_dims(strides_, false), padding_, {});
    return first_ ? transpose(pooled, {0, 4, 1, 2, 3}) : pooled;
  }

  Kind kind_;
  int rank_;
  std::vector<int64_t> pool_size_, strides_;
  std::string padding_;
  bool first_;
  std::string name_;
};

}  // namespace

Output max_pooling1d(const Output& inputs, const SpatialSizes& pool_size, const SpatialSizes& strides,
                     const PoolingOptions& options) {
  return Pooling(Kind::kMax, 1, pool_size, strides, options)(inputs);
}
Output max_pooling2d(const Output& inputs, const SpatialSizes& pool_size, const SpatialSizes& strides,
                     const PoolingOptions& options) {
  return Pooling(Kind::kMax, 2, pool_size, strides, options)(inputs);
}
Output max_pooling3d(const Output& inputs, const SpatialSizes& pool_size, const SpatialSizes& strides,
                     const PoolingOptions& options) {
  return Pooling(Kind::kMax, 3, pool_size, strides, options)(inputs);
}
Output average_pooling1d(const Output& inputs, const SpatialSizes& pool_size, const SpatialSizes& strides,
                         const PoolingOptions& options) {
  return Pooling(Kind::kAverage, 1, pool_size, strides, options)(inputs);
}
Output average_pooling2d(const Output& inputs, const SpatialSizes& pool_size, const SpatialSizes& strides,
                         const PoolingOptions& options) {
  return Pooling(Kind::kAverage, 2, pool_size, strides, options)(inputs);
}
Output average_pooling3d(const Output& inputs, const SpatialSizes& pool_size, const SpatialSizes& strides,
                         const PoolingOptions& options) {
  return Pooling(Kind::kAverage, 3, pool_size, strides, options)(inputs);
}

}  // namespace reflow::layers
