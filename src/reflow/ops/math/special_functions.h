#pragma once

// Special functions in double precision. Sources: Abramowitz and Stegun, "Handbook of Mathematical Functions" (A&S);
// Press et al., "Numerical Recipes", 3rd edition (NR), chapter 6.

namespace reflow::ops {

// The logarithmic derivative of the gamma function. Infinite at 0, -1, -2, ...: the sign TensorFlow gives, +inf.
double digamma(double x);
// Regularised incomplete gamma functions P(a, x) and Q(a, x). NaN: a <= 0 or x < 0.
double igamma(double a, double x);
double igammac(double a, double x);
// dP(a, x)/da.
double igamma_gradient_a(double a, double x);
// The sum of (q + k)^-x for k from 0 on. NaN: x < 1, and where the terms aren't real.
double hurwitz_zeta(double x, double q);
// The n-th derivative of digamma. NaN: n isn't an integer of 0 or more.
double polygamma(double n, double x);
// The regularised incomplete beta function I_x(a, b). NaN: a <= 0, b <= 0 or x out of [0, 1].
double betainc(double a, double b, double x);
// exp(-|x|) I_0(x) and exp(-|x|) I_1(x), of the modified Bessel functions of the first kind.
double bessel_i0e(double x);
double bessel_i1e(double x);

}  // namespace reflow::ops
