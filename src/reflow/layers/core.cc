#include "reflow/layers/core.h"

#include <fmt/format.h>

#include "reflow/client/array_ops.h"
#include "reflow/client/contraction_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/nn_ops.h"
#include "reflow/layers/smart_cond.h"
#include "reflow/layers/spatial_sizes.h"
#include "reflow/layers/stateless_layer.h"

namespace reflow::layers {

Dense::Dense(int64_t units, const DenseOptions& options)
    : Layer("dense", options.layer), units_(units), options_(options) {}

void Dense::build(const Shape& input_shape) {
  if (!is_floating(dtype()) && !is_complex(dtype())) {
    throw TypeError(fmt::format("Unable to build `Dense` layer with non-floating point dtype <dtype: '{}'>",
                                dtype_name(dtype())));
  }
  const int64_t depth = input_shape.dim(input_shape.rank() - 1);
  if (depth < 0) throw ValueError("The last dimension of the inputs to `Dense` should be defined. Found `None`.");
  kernel_ = add_weight("kernel", Shape{depth, units_},
                       {.initializer = options_.kernel_initializer, .regularizer = options_.kernel_regularizer,
                        .constraint = options_.kernel_constraint});
  if (!options_.use_bias) return;
  bias_ = add_weight("bias", Shape{units_},
                     {.initializer = options_.bias_initializer, .regularizer = options_.bias_regularizer,
                      .constraint = options_.bias_constraint});
}

Output Dense::operator()(const Output& inputs) {
  check_rank(inputs.shape(), 2, true);
  Output outputs;
  run(inputs, [&] {
    const Shape shape = inputs.shape();
    const int rank = shape.rank();
    if (rank > 2) {
      outputs = tensordot(inputs, kernel_, TensorLike{TensorLike{rank - 1}, TensorLike{0}});
      std::vector<int64_t> sizes;
      for (int i = 0; i + 1 < rank; ++i) sizes.push_back(shape.dim(i));
      sizes.push_back(units_);
      outputs.set_shape(Shape(sizes));
    } else {
      outputs = matmul(cast(inputs, dtype()), kernel_);
    }
    if (options_.use_bias) outputs = nn::bias_add(outputs, bias_);
    if (options_.activation) outputs = options_.activation(outputs);
    regularize_activity(options_.activity_regularizer, outputs);
  });
  return outputs;
}

Output dense(const Output& inputs, int64_t units, const DenseOptions& options) { return Dense(units, options)(inputs); }

Output flatten(const Output& inputs, const FlattenOptions& options) {
  const bool first = is_channels_first(options.data_format);
  return StatelessLayer("flatten", options.name)(inputs, 1, true, [&](const Output& given) {
    Output x = given;
    if (first && x.shape().rank() > 1) {
      std::vector<int> perm = {0};
      for (int i = 2; i < x.shape().rank(); ++i) perm.push_back(i);
      perm.push_back(1);
      x = transpose(x, perm);
    }
    const Shape shape = x.shape();
    int64_t elements = 1;
    for (int i = 1; i < shape.rank(); ++i) elements = shape.dim(i) < 0 || elements < 0 ? -1 : elements * shape.dim(i);
    const TensorLike batch = shape.dim(0) > 0 ? TensorLike(shape.dim(0)) : TensorLike(reflow::shape(x)[0]);
    const Output flat = reshape(x, TensorLike{batch, -1});
    flat.set_shape(Shape{shape.dim(0), elements});
    return flat;
  });
}

Output dropout(const Output& inputs, const DropoutLayerOptions& options) {
  return StatelessLayer("dropout", options.name, options.scope)(inputs, 0, true, [&](const Output& x) {
    return smart_cond(
        options.training,
        [&] {
          TensorLike noise_shape;
          if (!options.noise_shape.is_none()) {
            reflow::shape(x);  // TensorFlow's layer asks for it before it reads the given one
            noise_shape = convert_to_tensor(options.noise_shape);
          }
          return nn::dropout(x, {.noise_shape = noise_shape, .seed = options.seed, .rate = options.rate});
        },
        [&] { return identity(x); });
  });
}

}  // namespace reflow::layers
