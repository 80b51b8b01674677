"""Mixtures of the members of a batch."""

from reflow.contrib.distributions.python.ops.mixture_weights import pad_mixture_dimensions
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops.distributions import distribution
from reflow.ops.distributions import util as distribution_util

__all__ = ['MixtureSameFamily']


class MixtureSameFamily(distribution.Distribution):
    """One of the members of the last batch dimension of `components_distribution`, chosen by `mixture_distribution`."""

    def __init__(self, mixture_distribution, components_distribution, validate_args=False, allow_nan_stats=True,
                 name='MixtureSameFamily'):
        parameters = dict(locals())
        with ops.name_scope(name) as name:
            self._mixture_distribution = mixture_distribution
            self._components_distribution = components_distribution
            shape = components_distribution.event_shape_tensor()
            known = tensor_shape.dimension_value(shape.shape[0])
            self._event_ndims = array_ops.shape(shape)[0] if known is None else known
            self._runtime_assertions = self._checks(validate_args)
            self._num_components = self._checked_number(validate_args)
            super().__init__(
                dtype=components_distribution.dtype, reparameterization_type=distribution.NOT_REPARAMETERIZED,
                validate_args=validate_args, allow_nan_stats=allow_nan_stats, parameters=parameters,
                graph_parents=mixture_distribution._graph_parents + components_distribution._graph_parents, name=name)

    def _checks(self, validate_args):
        mixture, components = self._mixture_distribution, self._components_distribution
        if not mixture.dtype.is_integer:
            raise ValueError('`mixture_distribution.dtype` ({}) is not over integers'.format(mixture.dtype.name))
        if mixture.event_shape.ndims not in (None, 0):
            raise ValueError('`mixture_distribution` must have scalar `event_dim`s')
        own, of_components = mixture.batch_shape, components.batch_shape.with_rank_at_least(1)[:-1]
        if own.is_fully_defined() and of_components.is_fully_defined():
            if own.ndims != 0 and own != of_components:
                raise ValueError('`mixture_distribution.batch_shape` (`{}`) is not compatible with '
                                 '`components_distribution.batch_shape` (`{}`)'.format(
                                     own.as_list(), of_components.as_list()))
            return []
        if not validate_args:
            return []
        of_components = components.batch_shape_tensor()[:-1]
        own = distribution_util.pick_vector(mixture.is_scalar_batch(), of_components, mixture.batch_shape_tensor())
        return [check_ops.assert_equal(own, of_components, message=(
            '`mixture_distribution.batch_shape` is not compatible with `components_distribution.batch_shape`'))]

    def _checked_number(self, validate_args):
        """The number of components, which both distributions have to agree on."""
        mixture, components = self._mixture_distribution, self._components_distribution
        number = mixture.logits.shape.with_rank_at_least(1)[-1].value
        of_components = components.batch_shape.with_rank_at_least(1)[-1].value
        if number is not None and of_components is not None and number != of_components:
            raise ValueError('`mixture_distribution components` ({}) does not equal '
                             '`components_distribution.batch_shape[-1]` ({})'.format(number, of_components))
        if number is None:
            number = array_ops.shape(mixture.logits)[-1]
        if validate_args and of_components is None:
            self._runtime_assertions.append(check_ops.assert_equal(
                number, components.batch_shape_tensor()[-1], message=(
                    '`mixture_distribution components` does not equal `components_distribution.batch_shape[-1:]`')))
        return number

    @property
    def mixture_distribution(self):
        """The distribution of the components' numbers."""
        return self._mixture_distribution

    @property
    def components_distribution(self):
        """The batch of components."""
        return self._components_distribution

    def _batch_shape_tensor(self):
        with ops.control_dependencies(self._runtime_assertions):
            return self.components_distribution.batch_shape_tensor()[:-1]

    def _batch_shape(self):
        return self.components_distribution.batch_shape.with_rank_at_least(1)[:-1]

    def _event_shape_tensor(self):
        with ops.control_dependencies(self._runtime_assertions):
            return self.components_distribution.event_shape_tensor()

    def _event_shape(self):
        return self.components_distribution.event_shape

    def _padded(self, x):
        return pad_mixture_dimensions(x, self, self.mixture_distribution, self._event_shape().ndims)

    def _sample_n(self, n, seed=None):
        with ops.control_dependencies(self._runtime_assertions):
            x = self.components_distribution.sample(n)
            mask = array_ops.one_hot(indices=self.mixture_distribution.sample(n), depth=self._num_components,
                                     on_value=x.dtype.as_numpy_dtype(1), off_value=x.dtype.as_numpy_dtype(0))
            return math_ops.reduce_sum(x * self._padded(mask), axis=-1 - self._event_ndims)

    def _log_of_mixture(self, logarithms):
        weights = nn.log_softmax(self.mixture_distribution.logits, axis=-1)
        return math_ops.reduce_logsumexp(logarithms + weights, axis=-1)

    def _log_prob(self, x):
        with ops.control_dependencies(self._runtime_assertions):
            x = self._pad_sample_dims(x)
            return self._log_of_mixture(self.components_distribution.log_prob(x))

    def _log_cdf(self, x):
        x = self._pad_sample_dims(x)
        return self._log_of_mixture(self.components_distribution.log_cdf(x))

    def _mean(self):
        with ops.control_dependencies(self._runtime_assertions):
            probs = self._padded(self.mixture_distribution.probs)
            return math_ops.reduce_sum(probs * self.components_distribution.mean(), axis=-1 - self._event_ndims)

    def _variance(self):
        with ops.control_dependencies(self._runtime_assertions):
            probs = self._padded(self.mixture_distribution.probs)
            axis = -1 - self._event_ndims
            within = math_ops.reduce_sum(probs * self.components_distribution.variance(), axis=axis)
            distance = math_ops.squared_difference(self.components_distribution.mean(), self._pad_sample_dims(self._mean()))
            return within + math_ops.reduce_sum(probs * distance, axis=axis)

    def _covariance(self):
        if self.event_shape.ndims != 1:
            raise NotImplementedError('covariance is not implemented')
        with ops.control_dependencies(self._runtime_assertions):
            probs = self._padded(self._padded(self.mixture_distribution.probs))
            within = math_ops.reduce_sum(probs * self.components_distribution.covariance(), axis=-3)
            distance = self.components_distribution.mean() - self._pad_sample_dims(self._mean())
            between = distance[..., array_ops.newaxis, :] * distance[..., array_ops.newaxis]
            return within + math_ops.reduce_sum(probs * between, axis=-3)

    def _pad_sample_dims(self, x):
        """`x` with a dimension of size 1 for the components."""
        with ops.name_scope('pad_sample_dims', values=[x]):
            ndims = array_ops.rank(x) if x.shape.ndims is None else x.shape.ndims
            shape = array_ops.shape(x)
            before = ndims - self._event_ndims
            return array_ops.reshape(x, shape=array_ops.concat([shape[:before], [1], shape[before:]], axis=0))
