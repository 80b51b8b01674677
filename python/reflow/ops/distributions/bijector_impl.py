"""The base class of invertible functions of random variables."""

import abc
import contextlib
import re

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import math_ops
from reflow.ops.distributions import arrangements
from reflow.util.shown_attributes import shown

__all__ = ['Bijector']


class _Known:
    """A pair of x and y, as far as they are known, and the logarithm of dx/dy by `event_ndims`."""

    def __init__(self):
        self.x = None
        self.y = None
        self.ildj = {}


def _key(name, tensor, kwargs):
    def hashable(value):
        return tuple(map(hashable, value)) if isinstance(value, (list, tuple)) else value

    return (name, id(tensor)) + hashable(tuple(sorted(kwargs.items())))


class Bijector(metaclass=abc.ABCMeta):
    """A differentiable function with an inverse, and the logarithm of the determinant of its Jacobian.

    Subclasses define `_forward`, `_inverse` and one of `_forward_log_det_jacobian` and `_inverse_log_det_jacobian`, of events
    of as few dimensions as `forward_min_event_ndims` says. What has been computed of a tensor is kept: the inverse of a
    result of `forward` is what went in, and no new nodes.
    """

    @abc.abstractmethod
    def __init__(self, graph_parents=None, is_constant_jacobian=False, validate_args=False, dtype=None,
                 forward_min_event_ndims=None, inverse_min_event_ndims=None, name=None):
        self._graph_parents = graph_parents or []
        if forward_min_event_ndims is None and inverse_min_event_ndims is None:
            raise ValueError('Must specify at least one of `forward_min_event_ndims` and `inverse_min_event_ndims`.')
        if inverse_min_event_ndims is None:
            inverse_min_event_ndims = forward_min_event_ndims
        elif forward_min_event_ndims is None:
            forward_min_event_ndims = inverse_min_event_ndims
        sizes = (('forward', forward_min_event_ndims), ('inverse', inverse_min_event_ndims))
        for direction, ndims in sizes:
            if not isinstance(ndims, int):
                raise TypeError('Expected {}_min_event_ndims to be of type int, got {}'.format(
                    direction, type(ndims).__name__))
        for direction, ndims in sizes:
            if ndims < 0:
                raise ValueError('%s_min_event_ndims must be a non-negative integer.' % direction)
        self._forward_min_event_ndims = forward_min_event_ndims
        self._inverse_min_event_ndims = inverse_min_event_ndims
        self._is_constant_jacobian = is_constant_jacobian
        self._constant_ildj_map = {}
        self._validate_args = validate_args
        self._dtype = dtype
        self._known = {}
        if not name:
            words = re.sub('(.)([A-Z][a-z]+)', r'\1_\2', type(self).__name__.lstrip('_'))
            name = re.sub('([a-z0-9])([A-Z])', r'\1_\2', words).lower()
        self._name = name
        for i, parent in enumerate(self._graph_parents):
            if parent is None or not tensor_util.is_tensor(parent):
                raise ValueError('Graph parent item %d is not a Tensor; %s.' % (i, parent))

    graph_parents = shown('_graph_parents', 'The tensors that it is made of.')
    forward_min_event_ndims = shown('_forward_min_event_ndims', 'The least dimensions that `forward` works on.')
    inverse_min_event_ndims = shown('_inverse_min_event_ndims', 'The least dimensions that `inverse` works on.')
    is_constant_jacobian = shown('_is_constant_jacobian', 'Whether the Jacobian is the same everywhere.')

    @property
    def _is_injective(self):
        return True

    validate_args = shown('_validate_args', 'Whether arguments are checked when the graph is run.')
    dtype = shown('_dtype', 'The type of what it works on, None for any.')
    name = shown('_name', 'The name of its scopes.')

    def _forward_event_shape_tensor(self, input_shape):
        return input_shape

    def forward_event_shape_tensor(self, input_shape, name='forward_event_shape_tensor'):
        """The shape of a result of `forward`, of that of its argument, as tensors."""
        with self._name_scope(name, [input_shape]):
            input_shape = ops.convert_to_tensor(input_shape, dtype=dtypes.int32, name='input_shape')
            return self._forward_event_shape_tensor(input_shape)

    def _forward_event_shape(self, input_shape):
        return input_shape

    def forward_event_shape(self, input_shape):
        """What is known of the shape of a result of `forward`."""
        return self._forward_event_shape(tensor_shape.TensorShape(input_shape))

    def _inverse_event_shape_tensor(self, output_shape):
        return output_shape

    def inverse_event_shape_tensor(self, output_shape, name='inverse_event_shape_tensor'):
        """The shape of a result of `inverse`, of that of its argument, as tensors."""
        with self._name_scope(name, [output_shape]):
            output_shape = ops.convert_to_tensor(output_shape, dtype=dtypes.int32, name='output_shape')
            return self._inverse_event_shape_tensor(output_shape)

    def _inverse_event_shape(self, output_shape):
        return tensor_shape.TensorShape(output_shape)

    def inverse_event_shape(self, output_shape):
        """What is known of the shape of a result of `inverse`."""
        return self._inverse_event_shape(output_shape)

    def _forward(self, x):
        raise NotImplementedError('forward not implemented.')

    def _inverse(self, y):
        raise NotImplementedError('inverse not implemented')

    def _inverse_log_det_jacobian(self, y):
        raise NotImplementedError('inverse_log_det_jacobian not implemented.')

    def _forward_log_det_jacobian(self, x):
        raise NotImplementedError('forward_log_det_jacobian not implemented.')

    def _call_forward(self, x, name, **kwargs):
        return self._call('x', 'y', self._forward, x, name, kwargs)

    def forward(self, x, name='forward'):
        """The function of `x`."""
        return self._call_forward(x, name)

    def _call_inverse(self, y, name, **kwargs):
        return self._call('y', 'x', self._inverse, y, name, kwargs)

    def inverse(self, y, name='inverse'):
        """What the function makes `y` of; all of them where there are several."""
        return self._call_inverse(y, name)

    def _call(self, given, wanted, function, value, name, kwargs):
        with self._name_scope(name, [value]):
            value = ops.convert_to_tensor(value, name=given)
            self._maybe_assert_dtype(value)
            if not self._is_injective:
                return function(value, **kwargs)
            known = self._look_up(given, value, kwargs)
            if getattr(known, wanted) is None:
                self._note(known, wanted, function(value, **kwargs), kwargs)
            return getattr(known, wanted)

    def _look_up(self, name, tensor, kwargs):
        known = self._known.setdefault(_key(name, tensor, kwargs), _Known())
        setattr(known, name, tensor)  # which keeps its id from being another's
        return known

    def _note(self, known, name, tensor, kwargs):
        setattr(known, name, tensor)
        self._known[_key(name, tensor, kwargs)] = known

    def _call_inverse_log_det_jacobian(self, y, event_ndims, name, **kwargs):
        with self._name_scope(name, [y]):
            if event_ndims in self._constant_ildj_map:
                return self._constant_ildj_map[event_ndims]
            y = ops.convert_to_tensor(y, name='y')
            self._maybe_assert_dtype(y)
            with ops.control_dependencies(self._check_valid_event_ndims(self.inverse_min_event_ndims, event_ndims)):
                if not self._is_injective:
                    return self._log_dets_of_all(y, event_ndims, kwargs)
                return self._log_det('y', y, event_ndims, kwargs)

    def inverse_log_det_jacobian(self, y, event_ndims, name='inverse_log_det_jacobian'):
        """The logarithm of the absolute determinant of dx/dy, summed over the last `event_ndims` dimensions."""
        return self._call_inverse_log_det_jacobian(y, event_ndims, name)

    def _call_forward_log_det_jacobian(self, x, event_ndims, name, **kwargs):
        if not self._is_injective:
            raise NotImplementedError('forward_log_det_jacobian cannot be implemented for non-injective transforms.')
        with self._name_scope(name, [x]):
            with ops.control_dependencies(self._check_valid_event_ndims(self.forward_min_event_ndims, event_ndims)):
                if event_ndims in self._constant_ildj_map:
                    return -1. * self._constant_ildj_map[event_ndims]
                x = ops.convert_to_tensor(x, name='x')
                self._maybe_assert_dtype(x)
                return -self._log_det('x', x, event_ndims, kwargs)

    def forward_log_det_jacobian(self, x, event_ndims, name='forward_log_det_jacobian'):
        """The logarithm of the absolute determinant of dy/dx, summed over the last `event_ndims` dimensions."""
        return self._call_forward_log_det_jacobian(x, event_ndims, name)

    def _log_det(self, given, value, event_ndims, kwargs):
        """log|dx/dy| at x or y, whichever is given: by the method for that, else by the other's."""
        known = self._look_up(given, value, kwargs)
        if event_ndims in known.ildj:
            return known.ildj[event_ndims]

        def at(name, tensor):
            if name == 'y':
                return self._reduced(tensor, self._inverse_log_det_jacobian(tensor, **kwargs),
                                     self.inverse_min_event_ndims, event_ndims)
            return self._reduced(tensor, -self._forward_log_det_jacobian(tensor, **kwargs),
                                 self.forward_min_event_ndims, event_ndims)

        other, function = ('x', self._inverse) if given == 'y' else ('y', self._forward)
        try:
            ildj = at(given, value)
        except NotImplementedError as original:
            try:
                image = getattr(known, other)
                image = function(value, **kwargs) if image is None else image
                ildj = at(other, image)
            except NotImplementedError:
                raise original
            self._note(known, other, image, kwargs)
        known.ildj[event_ndims] = ildj
        if self.is_constant_jacobian:
            self._constant_ildj_map[event_ndims] = ildj
        return ildj

    def _log_dets_of_all(self, y, event_ndims, kwargs):
        """log|dx/dy| for each x of which `y` is made."""
        try:
            return tuple(self._reduced(y, ildj, self.inverse_min_event_ndims, event_ndims)
                         for ildj in self._inverse_log_det_jacobian(y, **kwargs))
        except NotImplementedError as original:
            try:
                x = self._inverse(y, **kwargs)
                return tuple(self._reduced(x, -fldj, self.forward_min_event_ndims, event_ndims)
                             for fldj in self._forward_log_det_jacobian(x, **kwargs))
            except NotImplementedError:
                raise original

    @contextlib.contextmanager
    def _name_scope(self, name=None, values=None):
        with ops.name_scope(self.name):
            with ops.name_scope(name, values=(values or []) + self.graph_parents) as scope:
                yield scope

    def _maybe_assert_dtype(self, x):
        if self.dtype is not None and self.dtype.base_dtype != x.dtype.base_dtype:
            raise TypeError('Input had dtype %s but expected %s.' % (self.dtype, x.dtype))

    def _reduced(self, y, ildj, min_event_ndims, event_ndims):
        """`ildj`, which is of `min_event_ndims` dimensions, for events of more: the sum over what these have besides."""
        rank = array_ops.rank(y)
        shape = array_ops.shape(y)[rank - event_ndims:rank - min_event_ndims]
        ones = array_ops.ones(shape, ildj.dtype)
        static = self._maybe_get_static_event_ndims(event_ndims)
        if static is None:
            axis = math_ops.range(-(event_ndims - min_event_ndims), 0)
        else:
            axis = [-index for index in range(1, static - min_event_ndims + 1)]
        result = math_ops.reduce_sum(ones * ildj, axis=axis)
        if static is not None and y.shape.ndims is not None and ildj.shape.ndims is not None:
            extra = y.shape[y.shape.ndims - static:y.shape.ndims - min_event_ndims]
            both = array_ops.broadcast_static_shape(ildj.shape, extra)
            result.set_shape(both[:both.ndims - (static - min_event_ndims)])
        return result

    def _check_valid_event_ndims(self, min_event_ndims, event_ndims):
        """Assertions on `event_ndims`, empty where it is known. ValueError: it is no number, or too small."""
        event_ndims = ops.convert_to_tensor(event_ndims, name='event_ndims')
        static = tensor_util.constant_value(event_ndims)
        if not event_ndims.dtype.is_integer:
            raise ValueError('Expected integer dtype, got dtype {}'.format(event_ndims.dtype))
        assertions = []
        if static is not None:
            if event_ndims.shape.ndims != 0:
                raise ValueError('Expected scalar event_ndims, got shape {}'.format(event_ndims.shape))
            if min_event_ndims > static:
                raise ValueError('event_ndims ({}) must be larger than min_event_ndims ({})'.format(
                    static, min_event_ndims))
        elif self.validate_args:
            assertions.append(check_ops.assert_greater_equal(event_ndims, min_event_ndims))
        if event_ndims.shape.is_fully_defined():
            if event_ndims.shape.ndims != 0:
                raise ValueError('Expected scalar shape, got ndims {}'.format(event_ndims.shape.ndims))
        elif self.validate_args:
            assertions.append(check_ops.assert_rank(event_ndims, 0, message='Expected scalar.'))
        return assertions

    def _maybe_get_static_event_ndims(self, event_ndims):
        """The number as an int, None where it isn't known."""
        static = arrangements.maybe_get_static_value(event_ndims)
        if isinstance(static, (np.generic, np.ndarray)):
            if static.dtype not in (np.int32, np.int64):
                raise ValueError('Expected integer dtype, got dtype {}'.format(static.dtype))
            if np.ndim(static):
                raise ValueError('Expected a scalar integer, got {}'.format(static))
            return int(static)
        return static
