#include "reflow/layers/layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "reflow/client/array_ops.h"
#include "reflow/client/conv_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/scopes.h"

namespace reflow::layers {
namespace {

void check_rank(const Shape& shape, int rank, const std::string& kind) {
  if (shape.known_rank() && shape.rank() == rank) return;
  const std::string what =
      shape.known_rank() ? fmt::format("expected ndim={}, found ndim={}. Full shape received: {}", rank, shape.rank(),
                                       shape.str())
                         : "its rank is undefined, but the layer requires a defined rank.";
  throw ValueError(fmt::format("Input 0 of layer {} is incompatible with the layer: {}", kind, what));
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  if (text != "SAME" && text != "VALID") {
    throw ValueError(fmt::format("The `padding` argument must be one of \"valid\", \"same\". Received: {}", text));
  }
  return text;
}

Output activated(const Activation& activation, const Output& outputs) {
  return activation ? activation(outputs) : outputs;
}

}  // namespace

Dense::Dense(int64_t units, const DenseOptions& options)
    : Layer("dense", options.layer), units_(units), options_(options) {}

void Dense::build(const Shape& input_shape) {
  const int64_t depth = input_shape.dim(1);
  if (depth < 0) throw ValueError("The last dimension of the inputs to `Dense` should be defined. Found `None`.");
  kernel_ = add_weight("kernel", Shape{depth, units_},
                       {.initializer = options_.kernel_initializer, .regularizer = options_.kernel_regularizer});
  if (!options_.use_bias) return;
  bias_ = add_weight("bias", Shape{units_},
                     {.initializer = options_.bias_initializer, .regularizer = options_.bias_regularizer});
}

Output Dense::operator()(const Output& inputs) {
  check_rank(inputs.shape(), 2, "dense");
  Output outputs;
  run(inputs, [&] {
    outputs = matmul(inputs, kernel_);
    if (options_.use_bias) outputs = nn::bias_add(outputs, bias_);
    outputs = activated(options_.activation, outputs);
  });
  return outputs;
}

Output dense(const Output& inputs, int64_t units, const DenseOptions& options) { return Dense(units, options)(inputs); }

Conv2D::Conv2D(int64_t filters, std::array<int64_t, 2> kernel_size, const Conv2DOptions& options)
    : Layer("conv2d", options.layer), filters_(filters), kernel_size_(kernel_size), options_(options) {}

void Conv2D::build(const Shape& input_shape) {
  const int64_t channels = input_shape.dim(3);
  if (channels < 0) throw ValueError("The channel dimension of the inputs should be defined. Found `None`.");
  kernel_ = add_weight("kernel", Shape{kernel_size_[0], kernel_size_[1], channels, filters_},
                       {.initializer = options_.kernel_initializer, .regularizer = options_.kernel_regularizer});
  if (options_.use_bias) {
    bias_ = add_weight("bias", Shape{filters_},
                       {.initializer = options_.bias_initializer, .regularizer = options_.bias_regularizer});
  }
  constant(std::vector<int>{1, 1}, {.name = "dilation_rate"});  // as TensorFlow's layer makes it
}

Output Conv2D::operator()(const Output& inputs) {
  check_rank(inputs.shape(), 4, "conv2d");
  Output outputs;
  run(inputs, [&] {
    outputs = nn::conv2d(inputs, kernel_, {1, options_.strides[0], options_.strides[1], 1}, upper(options_.padding));
    if (options_.use_bias) outputs = nn::bias_add(outputs, bias_);
    outputs = activated(options_.activation, outputs);
  });
  return outputs;
}

Output conv2d(const Output& inputs, int64_t filters, std::array<int64_t, 2> kernel_size, const Conv2DOptions& options) {
  return Conv2D(filters, kernel_size, options)(inputs);
}

namespace {

// A layer without variables.
class Stateless : public Layer {
 public:
  Stateless(std::string base_name, LayerOptions options) : Layer(std::move(base_name), std::move(options)) {}
  Output operator()(const Output& inputs, const Activation& function) {
    Output outputs;
    run(inputs, [&] { outputs = function(inputs); });
    return outputs;
  }
};

}  // namespace

Output max_pooling2d(const Output& inputs, std::array<int64_t, 2> pool_size, std::array<int64_t, 2> strides,
                     const PoolingOptions& options) {
  check_rank(inputs.shape(), 4, "max_pooling2d");
  return Stateless(options.name.empty() ? "max_pooling2d" : options.name, {})(inputs, [&](const Output& x) {
    return nn::max_pool(x, {1, pool_size[0], pool_size[1], 1}, {1, strides[0], strides[1], 1}, upper(options.padding));
  });
}

Output average_pooling2d(const Output& inputs, std::array<int64_t, 2> pool_size, std::array<int64_t, 2> strides,
                         const PoolingOptions& options) {
  check_rank(inputs.shape(), 4, "average_pooling2d");
  return Stateless(options.name.empty() ? "average_pooling2d" : options.name, {})(inputs, [&](const Output& x) {
    return nn::avg_pool(x, {1, pool_size[0], pool_size[1], 1}, {1, strides[0], strides[1], 1}, upper(options.padding));
  });
}

Output flatten(const Output& inputs, const LayerOptions& options) {
  const Shape& shape = inputs.shape();
  if (!shape.known_rank() || shape.rank() == 0) check_rank(shape, 1, "flatten");
  return Stateless("flatten", options)(inputs, [&](const Output& x) {
    int64_t elements = 1;
    for (int i = 1; i < shape.rank(); ++i) elements = shape.dim(i) < 0 || elements < 0 ? -1 : elements * shape.dim(i);
    const TensorLike batch = shape.dim(0) > 0 ? TensorLike(shape.dim(0)) : TensorLike(reflow::shape(x)[0]);
    const Output flat = reshape(x, TensorLike{batch, -1});
    flat.set_shape(Shape{shape.dim(0), elements});
    return flat;
  });
}

Output dropout(const Output& inputs, const DropoutLayerOptions& options) {
  return Stateless(options.name.empty() ? "dropout" : options.name, {})(inputs, [&](const Output& x) {
    if (!options.training) return identity(x);
    return nn::dropout(x, {.seed = options.seed, .rate = options.rate});
  });
}

}  // namespace reflow::layers
