#include "reflow/contrib/layers/regularizers.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/collections.h"
#include "reflow/client/errors.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/variable.h"

#include <fmt/format.h>

namespace reflow::contrib::layers {
namespace {

Output no_penalty(const TensorLike&) { return Output(); }

// scale * norm(weights), where `norm` makes its ops within the scope.
Regularizer scaled(const TensorLike& scale, const std::string& scope, const char* default_scope,
                   Output (*norm)(const TensorLike&)) {
  return [=](const TensorLike& weights) {
    name_scope ops_scope(scope, default_scope);
    const DType type = base_type(client::dtype_of_value(weights));
    const Output factor = client::convert(scale, type, "scale");
    return client::apply_op("Mul", ops_scope.name(), {factor, norm(weights)});
  };
}

Output l1_norm(const TensorLike& weights) { return reduce_sum(client::apply_op("Abs", "", {weights})); }
Output half_squared_l2_norm(const TensorLike& weights) { return client::apply_op("L2Loss", "", {weights}); }

}  // namespace

Regularizer l1_regularizer(double scale, const std::string& scope) {
  if (scale < 0.) throw ValueError(fmt::format("Setting a scale less than 0 on a regularizer: {:g}", scale));
  if (scale == 0.) return no_penalty;
  return scaled(scale, scope, "l1_regularizer", l1_norm);
}

Regularizer l2_regularizer(double scale, const std::string& scope) {
  if (scale < 0.) throw ValueError(fmt::format("Setting a scale less than 0 on a regularizer: {:g}.", scale));
  if (scale == 0.) return no_penalty;
  return scaled(scale, scope, "l2_regularizer", half_squared_l2_norm);
}

Regularizer l1_regularizer(const Output& scale, const std::string& scope) {
  return scaled(scale, scope, "l1_regularizer", l1_norm);
}

Regularizer l2_regularizer(const Output& scale, const std::string& scope) {
  return scaled(scale, scope, "l2_regularizer", half_squared_l2_norm);
}

Regularizer l1_l2_regularizer(const L1L2Options& options) {
  const std::string scope = options.scope.empty() ? "l1_l2_regularizer" : options.scope;
  if (options.scale_l1 == 0.) return l2_regularizer(options.scale_l2, scope);
  if (options.scale_l2 == 0.) return l1_regularizer(options.scale_l1, scope);
  return sum_regularizer({l1_regularizer(options.scale_l1), l2_regularizer(options.scale_l2)}, scope);
}

Regularizer sum_regularizer(const std::vector<Regularizer>& regularizer_list, const std::string& scope) {
  std::vector<Regularizer> parts;
  for (const Regularizer& r : regularizer_list) {
    if (r) parts.push_back(r);
  }
  if (parts.empty()) return nullptr;
  return [=](const TensorLike& weights) {
    name_scope ops_scope(scope, "sum_regularizer");
    std::vector<Output> penalties;
    for (const Regularizer& part : parts) {
      if (const Output penalty = part(weights); penalty.valid()) penalties.push_back(penalty);
    }
    return penalties.empty() ? Output() : add_n(penalties, {.name = ops_scope.name()});
  };
}

Output apply_regularization(const Regularizer& regularizer, const std::vector<TensorLike>& weights_list) {
  std::vector<TensorLike> weights = weights_list;
  if (weights.empty()) {
    for (const Variable& v : get_collection<Variable>(GraphKeys::WEIGHTS)) weights.emplace_back(v);
  }
  if (weights.empty()) throw ValueError("No weights to regularize.");
  name_scope scope("get_regularization_penalty");
  std::vector<Output> penalties;
  for (const TensorLike& w : weights) penalties.push_back(regularizer(w));
  for (Output& penalty : penalties) {
    if (!penalty.valid()) penalty = constant(0.0);
    if (penalty.shape().rank() == 0) continue;
    throw ValueError(fmt::format("regularizer must return a scalar Tensor instead of a Tensor with rank {}.",
                                 penalty.shape().rank()));
  }
  const Output sum = add_n(penalties, {.name = scope.name()});
  add_to_collection(GraphKeys::REGULARIZATION_LOSSES, sum);
  return sum;
}

}  // namespace reflow::contrib::layers
