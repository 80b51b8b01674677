// Exponentials, logarithms, tanh and the logistic function in single precision, as TensorFlow's kernels on CPUs compute them
// (Eigen's approximations, without fused multiply-add), so that networks print what they print there: results have the same
// bits where they aren't denormal, which TensorFlow sets to 0. Numbers that don't fill one of its vectors of 8, at the end of a
// tensor, it leaves to the standard library, except for tanh. Included once for each instruction set, as
// hwy/foreach_target.h does it.

#include <limits>

#include <hwy/highway.h>

#if defined(REFLOW_OP_SINGLE_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef REFLOW_OP_SINGLE_MATH_INL_H_
#undef REFLOW_OP_SINGLE_MATH_INL_H_
#else
#define REFLOW_OP_SINGLE_MATH_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace reflow::op {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class D>
auto constant(D d, double value) { return hn::Set(d, static_cast<hn::TFromD<D>>(value)); }

template <class D, class V, class... Rest>
HWY_INLINE V polynomial(D d, V x, double first, Rest... rest) {
  V y = constant(d, first);
  ((y = hn::Add(hn::Mul(y, x), constant(d, rest))), ...);
  return y;
}

template <class D, class V>
HWY_INLINE V clamp(D d, V x, double least, double most) { return hn::Max(hn::Min(x, constant(d, most)), constant(d, least)); }

// y 2^n for a whole number n in [-127, 128]: 0 for the least, infinity for the largest.
template <class D, class V>
HWY_INLINE V times_power_of_2(D d, V y, V n) {
  const V biased = hn::Add(n, constant(d, 127 + 8388608));  // the last bits are the exponent's
  return hn::Mul(y, hn::BitCast(d, hn::ShiftLeft<23>(hn::BitCast(hn::RebindToUnsigned<D>(), biased))));
}

template <class D, class V>
HWY_INLINE V single_exp(D d, V x) {
  const V a = clamp(d, x, -88.3762626647949, 88.5);  // n is in [-127, 128]
  const V n = hn::Floor(hn::Add(hn::Mul(a, constant(d, 1.44269504088896341)), constant(d, 0.5)));
  const V r = hn::Sub(hn::Sub(a, hn::Mul(n, constant(d, 0.693359375))), hn::Mul(n, constant(d, -2.12194440e-4)));
  const V p = polynomial(d, r, 1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1,
                         5.0000001201e-1);
  const V y = hn::Add(hn::Add(hn::Mul(p, hn::Mul(r, r)), r), constant(d, 1));
  return hn::IfThenElse(hn::IsNaN(x), x, times_power_of_2(d, y, n));
}

// Of positive numbers.
template <class D, class V>
HWY_INLINE V single_log(D d, V x) {
  const hn::RebindToSigned<D> bits;
  const V one = constant(d, 1);
  const auto denormal = hn::Lt(x, constant(d, std::numeric_limits<float>::min()));
  const auto u = hn::BitCast(bits, hn::IfThenElse(denormal, hn::Mul(x, constant(d, 8388608)), x));
  V exponent = hn::ConvertTo(d, hn::Sub(hn::ShiftRight<23>(u), hn::Set(bits, 126)));
  exponent = hn::Sub(exponent, hn::IfThenElseZero(denormal, constant(d, 23)));
  const V mantissa = hn::BitCast(d, hn::Or(hn::And(u, hn::Set(bits, 0x007FFFFF)), hn::Set(bits, 0x3F000000)));
  const auto small = hn::Lt(mantissa, constant(d, 0.707106781186547524));
  exponent = hn::Sub(exponent, hn::IfThenElseZero(small, one));
  const V r = hn::Add(hn::Sub(mantissa, one), hn::IfThenElseZero(small, mantissa)), square = hn::Mul(r, r), cube = hn::Mul(square, r);
  V y = polynomial(d, r, 7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1);
  y = hn::Add(hn::Mul(y, cube), polynomial(d, r, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1));
  y = hn::Add(hn::Mul(y, cube), polynomial(d, r, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1));
  y = hn::Add(hn::Mul(y, cube), hn::Mul(exponent, constant(d, -2.12194440e-4)));
  return hn::Add(hn::Add(hn::Sub(r, hn::Mul(square, constant(d, 0.5))), y), hn::Mul(exponent, constant(d, 0.693359375)));
}

template <class D, class V>
HWY_INLINE V single_tanh(D d, V x) {
  const V a = clamp(d, x, -9, 9), square = hn::Mul(a, a);
  const V p = polynomial(d, square, -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-08,
                         1.48572235717979e-05, 6.37261928875436e-04, 4.89352455891786e-03);
  const V q = polynomial(d, square, 1.19825839466702e-06, 1.18534705686654e-04, 2.26843463243900e-03, 4.89352518554385e-03);
  return hn::IfThenElse(hn::IsNaN(x), x, hn::Div(hn::Mul(a, p), q));
}

template <class D, class V>
HWY_INLINE V single_logistic(D d, V x) {
  const V a = clamp(d, x, -18, 18), square = hn::Mul(a, a);
  const V p = polynomial(d, square, 4.37031012579801e-11, 1.15627324459942e-07, 6.08574864600143e-05, 8.51377133304701e-03,
                         2.48287947061529e-01);
  const V q = polynomial(d, square, 6.10247389755681e-13, 5.76102136993427e-09, 6.29106785017040e-06, 1.70198817374094e-03,
                         1.16817656904453e-01, 9.93151921023180e-01);
  return hn::IfThenElse(hn::IsNaN(x), x, clamp(d, hn::Add(hn::Div(hn::Mul(a, p), q), constant(d, 0.5)), 0, 1));
}

}  // namespace HWY_NAMESPACE
}  // namespace reflow::op
HWY_AFTER_NAMESPACE();

#endif  // REFLOW_OP_SINGLE_MATH_INL_H_
