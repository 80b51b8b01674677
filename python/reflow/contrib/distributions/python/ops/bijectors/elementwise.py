"""Bijectors that work number by number."""

import numpy as np

from reflow.framework import constant_op
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops.distributions import bijector
from reflow.ops.distributions import util as distribution_util
from reflow.util.shown_attributes import shown

__all__ = ['AbsoluteValue', 'Exp', 'Gumbel', 'Kumaraswamy', 'PowerTransform', 'Sigmoid', 'SinhArcsinh', 'Softplus', 'Softsign',
           'Square', 'Weibull']


class _Elementwise(bijector.Bijector):
    """Gives parameters as tensors, and arguments after assertions where they are wanted."""

    def __init__(self, validate_args, name, is_constant_jacobian=False):
        super().__init__(forward_min_event_ndims=0, is_constant_jacobian=is_constant_jacobian, validate_args=validate_args,
                         name=name)

    def _set_parameters(self, validate_args, name, **parameters):
        """Sets `_NAME` for each NAME=(value, positive): a tensor, positive after an assertion."""
        self._graph_parents, self._name, self._validate_args = [], name, validate_args
        with self._name_scope('init', values=[value for value, _ in parameters.values()]):
            tensors = {}
            for parameter, (value, _) in parameters.items():
                tensors[parameter] = ops.convert_to_tensor(value, name=parameter)
            check_ops.assert_same_float_dtype(list(tensors.values()))
            for parameter, (_, is_positive) in parameters.items():
                tensor = tensors[parameter]
                if is_positive and validate_args:
                    tensor = control_flow_ops.with_dependencies([check_ops.assert_positive(
                        tensor, message='Argument %s was not positive' % parameter)], tensor)
                setattr(self, '_' + parameter, tensor)

    def _after(self, x, *assertions):
        """`x` after the assertions that functions make of it, if arguments are validated."""
        if not self.validate_args:
            return x
        return control_flow_ops.with_dependencies([assertion(x) for assertion in assertions], x)


def _not_negative(message):
    return lambda x: check_ops.assert_non_negative(x, message=message)


def _at_most_one(message):
    return lambda x: check_ops.assert_less_equal(x, constant_op.constant(1., x.dtype), message=message)


class AbsoluteValue(_Elementwise):
    """y = |x|, of which there are two x."""

    def __init__(self, validate_args=False, name='absolute_value'):
        super().__init__(validate_args, name, is_constant_jacobian=True)

    @property
    def _is_injective(self):
        return False

    def _forward(self, x):
        return math_ops.abs(x)

    def _inverse(self, y):
        y = self._after(y, _not_negative('Argument y was negative'))
        return -y, y

    def _inverse_log_det_jacobian(self, y):
        zeros = constant_op.constant(0., dtype=y.dtype)
        if self.validate_args:
            zeros = control_flow_ops.with_dependencies(
                [check_ops.assert_non_negative(y, message='Argument y was negative')], zeros)
        return zeros, zeros


class PowerTransform(_Elementwise):
    """y = (1 + power x)^(1 / power), and exp(x) for power 0."""

    def __init__(self, power=0., validate_args=False, name='power_transform'):
        self._graph_parents, self._name, self._validate_args = [], name, validate_args
        with self._name_scope('init', values=[power]):
            power = tensor_util.constant_value(ops.convert_to_tensor(power, name='power'))
        if power is None or power < 0:
            raise ValueError('`power` must be a non-negative TF constant.')
        self._power = power
        super().__init__(validate_args, name)

    power = shown('_power', 'The power.')

    def _valid_x(self, x):
        if self.power == 0.:
            return x
        return self._after(x, lambda x: check_ops.assert_non_negative(
            1. + self.power * x, message='Forward transformation input must be at least {}.'.format(-1. / self.power)))

    def _valid_y(self, y):
        return self._after(y, lambda y: check_ops.assert_positive(
            y, message='Inverse transformation input must be greater than 0.'))

    def _forward(self, x):
        x = self._valid_x(x)
        return math_ops.exp(x if self.power == 0. else math_ops.log1p(x * self.power) / self.power)

    def _inverse(self, y):
        y = self._valid_y(y)
        if self.power == 0.:
            return math_ops.log(y)
        return math_ops.expm1(math_ops.log(y) * self.power) / self.power

    def _inverse_log_det_jacobian(self, y):
        y = self._valid_y(y)
        return (self.power - 1.) * math_ops.log(y)

    def _forward_log_det_jacobian(self, x):
        x = self._valid_x(x)
        return x if self.power == 0. else (1. / self.power - 1.) * math_ops.log1p(x * self.power)


class Exp(PowerTransform):
    """y = exp(x)."""

    def __init__(self, validate_args=False, name='exp'):
        super().__init__(validate_args=validate_args, name=name)


class _OntoUnitInterval(_Elementwise):
    """A distribution function, whose values are from 0 to 1."""

    def _valid_y(self, y):
        return self._after(y, _not_negative('Inverse transformation input must be greater than 0.'),
                           _at_most_one('Inverse transformation input must be less than or equal to 1.'))


