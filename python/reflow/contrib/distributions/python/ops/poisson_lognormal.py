"""Counts whose rate is log-normal, by quadrature: mixtures of Poisson distributions with rates of a grid."""

import numpy as np

from reflow.contrib.distributions.python.ops import poisson as poisson_lib
from reflow.contrib.distributions.python.ops.bijectors.elementwise import Exp
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import gen_math_ops
from reflow.ops import math_ops
from reflow.ops import random_ops
from reflow.ops.distributions import categorical as categorical_lib
from reflow.ops.distributions import distribution as distribution_lib
from reflow.ops.distributions import normal as normal_lib
from reflow.ops.distributions import transformed_distribution as transformed_lib
from reflow.ops.distributions import util as distribution_util

__all__ = ['PoissonLogNormalQuadratureCompound', 'quadrature_scheme_lognormal_gauss_hermite',
           'quadrature_scheme_lognormal_quantiles']


def quadrature_scheme_lognormal_gauss_hermite(loc, scale, quadrature_size, validate_args=False, name=None):
    """(logarithms of rates, their weights) of Gauss-Hermite quadrature, `quadrature_size` of each."""
    del validate_args
    with ops.name_scope(name, 'vector_diffeomixture_quadrature_gauss_hermite', [loc, scale]):
        grid, probs = (values.astype(loc.dtype.as_numpy_dtype)
                       for values in np.polynomial.hermite.hermgauss(deg=quadrature_size))
        probs /= np.linalg.norm(probs, ord=1, keepdims=True)
        probs = ops.convert_to_tensor(probs, name='probs', dtype=loc.dtype)
        center = loc[..., array_ops.newaxis]
        grid = center + np.sqrt(2.) * scale[..., array_ops.newaxis] * grid
        return grid, probs


def quadrature_scheme_lognormal_quantiles(loc, scale, quadrature_size, validate_args=False, name=None):
    """(rates, their weights): the middles between `quadrature_size` + 1 quantiles, all of one weight."""
    with ops.name_scope(name, 'quadrature_scheme_lognormal_quantiles', [loc, scale]):
        distribution = transformed_lib.TransformedDistribution(
            distribution=normal_lib.Normal(loc=loc, scale=scale), bijector=Exp(), validate_args=validate_args)
        batch_ndims = distribution.batch_shape.ndims
        if batch_ndims is None:
            batch_ndims = array_ops.shape(distribution.batch_shape_tensor())[0]
        zero = array_ops.zeros([], dtype=distribution.dtype)
        edges = gen_math_ops.lin_space(zero, 1., quadrature_size + 3)[1:-1]
        shape = array_ops.concat([[-1], array_ops.ones([batch_ndims], dtype=dtypes.int32)], axis=0)
        quantiles = distribution.quantile(array_ops.reshape(edges, shape=shape))
        order = array_ops.concat([math_ops.range(1, 1 + batch_ndims), [0]], axis=0)
        quantiles = array_ops.transpose(quantiles, order)
        below = quantiles[..., :-1]
        grid = (below + quantiles[..., 1:]) / 2.
        grid.set_shape(distribution.batch_shape.concatenate([quadrature_size]))
        probs = array_ops.fill(dims=[quadrature_size], value=1. / math_ops.cast(quadrature_size, distribution.dtype))
        return grid, probs


def concat_vectors(*vectors):
    """The vectors as one, known where all are."""
    values = [tensor_util.constant_value(ops.convert_to_tensor(vector)) for vector in vectors]
    if any(value is None for value in values):
        return array_ops.concat(vectors, axis=0)
    return [element for value in values for element in value]


