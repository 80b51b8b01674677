#include "reflow/client/conv_ops.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/scopes.h"

namespace reflow::nn {

using client::apply_op;

Output conv2d(const TensorLike& input, const TensorLike& filter, const std::vector<int64_t>& strides,
              const std::string& padding, const Conv2dOptions& options) {
  return apply_op("Conv2D", options.name, {input, filter},
                  {{"strides", strides},
                   {"padding", padding},
                   {"data_format", options.data_format},
                   {"dilations", options.dilations}});
}

namespace {

Output pool(const char* op, const TensorLike& value, const std::vector<int64_t>& ksize,
            const std::vector<int64_t>& strides, const std::string& padding, const PoolOptions& options) {
  const name_scope scope(options.name, op);
  return apply_op(op, scope.name(), {value},
                  {{"ksize", ksize}, {"strides", strides}, {"padding", padding}, {"data_format", options.data_format}});
}

}  // namespace

Output max_pool(const TensorLike& value, const std::vector<int64_t>& ksize, const std::vector<int64_t>& strides,
                const std::string& padding, const PoolOptions& options) {
  return pool("MaxPool", value, ksize, strides, padding, options);
}

Output avg_pool(const TensorLike& value, const std::vector<int64_t>& ksize, const std::vector<int64_t>& strides,
                const std::string& padding, const PoolOptions& options) {
  return pool("AvgPool", value, ksize, strides, padding, options);
}

}  // namespace reflow::nn
