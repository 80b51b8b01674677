"""Batches of independent distributions as one of events that are larger."""

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import math_ops
from reflow.ops.distributions import distribution as distribution_lib
from reflow.ops.distributions import kullback_leibler

__all__ = ['Independent']


def _length(shape):
    static = shape.shape.with_rank_at_least(1)[0].value
    return array_ops.shape(shape)[0] if static is None else static


class Independent(distribution_lib.Distribution):
    """`distribution` with its last `reinterpreted_batch_ndims` batch dimensions as dimensions of the event."""

    def __init__(self, distribution, reinterpreted_batch_ndims=None, validate_args=False, name=None):
        parameters = dict(locals())
        name = name or 'Independent' + distribution.name
        self._distribution = distribution
        with ops.name_scope(name) as name:
            if reinterpreted_batch_ndims is None:
                ndims = distribution.batch_shape.ndims
                if ndims is None:
                    reinterpreted_batch_ndims = math_ops.maximum(0, array_ops.shape(distribution.batch_shape_tensor())[0] - 1)
                else:
                    reinterpreted_batch_ndims = max(0, ndims - 1)
            ndims = ops.convert_to_tensor(reinterpreted_batch_ndims, dtype=dtypes.int32, name='reinterpreted_batch_ndims')
            self._static_ndims = tensor_util.constant_value(ndims)
            self._reinterpreted_batch_ndims = ndims if self._static_ndims is None else self._static_ndims
            super().__init__(dtype=distribution.dtype, reparameterization_type=distribution.reparameterization_type,
                             validate_args=validate_args, allow_nan_stats=distribution.allow_nan_stats,
                             parameters=parameters, graph_parents=[ndims] + distribution._graph_parents, name=name)
            self._runtime_assertions = self._make_assertions(ndims)

    def _make_assertions(self, ndims):
        batch_ndims = self.distribution.batch_shape.ndims
        if batch_ndims is not None and self._static_ndims is not None:
            if self._static_ndims > batch_ndims:
                raise ValueError('reinterpreted_batch_ndims({}) cannot exceed distribution.batch_ndims({})'.format(
                    self._static_ndims, batch_ndims))
            return []
        if not self.validate_args:
            return []
        return [check_ops.assert_less_equal(ndims, _length(self.distribution.batch_shape_tensor()),
                                            message='reinterpreted_batch_ndims cannot exceed distribution.batch_ndims')]

    @property
    def distribution(self):
        """The distribution of the parts."""
        return self._distribution

    @property
    def reinterpreted_batch_ndims(self):
        """How many batch dimensions have become dimensions of the event."""
        return self._reinterpreted_batch_ndims

    def _batch_shape_tensor(self):
        with ops.control_dependencies(self._runtime_assertions):
            shape = self.distribution.batch_shape_tensor()
            return shape[:_length(shape) - self.reinterpreted_batch_ndims]

    def _split_of_batch_shape(self):
        shape = self.distribution.batch_shape
        if self._static_ndims is None or shape.ndims is None:
            return None
        return shape.ndims - int(self._static_ndims)

    def _batch_shape(self):
        split = self._split_of_batch_shape()
        return tensor_shape.TensorShape(None) if split is None else self.distribution.batch_shape[:split]

    def _event_shape_tensor(self):
        with ops.control_dependencies(self._runtime_assertions):
            shape = self.distribution.batch_shape_tensor()
            return array_ops.concat([shape[_length(shape) - self.reinterpreted_batch_ndims:],
                                     self.distribution.event_shape_tensor()], axis=0)

    def _event_shape(self):
        split = self._split_of_batch_shape()
        if split is None:
            return tensor_shape.TensorShape(None)
        return self.distribution.batch_shape[split:].concatenate(self.distribution.event_shape)

    def _sample_n(self, n, seed=None):
        with ops.control_dependencies(self._runtime_assertions):
            return self.distribution.sample(sample_shape=n, seed=seed)

    def _summed(self, statistic):
        if self._static_ndims is None:
            axes = math_ops.range(self._reinterpreted_batch_ndims)
        else:
            axes = np.arange(self._static_ndims)
        return math_ops.reduce_sum(statistic, axis=-1 - axes)

    def _log_prob(self, x):
        with ops.control_dependencies(self._runtime_assertions):
            return self._summed(self.distribution.log_prob(x))

    def _entropy(self):
        with ops.control_dependencies(self._runtime_assertions):
            return self._summed(self.distribution.entropy())

    def _mean(self):
        with ops.control_dependencies(self._runtime_assertions):
            return self.distribution.mean()

    def _variance(self):
        with ops.control_dependencies(self._runtime_assertions):
            return self.distribution.variance()

    def _stddev(self):
        with ops.control_dependencies(self._runtime_assertions):
            return self.distribution.stddev()

    def _mode(self):
        with ops.control_dependencies(self._runtime_assertions):
            return self.distribution.mode()


@kullback_leibler.RegisterKL(Independent, Independent)
def _kl_independent(a, b, name='kl_independent'):
    p, q = a.distribution, b.distribution
    if not (a.event_shape.is_fully_defined() and b.event_shape.is_fully_defined()):
        raise NotImplementedError('KL between Independents whose event shapes are unknown')
    if a.event_shape != b.event_shape:
        raise ValueError('Event shapes do not match.')
    if p.event_shape != q.event_shape:
        raise NotImplementedError('KL between Independents with different event shapes not supported.')
    axes = [-1 - i for i in range(a.event_shape.ndims - p.event_shape.ndims)]
    return math_ops.reduce_sum(kullback_leibler.kl_divergence(p, q, name=name), axis=axes)
