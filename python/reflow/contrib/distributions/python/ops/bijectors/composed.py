"""Bijectors that are made of others, or of functions."""

import itertools

from reflow.contrib.distributions.python.ops.bijectors.affine import AffineScalar
from reflow.contrib.distributions.python.ops.bijectors.elementwise import Softplus
from reflow.contrib.distributions.python.ops.bijectors.matrices import FillTriangular
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops.distributions import bijector

__all__ = ['Chain', 'ConditionalBijector', 'Inline', 'Invert', 'ScaleTriL', 'TransformDiagonal']


class ConditionalBijector(bijector.Bijector):
    """A bijector whose methods take further arguments, which they give to what subclasses define."""

    def forward(self, x, name='forward', **condition_kwargs):
        """The function of `x`."""
        return self._call_forward(x, name, **condition_kwargs)

    def inverse(self, y, name='inverse', **condition_kwargs):
        """What the function makes `y` of."""
        return self._call_inverse(y, name, **condition_kwargs)

    def inverse_log_det_jacobian(self, y, event_ndims, name='inverse_log_det_jacobian', **condition_kwargs):
        """The logarithm of the absolute determinant of dx/dy."""
        return self._call_inverse_log_det_jacobian(y, event_ndims, name, **condition_kwargs)

    def forward_log_det_jacobian(self, x, event_ndims, name='forward_log_det_jacobian', **condition_kwargs):
        """The logarithm of the absolute determinant of dy/dx."""
        return self._call_forward_log_det_jacobian(x, event_ndims, name, **condition_kwargs)


def _least_event_ndims(sizes):
    """The least dimensions that all work on together; `sizes` has what each takes and what it makes of that."""
    least, covered = 0, 0
    for taken, made in sizes:
        if covered < taken:
            least += taken - covered
        covered = max(taken, covered) - (taken - made)
    return least


class Chain(bijector.Bijector):
    """Bijectors one after the other; the last is applied first."""

    def __init__(self, bijectors=None, validate_args=False, name=None):
        bijectors = () if bijectors is None else bijectors
        self._bijectors = bijectors
        for each in bijectors:
            if not each._is_injective:
                raise NotImplementedError('Invert is not implemented for non-injective bijector ({})'.format(each.name))
        types = list({each.dtype for each in bijectors})
        if len(types) > 2:
            raise ValueError('incompatible dtypes: %s' % types)
        types = [each for each in types if each is not None]
        if name is None:
            name = '_of_'.join(['chain'] + [each.name for each in bijectors]) if bijectors else 'identity'
        super().__init__(
            graph_parents=list(itertools.chain.from_iterable(each.graph_parents for each in bijectors)),
            forward_min_event_ndims=_least_event_ndims(
                (each.forward_min_event_ndims, each.inverse_min_event_ndims) for each in reversed(bijectors)),
            inverse_min_event_ndims=_least_event_ndims(
                (each.inverse_min_event_ndims, each.forward_min_event_ndims) for each in bijectors),
            is_constant_jacobian=all(each.is_constant_jacobian for each in bijectors), validate_args=validate_args,
            dtype=types[0] if types else None, name=name)

    @property
    def bijectors(self):
        """The bijectors."""
        return self._bijectors

    def _shape_through(self, method, shape, bijectors):
        for each in bijectors:
            shape = getattr(each, method)(shape)
        return shape

    def _forward_event_shape(self, input_shape):
        return self._shape_through('forward_event_shape', input_shape, reversed(self.bijectors))

    def _forward_event_shape_tensor(self, input_shape):
        return self._shape_through('forward_event_shape_tensor', input_shape, reversed(self.bijectors))

    def _inverse_event_shape(self, output_shape):
        return self._shape_through('inverse_event_shape', output_shape, self.bijectors)

    def _inverse_event_shape_tensor(self, output_shape):
        return self._shape_through('inverse_event_shape_tensor', output_shape, self.bijectors)

    def _forward(self, x, **kwargs):
        for each in reversed(self.bijectors):
            x = each.forward(x, **kwargs.get(each.name, {}))
        return x

    def _inverse(self, y, **kwargs):
        for each in self.bijectors:
            y = each.inverse(y, **kwargs.get(each.name, {}))
        return y

    def _sum_of_log_dets(self, value, direction, bijectors, event_ndims, kwargs):
        value = ops.convert_to_tensor(value, name='x' if direction == 'forward' else 'y')
        total = math_ops.cast(0., dtype=value.dtype.base_dtype)
        if not self.bijectors:
            return total

        def is_static():
            return value.shape.is_fully_defined() and isinstance(event_ndims, int)

        event_ndims = self._maybe_get_static_event_ndims(event_ndims)
        if is_static():
            shape = value.shape[value.shape.ndims - event_ndims:]
        else:
            shape = array_ops.shape(value)[array_ops.rank(value) - event_ndims:]
        for each in bijectors:
            arguments = kwargs.get(each.name, {})
            total += getattr(each, direction + '_log_det_jacobian')(value, event_ndims=event_ndims, **arguments)
            if is_static():
                shape = getattr(each, direction + '_event_shape')(shape)
                event_ndims = self._maybe_get_static_event_ndims(shape.ndims)
            else:
                shape = getattr(each, direction + '_event_shape_tensor')(shape)
                event_ndims = array_ops.size(shape)
                known = self._maybe_get_static_event_ndims(event_ndims)
                event_ndims = event_ndims if known is None else known
            value = getattr(each, direction)(value, **arguments)
        return total

    def _inverse_log_det_jacobian(self, y, **kwargs):
        return self._sum_of_log_dets(y, 'inverse', self.bijectors, self.inverse_min_event_ndims, kwargs)

    def _forward_log_det_jacobian(self, x, **kwargs):
        return self._sum_of_log_dets(x, 'forward', list(reversed(self.bijectors)), self.forward_min_event_ndims, kwargs)


