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

__all__ = ['BatchReshape']


class BatchReshape(distribution_lib.Distribution):
    """`distribution` with its batch in the shape `batch_shape`, of which one dimension may be -1.

    ValueError: that is no vector, or not of as many members.
    """

    def __init__(self, distribution, batch_shape, validate_args=False, allow_nan_stats=True, name=None):
        parameters = dict(locals())
        name = name or 'BatchReshape' + distribution.name
        with ops.name_scope(name, values=[batch_shape]) as name:
            self._batch_shape_unexpanded = ops.convert_to_tensor(batch_shape, dtype=dtypes.int32, name='batch_shape')
            _check_statically(distribution, self._batch_shape_unexpanded)
            self._batch_shape_, self._batch_shape_static, self._runtime_assertions = calculate_reshape(
                distribution.batch_shape_tensor(), self._batch_shape_unexpanded, validate_args)
            self._distribution = distribution
            super().__init__(
                dtype=distribution.dtype, reparameterization_type=distribution.reparameterization_type,
                validate_args=validate_args, allow_nan_stats=allow_nan_stats, parameters=parameters,
                graph_parents=[self._batch_shape_unexpanded] + distribution._graph_parents, name=name)

    @property
    def distribution(self):
        """The distribution in its own shape."""
        return self._distribution

    def _batch_shape_tensor(self):
        with ops.control_dependencies(self._runtime_assertions):
            return array_ops.identity(self._batch_shape_)

    def _batch_shape(self):
        return self._batch_shape_static

    def _event_shape_tensor(self):
        with ops.control_dependencies(self._runtime_assertions):
            return array_ops.identity(self.distribution.event_shape_tensor())

    def _event_shape(self):
        return self.distribution.event_shape

    def _sample_n(self, n, seed=None):
        with ops.control_dependencies(self._runtime_assertions):
            x = self.distribution.sample(sample_shape=n, seed=seed)
            shape = array_ops.concat([[n], self._batch_shape_unexpanded, self.event_shape_tensor()], axis=0)
            return array_ops.reshape(x, shape)

    def _log_prob(self, x):
        return self._of_events(self.distribution.log_prob, x)

    def _prob(self, x):
        return self._of_events(self.distribution.prob, x)

    def _log_cdf(self, x):
        return self._of_events(self.distribution.log_cdf, x)

    def _cdf(self, x):
        return self._of_events(self.distribution.cdf, x)

    def _log_survival_function(self, x):
        return self._of_events(self.distribution.log_survival_function, x)

    def _survival_function(self, x):
        return self._of_events(self.distribution.survival_function, x)

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
        x_ndims = array_ops.rank(x) if x.shape.ndims is None else x.shape.ndims
        event_ndims = (array_ops.size(self.event_shape_tensor()) if self.event_shape.ndims is None
                       else self.event_shape.ndims)
        batch_ndims = (array_ops.size(self._batch_shape_unexpanded) if self.batch_shape.ndims is None
                       else self.batch_shape.ndims)
        return x_ndims, batch_ndims, event_ndims

    def _sample_shape(self, x):
        x_ndims, batch_ndims, event_ndims = self._ndims(x)
        sample_ndims = x_ndims - batch_ndims
        sample_ndims -= event_ndims
        static = x.shape[:sample_ndims] if isinstance(sample_ndims, int) else tensor_shape.TensorShape(None)
        if static.is_fully_defined():
            return np.int32(static.as_list()), static
        return array_ops.shape(x)[:sample_ndims], static

    def _of_events(self, fn, x):
        """`fn` of x, [sample, batch, event], in the distribution's own shape."""
        with ops.control_dependencies(self._runtime_assertions + self._validate_sample_arg(x)):
            sample_shape, static = self._sample_shape(x)
            own = array_ops.concat([sample_shape, self.distribution.batch_shape_tensor(), self.event_shape_tensor()], axis=0)
            result = fn(array_ops.reshape(x, own))
            shape = array_ops.concat([sample_shape, self._batch_shape_unexpanded], axis=0)
            result = array_ops.reshape(result, shape)
            if static.ndims is not None and self.batch_shape.ndims is not None:
                result.set_shape(result.shape.merge_with(static.concatenate(self.batch_shape)))
            return result

    def _of_batch(self, fn, event_shapes=None, static_event_shapes=None):
        """What `fn` gives of each member."""
        with ops.control_dependencies(self._runtime_assertions):
            if event_shapes is None:
                event_shapes, static_event_shapes = [self._event_shape_tensor()], [self.event_shape]
            shape = array_ops.concat([self._batch_shape_unexpanded] + event_shapes, axis=0)
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
