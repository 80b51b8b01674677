// Gradient descent and momentum.

#include "reflow/ops/training/update_op.h"

namespace reflow::ops {
namespace {

struct GradientDescent {
  static constexpr int kVariables = 1;
  template <typename C>
  static void with_rule(const UpdateArguments<C>& a, auto&& run) {
    run(GradientDescentRule<C>{a.scalars[0]});
  }
};

template <template <typename, bool> class Rule>
struct MomentumOf {
  static constexpr int kVariables = 2;
  template <typename C>
  static void with_rule(const UpdateArguments<C>& a, auto&& run) {
    if (a.use_nesterov) run(Rule<C, true>{a.scalars[0], a.scalars[1]});
    else run(Rule<C, false>{a.scalars[0], a.scalars[1]});
  }
};

[[maybe_unused]] const bool gradient_descent = register_update<GradientDescent>(
    {.name = "GradientDescent",
     .inputs = "var alpha delta",
     .doc = "Updates var by gradient descent: var -= alpha * delta."},
    kFloatTypes + kComplexTypes);

[[maybe_unused]] const bool momentum = register_update<MomentumOf<MomentumRule>>(
    {.name = "Momentum",
     .inputs = "var accum lr grad momentum",
     .sparse_inputs = "var accum lr grad indices momentum",
     .attr = "use_nesterov: bool = false",
     .doc = "Updates var by momentum: accum = accum * momentum + grad, var -= lr * accum. With use_nesterov the gradient "
            "is the one at var - lr * momentum * accum, as Nesterov does it."},
    kFloatTypes);

[[maybe_unused]] const bool keras_momentum = register_update<MomentumOf<KerasMomentumRule>>(
    {.name = "KerasMomentum",
     .inputs = "var accum lr grad momentum",
     .sparse_inputs = "var accum lr grad indices momentum",
     .attr = "use_nesterov: bool = false",
     .doc = "Updates var by momentum as Keras defines it: accum = accum * momentum - lr * grad, var += accum.",
     .resource_only = true},
    kFloatTypes);

}  // namespace
}  // namespace reflow::ops
