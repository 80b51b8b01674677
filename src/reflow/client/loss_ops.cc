// Cross entropies, and means of losses.

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/check_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/plain_number.h"
#include "reflow/client/python_text.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/client/status_errors.h"
#include "reflow/client/weights_broadcast.h"

namespace reflow::nn {
namespace {

using client::apply_op;
using client::convert;

void check_named(const char* function, const TensorLike& labels, const TensorLike& logits) {
  if (!labels.is_none() && !logits.is_none()) return;
  throw ValueError(fmt::format("Both labels and logits must be provided. (`{}` takes them by name)", function));
}

// `x` as [rows, last dimension].
Output flatten_outer(const Output& x) {
  const Output rank = reflow::rank(x);
  const Output dims = shape(x);
  const Output last_axis = subtract(rank, 1);
  const Output last = slice(dims, {last_axis}, {1});
  const Output output = reshape(x, concat({TensorLike(std::vector<int64_t>{-1}), last}, 0));
  const Shape& known = x.shape();
  if (known.known_rank() && known.rank() > 0) {
    int64_t rows = 1;
    for (int i = 0; i + 1 < known.rank(); ++i) rows = rows < 0 || known.dim(i) < 0 ? -1 : rows * known.dim(i);
    output.set_shape({rows, known.dim(known.rank() - 1)});
  }
  return output;
}

// `x` with dimension `axis` behind the others.
Output move_to_end(const Output& x, int axis, const Output& rank) {
  const Output before = range(axis), after = range(axis + 1, rank);
  return transpose(x, concat({before, after, TensorLike(std::vector<int64_t>{axis})}, 0));
}

Output softmax_cross_entropy(const TensorLike& labels, const TensorLike& logits, int axis, const std::string& scope) {
  const Output x = convert(logits, DType::kInvalid, "logits");
  Output target = convert(labels, DType::kInvalid, "labels");
  const DType type = base_type(x.dtype());
  const bool is_half = type == DType::kHalf || type == DType::kBfloat16;
  Output precise = is_half ? cast(x, float32) : x;
  target = cast(target, base_type(precise.dtype()));
  const Output input_rank = rank(precise);
  Shape outer_shape = x.shape();
  const int known_rank = outer_shape.rank();
  if (axis != -1 && axis != known_rank - 1) {
    if (known_rank >= 0 && (axis < -known_rank || axis >= known_rank)) {
      throw IndexError(fmt::format("axis {} is not in [{}, {})", axis, -known_rank, known_rank));
    }
    precise = move_to_end(precise, axis, input_rank);
    target = move_to_end(target, axis, input_rank);
  }
  const Output input_shape = shape(precise);
  const Output rows = flatten_outer(precise), target_rows = flatten_outer(target);
  const Output cost = apply_op("SoftmaxCrossEntropyWithLogits", scope, {rows, target_rows});
  const Output outer_rank = subtract(input_rank, 1);
  const Output outer = slice(input_shape, {0}, {outer_rank});
  const Output result = reshape(cost, outer);
  if (known_rank > 0) {
    outer_shape.remove_dim(axis < 0 ? axis + known_rank : axis);
    result.set_shape(outer_shape);
  }
  return is_half ? cast(result, type) : result;
}

}  // namespace

Output softmax_cross_entropy_with_logits_v2(const SoftmaxCrossEntropyOptions& options) {
  check_named("softmax_cross_entropy_with_logits", options.labels, options.logits);
  const name_scope scope(options.name, "softmax_cross_entropy_with_logits");
  return softmax_cross_entropy(options.labels, options.logits, options.axis, scope.name());
}

Output softmax_cross_entropy_with_logits(const SoftmaxCrossEntropyOptions& options) {
  check_named("softmax_cross_entropy_with_logits", options.labels, options.logits);
  const name_scope scope(options.name, "softmax_cross_entropy_with_logits_sg");
  const Output labels = stop_gradient(options.labels, {"labels_stop_gradient"});
  const name_scope inner(scope.name());
  return softmax_cross_entropy(labels, options.logits, options.axis, inner.name());
}

Output sparse_softmax_cross_entropy_with_logits(const SparseSoftmaxOptions& options) {
  check_named("sparse_softmax_cross_entropy_with_logits", options.labels, options.logits);
  const name_scope scope(options.name, "SparseSoftmaxCrossEntropyWithLogits");
  const Output labels = convert(options.labels, DType::kInvalid, "");
  const Output logits = convert(options.logits, DType::kInvalid, "");
  const bool is_half = base_type(logits.dtype()) == DType::kHalf;
  const Output precise = is_half ? cast(logits, float32) : logits;
  const Output labels_shape = shape(labels);
  const Shape &x = logits.shape(), &y = labels.shape();
  if (x.rank() == 0) {
    throw ValueError("Logits cannot be scalars - received shape " + client::python_shape(x) + ".");
  }
  if (x.known_rank() && y.known_rank() && y.rank() != x.rank() - 1) {
    throw ValueError(fmt::format("Rank mismatch: Rank of labels (received {}) should equal rank of logits minus 1 "
                                 "(received {}).", y.rank(), x.rank()));
  }
  const bool known = x.known_rank() && x.sub_shape(0, x.rank() - 1).fully_defined() && y.fully_defined();
  if (known && !(x.sub_shape(0, x.rank() - 1) == y)) {
    throw ValueError(fmt::format("Shape mismatch: The shape of labels (received {}) should equal the shape of logits "
                                 "except for the last dimension (received {}).", client::python_shape(y),
                                 client::python_shape(x)));
  }
  const auto cost_of = [&](const Output& a, const Output& b) {
    return apply_op("SparseSoftmaxCrossEntropyWithLogits", options.name, {a, b});
  };
  const auto as_logits = [&](const Output& cost) { return is_half ? cast(cost, float16) : cost; };
  if (x.rank() == 2) return as_logits(cost_of(precise, labels));
  std::vector<GraphElement> checks;
  if (!known) {
    const Output given = shape(labels), all = shape(logits);
    checks.emplace_back(assert_equal(given, all[Slice({}, -1)]));
  }
  const control_dependencies after(checks);
  // [..., classes] to [rows, classes] and back.
  const Output dims = shape(logits);
  const Output last = rank(logits) - 1;
  const Output classes = dims[last];
  const Output rows = reshape(precise, {-1, classes});
  const Output row_labels = reshape(labels, {-1});
  const Output cost = cost_of(rows, row_labels);
  const Output result = reshape(cost, labels_shape);
  result.set_shape(y);
  return as_logits(result);
}

Output sigmoid_cross_entropy_with_logits(const SigmoidCrossEntropyOptions& options) {
  check_named("sigmoid_cross_entropy_with_logits", options.labels, options.logits);
  const name_scope scope(options.name, "logistic_loss");
  const Output x = convert(options.logits, DType::kInvalid, "logits");
  const Output z = convert(options.labels, DType::kInvalid, "labels");
  if (!x.shape().compatible_with(z.shape())) {
    throw ValueError(fmt::format("logits and labels must have the same shape ({} vs {})",
        client::python_shape(x.shape()),
                                 client::python_shape(z.shape())));
  }
  // max(x, 0) - x * z + log(1 + exp(-|x|)), without overflow.
  const Output zero = zeros_like(x);
  const Output positive = x >= zero;
  const Output relu_x = where(positive, x, zero);
  const Output negative_abs = where(positive, -x, x);
  const Output linear = relu_x - x * z;
  return add(linear, log1p(exp(negative_abs)), {scope.name()});
}

Output weighted_cross_entropy_with_logits(const WeightedCrossEntropyOptions& options) {
  check_named("weighted_cross_entropy_with_logits", options.labels, options.logits);
  const name_scope scope(options.name, "logistic_loss");
  const Output x = convert(options.logits, DType::kInvalid, "logits");
  const Output z = convert(options.labels, DType::kInvalid, "labels");
  if (!x.shape().compatible_with(z.shape())) {
    throw ValueError(fmt::format("logits and targets must have the same shape ({} vs {})",
        client::python_shape(x.shape()),
                                 client::python_shape(z.shape())));
  }
  const std::optional<double> number = client::number_of(options.pos_weight);
  const TensorLike less_one =
      number ? TensorLike(*number - 1) : TensorLike(client::binary_operator("Sub", "sub", options.pos_weight, 1));
  const Output log_weight = 1 + client::binary_operator("Mul", "mul", less_one, z);
  const Output linear = (1 - z) * x;
  const Output softplus_part = log1p(exp(-abs(x)));
  return add(linear, log_weight * (softplus_part + relu(-x)), {scope.name()});
}

Output compute_average_loss(const TensorLike& per_example_loss, const AverageLossOptions& options) {
  Output loss = convert(per_example_loss, DType::kInvalid, "");
  if (loss.shape().rank() == 0) {
    throw ValueError("Invalid value passed for `per_example_loss`. Expected a tensor with at least rank 1, received: " +
                     client::python_tensor(loss));
  }
  const DType type = base_type(loss.dtype());
  if (!options.sample_weight.is_none()) {
    loss = cast(loss, float32);
    const Output weights = cast(options.sample_weight, float32);
    loss = cast(multiply(loss, broadcast_weights(weights, loss)), type);
  }
  TensorLike batch_size = options.global_batch_size;
  if (batch_size.is_none()) {
    const Output rows = shape(loss)[0];
    batch_size = cast(rows * 1, type);  // times the number of replicas
  }
  return client::divide_operator(reduce_sum(loss), batch_size);
}

Output scale_regularization_loss(const TensorLike& regularization_loss) { return reduce_sum(regularization_loss) / 1.0; }

}  // namespace reflow::nn
