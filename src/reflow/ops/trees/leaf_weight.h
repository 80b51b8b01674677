#pragma once

namespace reflow::ops {

// What a leaf adds to the logit, and how much that lowers the loss.
struct LeafWeight {
  float weight = 0, gain = 0;
};

// The w that is best for 1/2 (hessian + l2) w^2 + gradient w + l1 |w|.
inline LeafWeight leaf_weight(float gradient, float hessian, float l1, float l2) {
  if (l1 > 0) {
    if (gradient > l1) gradient -= l1;
    else if (gradient < -l1) gradient += l1;
    else return {};
  }
  if (hessian + l2 <= 1e-15f) return {};
  const float weight = -gradient / (hessian + l2);
  return {weight, -gradient * weight};
}

// Gains that differ less than this are the same.
inline constexpr float kSameGain = 1e-15f;

}  // namespace reflow::ops