class Invert(bijector.Bijector):
    """The inverse of a bijector."""

    def __init__(self, bijector, validate_args=False, name=None):
        if not bijector._is_injective:
            raise NotImplementedError('Invert is not implemented for non-injective bijectors.')
        self._bijector = bijector
        super().__init__(graph_parents=bijector.graph_parents, forward_min_event_ndims=bijector.inverse_min_event_ndims,
                         inverse_min_event_ndims=bijector.forward_min_event_ndims,
                         is_constant_jacobian=bijector.is_constant_jacobian, validate_args=validate_args,
                         dtype=bijector.dtype, name=name or '_'.join(['invert', bijector.name]))

    @property
    def bijector(self):
        """What is inverted."""
        return self._bijector

    def _forward_event_shape(self, input_shape):
        return self.bijector._inverse_event_shape(input_shape)

    def _forward_event_shape_tensor(self, input_shape):
        return self.bijector._inverse_event_shape_tensor(input_shape)

    def _inverse_event_shape(self, output_shape):
        return self.bijector._forward_event_shape(output_shape)

    def _inverse_event_shape_tensor(self, output_shape):
        return self.bijector._forward_event_shape_tensor(output_shape)

    def _forward(self, x, **kwargs):
        return self.bijector._inverse(x, **kwargs)

    def _inverse(self, y, **kwargs):
        return self.bijector._forward(y, **kwargs)

    def _inverse_log_det_jacobian(self, y, **kwargs):
        return self.bijector._forward_log_det_jacobian(y, **kwargs)

    def _forward_log_det_jacobian(self, x, **kwargs):
        return self.bijector._inverse_log_det_jacobian(x, **kwargs)


