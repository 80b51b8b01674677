// Adagrad, with its proximal and dual averaging forms, and Adadelta.

#include "reflow/ops/training/update_op.h"

namespace reflow::ops {
namespace {

template <bool kHasEpsilon>
struct AdagradOf {
  static constexpr int kVariables = 2;
  template <typename C>
  static void with_rule(const UpdateArguments<C>& a, auto&& run) {
    const C epsilon = kHasEpsilon ? a.scalars[1] : C(0);
    if (a.update_slots) run(AdagradRule<C, true>{a.scalars[0], epsilon});
    else run(AdagradRule<C, false>{a.scalars[0], epsilon});
  }
};

struct AdagradDa {
  static constexpr int kVariables = 3;
  template <typename C>
  static void with_rule(const UpdateArguments<C>& a, auto&& run) {
    run(AdagradDaRule<C>{a.scalars[0], a.scalars[1], a.scalars[2], static_cast<C>(a.global_step)});
  }
};

struct Adadelta {
  static constexpr int kVariables = 3;
  template <typename C>
  static void with_rule(const UpdateArguments<C>& a, auto&& run) {
    run(AdadeltaRule<C>{a.scalars[0], a.scalars[1], a.scalars[2]});
  }
};

struct ProximalAdagrad {
  static constexpr int kVariables = 2;
  template <typename C>
  static void with_rule(const UpdateArguments<C>& a, auto&& run) {
    run(ProximalAdagradRule<C>{a.scalars[0], a.scalars[1], a.scalars[2]});
  }
};

struct ProximalGradientDescent {
  static constexpr int kVariables = 1;
  template <typename C>
  static void with_rule(const UpdateArguments<C>& a, auto&& run) {
    run(ProximalGradientDescentRule<C>{a.scalars[0], a.scalars[1], a.scalars[2]});
  }
};

[[maybe_unused]] const bool adagrad = register_update<AdagradOf<false>>(
    {.name = "Adagrad",
     .inputs = "var accum lr grad",
     .sparse_inputs = "var accum lr grad indices",
     .attr = "update_slots: bool = true",
     .doc = "Updates var by Adagrad: accum += grad * grad, var -= lr * grad / sqrt(accum)."},
    kFloatTypes);

[[maybe_unused]] const bool adagrad_v2 = register_update<AdagradOf<true>>(
    {.name = "AdagradV2",
     .inputs = "var accum lr epsilon grad",
     .sparse_inputs = "var accum lr epsilon grad indices",
     .attr = "update_slots: bool = true",
     .doc = "Updates var by Adagrad: accum += grad * grad, var -= lr * grad / (sqrt(accum) + epsilon)."},
    kFloatTypes);

[[maybe_unused]] const bool adagrad_da = register_update<AdagradDa>(
    {.name = "AdagradDA",
     .inputs = "var gradient_accumulator gradient_squared_accumulator grad lr l1 l2 global_step",
     .sparse_inputs = "var gradient_accumulator gradient_squared_accumulator grad indices lr l1 l2 global_step",
     .doc = "Updates var by Adagrad with dual averaging, and by L1 and L2 regularisation."},
    kFloatTypes);

[[maybe_unused]] const bool adadelta = register_update<Adadelta>(
    {.name = "Adadelta",
     .inputs = "var accum accum_update lr rho epsilon grad",
     .sparse_inputs = "var accum accum_update lr rho epsilon grad indices",
     .doc = "Updates var by Adadelta: the step is grad * sqrt(accum_update + epsilon) / sqrt(accum + epsilon), where accum "
            "and accum_update are running means of the squares of gradients and of steps."},
    kFloatTypes);

[[maybe_unused]] const bool proximal_adagrad = register_update<ProximalAdagrad>(
    {.name = "ProximalAdagrad",
     .inputs = "var accum lr l1 l2 grad",
     .sparse_inputs = "var accum lr l1 l2 grad indices",
     .doc = "Updates var by Adagrad's step followed by a proximal step for L1 and L2 regularisation."},
    kFloatTypes);

[[maybe_unused]] const bool proximal_gradient_descent = register_update<ProximalGradientDescent>(
    {.name = "ProximalGradientDescent",
     .inputs = "var alpha l1 l2 delta",
     .sparse_inputs = "var alpha l1 l2 grad indices",
     .doc = "Updates var by gradient descent followed by a proximal step for L1 and L2 regularisation."},
    kFloatTypes);

}  // namespace
}  // namespace reflow::ops
