"""The normal distribution function, its logarithm and its inverse, and that of Laplace."""

import math

import numpy as np

from reflow.framework import constant_op
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops

__all__ = ['log_ndtr', 'ndtr', 'ndtri', 'log_cdf_laplace']

# Where log(ndtr) is taken as an asymptotic series, and as -ndtr(-x).
_LOWER = {np.float64: -20., np.float32: -10.}
_UPPER = {np.float64: 8., np.float32: 5.}

# Rational approximations of the inverse: M. J. Wichura's and Cephes' coefficients, as in Cephes' ndtri.c, lowest power
# first.
_P0 = [-1.23916583867381258016E0, 1.39312609387279679503E1, -5.66762857469070293439E1, 9.80010754185999661536E1,
       -5.99633501014107895267E1]
_Q0 = [-1.18331621121330003142E0, 1.59056225126211695515E1, -8.20372256168333339912E1, 2.00260212380060660359E2,
       -2.25462687854119370527E2, 8.63602421390890590575E1, 4.67627912898881538453E0, 1.95448858338141759834E0, 1.0]
_P1 = [-8.57456785154685413611E-4, -3.50424626827848203418E-2, -1.40256079171354495875E-1, 2.18663306850790267539E0,
       1.46849561928858024014E1, 4.40805073893200834700E1, 5.71628192246421288162E1, 3.15251094599893866154E1,
       4.05544892305962419923E0]
_Q1 = [-9.33259480895457427372E-4, -3.80806407691578277194E-2, -1.42182922854787788574E-1, 2.50464946208309415979E0,
       1.50425385692907503408E1, 4.13172038254672030440E1, 4.53907635128879210584E1, 1.57799883256466749731E1, 1.0]
_P2 = [6.23974539184983293730E-9, 2.65806974686737550832E-6, 3.01581553508235416007E-4, 1.23716634817820021358E-2,
       2.01485389549179081538E-1, 1.33303460815807542389E0, 3.93881025292474443415E0, 6.91522889068984211695E0,
       3.23774891776946035970E0]
_Q2 = [6.79019408009981274425E-9, 2.89247864745380683936E-6, 3.28014464682127739104E-4, 1.34204006088543189037E-2,
       2.16236993594496635890E-1, 1.37702099489081330271E0, 3.67983563856160859403E0, 6.02427039364742014255E0, 1.0]


def _checked(x):
    if x.dtype.as_numpy_dtype not in [np.float32, np.float64]:
        raise TypeError('x.dtype=%s is not handled, see docstring for supported types.' % x.dtype)


def ndtr(x, name='ndtr'):
    """The probability that a normal number is at most `x`."""
    with ops.name_scope(name, values=[x]):
        x = ops.convert_to_tensor(x, name='x')
        _checked(x)
        return _ndtr(x)


def _ndtr(x):
    """(1 + erf(x / sqrt(2))) / 2: by erf in the middle, by erfc where that is near 0 or 2."""
    half_sqrt_2 = ops.convert_to_tensor(0.5 * math.sqrt(2.), dtype=x.dtype, name='half_sqrt_2')
    scaled = x * half_sqrt_2
    distance = math_ops.abs(scaled)
    is_middle, middle = math_ops.less(distance, half_sqrt_2), 1. + math_ops.erf(scaled)
    is_right, right = math_ops.greater(scaled, 0.), 2. - math_ops.erfc(distance)
    side = array_ops.where_v2(is_right, right, math_ops.erfc(distance))
    return 0.5 * array_ops.where_v2(is_middle, middle, side)


def ndtri(p, name='ndtri'):
    """The `x` for which ndtr(x) is `p`."""
    with ops.name_scope(name, values=[p]):
        p = ops.convert_to_tensor(p, name='p')
        if p.dtype.as_numpy_dtype not in [np.float32, np.float64]:
            raise TypeError('p.dtype=%s is not handled, see docstring for supported types.' % p.dtype)
        return _ndtri(p)


def erfinv(x, name='erfinv'):
    """The inverse of erf."""
    with ops.name_scope(name, values=[x]):
        x = ops.convert_to_tensor(x, name='x')
        _checked(x)
        return ndtri((x + 1.) / 2.) / np.sqrt(2)


