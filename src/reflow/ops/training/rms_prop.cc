// RMSProp, with and without centring.

#include "reflow/ops/training/update_op.h"

namespace reflow::ops {
namespace {

struct RmsProp {
  static constexpr int kVariables = 3;
  template <typename C>
  static void with_rule(const UpdateArguments<C>& a, auto&& run) {
    run(RmsPropRule<C>{a.scalars[0], a.scalars[1], a.scalars[2], a.scalars[3]});
  }
};

struct CenteredRmsProp {
  static constexpr int kVariables = 4;
  template <typename C>
  static void with_rule(const UpdateArguments<C>& a, auto&& run) {
    run(CenteredRmsPropRule<C>{a.scalars[0], a.scalars[1], a.scalars[2], a.scalars[3]});
  }
};

[[maybe_unused]] const bool rms_prop = register_update<RmsProp>(
    {.name = "RMSProp",
     .inputs = "var ms mom lr rho momentum epsilon grad",
     .sparse_inputs = "var ms mom lr rho momentum epsilon grad indices",
     .doc = "Updates var by RMSProp: ms is the running mean of squared gradients, mom = momentum * mom + lr * grad / "
            "sqrt(ms + epsilon), var -= mom."},
    kFloatTypes);

[[maybe_unused]] const bool centered_rms_prop = register_update<CenteredRmsProp>(
    {.name = "CenteredRMSProp",
     .inputs = "var mg ms mom lr rho momentum epsilon grad",
     .sparse_inputs = "var mg ms mom lr rho momentum epsilon grad indices",
     .doc = "Updates var by RMSProp with an estimate of the gradient's variance, ms - mg * mg, in the place of ms."},
    kFloatTypes);

}  // namespace
}  // namespace reflow::ops
