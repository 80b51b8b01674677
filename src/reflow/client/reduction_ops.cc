#include "reflow/client/reduction_ops.h"

#include <cmath>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/client/status_errors.h"

namespace reflow {
namespace {

using client::apply_op;
using client::convert;

// The axes to fold: those given, else all of `x`.
TensorLike reduction_axes(const TensorLike& x, const TensorLike& axis) {
  if (!axis.is_none()) return axis;
  const Output* output = x.output();
  if (output && output->shape().known_rank()) {
    std::vector<int32_t> axes(output->shape().rank());
    for (size_t i = 0; i < axes.size(); ++i) axes[i] = static_cast<int32_t>(i);
    return constant(axes);
  }
  return range(0, rank(x));
}

Output reduce(const char* op, const TensorLike& x, const ReduceOptions& options) {
  const Output output = apply_op(op, options.name, {x, reduction_axes(x, options.axis)},
                                 {{"keep_dims", options.keepdims}});
  if (options.axis.is_none() && !options.keepdims && !output.shape().fully_defined()) output.set_shape(Shape{});
  return output;
}

}  // namespace

Output reduce_sum(const TensorLike& x, const ReduceOptions& options) { return reduce("Sum", x, options); }
Output reduce_mean(const TensorLike& x, const ReduceOptions& options) { return reduce("Mean", x, options); }
Output reduce_max(const TensorLike& x, const ReduceOptions& options) { return reduce("Max", x, options); }
Output reduce_min(const TensorLike& x, const ReduceOptions& options) { return reduce("Min", x, options); }
Output reduce_prod(const TensorLike& x, const ReduceOptions& options) { return reduce("Prod", x, options); }
Output reduce_all(const TensorLike& x, const ReduceOptions& options) { return reduce("All", x, options); }
Output reduce_any(const TensorLike& x, const ReduceOptions& options) { return reduce("Any", x, options); }

Output reduce_logsumexp(const TensorLike& x, const ReduceOptions& options) {
  const name_scope scope(options.name, "ReduceLogSumExp");
  const Output raw_max = reduce_max(x, {.axis = options.axis, .keepdims = true});
  // One op a statement: C++ leaves open in which order arguments are evaluated, and so nodes made.
  const Output finite = is_finite(raw_max);
  const Output finite_max = stop_gradient(where(finite, raw_max, zeros_like(raw_max)));
  const Output sum = reduce_sum(exp(subtract(x, finite_max)), {.axis = options.axis, .keepdims = options.keepdims});
  const Output result = log(sum);
  return add(result, options.keepdims ? finite_max : reshape(finite_max, shape(result)));
}

Output reduce_variance(const TensorLike& x, const ReduceOptions& options) {
  const name_scope scope(options.name.empty() ? "reduce_variance" : options.name);
  const Output means = reduce_mean(x, {.axis = options.axis, .keepdims = true});
  const Output deviations = square(convert(x, DType::kInvalid, "") - means);
  return reduce_mean(deviations, {.axis = options.axis, .keepdims = options.keepdims});
}

Output reduce_std(const TensorLike& x, const ReduceOptions& options) {
  const name_scope scope(options.name.empty() ? "reduce_std" : options.name);
  return sqrt(reduce_variance(x, {.axis = options.axis, .keepdims = options.keepdims}));
}


Output argmax(const TensorLike& input, const ArgOptions& options) {
  return apply_op("ArgMax", options.name, {input, options.axis.is_none() ? TensorLike(0) : options.axis},
                  {{"output_type", options.output_type}});
}

Output argmin(const TensorLike& input, const ArgOptions& options) {
  return apply_op("ArgMin", options.name, {input, options.axis.is_none() ? TensorLike(0) : options.axis},
                  {{"output_type", options.output_type}});
}

Output count_nonzero(const TensorLike& input_tensor, const CountNonzeroOptions& options) {
  const name_scope scope(options.name, "count_nonzero");
  const Output x = convert(input_tensor, DType::kInvalid, "input_tensor");
  const bool is_text = base_type(x.dtype()) == DType::kString;
  const Output zero = is_text ? constant("", {.dtype = string}) : zeros({}, {.dtype = base_type(x.dtype())});
  return cast(reduce_sum(cast(not_equal(x, zero), int64), {.axis = options.axis, .keepdims = options.keepdims}),
      options.dtype);
}

namespace {

// The order of a norm: 2 where `ord` names the Euclidean or Frobenius's. ValueError: there is no such norm of vectors, or
// of matrices.
double order_of_norm(const TensorLike& ord, bool of_matrix) {
  const auto* text = std::get_if<std::string>(&ord.value());
  const auto* number = std::get_if<double>(&ord.value());
  const auto* integer = std::get_if<int64_t>(&ord.value());
  const double order = number ? *number : integer ? static_cast<double>(*integer) : 2;
  if (of_matrix) {
    const bool known = text ? *text == "euclidean" || *text == "fro" : order == 1 || order == 2 || std::isinf(order);
    if (known) return order;
    throw ValueError("'ord' must be a supported matrix norm in ['euclidean', 'fro', 1, 2, inf], got " +
                     client::describe(ord));
  }
  if ((text && *text != "euclidean") || order <= 0) {
    throw ValueError("'ord' must be a supported vector norm, got " + client::describe(ord));
  }
  return order;
}

// The axes of matrices: two different numbers in a list. Null: `axis` is none or one number.
const TensorLike::List* matrix_axes(const TensorLike& axis) {
  const TensorLike::List* axes = axis.list();
  const auto is_number = [](const TensorLike& a) { return std::holds_alternative<int64_t>(a.value()); };
  const bool fits = axes ? axes->size() == 2 && is_number((*axes)[0]) && is_number((*axes)[1]) &&
                               (*axes)[0].value() != (*axes)[1].value()
                         : axis.is_none() || is_number(axis);
  if (!fits) throw ValueError("'axis' must be None, an integer, or a tuple of 2 unique integers");
  return axes;
}

}  // namespace

Output norm(const TensorLike& tensor, const NormOptions& options) {
  const TensorLike::List* axes = matrix_axes(options.axis);
  const double order = order_of_norm(options.ord, axes != nullptr);
  if (axes && order == 2 && !std::holds_alternative<std::string>(options.ord.value())) {
    throw NotImplementedError("norm has no largest singular value of matrices yet: 'fro' is Frobenius's norm");
  }
  const name_scope scope(options.name, "norm");
  const Output x = convert(tensor, DType::kInvalid, "");
  const auto fold = [](const TensorLike& axis) { return ReduceOptions{.axis = axis, .keepdims = true}; };
  // Where TensorFlow folds by powers it takes one dimension as a list of one.
  const TensorLike listed = axes || options.axis.is_none()
                                ? options.axis
                                : TensorLike(std::make_shared<const TensorLike::List>(TensorLike::List{options.axis}));
  Output result;
  if (order == 2) {
    result = sqrt(reduce_sum(x * conj(x), fold(listed)));
  } else {
    const Output magnitude = abs(x);
    if (order == 1) {
      result = reduce_sum(magnitude, fold(axes ? (*axes)[0] : options.axis));
      if (axes) result = reduce_max(result, fold((*axes)[1]));
    } else if (std::isinf(order)) {
      result = reduce_max(axes ? reduce_sum(magnitude, fold((*axes)[1])) : magnitude,
                          fold(axes ? (*axes)[0] : options.axis));
    } else {
      result = pow(reduce_sum(pow(magnitude, order), fold(listed)), 1.0 / order);
    }
  }
  return options.keepdims ? result : squeeze(result, options.axis);
}

}  // namespace reflow
