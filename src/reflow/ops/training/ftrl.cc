// Follow the regularised leader.

#include "reflow/ops/training/update_op.h"

namespace reflow::ops {
namespace {

template <bool kHasShrinkage>
struct FtrlOf {
  static constexpr int kVariables = 3;
  template <typename C>
  static void with_rule(const UpdateArguments<C>& a, auto&& run) {
    const C shrinkage = kHasShrinkage ? a.scalars[3] : C(0);
    const C power = a.scalars[kHasShrinkage ? 4 : 3];
    if (power == C(-0.5)) run(FtrlRule<C, true>{a.scalars[0], a.scalars[1], a.scalars[2], shrinkage, power});
    else run(FtrlRule<C, false>{a.scalars[0], a.scalars[1], a.scalars[2], shrinkage, power});
  }
};

[[maybe_unused]] const bool ftrl = register_update<FtrlOf<false>>(
    {.name = "Ftrl",
     .inputs = "var accum linear grad lr l1 l2 lr_power",
     .sparse_inputs = "var accum linear grad indices lr l1 l2 lr_power",
     .doc = "Updates var by Ftrl-proximal, with L1 and L2 regularisation."},
    kFloatTypes);

[[maybe_unused]] const bool ftrl_v2 = register_update<FtrlOf<true>>(
    {.name = "FtrlV2",
     .inputs = "var accum linear grad lr l1 l2 l2_shrinkage lr_power",
     .sparse_inputs = "var accum linear grad indices lr l1 l2 l2_shrinkage lr_power",
     .doc = "Updates var by Ftrl-proximal, with L1 and L2 regularisation, and L2 shrinkage of the gradient."},
    kFloatTypes);

}  // namespace
}  // namespace reflow::ops
