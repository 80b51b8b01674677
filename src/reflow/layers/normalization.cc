#include "reflow/layers/normalization.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/fused_batch_norm.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"
#include "reflow/layers/smart_cond.h"

namespace reflow::layers {
namespace {

DType parameter_dtype(DType dtype) {
  return dtype == DType::kHalf || dtype == DType::kBfloat16 ? float32 : dtype;
}

std::vector<int> checked_axes(const std::vector<int>& given, int rank) {
  std::vector<int> axes;
  for (const int axis : given) {
    axes.push_back(axis < 0 ? axis + rank : axis);
    if (axes.back() < 0 || axes.back() >= rank) throw ValueError(fmt::format("Invalid axis: {}", axes.back()));
  }
  if (std::set<int>(axes.begin(), axes.end()).size() != axes.size()) {
    throw ValueError(fmt::format("Duplicate axis: [{}]", fmt::join(axes, ", ")));
  }
  return axes;
}

}  // namespace

BatchNormalization::BatchNormalization(const BatchNormalizationOptions& options)
    : Layer("batch_normalization", options.layer), options_(options) {}

void BatchNormalization::build(const Shape& input_shape) {
  const int rank = input_shape.rank();
  axes_ = checked_axes(options_.axis, rank);
  const bool one_axis = axes_.size() == 1;
  if (options_.fused.value_or(true)) {
    fused_ = rank == 4 && one_axis && (axes_[0] == 1 || axes_[0] == 3);
    if (fused_) data_format_ = axes_[0] == 1 ? "NCHW" : "NHWC";
  }
  std::vector<int64_t> sizes;
  if (one_axis) {
    sizes = {input_shape.dim(axes_[0])};
  } else {
    sizes.assign(static_cast<size_t>(rank), 1);
    for (const int axis : axes_) sizes[axis] = input_shape.dim(axis);
  }
  if (std::any_of(sizes.begin(), sizes.end(), [](int64_t size) { return size < 0; })) {
    throw ValueError(fmt::format("Input has undefined `axis` dimension. Input shape: {}", input_shape.str()));
  }
  const Shape shape(sizes);
  const DType type = parameter_dtype(dtype());
  if (options_.scale) {
    gamma_ = add_weight("gamma", shape,
                        {.initializer = options_.gamma_initializer, .regularizer = options_.gamma_regularizer,
                         .constraint = options_.gamma_constraint, .dtype = type});
  } else if (fused_) {
    constant_gamma_ = constant(1.0, {.dtype = type, .shape = shape});
  }
  if (options_.center) {
    beta_ = add_weight("beta", shape,
                       {.initializer = options_.beta_initializer, .regularizer = options_.beta_regularizer,
                        .constraint = options_.beta_constraint, .dtype = type});
  } else if (fused_) {
    constant_beta_ = constant(0.0, {.dtype = type, .shape = shape});
  }
  moving_mean_ = add_weight("moving_mean", shape,
                            {.initializer = options_.moving_mean_initializer, .trainable = false, .dtype = type});
  moving_variance_ = add_weight("moving_variance", shape,
                                {.initializer = options_.moving_variance_initializer, .trainable = false, .dtype = type});
}

Output BatchNormalization::assign_moving_average(const Variable& variable, const Output& value,
                                                 const TensorLike& momentum) {
  const name_scope scope("AssignMovingAvg");
  const colocate_with place(variable);
  const DType type = base_type(variable.dtype());
  Output decay;
  if (const double* number = std::get_if<double>(&momentum.value())) {
    decay = convert_to_tensor(1.0 - *number, {.name = "decay"});
  } else {
    decay = 1.0 - *momentum.output();
  }
  if (decay.dtype() != type) decay = cast(decay, type);
  const Output change = (variable - cast(value, type)) * decay;
  return variable.assign_sub(change, {.name = scope.name()});
}

Output BatchNormalization::fused_batch_norm(const Output& inputs, const TensorLike& training) {
  const TensorLike gamma = options_.scale ? TensorLike(gamma_) : TensorLike(constant_gamma_);
  const TensorLike beta = options_.center ? TensorLike(beta_) : TensorLike(constant_beta_);
  const auto parts = [](const nn::FusedBatchNorm& result) {
    return std::vector<Output>{result.y, result.batch_mean, result.batch_var};
  };
  const std::vector<Output> result = smart_cond(
      training,
      [&] { return parts(nn::fused_batch_norm(inputs, gamma, beta, {.epsilon = options_.epsilon, .data_format = data_format_})); },
      [&] {
        return parts(nn::fused_batch_norm(inputs, gamma, beta,
                                          {.mean = moving_mean_, .variance = moving_variance_, .epsilon = options_.epsilon,
                                           .data_format = data_format_, .is_training = false}));
      });
  const std::optional<bool> known = smart_constant_value(training);
  const Output momentum = known ? convert_to_tensor(options_.momentum)
                                : cond(training, [&] { return TensorLike(options_.momentum); }, [] { return TensorLike(1.0); });
  if (known.value_or(true)) {
    add_update(assign_moving_average(moving_mean_, result[1], momentum).op());
    add_update(assign_moving_average(moving_variance_, result[2], momentum).op());
  }
  return result[0];
}

Output BatchNormalization::normalized(const Output& inputs, const TensorLike& training) {
  const Shape shape = inputs.shape();
  const int rank = shape.rank();
  std::vector<int> reduction_axes;
  for (int i = 0; i < rank; ++i) {
    if (std::find(axes_.begin(), axes_.end(), i) == axes_.end()) reduction_axes.push_back(i);
  }
  const bool last_axis = axes_.size() == 1 && axes_[0] == rank - 1;
  const auto broadcast = [&](const TensorLike& value, int value_rank) -> TensorLike {
    if (value.is_none() || value_rank == rank || last_axis) return value;
    std::vector<int> sizes(static_cast<size_t>(rank), 1);
    sizes[axes_[0]] = static_cast<int>(shape.dim(axes_[0]));
    return reshape(value, sizes);
  };
  const int parameter_rank = axes_.size() == 1 ? 1 : rank;
  const TensorLike scale = broadcast(options_.scale ? TensorLike(gamma_) : TensorLike(), parameter_rank);
  const TensorLike offset = broadcast(options_.center ? TensorLike(beta_) : TensorLike(), parameter_rank);
  TensorLike mean = moving_mean_, variance = moving_variance_;
  if (smart_constant_value(training) != false) {
    const nn::Moments batch = nn::moments(cast(inputs, parameter_dtype(dtype())), reduction_axes,
                                          {.keep_dims = axes_.size() > 1});
    const Output new_mean =
        smart_cond(training, [&] { return batch.mean; }, [&] { return convert_to_tensor(moving_mean_); });
    const Output new_variance =
        smart_cond(training, [&] { return batch.variance; }, [&] { return convert_to_tensor(moving_variance_); });
    mean = new_mean, variance = new_variance;
    add_update(smart_cond(training, [&] { return assign_moving_average(moving_mean_, new_mean, options_.momentum); },
                          [&] { return moving_mean_.value(); })
                   .op());
    add_update(smart_cond(training,
                          [&] { return assign_moving_average(moving_variance_, new_variance, options_.momentum); },
                          [&] { return moving_variance_.value(); })
                   .op());
  }
  const auto in_type_of_inputs = [&](const TensorLike& value) {
    return value.is_none() || base_type(client::dtype_of_value(value)) == inputs.dtype() ? value : TensorLike(cast(value, inputs.dtype()));
  };
  mean = in_type_of_inputs(mean), variance = in_type_of_inputs(variance);
  const TensorLike typed_offset = in_type_of_inputs(offset), typed_scale = in_type_of_inputs(scale);
  const TensorLike wide_mean = broadcast(mean, parameter_rank), wide_variance = broadcast(variance, parameter_rank);
  const Output outputs =
      nn::batch_normalization(inputs, wide_mean, wide_variance, typed_offset, typed_scale, options_.epsilon);
  outputs.set_shape(shape);
  return outputs;
}

Output BatchNormalization::operator()(const Output& inputs, const TensorLike& training) {
  if (!inputs.shape().known_rank()) throw ValueError("('Input has undefined rank:', TensorShape(None))");
  Output outputs;
  run(inputs, [&] { outputs = fused_ ? fused_batch_norm(inputs, training) : normalized(inputs, training); });
  return outputs;
}

Output batch_normalization(const Output& inputs, const TensorLike& training, const BatchNormalizationOptions& options) {
  return BatchNormalization(options)(inputs, training);
}

}  // namespace reflow::layers
