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
from reflow.util.shown_attributes import shown

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


def _tensors_of_one_type(**parameters):
    """The parameters that aren't None as tensors, of the type of the first."""
    dtype = None
    for name, value in parameters.items():
        tensor = None if value is None else ops.convert_to_tensor(value, dtype, name)
        dtype = dtype if tensor is None else tensor.dtype
        yield tensor


def num_elements(static, dynamic):
    """How many members a batch has: a number where it is known, else the product of dynamic()."""
    number = static.num_elements()
    return math_ops.reduce_prod(dynamic()) if number is None else number


def draw_points(compound, n, extra, seed, salt):
    """Numbers of points that the compound's mixture_distribution chooses for n samples: [n] and `extra`, its batch being flat."""
    nothing = np.int32([])
    ids = compound.mixture_distribution.sample(concat_vectors([n], extra), distribution_util.gen_new_seed(seed, salt))
    batch = distribution_util.pick_vector(compound.is_scalar_batch(), nothing, np.int32([-1]))
    return array_ops.reshape(ids, concat_vectors([n], batch))


def first_points(batch_size, num_points, dtype):
    """Where the points of each member begin in a flat grid."""
    return math_ops.range(0, batch_size * num_points, num_points, dtype)


class PoissonLogNormalQuadratureCompound(distribution_lib.Distribution):
    """Counts of a Poisson distribution whose rate has a log-normal one, of `loc` and `scale`.

    `quadrature_fn` gives the logarithms of `quadrature_size` rates and their weights. TypeError: these are of different types.
    """

    def __init__(self, loc, scale, quadrature_size=8, quadrature_fn=quadrature_scheme_lognormal_quantiles, validate_args=False,
                 allow_nan_stats=True, name='PoissonLogNormalQuadratureCompound'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[loc, scale]) as name:
            loc, scale = _tensors_of_one_type(loc=loc, scale=scale)
            grid, probs = quadrature_fn(loc, scale, quadrature_size, validate_args)
            types = grid.dtype, probs.dtype
            if types[0].base_dtype != types[1].base_dtype:
                raise TypeError('Quadrature grid dtype ({}) does not match quadrature probs dtype ({}).'.format(
                    *(dtype.name for dtype in types)))
            options = dict(validate_args=validate_args, allow_nan_stats=allow_nan_stats)
            self._distribution = poisson_lib.Poisson(log_rate=grid, **options)
            self._mixture_distribution = categorical_lib.Categorical(logits=math_ops.log(probs), **options)
            self._loc, self._scale = loc, scale
            self._quadrature_size = quadrature_size
            super().__init__(dtype=grid.dtype, reparameterization_type=distribution_lib.NOT_REPARAMETERIZED,
                             parameters=parameters, graph_parents=[loc, scale], name=name, **options)

    mixture_distribution = shown('_mixture_distribution', 'What chooses a rate.')
    distribution = shown('_distribution', 'The Poisson distributions of all rates.')
    loc = shown('_loc', "The mean of the rate's logarithm.")
    scale = shown('_scale', "The deviation of the rate's logarithm.")
    quadrature_size = shown('_quadrature_size', 'The number of rates.')

    def _batch_shape_tensor(self):
        rates = self._distribution.batch_shape_tensor()
        return array_ops.broadcast_dynamic_shape(rates, array_ops.shape(self._logits))[:-1]

    def _batch_shape(self):
        return array_ops.broadcast_static_shape(self._distribution.batch_shape, self._logits.shape)[:-1]

    def _event_shape(self):
        return tensor_shape.TensorShape(())

    def _sample_n(self, n, seed=None):
        size = num_elements(self.batch_shape, self.batch_shape_tensor)
        extra = distribution_util.pick_vector(self._mixture_distribution.is_scalar_batch(), [size], np.int32([]))
        ids = draw_points(self, n, extra, seed, 'poisson_lognormal_quadrature_compound')
        ids += first_points(size, self._quadrature_size, ids.dtype)
        rates = array_ops.gather(array_ops.reshape(self._distribution.rate, [-1]), ids)
        rates = array_ops.reshape(rates, concat_vectors([n], self.batch_shape_tensor()))
        return random_ops.random_poisson(rates, [], self.dtype, seed)

    @property
    def _logits(self):
        return self._mixture_distribution.logits

    def _log_prob(self, x):
        logits, counts = self._logits, x[..., array_ops.newaxis]
        return math_ops.reduce_logsumexp(logits + self._distribution.log_prob(counts), axis=-1)

    def _mean(self):
        log_mean = math_ops.reduce_logsumexp(self._logits + self._distribution.log_rate, axis=-1)
        return math_ops.exp(log_mean)

    def _variance(self):
        return math_ops.exp(self._log_variance())

    def _stddev(self):
        return math_ops.exp(0.5 * self._log_variance())

    def _log_variance(self):
        """That of the mean of variances and the variance of means."""
        means = self._distribution.mean()
        distances = math_ops.abs(means - self._mean()[..., array_ops.newaxis])
        terms = array_ops.stack([self._distribution.log_rate, 2. * math_ops.log(distances)], axis=-1)
        return math_ops.reduce_logsumexp(self._logits[..., array_ops.newaxis] + terms, axis=[-2, -1])
