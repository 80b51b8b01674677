#include "reflow/client/clip_ops.h"

#include <limits>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/client/status_errors.h"

namespace reflow {
namespace {

using client::apply_op;
using client::convert;

void check_not_larger(const Output& values, const Output& clipped) {
  if (values.shape().compatible_with(clipped.shape())) return;
  throw ValueError(fmt::format("Shapes {} and {} are not compatible", client::python_shape(values.shape()),
                               client::python_shape(clipped.shape())));
}

std::vector<Gradient> as_gradients(const std::vector<Output>& tensors) {
  std::vector<Gradient> gradients;
  for (const Output& tensor : tensors) gradients.push_back(tensor.valid() ? Gradient(tensor) : Gradient());
  return gradients;
}

}  // namespace

Output clip_by_value(const TensorLike& t, const TensorLike& clip_value_min, const TensorLike& clip_value_max,
                     const NameOptions& options) {
  const name_scope scope(options.name, "clip_by_value");
  const Output values = convert(t, DType::kInvalid, "t");
  const Output below = minimum(values, clip_value_max);
  check_not_larger(values, below);
  const Output clipped = maximum(below, clip_value_min, {scope.name()});
  check_not_larger(values, clipped);
  return clipped;
}

IndexedSlices clip_by_value(const IndexedSlices& t, const TensorLike& clip_value_min, const TensorLike& clip_value_max,
                            const NameOptions& options) {
  return {clip_by_value(t.values, clip_value_min, clip_value_max, options), t.indices, t.dense_shape};
}

Output clip_by_norm(const TensorLike& t, const TensorLike& clip_norm, const ClipByNormOptions& options) {
  const name_scope scope(options.name, "clip_by_norm");
  const Output values = convert(t, DType::kInvalid, "t");
  const Output l2sum = reduce_sum(values * values, {.axis = options.axes, .keepdims = true});
  const Output positive = l2sum > 0;
  // The square root of 0 has no gradient: it is taken of 1 there.
  const Output safe = where(positive, l2sum, ones_like(l2sum));
  const Output l2norm = where(positive, sqrt(safe), l2sum);
  const Output scaled = client::binary_operator("Mul", "mul", values, clip_norm);
  check_not_larger(values, scaled);
  return identity(scaled / maximum(l2norm, clip_norm), {scope.name()});
}

IndexedSlices clip_by_norm(const IndexedSlices& t, const TensorLike& clip_norm, const ClipByNormOptions& options) {
  return {clip_by_norm(t.values, clip_norm, options), t.indices, t.dense_shape};
}

Output clip_by_average_norm(const TensorLike& t, const TensorLike& clip_norm, const NameOptions& options) {
  const name_scope scope(options.name, "clip_by_average_norm");
  const Output values = convert_to_tensor(t, {.name = "t"});
  const Output count = cast(size(values), float32);
  const Output square = values * values;
  const Output inverse_norm = rsqrt(reduce_sum(square, range(rank(values))));
  const Output scaled = values * clip_norm;
  const Output bound = inverse_norm * count;
  const Output limit = client::divide_operator(constant(1.0), clip_norm);
  return identity(scaled * minimum(bound, limit), {scope.name()});
}

Output global_norm(const std::vector<Gradient>& t_list, const NameOptions& options) {
  const name_scope scope(options.name, "global_norm");
  TensorList half_squares;
  for (const Gradient& t : t_list) {
    if (!t.valid()) continue;
    const colocate_with colocated(t.values());
    half_squares.push_back(apply_op("L2Loss", "", {t.values()}));
  }
  const Output half_square = reduce_sum(stack(half_squares));
  return sqrt(half_square * constant(2.0, {.dtype = base_type(half_square.dtype())}), {"global_norm"});
}

Output global_norm(const std::vector<Output>& t_list, const NameOptions& options) {
  return global_norm(as_gradients(t_list), options);
}

GradientsClippedByGlobalNorm clip_by_global_norm(const std::vector<Gradient>& t_list, const TensorLike& clip_norm,
                                                 const ClipByGlobalNormOptions& options) {
  const Output use_norm = options.use_norm.valid() ? options.use_norm : global_norm(t_list, {options.name});
  const name_scope scope(options.name, "clip_by_global_norm");
  const DType type = base_type(use_norm.dtype());
  const Output inverse = 1.0 / use_norm;
  const Output bounded = minimum(inverse, client::divide_operator(constant(1.0, {.dtype = type}), clip_norm));
  const Output scale_for_finite = client::binary_operator("Mul", "mul", clip_norm, bounded);
  const Output is_finite_norm = is_finite(use_norm);
  const Output nan = constant(std::numeric_limits<double>::quiet_NaN(), {.dtype = type});
  const Output scale = where(is_finite_norm, scale_for_finite, nan);
  GradientsClippedByGlobalNorm result{{}, use_norm};
  for (size_t i = 0; i < t_list.size(); ++i) {
    const Gradient& t = t_list[i];
    if (!t.valid()) {
      result.list_clipped.emplace_back();
      continue;
    }
    const colocate_with colocated(t.values());
    const Output clipped = identity(t.values() * scale, {fmt::format("{}_{}", scope.name(), i)});
    if (t.is_slices()) {
      result.list_clipped.push_back(IndexedSlices{clipped, t.slices().indices, t.slices().dense_shape});
    } else {
      result.list_clipped.push_back(clipped);
    }
  }
  return result;
}

ClippedByGlobalNorm clip_by_global_norm(const std::vector<Output>& t_list, const TensorLike& clip_norm,
                                        const ClipByGlobalNormOptions& options) {
  const GradientsClippedByGlobalNorm clipped = clip_by_global_norm(as_gradients(t_list), clip_norm, options);
  ClippedByGlobalNorm result{{}, clipped.global_norm};
  for (const Gradient& gradient : clipped.list_clipped) result.list_clipped.push_back(gradient.values());
  return result;
}

}  // namespace reflow
