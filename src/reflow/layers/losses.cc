#include "reflow/layers/losses.h"

#include <algorithm>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/client/weights_broadcast.h"

namespace reflow::losses {
namespace {

using client::convert;

void check_given(const TensorLike& value, const char* name) {
  if (value.is_none()) throw ValueError(std::string(name) + " must not be None.");
}

void check_same_shape(const Output& a, const Output& b) {
  if (a.shape().compatible_with(b.shape())) return;
  throw ValueError("Shapes " + client::python_shape(a.shape()) + " and " + client::python_shape(b.shape()) +
                   " are incompatible");
}

void check_reduction(const std::string& reduction) {
  for (const char* known : {Reduction::NONE, Reduction::SUM, Reduction::MEAN, Reduction::SUM_OVER_BATCH_SIZE,
                            Reduction::SUM_BY_NONZERO_WEIGHTS}) {
    if (reduction == known) return;
  }
  throw ValueError("Invalid Reduction Key " + reduction + ".");
}

Output number_of_elements(const Output& losses) {
  const name_scope scope("", "num_elements");
  const Output count = size(losses, {.name = scope.name()});
  return cast(count, base_type(losses.dtype()));
}

// How many elements have a weight other than zero; of each row where `per_batch`.
Output number_present(const Output& losses, const TensorLike& weights, bool per_batch = false) {
  const auto* number = std::get_if<double>(&weights.value());
  if (number && *number != 0.0) return number_of_elements(losses);
  const name_scope scope("", "num_present");
  const Output given = cast(weights, float32);
  const Output is_zero = equal(given, 0.0);
  const Output zeros = zeros_like(given), ones = ones_like(given);
  const Output present = broadcast_weights(where(is_zero, zeros, ones), losses);
  if (!per_batch) return reduce_sum(present, {.name = scope.name()});
  return reduce_sum(present, {.axis = range(1, rank(present)), .keepdims = true, .name = scope.name()});
}

Output safe_mean(const Output& total, const Output& count) {
  return div_no_nan(reduce_sum(total), count, {"value"});
}

// Predictions and labels as float32, of one shape.
struct Pair {
  Output predictions, labels;
};
Pair float_pair(const TensorLike& predictions, const TensorLike& labels) {
  const Output p = cast(predictions, float32), l = cast(labels, float32);
  check_same_shape(p, l);
  return {p, l};
}

LossOptions within(const LossOptions& options, const std::string& scope) {
  LossOptions inner = options;
  inner.scope = scope;
  return inner;
}

}  // namespace

Output compute_weighted_loss(const TensorLike& losses_like, const LossOptions& options) {
  check_reduction(options.reduction);
  const name_scope scope(options.scope, "weighted_loss");
  const control_dependencies after({assert_broadcastable(options.weights, losses_like)});
  Output losses = convert(losses_like, DType::kInvalid, "");
  const DType type = base_type(losses.dtype());
  losses = cast(losses, float32);
  const Output weights = cast(options.weights, float32);
  Output loss = multiply(losses, weights);
  if (options.reduction != Reduction::NONE) {
    loss = reduce_sum(loss);
    if (options.reduction == Reduction::MEAN) {
      const Output ones = ones_like(losses);
      loss = safe_mean(loss, reduce_sum(ones * weights));
    } else if (options.reduction == Reduction::SUM_BY_NONZERO_WEIGHTS) {
      loss = safe_mean(loss, number_present(losses, weights));
    } else if (options.reduction == Reduction::SUM_OVER_BATCH_SIZE) {
      loss = safe_mean(loss, number_of_elements(losses));
    }
  }
  loss = cast(loss, type);
  add_loss(loss, options.loss_collection);
  return loss;
}

Output absolute_difference(const TensorLike& labels, const TensorLike& predictions, const LossOptions& options) {
  check_given(labels, "labels");
  check_given(predictions, "predictions");
  const name_scope scope(options.scope, "absolute_difference");
  const Pair pair = float_pair(predictions, labels);
  return compute_weighted_loss(abs(subtract(pair.predictions, pair.labels)), within(options, scope.name()));
}

Output mean_squared_error(const TensorLike& labels, const TensorLike& predictions, const LossOptions& options) {
  check_given(labels, "labels");
  check_given(predictions, "predictions");
  const name_scope scope(options.scope, "mean_squared_error");
  const Pair pair = float_pair(predictions, labels);
  return compute_weighted_loss(squared_difference(pair.predictions, pair.labels), within(options, scope.name()));
}

Output cosine_distance(const TensorLike& labels, const TensorLike& predictions, std::optional<int> axis,
                       const LossOptions& options) {
  if (!axis) throw ValueError("You must specify 'axis'.");
  check_given(labels, "labels");
  check_given(predictions, "predictions");
  const name_scope scope(options.scope, "cosine_distance_loss");
  const Pair pair = float_pair(predictions, labels);
  const Output products = multiply(pair.predictions, pair.labels);
  const Output losses = 1 - reduce_sum(products, {.axis = std::vector<int>{*axis}, .keepdims = true});
  return compute_weighted_loss(losses, within(options, scope.name()));
}

Output hinge_loss(const TensorLike& labels, const TensorLike& logits, const LossOptions& options) {
  check_given(labels, "labels");
  check_given(logits, "logits");
  const name_scope scope(options.scope, "hinge_loss");
  const Pair pair = float_pair(logits, labels);
  const Output ones = ones_like(pair.labels);
  const Output signs = subtract(2 * pair.labels, ones);
  const Output losses = nn::relu(subtract(ones, multiply(signs, pair.predictions)));
  return compute_weighted_loss(losses, within(options, scope.name()));
}

Output huber_loss(const TensorLike& labels, const TensorLike& predictions, const HuberLossOptions& options) {
  check_given(labels, "labels");
  check_given(predictions, "predictions");
  const name_scope scope(options.scope, "huber_loss");
  const Pair pair = float_pair(predictions, labels);
  const Output difference = abs(subtract(pair.predictions, pair.labels));
  const Output quadratic = minimum(difference, options.delta);
  const Output linear = subtract(difference, quadratic);
  const Output half = convert(0.5, base_type(quadratic.dtype()), "");
  const Output square_part = multiply(half, multiply(quadratic, quadratic));
  const Output losses = add(square_part, multiply(options.delta, linear));
  return compute_weighted_loss(losses, within(options, scope.name()));
}

Output log_loss(const TensorLike& labels, const TensorLike& predictions, const LogLossOptions& options) {
  check_given(labels, "labels");
  check_given(predictions, "predictions");
  const name_scope scope(options.scope, "log_loss");
  const Pair pair = float_pair(predictions, labels);
  const auto plus_epsilon = [&](const Output& x) {
    return client::binary_operator("AddV2", "add", x, options.epsilon);
  };
  const Output log_one = log(plus_epsilon(pair.predictions));
  const Output one_part = -multiply(pair.labels, log_one);
  const Output zero_labels = 1 - pair.labels;
  const Output log_zero = log(plus_epsilon(1 - pair.predictions));
  const Output losses = one_part - multiply(zero_labels, log_zero);
  return compute_weighted_loss(losses, within(options, scope.name()));
}

Output mean_pairwise_squared_error(const TensorLike& labels, const TensorLike& predictions,
                                   const PairwiseOptions& options) {
  check_given(labels, "labels");
  check_given(predictions, "predictions");
  const name_scope scope(options.scope, "mean_pairwise_squared_error");
  const Output weights = cast(options.weights, float32);
  const Output float_labels = cast(labels, float32);
  const control_dependencies after({assert_broadcastable(weights, float_labels)});
  const Pair pair = float_pair(predictions, float_labels);
  const Output differences = subtract(pair.predictions, pair.labels);
  const Output axes = range(1, rank(differences));
  const Output squares = reduce_sum(square(differences), {.axis = axes, .keepdims = true});
  const Output present = number_present(differences, weights, /*per_batch=*/true);
  const Output pairs_less = maximum(present - 1, 0);
  const Output term1 = 2.0 * div_no_nan(squares, pairs_less, {"value"});
  const Output sum = reduce_sum(differences, {.axis = axes, .keepdims = true});
  const Output square_of_sum = square(sum);
  const Output pairs = maximum(multiply(present, present - 1), 0);
  const Output term2 = 2.0 * div_no_nan(square_of_sum, pairs, {"value"});
  const Output loss = reduce_sum(multiply(term1 - term2, weights));
  const Output any_present = reduce_sum(present) > 0;
  const Output mean = where(any_present, loss, zeros_like(loss), {"value"});
  add_loss(mean, options.loss_collection);
  return mean;
}

Output sigmoid_cross_entropy(const TensorLike& multi_class_labels, const TensorLike& logits_like,
                             const CrossEntropyOptions& options) {
  check_given(multi_class_labels, "multi_class_labels");
  check_given(logits_like, "logits");
  const name_scope scope(options.scope, "sigmoid_cross_entropy_loss");
  const Output logits = convert(logits_like, DType::kInvalid, "");
  Output labels = cast(multi_class_labels, base_type(logits.dtype()));
  check_same_shape(logits, labels);
  if (options.label_smoothing > 0) {
    labels = labels * (1 - options.label_smoothing) + 0.5 * options.label_smoothing;
  }
  const Output losses = nn::sigmoid_cross_entropy_with_logits({.labels = labels, .logits = logits, .name = "xentropy"});
  return compute_weighted_loss(losses, within(options, scope.name()));
}

Output softmax_cross_entropy(const TensorLike& onehot_labels, const TensorLike& logits_like,
                             const CrossEntropyOptions& options) {
  check_given(onehot_labels, "onehot_labels");
  check_given(logits_like, "logits");
  const name_scope scope(options.scope, "softmax_cross_entropy_loss");
  const Output logits = convert(logits_like, DType::kInvalid, "");
  Output labels = cast(onehot_labels, base_type(logits.dtype()));
  check_same_shape(logits, labels);
  if (options.label_smoothing > 0) {
    const Output dims = shape(labels);
    const Output classes = cast(dims[-1], base_type(logits.dtype()));
    const Output others = options.label_smoothing / classes;
    labels = labels * (1.0 - options.label_smoothing) + others;
  }
  labels = stop_gradient(labels, {"labels_stop_gradient"});
  const Output losses =
      nn::softmax_cross_entropy_with_logits_v2({.labels = labels, .logits = logits, .name = "xentropy"});
  return compute_weighted_loss(losses, within(options, scope.name()));
}

namespace {

// `weights` without a last dimension that labels don't have.
Output squeeze_weights(const TensorLike& weights_like, const Output& labels) {
  const Output weights = convert(weights_like, DType::kInvalid, "");
  const Shape& known = weights.shape();
  if (known.known_rank() && labels.shape().known_rank()) {
    return known.rank() - labels.shape().rank() == 1 ? squeeze(weights, {-1}) : weights;
  }
  const Output weights_rank = rank(weights);
  const Output difference = weights_rank - rank(labels);
  const int64_t last = known.rank() > 0 ? known.dim(known.rank() - 1) : -1;
  if (known.known_rank() && (known.rank() == 0 || last > 1)) return weights;
  const Output squeezable = equal(1, difference);
  return cond(squeezable, [&] { return squeeze(weights, {-1}); }, [&] { return weights; });
}

}  // namespace

Output sparse_softmax_cross_entropy(const TensorLike& labels, const TensorLike& logits, const LossOptions& options) {
  check_given(labels, "labels");
  check_given(logits, "logits");
  const name_scope scope(options.scope, "sparse_softmax_cross_entropy_loss");
  const Squeezed pair = remove_squeezable_dimensions(labels, logits, 1);
  LossOptions inner = within(options, scope.name());
  inner.weights = squeeze_weights(options.weights, pair.labels);
  const Output losses = nn::sparse_softmax_cross_entropy_with_logits(
      {.labels = pair.labels, .logits = pair.predictions, .name = "xentropy"});
  return compute_weighted_loss(losses, inner);
}

void add_loss(const Output& loss, const std::optional<std::string>& loss_collection) {
  if (loss_collection && !loss_collection->empty()) add_to_collection(*loss_collection, loss);
}

std::vector<Output> get_losses(const std::string& scope, const std::string& loss_collection) {
  return get_collection(loss_collection, scope);
}

std::vector<Output> get_regularization_losses(const std::string& scope) {
  return get_collection(GraphKeys::REGULARIZATION_LOSSES, scope);
}

Output get_regularization_loss(const std::string& scope, const std::string& name) {
  const std::vector<Output> losses = get_regularization_losses(scope);
  return losses.empty() ? constant(0.0) : add_n(losses, {name});
}

Output get_total_loss(const TotalLossOptions& options) {
  std::vector<Output> losses = get_losses(options.scope);
  if (options.add_regularization_losses) {
    const std::vector<Output> penalties = get_regularization_losses(options.scope);
    losses.insert(losses.end(), penalties.begin(), penalties.end());
  }
  return add_n(losses, {options.name});
}

}  // namespace reflow::losses
