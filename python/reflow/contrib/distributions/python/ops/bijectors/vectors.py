"""Bijectors of vectors, and of shapes."""

import numpy as np

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops.distributions import bijector
from reflow.ops.distributions import util as distribution_util

__all__ = ['Ordered', 'Permute', 'Reshape', 'SoftmaxCentered']


class Permute(bijector.Bijector):
    """The numbers of vectors in another order."""

    def __init__(self, permutation, validate_args=False, name=None):
        with ops.name_scope(name, 'permute', values=[permutation]):
            permutation = ops.convert_to_tensor(permutation, name='permutation')
            if not permutation.dtype.is_integer:
                raise TypeError('permutation.dtype ({}) should be `int`-like.'.format(permutation.dtype.name))
            message = 'Permutation over `d` must contain exactly one of each of `{0, 1, ..., d}`.'
            value = tensor_util.constant_value(permutation)
            if value is not None:
                if set(value) != set(range(value.size)):
                    raise ValueError(message)
            elif validate_args:
                descending, _ = nn_ops.top_k(-permutation, k=array_ops.shape(permutation)[-1], sorted=True)
                permutation = control_flow_ops.with_dependencies([check_ops.assert_equal(
                    -descending, math_ops.range(array_ops.size(descending)), message=message)], permutation)
            self._permutation = permutation
            super().__init__(forward_min_event_ndims=1, is_constant_jacobian=True, validate_args=validate_args,
                             name=name or 'permute')

    @property
    def permutation(self):
        """The order."""
        return self._permutation

    def _forward(self, x):
        return array_ops.gather(x, self.permutation, axis=-1)

    def _inverse(self, y):
        return array_ops.gather(y, array_ops.invert_permutation(self.permutation), axis=-1)

    def _inverse_log_det_jacobian(self, y):
        return constant_op.constant(0., dtype=y.dtype.base_dtype)

    def _forward_log_det_jacobian(self, x):
        return constant_op.constant(0., dtype=x.dtype.base_dtype)


class _LongVectors(bijector.Bijector):
    """Vectors of more than one number on the side of y, with `_extra` numbers more than on that of x."""

    def _forward_event_shape(self, input_shape):
        if input_shape.ndims is None or tensor_shape.dimension_value(input_shape[-1]) is None:
            return input_shape
        return tensor_shape.TensorShape([tensor_shape.dimension_value(input_shape[-1]) + self._extra])

    def _forward_event_shape_tensor(self, input_shape):
        return (input_shape[-1] + self._extra)[..., array_ops.newaxis]

    def _inverse_event_shape(self, output_shape):
        if output_shape.ndims is None or tensor_shape.dimension_value(output_shape[-1]) is None:
            return output_shape
        if tensor_shape.dimension_value(output_shape[-1]) <= 1:
            raise ValueError('output_shape[-1] = %d <= 1' % tensor_shape.dimension_value(output_shape[-1]))
        return tensor_shape.TensorShape([tensor_shape.dimension_value(output_shape[-1]) - self._extra])

    def _inverse_event_shape_tensor(self, output_shape):
        if self.validate_args:
            output_shape = control_flow_ops.with_dependencies([check_ops.assert_greater(
                output_shape[-1], 1, message='Need last dimension greater than 1.')], output_shape)
        return (output_shape[-1] - self._extra)[..., array_ops.newaxis]


class Ordered(_LongVectors):
    """Increasing vectors x as vectors of the first number and the logarithms of the steps."""

    _extra = 0

    def __init__(self, validate_args=False, name='ordered'):
        super().__init__(forward_min_event_ndims=1, validate_args=validate_args, name=name)

    def _valid_x(self, x):
        if not self.validate_args:
            return x
        return control_flow_ops.with_dependencies([check_ops.assert_positive(
            x[..., 1:] - x[..., :-1], message='Forward transformation input must be strictly increasing.')], x)

    def _forward(self, x):
        x = self._valid_x(x)
        return array_ops.concat([x[..., 0, array_ops.newaxis], math_ops.log(x[..., 1:] - x[..., :-1])], axis=-1)

    def _inverse(self, y):
        steps = array_ops.concat([y[..., 0, array_ops.newaxis], math_ops.exp(y[..., 1:])], axis=-1)
        return math_ops.cumsum(steps, axis=-1)

    def _inverse_log_det_jacobian(self, y):
        return math_ops.reduce_sum(y[..., 1:], axis=-1)

    def _forward_log_det_jacobian(self, x):
        x = self._valid_x(x)
        return -math_ops.reduce_sum(math_ops.log(x[..., 1:] - x[..., :-1]), axis=-1)


class SoftmaxCentered(_LongVectors):
    """y = softmax([x, 0])."""

    _extra = 1

    def __init__(self, validate_args=False, name='softmax_centered'):
        self._graph_parents, self._name = [], name
        super().__init__(forward_min_event_ndims=1, validate_args=validate_args, name=name)

    def _forward(self, x):
        y = distribution_util.pad(x, axis=-1, back=True)
        if x.shape.ndims is not None:
            y.set_shape(x.shape[:-1].concatenate(x.shape[-1] + 1))
        return nn_ops.softmax(y)

    def _inverse(self, y):
        x = math_ops.log(y)
        last = (-x[..., -1])[..., array_ops.newaxis]
        x = x[..., :-1] + last
        if y.shape.ndims is not None:
            x.set_shape(y.shape[:-1].concatenate(y.shape[-1] - 1))
        return x

    def _inverse_log_det_jacobian(self, y):
        return -math_ops.reduce_sum(math_ops.log(y), axis=-1)

    def _forward_log_det_jacobian(self, x):
        log_total = nn_ops.softplus(math_ops.reduce_logsumexp(x, axis=-1, keepdims=True))
        return array_ops.squeeze(-log_total + math_ops.reduce_sum(x - log_total, axis=-1, keepdims=True), axis=-1)


