#include <fmt/format.h>

#include "reflow/client/conv_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/contrib/layers/model_variables.h"
#include "reflow/layers/convolutional.h"
#include "reflow/layers/core.h"
#include "reflow/layers/pooling.h"

namespace reflow::contrib::layers {

using framework::with_arg_scope;

namespace {

const Names kKernelNames = {{"bias", "biases"}, {"kernel", "weights"}};

std::string keras_format(const std::optional<std::string>& data_format) {
  return data_format && data_format->starts_with("NC") ? "channels_first" : "channels_last";
}

Activation or_relu(const std::optional<Activation>& given) {
  return given ? *given : Activation([](const Output& x) { return nn::relu(x); });
}

// What dense layers and convolutions have in common: their scope, their variables' collections, their end.
template <typename Options, typename Make>
Output weighted_layer(const TensorLike& inputs, const Options& options, const char* default_name, const Make& make) {
  const bool normalized = options.normalizer_fn && *options.normalizer_fn;
  const Initializer biases = options.biases_initializer.value_or(zeros_initializer());
  const bool use_bias = !normalized && !biases.is_none();
  const auto run = [&](const VariableScope& scope) {
    const Output x = convert_to_tensor(inputs);
    const reflow::layers::LayerOptions layer{.reuse = options.reuse, .trainable = options.trainable.value_or(true),
                                             .dtype = base_type(x.dtype()), .scope = scope};
    const auto [outputs, variables] = make(x, use_bias, biases, layer);
    for (const Variable& variable : variables) add_once(options.variables_collections, variable);
    return finished(outputs, options.outputs_collections, or_relu(options.activation_fn), options.normalizer_fn);
  };
  const VariableScopeOptions scoped = scope_options(default_name, options.reuse, model_variable_getter(kKernelNames));
  if (options.scope.empty()) {
    const variable_scope scope(nullptr, scoped);
    return run(scope.scope());
  }
  const variable_scope scope(options.scope, scoped);
  return run(scope.scope());
}

std::vector<Variable> variables_of(const reflow::layers::Layer& layer) {
  std::vector<Variable> all = layer.trainable_variables();
  all.insert(all.end(), layer.non_trainable_variables().begin(), layer.non_trainable_variables().end());
  return all;
}

Output convolution(int rank, const TensorLike& inputs, int64_t num_outputs, const SpatialSizes& kernel_size,
                   const Conv2dOptions& given) {
  const Conv2dOptions options = with_arg_scope(given);
  return weighted_layer(inputs, options, "Conv", [&](const Output& x, bool use_bias, const Initializer& biases,
                                                     const reflow::layers::LayerOptions& layer) {
    const int found = x.shape().known_rank() ? x.shape().rank() : -1;
    if (found != rank + 2) {
      throw ValueError(fmt::format("Convolution expects input with rank {}, got {}", rank + 2,
                                   found < 0 ? "None" : std::to_string(found)));
    }
    const reflow::layers::ConvOptions conv{
        .strides = options.stride.value_or(1),
        .padding = options.padding.value_or("SAME"),
        .data_format = keras_format(options.data_format),
        .dilation_rate = options.rate.value_or(1),
        .use_bias = use_bias,
        .kernel_initializer = options.weights_initializer.value_or(xavier_initializer()),
        .bias_initializer = biases,
        .kernel_regularizer = options.weights_regularizer.value_or(nullptr),
        .bias_regularizer = options.biases_regularizer.value_or(nullptr),
        .layer = layer};
    const auto run = [&](auto&& made) {
      const Output outputs = made(x);
      return std::pair(outputs, variables_of(made));
    };
    if (rank == 1) return run(reflow::layers::Conv1D(num_outputs, kernel_size, conv));
    if (rank == 2) return run(reflow::layers::Conv2D(num_outputs, kernel_size, conv));
    return run(reflow::layers::Conv3D(num_outputs, kernel_size, conv));
  });
}

template <typename Pool>
Output pooled(const TensorLike& inputs, const Pool2dOptions& options, const char* default_name, const Pool& pool) {
  const std::string format = options.data_format.value_or("NHWC");
  if (format != "NCHW" && format != "NHWC") throw ValueError("data_format has to be either NCHW or NHWC.");
  const name_scope scope(options.scope, default_name);
  const Output outputs = pool(convert_to_tensor(inputs),
                              reflow::layers::PoolingOptions{.padding = options.padding.value_or("VALID"),
                                                             .data_format = keras_format(options.data_format),
                                                             .name = scope.name()});
  return finished(outputs, options.outputs_collections, std::nullopt);
}

}  // namespace

Output fully_connected(const TensorLike& inputs, int64_t num_outputs, const FullyConnectedOptions& given) {
  const FullyConnectedOptions options = with_arg_scope(given);
  return weighted_layer(inputs, options, "fully_connected", [&](const Output& x, bool use_bias, const Initializer& biases,
                                                                const reflow::layers::LayerOptions& layer) {
    reflow::layers::Dense dense(num_outputs,
                                {.use_bias = use_bias,
                                 .kernel_initializer = options.weights_initializer.value_or(xavier_initializer()),
                                 .bias_initializer = biases,
                                 .kernel_regularizer = options.weights_regularizer.value_or(nullptr),
                                 .bias_regularizer = options.biases_regularizer.value_or(nullptr),
                                 .layer = layer});
    const Output outputs = dense(x);
    return std::pair(outputs, variables_of(dense));
  });
}

Output linear(const TensorLike& inputs, int64_t num_outputs, FullyConnectedOptions options) {
  options.activation_fn = nullptr;
  return fully_connected(inputs, num_outputs, options);
}

Output conv1d(const TensorLike& inputs, int64_t num_outputs, const SpatialSizes& kernel_size,
              const Conv2dOptions& options) {
  return convolution(1, inputs, num_outputs, kernel_size, options);
}
Output conv2d(const TensorLike& inputs, int64_t num_outputs, const SpatialSizes& kernel_size,
              const Conv2dOptions& options) {
  return convolution(2, inputs, num_outputs, kernel_size, options);
}
Output conv3d(const TensorLike& inputs, int64_t num_outputs, const SpatialSizes& kernel_size,
              const Conv2dOptions& options) {
  return convolution(3, inputs, num_outputs, kernel_size, options);
}

Output max_pool2d(const TensorLike& inputs, const SpatialSizes& kernel_size, const Pool2dOptions& given) {
  const Pool2dOptions options = with_arg_scope(given);
  return pooled(inputs, options, "MaxPool2D", [&](const Output& x, const reflow::layers::PoolingOptions& pooling) {
    return reflow::layers::max_pooling2d(x, kernel_size, options.stride.value_or(2), pooling);
  });
}

Output avg_pool2d(const TensorLike& inputs, const SpatialSizes& kernel_size, const Pool2dOptions& given) {
  const Pool2dOptions options = with_arg_scope(given);
  return pooled(inputs, options, "AvgPool2D", [&](const Output& x, const reflow::layers::PoolingOptions& pooling) {
    return reflow::layers::average_pooling2d(x, kernel_size, options.stride.value_or(2), pooling);
  });
}

}  // namespace reflow::contrib::layers
