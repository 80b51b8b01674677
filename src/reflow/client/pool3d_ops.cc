#include "reflow/client/pool3d_ops.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/convolution.h"
#include "reflow/client/scopes.h"

namespace reflow::nn {
namespace {

Output pool3d(const char* op, const TensorLike& input, const std::vector<int64_t>& ksize,
              const std::vector<int64_t>& strides, const std::string& padding, const Pool3dOptions& options) {
  const name_scope scope(options.name, op);
  const bool first = options.data_format.starts_with("NC");
  return client::apply_op(op, scope.name(), {input},
                                  {{"ksize", client::all_sizes(ksize, 3, first, "ksize")},
                                   {"strides", client::all_sizes(strides, 3, first, "strides")},
                                   {"padding", padding},
                                   {"data_format", options.data_format}});
}

}  // namespace

Output max_pool3d(const TensorLike& input, const std::vector<int64_t>& ksize, const std::vector<int64_t>& strides,
                  const std::string& padding, const Pool3dOptions& options) {
  return pool3d("MaxPool3D", input, ksize, strides, padding, options);
}

Output avg_pool3d(const TensorLike& input, const std::vector<int64_t>& ksize, const std::vector<int64_t>& strides,
                  const std::string& padding, const Pool3dOptions& options) {
  return pool3d("AvgPool3D", input, ksize, strides, padding, options);
}

}  // namespace reflow::nn
