"""Student's t-distribution."""

import numpy as np

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import random_ops
from reflow.ops import special_math_ops
from reflow.ops.distributions import distribution
from reflow.ops.distributions import util as distribution_util

__all__ = ['StudentT', 'StudentTWithAbsDfSoftplusScale']


class StudentT(distribution.Distribution):
    """The t-distribution with `df` degrees of freedom, moved by `loc` and stretched by `scale`."""

    def __init__(self, df, loc, scale, validate_args=False, allow_nan_stats=True, name='StudentT'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[df, loc, scale]) as name:
            with ops.control_dependencies([check_ops.assert_positive(df)] if validate_args else []):
                self._df = array_ops.identity(df, name='df')
                self._loc = array_ops.identity(loc, name='loc')
                self._scale = array_ops.identity(scale, name='scale')
                check_ops.assert_same_float_dtype((self._df, self._loc, self._scale))
        super().__init__(dtype=self._scale.dtype, reparameterization_type=distribution.FULLY_REPARAMETERIZED,
                         validate_args=validate_args, allow_nan_stats=allow_nan_stats, parameters=parameters,
                         graph_parents=[self._df, self._loc, self._scale], name=name)

    @staticmethod
    def _param_shapes(sample_shape):
        shape = ops.convert_to_tensor(sample_shape, dtype=dtypes.int32)
        return {'df': shape, 'loc': shape, 'scale': shape}

    @property
    def df(self):
        """The degrees of freedom."""
        return self._df

    @property
    def loc(self):
        """The place."""
        return self._loc

    @property
    def scale(self):
        """The scale."""
        return self._scale

    def _batch_shape_tensor(self):
        return array_ops.broadcast_dynamic_shape(
            array_ops.shape(self.df),
            array_ops.broadcast_dynamic_shape(array_ops.shape(self.loc), array_ops.shape(self.scale)))

    def _batch_shape(self):
        return array_ops.broadcast_static_shape(
            array_ops.broadcast_static_shape(self.df.get_shape(), self.loc.get_shape()), self.scale.get_shape())

    def _event_shape_tensor(self):
        return constant_op.constant([], dtype=dtypes.int32)

    def _event_shape(self):
        return tensor_shape.TensorShape([])

    def _sample_n(self, n, seed=None):
        shape = array_ops.concat([[n], self.batch_shape_tensor()], 0)
        normal_sample = random_ops.random_normal(shape, dtype=self.dtype, seed=seed)
        df = self.df * array_ops.ones(self.batch_shape_tensor(), dtype=self.dtype)
        gamma_sample = random_ops.random_gamma([n], 0.5 * df, beta=0.5, dtype=self.dtype,
                                               seed=distribution_util.gen_new_seed(seed, salt='student_t'))
        samples = normal_sample * math_ops.rsqrt(gamma_sample / df)
        return samples * self.scale + self.loc

    def _log_prob(self, x):
        return self._log_unnormalized_prob(x) - self._log_normalization()

    def _log_unnormalized_prob(self, x):
        y = (x - self.loc) / self.scale
        return -0.5 * (self.df + 1.) * math_ops.log1p(y**2. / self.df)

    def _log_normalization(self):
        return (math_ops.log(math_ops.abs(self.scale)) + 0.5 * math_ops.log(self.df) + 0.5 * np.log(np.pi) +
                math_ops.lgamma(0.5 * self.df) - math_ops.lgamma(0.5 * (self.df + 1.)))

    def _cdf(self, x):
        y = (x - self.loc) / math_ops.abs(self.scale)
        x_t = self.df / (y**2. + self.df)
        neg_cdf = 0.5 * math_ops.betainc(0.5 * self.df, 0.5, x_t)
        return array_ops.where_v2(math_ops.less(y, 0.), neg_cdf, 1. - neg_cdf)

    def _entropy(self):
        v = array_ops.ones(self.batch_shape_tensor(), dtype=self.dtype)[..., array_ops.newaxis]
        u = v * self.df[..., array_ops.newaxis]
        beta_arg = array_ops.concat([u, v], -1) / 2.
        return (math_ops.log(math_ops.abs(self.scale)) + 0.5 * math_ops.log(self.df) +
                special_math_ops.lbeta(beta_arg) +
                0.5 * (self.df + 1.) * (math_ops.digamma(0.5 * (self.df + 1.)) - math_ops.digamma(0.5 * self.df)))

    def _mean(self):
        mean = self.loc * array_ops.ones(self.batch_shape_tensor(), dtype=self.dtype)
        if self.allow_nan_stats:
            nan = np.array(np.nan, dtype=self.dtype.as_numpy_dtype())
            return array_ops.where_v2(
                math_ops.greater(self.df, array_ops.ones(self.batch_shape_tensor(), dtype=self.dtype)), mean,
                array_ops.fill(self.batch_shape_tensor(), nan, name='nan'))
        return control_flow_ops.with_dependencies(
            [check_ops.assert_less(array_ops.ones([], dtype=self.dtype), self.df,
                                   message='mean not defined for components of df <= 1')], mean)

    def _variance(self):
        denom = array_ops.where_v2(math_ops.greater(self.df, 2.), self.df - 2., array_ops.ones_like(self.df))
        var = (array_ops.ones(self.batch_shape_tensor(), dtype=self.dtype) * math_ops.square(self.scale) * self.df / denom)
        inf = np.array(np.inf, dtype=self.dtype.as_numpy_dtype())
        result_where_defined = array_ops.where_v2(
            self.df > array_ops.fill(self.batch_shape_tensor(), 2.), var,
            array_ops.fill(self.batch_shape_tensor(), inf, name='inf'))
        if self.allow_nan_stats:
            nan = np.array(np.nan, dtype=self.dtype.as_numpy_dtype())
            return array_ops.where_v2(
                math_ops.greater(self.df, array_ops.ones(self.batch_shape_tensor(), dtype=self.dtype)),
                result_where_defined, array_ops.fill(self.batch_shape_tensor(), nan, name='nan'))
        return control_flow_ops.with_dependencies(
            [check_ops.assert_less(array_ops.ones([], dtype=self.dtype), self.df,
                                   message='variance not defined for components of df <= 1')], result_where_defined)

    def _mode(self):
        return array_ops.identity(self.loc)


class StudentTWithAbsDfSoftplusScale(StudentT):
    """StudentT of floor(|df|) degrees of freedom and a scale of softplus(scale)."""

    def __init__(self, df, loc, scale, validate_args=False, allow_nan_stats=True, name='StudentTWithAbsDfSoftplusScale'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[df, scale]) as name:
            super().__init__(df=math_ops.floor(math_ops.abs(df)), loc=loc, scale=nn.softplus(scale, name='softplus_scale'),
                             validate_args=validate_args, allow_nan_stats=allow_nan_stats, name=name)
        self._parameters = parameters