class Gumbel(_OntoUnitInterval):
    """y = exp(-exp(-(x - loc) / scale)), Gumbel's distribution function."""

    def __init__(self, loc=0., scale=1., validate_args=False, name='gumbel'):
        self._set_parameters(validate_args, name, loc=(loc, False), scale=(scale, True))
        super().__init__(validate_args, name)

    loc = shown('_loc', 'The location.')
    scale = shown('_scale', 'The scale.')

    def _forward(self, x):
        z = (x - self.loc) / self.scale
        return math_ops.exp(-math_ops.exp(-z))

    def _inverse(self, y):
        y = self._valid_y(y)
        return self.loc - self.scale * math_ops.log(-math_ops.log(y))

    def _inverse_log_det_jacobian(self, y):
        y = self._valid_y(y)
        return math_ops.log(self.scale / (-math_ops.log(y) * y))

    def _forward_log_det_jacobian(self, x):
        z = (x - self.loc) / self.scale
        return -z - math_ops.exp(-z) - math_ops.log(self.scale)


class Weibull(_OntoUnitInterval):
    """y = 1 - exp(-(x / scale)^concentration), Weibull's distribution function."""

    def __init__(self, scale=1., concentration=1., validate_args=False, name='weibull'):
        self._set_parameters(validate_args, name, scale=(scale, True), concentration=(concentration, True))
        super().__init__(validate_args, name)

    scale = shown('_scale', 'The scale.')
    concentration = shown('_concentration', 'The exponent.')

    def _valid_x(self, x):
        return self._after(x, _not_negative('Forward transformation input must be at least 0.'))

    def _forward(self, x):
        x = self._valid_x(x)
        return -math_ops.expm1(-((x / self.scale) ** self.concentration))

    def _inverse(self, y):
        y = self._valid_y(y)
        return self.scale * (-math_ops.log1p(-y)) ** (1 / self.concentration)

    def _inverse_log_det_jacobian(self, y):
        y = self._valid_y(y)
        return (-math_ops.log1p(-y) + (1 / self.concentration - 1) * math_ops.log(-math_ops.log1p(-y))
                + math_ops.log(self.scale / self.concentration))

    def _forward_log_det_jacobian(self, x):
        x = self._valid_x(x)
        return (-(x / self.scale) ** self.concentration + (self.concentration - 1) * math_ops.log(x)
                + math_ops.log(self.concentration) + -self.concentration * math_ops.log(self.scale))


class Kumaraswamy(_Elementwise):
    """The inverse of Kumaraswamy's distribution function, y = (1 - (1 - x)^(1 / concentration0))^(1 / concentration1)."""

    def __init__(self, concentration1=None, concentration0=None, validate_args=False, name='kumaraswamy'):
        self._graph_parents, self._name, self._validate_args = [], name, validate_args
        with self._name_scope('init', values=[concentration1, concentration0]):
            self._concentration1 = self._concentration(concentration1, 'concentration1')
            self._concentration0 = self._concentration(concentration0, 'concentration0')
        super().__init__(validate_args, name)

    def _concentration(self, value, name):
        return self._after(ops.convert_to_tensor(value, name=name), lambda value: check_ops.assert_positive(
            value, message='Concentration parameter must be positive.'))

    concentration1 = shown('_concentration1', 'The first parameter.')
    concentration0 = shown('_concentration0', 'The second parameter.')

    def _valid(self, x):
        return self._after(x, _not_negative('sample must be non-negative'), lambda x: check_ops.assert_less_equal(
            x, array_ops.ones([], self.concentration0.dtype), message='sample must be no larger than `1`.'))

    def _forward(self, x):
        x = self._valid(x)
        return math_ops.exp(math_ops.log1p(-math_ops.exp(math_ops.log1p(-x) / self.concentration0)) / self.concentration1)

    def _inverse(self, y):
        y = self._valid(y)
        return math_ops.exp(math_ops.log1p(-(1 - y ** self.concentration1) ** self.concentration0))

    def _inverse_log_det_jacobian(self, y):
        y = self._valid(y)
        return (math_ops.log(self.concentration1) + math_ops.log(self.concentration0)
                + (self.concentration1 - 1) * math_ops.log(y)
                + (self.concentration0 - 1) * math_ops.log1p(-y ** self.concentration1))


class Sigmoid(_Elementwise):
    """y = 1 / (1 + exp(-x))."""

    def __init__(self, validate_args=False, name='sigmoid'):
        super().__init__(validate_args, name)

    def _forward(self, x):
        return math_ops.sigmoid(x)

    def _inverse(self, y):
        return math_ops.log(y) - math_ops.log1p(-y)

    def _inverse_log_det_jacobian(self, y):
        return -math_ops.log(y) - math_ops.log1p(-y)

    def _forward_log_det_jacobian(self, x):
        return -nn_ops.softplus(-x) - nn_ops.softplus(x)