class Inline(bijector.Bijector):
    """A bijector of functions that a program gives."""

    def __init__(self, forward_fn=None, inverse_fn=None, inverse_log_det_jacobian_fn=None, forward_log_det_jacobian_fn=None,
                 forward_event_shape_fn=None, forward_event_shape_tensor_fn=None, inverse_event_shape_fn=None,
                 inverse_event_shape_tensor_fn=None, is_constant_jacobian=False, validate_args=False,
                 forward_min_event_ndims=None, inverse_min_event_ndims=None, name='inline'):
        super().__init__(forward_min_event_ndims=forward_min_event_ndims, inverse_min_event_ndims=inverse_min_event_ndims,
                         is_constant_jacobian=is_constant_jacobian, validate_args=validate_args, name=name)
        self._functions = dict(
            forward=forward_fn, inverse=inverse_fn, inverse_log_det_jacobian=inverse_log_det_jacobian_fn,
            forward_log_det_jacobian=forward_log_det_jacobian_fn, forward_event_shape=forward_event_shape_fn,
            forward_event_shape_tensor=forward_event_shape_tensor_fn, inverse_event_shape=inverse_event_shape_fn,
            inverse_event_shape_tensor=inverse_event_shape_tensor_fn)

    def _given(self, name, value, kwargs):
        function = self._functions[name]
        if not callable(function):
            raise NotImplementedError('%s_fn is not a callable function.' % name)
        return function(value, **kwargs)

    def _shape_by(self, name, shape):
        function = self._functions[name]
        return shape if function is None else function(shape)

    def _forward_event_shape(self, input_shape):
        return self._shape_by('forward_event_shape', input_shape)

    def _forward_event_shape_tensor(self, input_shape):
        return self._shape_by('forward_event_shape_tensor', input_shape)

    def _inverse_event_shape(self, output_shape):
        return self._shape_by('inverse_event_shape', output_shape)

    def _inverse_event_shape_tensor(self, output_shape):
        return self._shape_by('inverse_event_shape_tensor', output_shape)

    def _forward(self, x, **kwargs):
        return self._given('forward', x, kwargs)

    def _inverse(self, y, **kwargs):
        return self._given('inverse', y, kwargs)

    def _inverse_log_det_jacobian(self, y, **kwargs):
        return self._given('inverse_log_det_jacobian', y, kwargs)

    def _forward_log_det_jacobian(self, x, **kwargs):
        return self._given('forward_log_det_jacobian', x, kwargs)


class TransformDiagonal(bijector.Bijector):
    """A bijector of the diagonals of matrices, which leaves the rest as it is."""

    def __init__(self, diag_bijector, validate_args=False, name='transform_diagonal'):
        self._diag_bijector = diag_bijector
        super().__init__(forward_min_event_ndims=2, inverse_min_event_ndims=2, validate_args=validate_args, name=name)

    def _forward(self, x):
        return array_ops.matrix_set_diag(x, self._diag_bijector.forward(array_ops.matrix_diag_part(x)))

    def _inverse(self, y):
        return array_ops.matrix_set_diag(y, self._diag_bijector.inverse(array_ops.matrix_diag_part(y)))

    def _forward_log_det_jacobian(self, x):
        return self._diag_bijector.forward_log_det_jacobian(array_ops.matrix_diag_part(x), event_ndims=1)

    def _inverse_log_det_jacobian(self, y):
        return self._diag_bijector.inverse_log_det_jacobian(array_ops.matrix_diag_part(y), event_ndims=1)


class ScaleTriL(Chain):
    """Vectors as lower triangular matrices with positive diagonals."""

    def __init__(self, diag_bijector=None, diag_shift=1e-5, validate_args=False, name='scale_tril'):
        if diag_bijector is None:
            diag_bijector = Softplus(validate_args=validate_args)
        if diag_shift is not None:
            diag_bijector = Chain([AffineScalar(shift=diag_shift), diag_bijector])
        super().__init__([TransformDiagonal(diag_bijector=diag_bijector), FillTriangular()], validate_args=validate_args,
                         name=name)