def _polynomial(var, coeffs):
    coeffs = np.array(coeffs, var.dtype.as_numpy_dtype)
    if not coeffs.size:
        return array_ops.zeros_like(var)
    return coeffs[0] + _polynomial(var, coeffs[1:]) * var


def _ndtri(p):
    """By three quotients of polynomials (cephes: ndtri.c), of the probability on the nearer side."""
    number, side = p.dtype.as_numpy_dtype, np.exp(-2.)
    nearer = array_ops.where_v2(p > -np.expm1(-2.), 1. - p, p)
    is_zero, half = nearer <= 0., array_ops.fill(array_ops.shape(p), np.array(0.5, number))
    nearer = array_ops.where_v2(is_zero, half, nearer)  # 0 has no logarithm
    of_half = nearer - 0.5
    square = of_half ** 2
    central = (of_half + of_half * square * (_polynomial(square, _P0) / _polynomial(square, _Q0))) * -np.sqrt(2. * np.pi)
    z = math_ops.sqrt(-2. * math_ops.log(nearer))
    leading = z - math_ops.log(z) / z
    far, near = [_polynomial(1. / z, top) / _polynomial(1. / z, bottom) / z for top, bottom in ((_P2, _Q2), (_P1, _Q1))]
    far, near = leading - far, leading - near
    x = array_ops.where_v2(nearer > side, central, array_ops.where_v2(z >= 8.0, far, near))
    x = array_ops.where_v2(p > 1. - side, x, -x)
    infinity = constant_op.constant(np.inf, dtype=p.dtype)
    infinity = array_ops.fill(array_ops.shape(p), infinity)
    return array_ops.where_v2(p <= 0., -infinity, array_ops.where_v2(p >= 1., infinity, x))


def log_ndtr(x, series_order=3, name='log_ndtr'):
    """The logarithm of ndtr, also far to the left, where it is a series of `series_order` terms."""
    if not isinstance(series_order, int):
        raise TypeError('series_order must be a Python integer.')
    for is_wrong, rule in ((series_order < 0, 'non-negative'), (series_order > 30, '<= 30')):
        if is_wrong:
            raise ValueError('series_order must be %s.' % rule)
    with ops.name_scope(name, values=[x]):
        x = ops.convert_to_tensor(x, name='x')
        _checked(x)
        number = x.dtype.as_numpy_dtype
        lower, upper = np.array(_LOWER[number], number), np.array(_UPPER[number], number)
        is_right, right = math_ops.greater(x, upper), -_ndtr(-x)
        is_middle, middle = math_ops.greater(x, lower), math_ops.log(_ndtr(math_ops.maximum(x, lower)))
        left = _log_ndtr_left(math_ops.minimum(x, lower), series_order)
        return array_ops.where_v2(is_right, right, array_ops.where_v2(is_middle, middle, left))


def _log_ndtr_left(x, series_order):
    """log of exp(-x^2 / 2) / (-x sqrt(2 pi)), times the series."""
    log_scale = -0.5 * math_ops.square(x) - math_ops.log(-x) - 0.5 * np.log(2. * np.pi)
    return log_scale + math_ops.log(_asymptotic_series(x, series_order))


def _asymptotic_series(x, order):
    """1 - 1 / x^2 + 3 / x^4 - 15 / x^6 ...: the terms of each sign added up by themselves."""
    number = x.dtype.as_numpy_dtype
    if order <= 0:
        return number(1)
    square = power = math_ops.square(x)
    sums = [array_ops.zeros_like(x), array_ops.zeros_like(x)]  # of even terms, of odd ones
    factorial = 1.
    for n in range(1, order + 1):
        factorial *= 2 * n - 1
        sums[n % 2] += np.array(factorial, number) / power
        power *= square
    return 1. + sums[0] - sums[1]


def log_cdf_laplace(x, name='log_cdf_laplace'):
    """The logarithm of the distribution function of Laplace's distribution."""
    with ops.name_scope(name, values=[x]):
        x = ops.convert_to_tensor(x, name='x')
        left = -np.log(2.) + x
        tail = math_ops.exp(-math_ops.abs(x))  # of |x|, so that it doesn't overflow on the side that isn't taken
        right = math_ops.log1p(-0.5 * tail)
        return array_ops.where_v2(x < 0., left, right)
