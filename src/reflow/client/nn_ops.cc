#include "reflow/client/nn_ops.h"

#include <cmath>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/random_ops.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/status_errors.h"

namespace reflow::nn {

using client::apply_op;
using client::convert;

Output relu(const TensorLike& x, const NameOptions& options) { return apply_op("Relu", options.name, {x}); }
Output relu6(const TensorLike& x, const NameOptions& options) { return apply_op("Relu6", options.name, {x}); }
Output elu(const TensorLike& x, const NameOptions& options) { return apply_op("Elu", options.name, {x}); }
Output selu(const TensorLike& x, const NameOptions& options) { return apply_op("Selu", options.name, {x}); }
Output softplus(const TensorLike& x, const NameOptions& options) { return apply_op("Softplus", options.name, {x}); }
Output softsign(const TensorLike& x, const NameOptions& options) { return apply_op("Softsign", options.name, {x}); }
Output sigmoid(const TensorLike& x, const NameOptions& options) { return reflow::sigmoid(x, options); }
Output tanh(const TensorLike& x, const NameOptions& options) { return reflow::tanh(x, options); }
Output log_sigmoid(const TensorLike& x, const NameOptions& options) { return reflow::log_sigmoid(x, options); }

Output leaky_relu(const TensorLike& features, const LeakyReluOptions& options) {
  const name_scope scope(options.name, "LeakyRelu");
  Output x = convert(features, DType::kInvalid, "features");
  if (is_integer(x.dtype())) x = to_float(x);
  return apply_op("LeakyRelu", scope.name(), {x}, {{"alpha", options.alpha}});
}

Output crelu(const TensorLike& features, const CreluOptions& options) {
  const name_scope scope(options.name, "CRelu");
  const Output x = convert(features, DType::kInvalid, "features");
  return relu(concat({x, -x}, options.axis, {scope.name()}));
}

namespace {

// `x` with dimension `index`, a number or a tensor, and the last one exchanged.
Output swap_axis(const Output& x, const TensorLike& index, const Output& last, const std::string& name) {
  const auto* number = std::get_if<int64_t>(&index.value());
  const Output before = range(index);
  const TensorLike next = number ? TensorLike(*number + 1) : TensorLike(*index.output() + 1);
  const Output between = range(next, last);
  return transpose(x, concat({before, TensorLike(TensorList{last}), between, TensorLike(TensorList{index})}, 0), {.name = name});
}

Output softmax_along(const char* op, const TensorLike& logits, const SoftmaxOptions& options) {
  const Output x = convert(logits, DType::kInvalid, "");
  const int known_rank = x.shape().rank();
  if (options.axis == -1 || options.axis == known_rank - 1) return apply_op(op, options.name, {x});
  if (known_rank >= 0 && (options.axis < -known_rank || options.axis >= known_rank)) {
    throw errors::InvalidArgumentError(fmt::format("Dimension ({}) must be in the range [{}, {}) where {} is the "
        "number of dimensions in the input.", options.axis, -known_rank, known_rank,
                                                   known_rank));
  }
  if (known_rank < 0) throw NotImplementedError("softmax along another axis than the last needs a known rank");
  const Output rank_for_axis = rank(x);
  TensorLike axis = options.axis;
  if (options.axis < 0) axis = options.axis + rank_for_axis;
  const Output input_rank = rank(x);
  axis = options.axis < 0 ? TensorLike(*axis.output() % known_rank) : TensorLike(options.axis % known_rank);
  const Output swapped = swap_axis(x, axis, subtract(input_rank, 1), "");
  const Output result = apply_op(op, "", {swapped});
  const Output back = swap_axis(result, axis, subtract(input_rank, 1), options.name);
  back.set_shape(x.shape());
  return back;
}

}  // namespace

Output softmax(const TensorLike& logits, const SoftmaxOptions& options) {
  return softmax_along("Softmax", logits, options);
}
Output log_softmax(const TensorLike& logits, const SoftmaxOptions& options) {
  return softmax_along("LogSoftmax", logits, options);
}

Output bias_add(const TensorLike& value, const TensorLike& bias, const BiasAddOptions& options) {
  const name_scope scope(options.name, "BiasAdd");
  const Output x = convert(value, DType::kInvalid, "input");
  const Output b = convert(bias, base_type(x.dtype()), "bias");
  return apply_op("BiasAdd", scope.name(), {x, b}, {{"data_format", options.data_format}});
}

Output xw_plus_b(const TensorLike& x, const TensorLike& weights, const TensorLike& biases, const NameOptions& options) {
  const name_scope scope(options.name, "xw_plus_b");
  const Output input = convert(x, DType::kInvalid, "x"), w = convert(weights, DType::kInvalid, "weights");
  const Output b = convert(biases, DType::kInvalid, "biases");
  return bias_add(matmul(input, w), b, {.name = scope.name()});
}

Output relu_layer(const TensorLike& x, const TensorLike& weights, const TensorLike& biases,
                  const NameOptions& options) {
  const name_scope scope(options.name, "relu_layer");
  const Output input = convert(x, DType::kInvalid, "x"), w = convert(weights, DType::kInvalid, "weights");
  const Output b = convert(biases, DType::kInvalid, "biases");
  return relu(bias_add(matmul(input, w), b), {scope.name()});
}

namespace {

// A plain number of an argument.
std::optional<double> number_of(const TensorLike& value) {
  if (const auto* number = std::get_if<double>(&value.value())) return *number;
  if (const auto* number = std::get_if<int64_t>(&value.value())) return static_cast<double>(*number);
  return std::nullopt;
}

// The shape of dropout's random tensor; -1 in noise_shape stands for x's dimension.
TensorLike noise_shape_of(const Output& x, const TensorLike& noise_shape) {
  if (noise_shape.is_none()) return shape(x);
  if (client::is_symbolic(noise_shape)) return noise_shape;
  const Tensor given = client::to_tensor(noise_shape, DType::kInt64);
  Shape noise(given.flat<int64_t>());
  if (noise.rank() == x.shape().rank()) {
    for (int i = 0; i < noise.rank(); ++i) {
      if (noise.dim(i) < 0) noise.set_dim(i, x.shape().dim(i));
    }
  }
  return noise;
}

}  // namespace

Output dropout(const TensorLike& x, const DropoutOptions& options) {
  TensorLike rate = options.rate;
  if (!options.keep_prob.is_none()) {
    if (!rate.is_none()) throw ValueError("Only one of keep_prob and rate may be given.");
    const std::optional<double> keep = number_of(options.keep_prob);
    rate = keep ? TensorLike(1 - *keep) : TensorLike(client::binary_operator("Sub", "sub", 1, options.keep_prob));
  }
  if (rate.is_none()) throw ValueError("You must provide a rate to dropout.");
  const name_scope scope(options.name, "dropout");
  const Output input = convert(x, DType::kInvalid, "x");
  const DType type = base_type(input.dtype());
  if (!is_floating(type)) {
    throw ValueError(fmt::format("x has to be a floating point tensor since it's going to be scaled. Got a {} tensor "
                                 "instead.", client::python_dtype(type)));
  }
  if (const std::optional<double> number = number_of(rate)) {
    if (!(*number >= 0 && *number < 1)) {
      throw ValueError(fmt::format("rate must be a scalar tensor or a float in the range [0, 1), got {:g}", *number));
    }
    if (*number == 0) return input;
  }
  const Output drop = convert(rate, type, "rate");
  const TensorLike noise_shape = noise_shape_of(input, options.noise_shape);
  const Output random = random_uniform(noise_shape, {.dtype = type, .seed = options.seed});
  const Output keep = 1 - drop;
  const Output scale = 1 / keep;
  const Output mask = random >= drop;
  const Output scaled = input * scale;
  const Output result = scaled * cast(mask, type);
  result.set_shape(input.shape());
  return result;
}

Output dropout(const TensorLike& x, const TensorLike& keep_prob, DropoutOptions options) {
  options.keep_prob = keep_prob;
  return dropout(x, options);
}

Output l2_normalize(const TensorLike& x, const TensorLike& axis, const L2NormalizeOptions& options) {
  const name_scope scope(options.name, "l2_normalize");
  const Output value = convert(x, DType::kInvalid, "x");
  const Output square_sum = reduce_sum(square(value), {.axis = axis, .keepdims = true});
  return multiply(value, rsqrt(maximum(square_sum, options.epsilon)), {scope.name()});
}

Output l2_loss(const TensorLike& t, const NameOptions& options) { return apply_op("L2Loss", options.name, {t}); }

Output in_top_k(const TensorLike& predictions, const TensorLike& targets, const TensorLike& k,
                const NameOptions& options) {
  const name_scope scope(options.name, "in_top_k");
  return apply_op("InTopKV2", "", {predictions, targets, k});
}

TopK top_k(const TensorLike& input, const TensorLike& k, const TopKOptions& options) {
  graph::Node* node = client::make_op("TopKV2", options.name, {input, k}, {{"sorted", options.sorted}});
  return {Output(node, 0), Output(node, 1)};
}

}  // namespace reflow::nn
