// Adam and its kin.

#include <cmath>

#include "reflow/ops/training/update_op.h"

namespace reflow::ops {
namespace {

// The scalars are beta1_power, beta2_power, lr, beta1, beta2, epsilon.
template <typename C>
C adam_step_size(const UpdateArguments<C>& a) {
  return a.scalars[2] * std::sqrt(C(1) - a.scalars[1]) / (C(1) - a.scalars[0]);
}

struct Adam {
  static constexpr int kVariables = 3;
  template <typename C>
  static void with_rule(const UpdateArguments<C>& a, auto&& run) {
    const C step = adam_step_size(a);
    if (a.use_nesterov) run(AdamRule<C, true>{step, a.scalars[3], a.scalars[4], a.scalars[5]});
    else run(AdamRule<C, false>{step, a.scalars[3], a.scalars[4], a.scalars[5]});
  }
};

struct Amsgrad {
  static constexpr int kVariables = 4;
  template <typename C>
  static void with_rule(const UpdateArguments<C>& a, auto&& run) {
    run(AmsgradRule<C>{adam_step_size(a), a.scalars[3], a.scalars[4], a.scalars[5]});
  }
};

struct AdaMax {
  static constexpr int kVariables = 3;
  template <typename C>
  static void with_rule(const UpdateArguments<C>& a, auto&& run) {
    run(AdaMaxRule<C>{a.scalars[1] / (C(1) - a.scalars[0]), a.scalars[2], a.scalars[3], a.scalars[4]});
  }
};

[[maybe_unused]] const bool adam = register_update<Adam>(
    {.name = "Adam",
     .inputs = "var m v beta1_power beta2_power lr beta1 beta2 epsilon grad",
     .attr = "use_nesterov: bool = false",
     .doc = "Updates var by Adam: m and v are running means of the gradient and of its square, var -= lr_t * m / "
            "(sqrt(v) + epsilon) with lr_t = lr * sqrt(1 - beta2_power) / (1 - beta1_power)."},
    kFloatTypes);

[[maybe_unused]] const bool amsgrad = register_update<Amsgrad>(
    {.name = "AdamWithAmsgrad",
     .inputs = "var m v vhat beta1_power beta2_power lr beta1 beta2 epsilon grad",
     .doc = "Updates var by Adam with the largest v so far, vhat, in the place of v.",
     .resource_only = true},
    kFloatTypes);

[[maybe_unused]] const bool ada_max = register_update<AdaMax>(
    {.name = "AdaMax",
     .inputs = "var m v beta1_power lr beta1 beta2 epsilon grad",
     .doc = "Updates var by AdaMax, Adam with the infinity norm: v = max(beta2 * v, abs(grad)), var -= lr / (1 - "
            "beta1_power) * m / (v + epsilon)."},
    kFloatTypes);

}  // namespace
}  // namespace reflow::ops
