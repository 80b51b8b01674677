"""Batches of distributions in another shape."""

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import math_ops
from reflow.ops.distributions import distribution as distribution_lib
from reflow.util.shown_attributes import shown

__all__ = ['BatchReshape']


def _of_events(name):
    """The method for a function of the distribution of the same name, of events."""
    def method(self, x):
        return self._in_own_shape(getattr(self._distribution, name), x)
    return method


class BatchReshape(distribution_lib.Distribution):
    """`distribution` with its batch in the shape `batch_shape`, of which one dimension may be -1.

    ValueError: that is no vector, or not of as many members.
    """

    def __init__(self, distribution, batch_shape, validate_args=False, allow_nan_stats=True, name=None):
        parameters = dict(locals())
        name = name or 'BatchReshape' + distribution.name
        with ops.name_scope(name, values=[batch_shape]) as name:
            wanted = ops.convert_to_tensor(batch_shape, dtype=dtypes.int32, name='batch_shape')
            _check_statically(distribution, wanted)
            self._distribution, self._wanted_shape = distribution, wanted
            self._dynamic_shape, self._static_shape, self._assertions = calculate_reshape(
                distribution.batch_shape_tensor(), wanted, validate_args)
            super().__init__(distribution.dtype, distribution.reparameterization_type, validate_args, allow_nan_stats, parameters,
                             [wanted, *distribution._graph_parents], name)

    distribution = shown('_distribution', 'The distribution in its own shape.')

    def _batch_shape(self):
        return self._static_shape

    def _event_shape(self):
        return self._distribution.event_shape

    def _batch_shape_tensor(self):
        return self._after_assertions(lambda: self._dynamic_shape)

    def _event_shape_tensor(self):
        return self._after_assertions(self._distribution.event_shape_tensor)

    def _after_assertions(self, shape):
        with ops.control_dependencies(self._assertions):
            return array_ops.identity(shape())

    def _sample_n(self, n, seed=None):
        with ops.control_dependencies(self._assertions):
            own = self._distribution.sample(n, seed)
            return array_ops.reshape(own, array_ops.concat([[n], self._wanted_shape, self.event_shape_tensor()], axis=0))

    _log_prob, _prob, _log_cdf, _cdf, _log_survival_function, _survival_function = map(_of_events, (
        'log_prob', 'prob', 'log_cdf', 'cdf', 'log_survival_function', 'survival_function'))

    def _entropy(self):
        return self._of_batch(self.distribution.entropy, [], [tensor_shape.TensorShape([])])

    def _mean(self):
        return self._of_batch(self.distribution.mean)

    def _mode(self):
        return self._of_batch(self.distribution.mode)

    def _stddev(self):
        return self._of_batch(self.distribution.stddev)

    def _variance(self):
        return self._of_batch(self.distribution.variance)

    def _covariance(self):
        return self._of_batch(self.distribution.covariance, [self.event_shape_tensor()] * 2, [self.event_shape] * 2)

    def _ndims(self, x):
        """The dimensions of x, of the batch and of an event, each a number where it is known."""
        x_ndims, event_ndims, batch_ndims = (
            length(tensor()) if static.ndims is None else static.ndims for static, length, tensor in (
                (x.shape, array_ops.rank, lambda: x), (self.event_shape, array_ops.size, self.event_shape_tensor),
                (self.batch_shape, array_ops.size, lambda: self._wanted_shape)))
        return x_ndims, batch_ndims, event_ndims

    def _sample_shape(self, x):
        x_ndims, batch_ndims, event_ndims = self._ndims(x)
        sample_ndims = x_ndims - batch_ndims
        sample_ndims -= event_ndims
        static = x.shape[:sample_ndims] if isinstance(sample_ndims, int) else tensor_shape.TensorShape(None)
        if static.is_fully_defined():
            return np.int32(static.as_list()), static
        return array_ops.shape(x)[:sample_ndims], static

    def _in_own_shape(self, fn, x):
        """`fn` of x, [sample, batch, event], in the distribution's own shape."""
        with ops.control_dependencies(self._assertions + self._validate_sample_arg(x)):
            sample_shape, static = self._sample_shape(x)
            own = array_ops.concat([sample_shape, self.distribution.batch_shape_tensor(), self.event_shape_tensor()], axis=0)
            result = fn(array_ops.reshape(x, own))
            result = array_ops.reshape(result, array_ops.concat([sample_shape, self._wanted_shape], axis=0))
            if static.ndims is not None and self.batch_shape.ndims is not None:
                result.set_shape(result.shape.merge_with(static.concatenate(self.batch_shape)))
            return result

    def _of_batch(self, fn, event_shapes=None, static_event_shapes=None):
        """What `fn` gives of each member."""
        with ops.control_dependencies(self._assertions):
            if event_shapes is None:
                event_shapes, static_event_shapes = [self._event_shape_tensor()], [self.event_shape]
            shape = array_ops.concat([self._wanted_shape] + event_shapes, axis=0)
            result = array_ops.reshape(fn(), shape)
            if self.batch_shape.ndims is not None and self.event_shape.ndims is not None:
                static = self.batch_shape
                for event_shape in static_event_shapes:
                    static = static.concatenate(event_shape)
                result.set_shape(result.shape.merge_with(static))
            return result

    def _validate_sample_arg(self, x):
        """Assertions that x ends with the shapes of batch and event. NotImplementedError: it is known not to."""
        with ops.name_scope(name='validate_sample_arg', values=[x]):
            x_ndims, batch_ndims, event_ndims = self._ndims(x)
            wanted_ndims = batch_ndims + event_ndims
            assertions = []
            if isinstance(x_ndims, int) and isinstance(wanted_ndims, int):
                if x_ndims < wanted_ndims:
                    raise NotImplementedError('Broadcasting is not supported; too few batch and event dims '
                                              '(expected at least {}, saw {}).'.format(wanted_ndims, x_ndims))
            elif self.validate_args:
                assertions = [check_ops.assert_greater_equal(
                    x_ndims, wanted_ndims, message='Broadcasting is not supported; too few batch and event dims.',
                    name='assert_batch_and_event_ndims_large_enough')]
            if self.batch_shape.is_fully_defined() and self.event_shape.is_fully_defined():
                wanted = np.int32(self.batch_shape.concatenate(self.event_shape).as_list())
            else:
                wanted = array_ops.concat([self.batch_shape_tensor(), self.event_shape_tensor()], axis=0)
            sample_ndims = x_ndims - wanted_ndims
            if isinstance(sample_ndims, int):
                sample_ndims = max(sample_ndims, 0)
            if isinstance(sample_ndims, int) and x.shape[sample_ndims:].is_fully_defined():
                found = np.int32(x.shape[sample_ndims:].as_list())
            else:
                sample_ndims = math_ops.maximum(sample_ndims, 0)
                found = array_ops.shape(x)[sample_ndims:]
            if isinstance(wanted, np.ndarray) and isinstance(found, np.ndarray):
                if any(wanted != found):
                    raise NotImplementedError('Broadcasting is not supported; unexpected batch and event shape '
                                              '(expected {}, saw {}).'.format(wanted, found))
                return assertions
            if not self.validate_args:
                return []
            with ops.control_dependencies(assertions):
                return [check_ops.assert_equal(
                    wanted, found, message='Broadcasting is not supported; unexpected batch and event shape.',
                    name='assert_batch_and_event_shape_same')]