class SinhArcsinh(_Elementwise):
    """y = sinh((asinh(x) + skewness) tailweight)."""

    def __init__(self, skewness=None, tailweight=None, validate_args=False, name='SinhArcsinh'):
        skewness = 0. if skewness is None else skewness
        tailweight = 1. if tailweight is None else tailweight
        self._graph_parents, self._name, self._validate_args = [], name, validate_args
        with self._name_scope('init', values=[skewness, tailweight]):
            self._skewness = ops.convert_to_tensor(skewness, name='skewness')
            self._tailweight = ops.convert_to_tensor(tailweight, name='tailweight', dtype=self._skewness.dtype)
            check_ops.assert_same_float_dtype([self._skewness, self._tailweight])
            self._tailweight = self._after(self._tailweight, lambda value: check_ops.assert_positive(
                value, message='Argument tailweight was not positive'))
        super().__init__(validate_args, name)

    skewness = shown('_skewness', 'How much the distribution leans.')
    tailweight = shown('_tailweight', 'How heavy the tails are.')

    @staticmethod
    def _hypotenuse(x):
        """sqrt(x^2 + 1), where x^2 overflows too."""
        is_small = math_ops.abs(x) * np.sqrt(np.finfo(x.dtype.as_numpy_dtype).eps) <= 1.
        return array_ops.where_v2(is_small, math_ops.sqrt(x ** 2. + 1.), math_ops.abs(x))

    def _forward(self, x):
        return math_ops.sinh((math_ops.asinh(x) + self.skewness) * self.tailweight)

    def _inverse(self, y):
        return math_ops.sinh(math_ops.asinh(y) / self.tailweight - self.skewness)

    def _inverse_log_det_jacobian(self, y):
        return math_ops.log(math_ops.cosh(math_ops.asinh(y) / self.tailweight - self.skewness)
                            / self._hypotenuse(y)) - math_ops.log(self.tailweight)

    def _forward_log_det_jacobian(self, x):
        return math_ops.log(math_ops.cosh((math_ops.asinh(x) + self.skewness) * self.tailweight)
                            / self._hypotenuse(x)) + math_ops.log(self.tailweight)


class Softplus(_Elementwise):
    """y = softness log(1 + exp(x / softness))."""

    def __init__(self, hinge_softness=None, validate_args=False, name='softplus'):
        with ops.name_scope(name, values=[hinge_softness]):
            self._hinge_softness = None
            if hinge_softness is not None:
                self._hinge_softness = ops.convert_to_tensor(hinge_softness, name='hinge_softness')
                if validate_args:
                    zero = ops.convert_to_tensor(0, dtype=self._hinge_softness.dtype)
                    self._hinge_softness = control_flow_ops.with_dependencies([check_ops.assert_none_equal(
                        zero, self._hinge_softness, message='hinge_softness must be non-zero')], self._hinge_softness)
        super().__init__(validate_args, name)

    hinge_softness = shown('_hinge_softness', 'How soft the bend is; None for 1.')

    def _softness(self, x):
        return math_ops.cast(self.hinge_softness, x.dtype)

    def _forward(self, x):
        if self.hinge_softness is None:
            return nn_ops.softplus(x)
        softness = self._softness(x)
        return softness * nn_ops.softplus(x / softness)

    def _inverse(self, y):
        if self.hinge_softness is None:
            return distribution_util.softplus_inverse(y)
        softness = self._softness(y)
        return softness * distribution_util.softplus_inverse(y / softness)

    def _inverse_log_det_jacobian(self, y):
        if self.hinge_softness is not None:
            y /= self._softness(y)
        return -math_ops.log(-math_ops.expm1(-y))

    def _forward_log_det_jacobian(self, x):
        if self.hinge_softness is not None:
            x /= self._softness(x)
        return -nn_ops.softplus(-x)


class Softsign(_Elementwise):
    """y = x / (1 + |x|)."""

    def __init__(self, validate_args=False, name='softsign'):
        super().__init__(validate_args, name)

    def _valid_y(self, y):
        one = lambda y, sign: math_ops.cast(sign * 1., dtype=y.dtype.base_dtype)  # noqa: E731
        return self._after(
            y, lambda y: check_ops.assert_greater(
                y, one(y, -1), message='Inverse transformation input must be greater than -1.'),
            lambda y: check_ops.assert_less(y, one(y, 1), message='Inverse transformation input must be less than 1.'))

    def _forward(self, x):
        return x / (1. + math_ops.abs(x))

    def _inverse(self, y):
        y = self._valid_y(y)
        return y / (1. - math_ops.abs(y))

    def _forward_log_det_jacobian(self, x):
        return -2. * math_ops.log1p(math_ops.abs(x))

    def _inverse_log_det_jacobian(self, y):
        y = self._valid_y(y)
        return -2. * math_ops.log1p(-math_ops.abs(y))


class Square(_Elementwise):
    """y = x^2 of numbers that aren't negative."""

    def __init__(self, validate_args=False, name='square'):
        super().__init__(validate_args, name)

    def _valid(self, x):
        return self._after(x, _not_negative('All elements must be non-negative.'))

    def _forward(self, x):
        return math_ops.square(self._valid(x))

    def _inverse(self, y):
        return math_ops.sqrt(self._valid(y))

    def _forward_log_det_jacobian(self, x):
        return np.log(2.) + math_ops.log(self._valid(x))
