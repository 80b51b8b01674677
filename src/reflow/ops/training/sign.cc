// AddSign and PowerSign: larger steps where the gradient agrees in sign with its running mean.

#include <cmath>

#include "reflow/ops/training/update_op.h"

namespace reflow::ops {
namespace {

struct AddSign {
  static constexpr int kVariables = 2;
  template <typename C>
  static void with_rule(const UpdateArguments<C>& a, auto&& run) {
    run(AddSignRule<C>{a.scalars[0], a.scalars[1], a.scalars[2], a.scalars[3]});
  }
};

struct PowerSign {
  static constexpr int kVariables = 2;
  template <typename C>
  static void with_rule(const UpdateArguments<C>& a, auto&& run) {
    const C exponent = a.scalars[1] * a.scalars[2];
    run(PowerSignRule<C>{a.scalars[0], std::exp(exponent), std::exp(-exponent), a.scalars[3]});
  }
};

[[maybe_unused]] const bool add_sign = register_update<AddSign>(
    {.name = "AddSign",
     .inputs = "var m lr alpha sign_decay beta grad",
     .doc = "Updates var by AddSign: m is the running mean of the gradient, var -= lr * (alpha + sign_decay * sign(grad) * "
            "sign(m)) * grad."},
    kFloatTypes);

[[maybe_unused]] const bool power_sign = register_update<PowerSign>(
    {.name = "PowerSign",
     .inputs = "var m lr logbase sign_decay beta grad",
     .doc = "Updates var by PowerSign: m is the running mean of the gradient, var -= lr * exp(logbase * sign_decay * "
            "sign(grad) * sign(m)) * grad."},
    kFloatTypes);

}  // namespace
}  // namespace reflow::ops