class Reshape(bijector.Bijector):
    """Events of the shape `event_shape_in` in the shape `event_shape_out`; one size of each may be -1."""

    def __init__(self, event_shape_out, event_shape_in=(-1,), validate_args=False, name=None):
        with ops.name_scope(name, 'reshape', values=[event_shape_out, event_shape_in]):
            event_shape_out = ops.convert_to_tensor(event_shape_out, name='event_shape_out', preferred_dtype=dtypes.int32)
            event_shape_in = ops.convert_to_tensor(event_shape_in, name='event_shape_in', preferred_dtype=dtypes.int32)
            self._assertions = (self._shape_assertions(event_shape_out, validate_args)
                                + self._shape_assertions(event_shape_in, validate_args))
            self._event_shape_in, self._event_shape_out = event_shape_in, event_shape_out
            super().__init__(forward_min_event_ndims=0, is_constant_jacobian=True, validate_args=validate_args,
                             name=name or 'reshape')

    def _shape_assertions(self, shape, validate_args):
        if not shape.dtype.is_integer:
            raise TypeError('{} dtype ({}) should be `int`-like.'.format(shape, shape.dtype.name))
        assertions = []
        ndims = array_ops.rank(shape)
        known = tensor_util.constant_value(ndims)
        if known is not None and known > 1:
            raise ValueError('`{}` rank ({}) should be <= 1.'.format(shape, known))
        if known is None and validate_args:
            assertions.append(check_ops.assert_less_equal(ndims, 1, message='`{}` rank should be <= 1.'.format(shape)))
        if validate_args and not tensor_util.constant_value_as_shape(shape).is_fully_defined():
            unknown = math_ops.reduce_sum(math_ops.cast(math_ops.equal(shape, -1), dtypes.int32))
            assertions += [
                check_ops.assert_less_equal(unknown, 1,
                                            message='`{}` elements must have at most one `-1`.'.format(shape)),
                check_ops.assert_greater_equal(
                    shape, -1, message='`{}` elements must be either positive integers or `-1`.'.format(shape))]
        return assertions

    def _reshaped(self, x, shape_in, shape_out):
        with ops.control_dependencies(self._assertions):
            ndims_in, rank = shape_in.shape.with_rank_at_least(1)[0].value, x.shape.ndims
            event = None if ndims_in is None or rank is None else x.shape.with_rank_at_least(ndims_in)[rank - ndims_in:]
            expected = tensor_util.constant_value(shape_in)
            if event is not None and event.is_fully_defined() and expected is not None:
                sizes = np.int32(event.as_list())
                if not np.equal(sizes[expected >= 0], expected[expected >= 0]).all():
                    raise ValueError('Input `event_shape` does not match `event_shape_in` ({} vs {}).'.format(
                        sizes, expected))
            elif self.validate_args:
                sizes = array_ops.shape(x)[array_ops.rank(x) - array_ops.shape(shape_in)[0]:]
                given = array_ops.reshape(shape_in >= 0, [-1])
                x = control_flow_ops.with_dependencies([check_ops.assert_equal(
                    array_ops.boolean_mask(sizes, given), array_ops.boolean_mask(shape_in, given),
                    message='Input `event_shape` does not match `event_shape_in`.')], x)
            if ndims_in is not None and ndims_in == rank:
                return array_ops.reshape(x, shape_out)
            leading = (array_ops.rank(x) if rank is None else rank) - math_ops.abs(array_ops.shape(shape_in)[0])
            return array_ops.reshape(x, array_ops.concat([array_ops.shape(x)[:leading], shape_out], axis=0))

    def _forward(self, x):
        return self._reshaped(x, self._event_shape_in, self._event_shape_out)

    def _inverse(self, y):
        return self._reshaped(y, self._event_shape_out, self._event_shape_in)

    def _forward_log_det_jacobian(self, x):
        with ops.control_dependencies(self._assertions):
            return constant_op.constant(0., dtype=x.dtype)

    def _inverse_log_det_jacobian(self, y):
        return self._forward_log_det_jacobian(y)

    def _forward_event_shape(self, input_shape):
        return self.forward(array_ops.zeros(dtype=dtypes.float32, shape=input_shape)).shape

    def _inverse_event_shape(self, output_shape):
        return self.inverse(array_ops.zeros(dtype=dtypes.float32, shape=output_shape)).shape

    def _forward_event_shape_tensor(self, input_shape):
        return array_ops.shape(self.forward(array_ops.zeros(dtype=dtypes.float32, shape=input_shape)))

    def _inverse_event_shape_tensor(self, output_shape):
        return array_ops.shape(self.inverse(array_ops.zeros(dtype=dtypes.float32, shape=output_shape)))
