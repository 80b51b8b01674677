#pragma once

namespace reflow::ops {

// How a sample x of the gamma distribution with shape parameter a changes with a, at the same probability: dx/da where
// P(a, x) stays (Figurnov et al., "Implicit reparameterization gradients", 2018). NaN: a <= 0 or x < 0.
double gamma_sample_slope(double a, double x);

}  // namespace reflow::ops
