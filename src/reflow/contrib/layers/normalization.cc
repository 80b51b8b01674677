#include <fmt/format.h>

#include <numeric>

#include "reflow/client/errors.h"
#include "reflow/client/nn_ops.h"
#include "reflow/contrib/layers/model_variables.h"
#include "reflow/layers/normalization.h"

namespace reflow::contrib::layers {

using framework::with_arg_scope;

namespace {

template <typename Body>
Output in_scope(const std::string& name, const VariableScopeOptions& options, const Body& body) {
  if (name.empty()) {
    const variable_scope scope(nullptr, options);
    return body(scope.scope());
  }
  const variable_scope scope(name, options);
  return body(scope.scope());
}

}  // namespace

Output batch_norm(const TensorLike& inputs, const BatchNormOptions& given) {
  const BatchNormOptions options = with_arg_scope(given);
  const std::string format = options.data_format.value_or("NHWC");
  if (format != "NCHW" && format != "NHWC") throw ValueError("data_format has to be either NCHW or NHWC.");
  const Output x = convert_to_tensor(inputs);
  return in_scope(options.scope, scope_options("BatchNorm", options.reuse, model_variable_getter()),
                  [&](const VariableScope& scope) {
                    reflow::layers::BatchNormalization layer(
                        {.axis = {format == "NCHW" ? 1 : -1},
                         .momentum = options.decay.value_or(0.999),
                         .epsilon = options.epsilon.value_or(0.001),
                         .center = options.center.value_or(true),
                         .scale = options.scale.value_or(false),
                         .fused = options.fused,
                         .layer = {.reuse = options.reuse, .trainable = options.trainable.value_or(true), .scope = scope}});
                    const Output outputs = layer(x, options.is_training.value_or(true));
                    for (const Variable& variable :
                         {layer.moving_mean(), layer.moving_variance(), layer.beta(), layer.gamma()}) {
                      if (variable.valid()) add_once(options.variables_collections, variable);
                    }
                    return finished(outputs, options.outputs_collections, options.activation_fn);
                  });
}

Output layer_norm(const TensorLike& inputs, const LayerNormOptions& given) {
  const LayerNormOptions options = with_arg_scope(given);
  return in_scope(options.scope, scope_options("LayerNorm", options.reuse), [&](const VariableScope&) {
    const Output x = convert_to_tensor(inputs);
    const Shape shape = x.shape();
    if (!shape.known_rank()) throw ValueError(fmt::format("Inputs {} has undefined rank.", x.name()));
    const int rank = shape.rank();
    int norm_axis = options.begin_norm_axis.value_or(1);
    if (norm_axis < 0) norm_axis += rank;
    const int given_params_axis = options.begin_params_axis.value_or(-1);
    if (given_params_axis >= rank || norm_axis >= rank) {
      throw ValueError(fmt::format("begin_params_axis ({}) and begin_norm_axis ({}) must be < rank(inputs) ({})",
                                   given_params_axis, norm_axis, rank));
    }
    std::vector<int64_t> sizes;
    for (int i = given_params_axis < 0 ? given_params_axis + rank : given_params_axis; i < rank; ++i) {
      sizes.push_back(shape.dim(i));
      if (sizes.back() < 0) {
        throw ValueError(fmt::format("Inputs {}: shape(inputs)[{}:] is not fully defined: {}", x.name(), given_params_axis,
                                     shape.str()));
      }
    }
    const DType dtype = base_type(x.dtype());
    const auto parameter = [&](const char* name, bool wanted, const Initializer& initializer) -> TensorLike {
      if (!wanted) return {};
      return model_variable(name, Shape(sizes),
                            {.dtype = dtype, .initializer = initializer, .trainable = options.trainable.value_or(true)},
                            options.variables_collections);
    };
    const TensorLike beta = parameter("beta", options.center.value_or(true), zeros_initializer());
    const TensorLike gamma = parameter("gamma", options.scale.value_or(true), ones_initializer());
    std::vector<int> axes(static_cast<size_t>(rank - norm_axis));
    std::iota(axes.begin(), axes.end(), norm_axis);
    const nn::Moments moments = nn::moments(x, axes, {.keep_dims = true});
    const double epsilon = dtype == DType::kHalf ? 1e-3 : 1e-12;
    const Output outputs = nn::batch_normalization(x, moments.mean, moments.variance, beta, gamma, epsilon);
    outputs.set_shape(shape);
    return finished(outputs, options.outputs_collections, options.activation_fn);
  });
}

}  // namespace reflow::contrib::layers