class PoissonLogNormalQuadratureCompound(distribution_lib.Distribution):
    """Counts of a Poisson distribution whose rate has a log-normal one, of `loc` and `scale`.

    `quadrature_fn` gives the logarithms of `quadrature_size` rates and their weights. TypeError: these are of different types.
    """

    def __init__(self, loc, scale, quadrature_size=8, quadrature_fn=quadrature_scheme_lognormal_quantiles, validate_args=False,
                 allow_nan_stats=True, name='PoissonLogNormalQuadratureCompound'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[loc, scale]) as name:
            if loc is not None:
                loc = ops.convert_to_tensor(loc, name='loc')
            if scale is not None:
                scale = ops.convert_to_tensor(scale, dtype=None if loc is None else loc.dtype, name='scale')
            grid, probs = quadrature_fn(loc, scale, quadrature_size, validate_args)
            if grid.dtype.base_dtype != probs.dtype.base_dtype:
                raise TypeError('Quadrature grid dtype ({}) does not match quadrature probs dtype ({}).'.format(
                    grid.dtype.name, probs.dtype.name))
            options = dict(validate_args=validate_args, allow_nan_stats=allow_nan_stats)
            self._distribution = poisson_lib.Poisson(log_rate=grid, **options)
            self._mixture_distribution = categorical_lib.Categorical(logits=math_ops.log(probs), **options)
            self._loc, self._scale = loc, scale
            self._quadrature_size = quadrature_size
            super().__init__(dtype=grid.dtype, reparameterization_type=distribution_lib.NOT_REPARAMETERIZED,
                             parameters=parameters, graph_parents=[loc, scale], name=name, **options)

    @property
    def mixture_distribution(self):
        """What chooses a rate."""
        return self._mixture_distribution

    @property
    def distribution(self):
        """The Poisson distributions of all rates."""
        return self._distribution

    @property
    def loc(self):
        """The mean of the rate's logarithm."""
        return self._loc

    @property
    def scale(self):
        """The deviation of the rate's logarithm."""
        return self._scale

    @property
    def quadrature_size(self):
        """The number of rates."""
        return self._quadrature_size

    def _batch_shape_tensor(self):
        return array_ops.broadcast_dynamic_shape(
            self.distribution.batch_shape_tensor(), array_ops.shape(self.mixture_distribution.logits))[:-1]

    def _batch_shape(self):
        return array_ops.broadcast_static_shape(
            self.distribution.batch_shape, self.mixture_distribution.logits.shape)[:-1]

    def _event_shape(self):
        return tensor_shape.TensorShape([])

    def _sample_n(self, n, seed=None):
        batch_size = self.batch_shape.num_elements()
        if batch_size is None:
            batch_size = math_ops.reduce_prod(self.batch_shape_tensor())
        pick = distribution_util.pick_vector
        ids = self._mixture_distribution.sample(
            sample_shape=concat_vectors([n], pick(self.mixture_distribution.is_scalar_batch(), [batch_size], np.int32([]))),
            seed=distribution_util.gen_new_seed(seed, 'poisson_lognormal_quadrature_compound'))
        ids = array_ops.reshape(ids, shape=concat_vectors([n], pick(self.is_scalar_batch(), np.int32([]), np.int32([-1]))))
        ids += math_ops.range(start=0, limit=batch_size * self._quadrature_size, delta=self._quadrature_size, dtype=ids.dtype)
        rate = array_ops.gather(array_ops.reshape(self.distribution.rate, shape=[-1]), ids)
        rate = array_ops.reshape(rate, shape=concat_vectors([n], self.batch_shape_tensor()))
        return random_ops.random_poisson(lam=rate, shape=[], dtype=self.dtype, seed=seed)

    def _log_prob(self, x):
        logits = self.mixture_distribution.logits
        return math_ops.reduce_logsumexp(logits + self.distribution.log_prob(x[..., array_ops.newaxis]), axis=-1)

    def _mean(self):
        return math_ops.exp(math_ops.reduce_logsumexp(self.mixture_distribution.logits + self.distribution.log_rate, axis=-1))

    def _variance(self):
        return math_ops.exp(self._log_variance())

    def _stddev(self):
        return math_ops.exp(0.5 * self._log_variance())

    def _log_variance(self):
        """That of the mean of variances and the variance of means."""
        of_members = self.distribution.mean()
        distance = math_ops.abs(of_members - self._mean()[..., array_ops.newaxis])
        logs = array_ops.stack([self.distribution.log_rate, 2. * math_ops.log(distance)], axis=-1)
        return math_ops.reduce_logsumexp(self.mixture_distribution.logits[..., array_ops.newaxis] + logs, axis=[-2, -1])