def calculate_reshape(original_shape, new_shape, validate=False, name=None):
    """(`new_shape` with a number for -1, what is known of it, assertions that it has the size of `original_shape`)"""
    static = tensor_util.constant_value_as_shape(new_shape)
    if static.is_fully_defined():
        return np.int32(static.as_list()), static, []
    with ops.name_scope(name, 'calculate_reshape', [original_shape, new_shape]):
        size = math_ops.reduce_prod(original_shape)
        is_implicit = math_ops.equal(new_shape, -1)
        missing = size // math_ops.maximum(1, -math_ops.reduce_prod(new_shape))
        expanded = array_ops.where_v2(is_implicit, array_ops.fill(array_ops.shape(new_shape), missing), new_shape)
        if not validate:
            return expanded, static, []
        return expanded, static, [
            check_ops.assert_rank(original_shape, 1, message='Original shape must be a vector.'),
            check_ops.assert_rank(new_shape, 1, message='New shape must be a vector.'),
            check_ops.assert_less_equal(math_ops.count_nonzero(is_implicit, dtype=dtypes.int32), 1,
                                        message='At most one dimension can be unknown.'),
            check_ops.assert_positive(expanded, message='Shape elements must be >=-1.'),
            check_ops.assert_equal(math_ops.reduce_prod(expanded), size, message='Shape sizes do not match.')]


def _check_statically(distribution, batch_shape):
    if batch_shape.shape.ndims not in (None, 1):
        raise ValueError('`batch_shape` must be a vector (saw rank: {}).'.format(batch_shape.shape.ndims))
    static = tensor_util.constant_value_as_shape(batch_shape)
    size, wanted = static.num_elements(), distribution.batch_shape.num_elements()
    if size is not None and wanted is not None and size != wanted:
        raise ValueError('`batch_shape` size ({}) must match `distribution.batch_shape` size ({}).'.format(size, wanted))
    if static.dims is not None and any(dim.value is not None and dim.value < 1 for dim in static.dims):
        raise ValueError('`batch_shape` elements must be >=-1.')
