#include "reflow/ops/math/gamma_sample_slope.h"

#include <cmath>
#include <limits>

#include "reflow/ops/math/special_functions.h"

namespace reflow::ops {
namespace {

constexpr int kMostTerms = 100000;
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

// The power series of P(a, x), each term with its derivative: the factor before the sum cancels against the density.
double by_series(double a, double x) {
  double term = 1, slope = 0, sum = 1, sum_slope = 0;
  for (int n = 1; n < kMostTerms; ++n) {
    const double ratio = x / (a + n);
    slope = ratio * slope - ratio / (a + n) * term;
    term *= ratio;
    sum += term;
    sum_slope += slope;
    if (std::abs(slope) <= kEpsilon * std::abs(sum_slope)) break;
  }
  return -(sum_slope + sum * (std::log(x) - digamma(a + 1))) * x / a;
}

// A numerator or denominator of a continued fraction's convergents: the last two, with their derivatives.
struct Convergent {
  double before, now, before_slope, now_slope;
  // v(k) = z v(k - 1) - w v(k - 2), where the derivatives of z and w are -1 and `w_slope`.
  void step(double z, double w, double w_slope) {
    const double next = now * z - before * w;
    const double next_slope = now_slope * z - now - before_slope * w - before * w_slope;
    before = now;
    now = next;
    before_slope = now_slope;
    now_slope = next_slope;
  }
  void scale(double factor) {
    before *= factor;
    now *= factor;
    before_slope *= factor;
    now_slope *= factor;
  }
};

// The continued fraction of Q(a, x), likewise.
double by_fraction(double a, double x) {
  Convergent p{1, x + 1, 0, 0}, q{x, (x + 2 - a) * x, 0, -x};
  double value = p.now / q.now, slope = (p.now_slope - value * q.now_slope) / q.now;
  for (int k = 1; k < kMostTerms; ++k) {
    const double y = 1 - a + k, z = x + 2 - a + 2 * k;
    p.step(z, y * k, -k);
    q.step(z, y * k, -k);
    if (q.now != 0) {
      const double last = slope;
      value = p.now / q.now;
      slope = (p.now_slope - value * q.now_slope) / q.now;
      if (std::abs(slope - last) <= kEpsilon) break;
    }
    constexpr double kBig = 1 / kEpsilon;
    if (std::abs(p.now) > kBig) {
      p.scale(1 / kBig);
      q.scale(1 / kBig);
    }
  }
  return (slope + value * (std::log(x) - digamma(a))) * x;
}

}  // namespace

double gamma_sample_slope(double a, double x) {
  if (!(a > 0) || !(x >= 0)) return std::numeric_limits<double>::quiet_NaN();
  if (x == 0) return 0;
  return x > 1 && x > a ? by_fraction(a, x) : by_series(a, x);
}

}  // namespace reflow::ops
