#include "special_functions.h"

#include <cmath>
#include <limits>

namespace reflow::ops {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kEpsilon = 1e-16;

// Bernoulli numbers B_2, B_4, ...
constexpr double kBernoulli[] = {1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510,
                                 43867.0 / 798, -174611.0 / 330};

// x^a e^-x / Gamma(a)
double gamma_factor(double a, double x) { return std::exp(a * std::log(x) - x - std::lgamma(a)); }

// P(a, x) by its series, A&S 6.5.29; good for x < a + 1.
double igamma_series(double a, double x) {
  double term = 1 / a, sum = term;
  for (double n = a + 1; std::abs(term) > std::abs(sum) * kEpsilon; ++n) {
    term *= x / n;
    sum += term;
  }
  return sum * gamma_factor(a, x);
}

// Q(a, x) by its continued fraction, A&S 6.5.31, evaluated by Lentz's method; good for x >= a + 1.
double igammac_fraction(double a, double x) {
  constexpr double kTiny = 1e-300;
  double b = x + 1 - a, c = 1 / kTiny, d = 1 / b, h = d;
  for (int i = 1; i < 10000; ++i) {
    const double numerator = -i * (i - a);
    b += 2;
    d = numerator * d + b;
    if (std::abs(d) < kTiny) d = kTiny;
    c = b + numerator / c;
    if (std::abs(c) < kTiny) c = kTiny;
    d = 1 / d;
    const double factor = d * c;
    h *= factor;
    if (std::abs(factor - 1) < kEpsilon) break;
  }
  return h * gamma_factor(a, x);
}

// The continued fraction of the incomplete beta function, A&S 26.5.8, by Lentz's method.
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  const auto away_from_zero = [](double v) { return std::abs(v) < kTiny ? kTiny : v; };
  double c = 1, d = 1 / away_from_zero(1 - (a + b) * x / (a + 1)), h = d;
  for (int m = 1; m < 10000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    h *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    h *= d * c;
    if (std::abs(d * c - 1) < kEpsilon) break;
  }
  return h;
}

// exp(-x) I_n(x), n = 0 or 1, for x >= 0: the power series (A&S 9.6.10) where it has few terms, else the asymptotic one
// (A&S 9.7.1).
double bessel_e(int n, double x) {
  if (x < 30) {
    const double quarter = x * x / 4;
    double term = n == 0 ? 1 : x / 2, sum = term;
    for (int k = 1; term > sum * kEpsilon; ++k) {
      term *= quarter / (k * static_cast<double>(k + n));
      sum += term;
    }
    return sum * std::exp(-x);
  }
  double term = 1, sum = 1;
  for (int k = 1; k < 30 && std::abs(term) > kEpsilon; ++k) {
    term *= ((2 * k - 1) * (2 * k - 1) - 4.0 * n * n) / (8.0 * k * x);
    sum += term;
  }
  return sum / std::sqrt(2 * M_PI * x);
}

}  // namespace

double digamma(double x) {
  if (std::isnan(x) || x == kInf) return x;
  if (x <= 0) {
    if (x == std::floor(x)) return kInf;
    return digamma(1 - x) - M_PI / std::tan(M_PI * (x - std::floor(x)));  // A&S 6.3.7
  }
  double result = 0;
  for (; x < 10; ++x) result -= 1 / x;  // A&S 6.3.5
  const double inverse_square = 1 / (x * x);
  double power = inverse_square, tail = 0;
  for (int k = 1; k <= 8; ++k, power *= inverse_square) tail += kBernoulli[k - 1] / (2 * k) * power;
  return result + std::log(x) - 0.5 / x - tail;  // A&S 6.3.18
}

double igamma(double a, double x) {
  if (!(a > 0) || !(x >= 0)) return kNan;
  if (x == 0) return 0;
  if (x == kInf) return 1;
  return x < a + 1 ? igamma_series(a, x) : 1 - igammac_fraction(a, x);
}

double igammac(double a, double x) {
  if (!(a > 0) || !(x >= 0)) return kNan;
  if (x == 0) return 1;
  if (x == kInf) return 0;
  return x < a + 1 ? 1 - igamma_series(a, x) : igammac_fraction(a, x);
}

double igamma_gradient_a(double a, double x) {
  if (!(a > 0) || !(x >= 0)) return kNan;
  if (x == 0 || x == kInf) return 0;
  // The derivative of the series P = x^a e^-x sum x^n / Gamma(a + n + 1), term by term; all terms are positive, so that
  // it serves any x that isn't far beyond a, where the derivative vanishes.
  if (x > a + 40 + 8 * std::sqrt(a)) return 0;
  double log_term = a * std::log(x) - x - std::lgamma(a + 1), psi = digamma(a + 1), sum = 0;
  const double log_x = std::log(x);
  for (int n = 0; n < 100000; ++n) {
    const double term = std::exp(log_term) * (log_x - psi);
    sum += term;
    if (a + n > x && std::abs(term) <= std::abs(sum) * kEpsilon) break;
    log_term += log_x - std::log(a + n + 1);
    psi += 1 / (a + n + 1);
  }
  return sum;
}

double hurwitz_zeta(double x, double q) {
  if (x == 1) return kInf;
  if (!(x > 1)) return kNan;
  if (q <= 0) {
    if (q == std::floor(q)) return kInf;
    if (x != std::floor(x)) return kNan;
  }
  // Euler-Maclaurin summation: some terms, the integral of the rest, and corrections.
  constexpr int kTerms = 12;
  double sum = 0;
  for (int k = 0; k < kTerms; ++k) {
    sum += std::pow(q, -x);
    ++q;
  }
  for (; q < 9; ++q) sum += std::pow(q, -x);
  sum += std::pow(q, 1 - x) / (x - 1) + 0.5 * std::pow(q, -x);
  double factor = x * std::pow(q, -x - 1);
  double factorial = 2;
  for (int k = 1; k <= 10; ++k) {
    const double term = kBernoulli[k - 1] / factorial * factor;
    sum += term;
    if (std::abs(term) < std::abs(sum) * kEpsilon) break;
    factor *= (x + 2 * k - 1) * (x + 2 * k) / (q * q);
    factorial *= (2 * k + 1) * (2 * k + 2);
  }
  return sum;
}

double polygamma(double n, double x) {
  if (n != std::floor(n) || n < 0) return kNan;
  if (n == 0) return digamma(x);
  const double sign = std::fmod(n, 2) == 0 ? -1 : 1;
  return sign * std::exp(std::lgamma(n + 1)) * hurwitz_zeta(n + 1, x);  // A&S 6.4.10
}

double betainc(double a, double b, double x) {
  if (!(a > 0) || !(b > 0) || !(x >= 0) || !(x <= 1)) return kNan;
  if (x == 0 || x == 1) return x;
  const double factor =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return factor * beta_fraction(a, b, x) / a;
  return 1 - factor * beta_fraction(b, a, 1 - x) / b;
}

double bessel_i0e(double x) { return std::isnan(x) ? x : bessel_e(0, std::abs(x)); }

double bessel_i1e(double x) {
  if (std::isnan(x)) return x;
  const double y = bessel_e(1, std::abs(x));
  return x < 0 ? -y : y;
}

}  // namespace reflow::ops
