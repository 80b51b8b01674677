"""Wishart distributions, of positive definite matrices."""

import math

import numpy as np

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import gen_math_ops
from reflow.ops import linalg_ops
from reflow.ops import math_ops
from reflow.ops import random_ops
from reflow.ops.distributions import distribution
from reflow.ops.distributions import util as distribution_util
from reflow.ops.linalg.linear_operator_lower_triangular import LinearOperatorLowerTriangular
from reflow.util.shown_attributes import shown

__all__ = ['WishartCholesky', 'WishartFull']

_TOO_SMALL = 'Degrees of freedom (df = %s) cannot be less than dimension of scale matrix (scale.dimension = %s)'


class _WishartLinearOperator(distribution.Distribution):
    """Of matrices, or of their Cholesky factors, with a linear operator as the factor of the scale."""

    def __init__(self, df, scale_operator, cholesky_input_output_matrices=False, validate_args=False, allow_nan_stats=True,
                 name=None):
        parameters = dict(locals())
        self._cholesky_input_output_matrices = cholesky_input_output_matrices
        with ops.name_scope(name) as name:
            with ops.name_scope('init', values=[df, scale_operator]):
                if not scale_operator.dtype.is_floating:
                    raise TypeError('scale_operator.dtype=%s is not a floating-point type' % scale_operator.dtype)
                if not scale_operator.is_square:
                    raise ValueError('scale_operator must be square.')
                self._scale_operator = scale_operator
                self._df = ops.convert_to_tensor(df, dtype=scale_operator.dtype, name='df')
                size = scale_operator.shape.ndims and scale_operator.shape.dims[-1].value
                if size is None:
                    self._dimension = math_ops.cast(scale_operator.domain_dimension_tensor(), scale_operator.dtype,
                                                    name='dimension')
                else:
                    self._dimension = ops.convert_to_tensor(size, dtype=scale_operator.dtype, name='dimension')
                self._check_df(validate_args)
        super().__init__(dtype=scale_operator.dtype, validate_args=validate_args, allow_nan_stats=allow_nan_stats,
                         reparameterization_type=distribution.FULLY_REPARAMETERIZED, parameters=parameters,
                         graph_parents=[self._df, self._dimension] + scale_operator.graph_parents, name=name)

    def _check_df(self, validate_args):
        df, dimension = tensor_util.constant_value(self._df), tensor_util.constant_value(self._dimension)
        if df is not None and dimension is not None:
            df = np.asarray(df)
            if np.any(df < dimension):
                raise ValueError(_TOO_SMALL % (df if df.shape else [df], dimension))
        elif validate_args:
            check = check_ops.assert_less_equal(self._dimension, self._df, message=_TOO_SMALL % (self._dimension, self._df))
            self._df = control_flow_ops.with_dependencies([check], self._df)

    df = shown('_df', 'The degrees of freedom.')
    scale_operator = shown('_scale_operator', 'The factor of the scale.')
    cholesky_input_output_matrices = shown('_cholesky_input_output_matrices', 'Whether events are Cholesky factors.')
    dimension = shown('_dimension', 'The number of rows.')

    def scale(self):
        """The scale, or its factor if events are factors."""
        return self.scale_operator.to_dense() if self.cholesky_input_output_matrices else self._square_of_scale()

    def _square_of_scale(self):
        return self.scale_operator.matmul(self.scale_operator.to_dense(), adjoint_arg=True)

    def _event_shape_tensor(self):
        dimension = self.scale_operator.domain_dimension_tensor()
        return array_ops.stack([dimension, dimension])

    def _event_shape(self):
        dimension = self.scale_operator.domain_dimension
        return tensor_shape.TensorShape([dimension, dimension])

    def _batch_shape_tensor(self):
        return self.scale_operator.batch_shape_tensor()

    def _batch_shape(self):
        return self.scale_operator.batch_shape

    def _sample_n(self, n, seed):
        """Bartlett's decomposition."""
        batch_shape, event_shape = self.batch_shape_tensor(), self.event_shape_tensor()
        ndims = array_ops.shape(batch_shape)[0] + 3  # of a sample, batch and event
        shape = array_ops.concat([[n], batch_shape, event_shape], 0)
        x = random_ops.random_normal(shape=shape, mean=0.0, stddev=1.0, dtype=self.dtype, seed=seed)
        df = self.df * array_ops.ones(self.scale_operator.batch_shape_tensor(), dtype=self.df.dtype.base_dtype)
        squares = random_ops.random_gamma(
            shape=[n], alpha=self._multi_gamma_sequence(0.5 * df, self.dimension), beta=0.5, dtype=self.dtype,
            seed=distribution_util.gen_new_seed(seed, 'wishart'))
        x = array_ops.matrix_set_diag(array_ops.matrix_band_part(x, -1, 0), math_ops.sqrt(squares))
        # The samples stand side by side for the product.
        x = array_ops.transpose(x, array_ops.concat([math_ops.range(1, ndims), [0]], 0))
        x = array_ops.reshape(x, array_ops.concat([batch_shape, [event_shape[0]], [-1]], 0))
        x = self.scale_operator.matmul(x)
        x = array_ops.reshape(x, array_ops.concat([batch_shape, event_shape, [n]], 0))
        x = array_ops.transpose(x, array_ops.concat([[ndims - 1], math_ops.range(0, ndims - 1)], 0))
        return x if self.cholesky_input_output_matrices else math_ops.matmul(x, x, adjoint_b=True)

    def _log_prob(self, x):
        root = x if self.cholesky_input_output_matrices else linalg_ops.cholesky(x)
        batch_shape, event_shape = self.batch_shape_tensor(), self.event_shape_tensor()
        ndims = array_ops.rank(root)
        sample_ndims = ndims - array_ops.shape(batch_shape)[0] - 2
        sample_shape = array_ops.strided_slice(array_ops.shape(root), [0], [sample_ndims])
        # The samples stand side by side for the equations.
        y = array_ops.transpose(root, array_ops.concat([math_ops.range(sample_ndims, ndims), math_ops.range(0, sample_ndims)], 0))
        y = array_ops.reshape(y, array_ops.concat((batch_shape, (math_ops.cast(self.dimension, dtype=dtypes.int32), -1)), 0))
        y = self.scale_operator.solve(y)
        y = array_ops.reshape(y, array_ops.concat([batch_shape, event_shape, sample_shape], 0))
        y = array_ops.transpose(y, array_ops.concat([math_ops.range(ndims - sample_ndims, ndims),
                                                     math_ops.range(0, ndims - sample_ndims)], 0))
        trace = math_ops.reduce_sum(math_ops.square(y), axis=[-2, -1])
        half_log_det = math_ops.reduce_sum(math_ops.log(array_ops.matrix_diag_part(root)), axis=[-1])
        log_prob = (self.df - self.dimension - 1.0) * half_log_det - 0.5 * trace - self.log_normalization()
        if x.get_shape().ndims is not None:
            log_prob.set_shape(x.get_shape()[:-2])
        return log_prob

    def _prob(self, x):
        return math_ops.exp(self._log_prob(x))

    def _entropy(self):
        half_of_dimension, half_df = 0.5 * self.dimension + 0.5, 0.5 * self.df
        return (self.dimension * (half_df + half_of_dimension * math.log(2.0))
                + 2 * half_of_dimension * self.scale_operator.log_abs_determinant()
                + self._multi_lgamma(half_df, self.dimension)
                + (half_of_dimension - half_df) * self._multi_digamma(half_df, self.dimension))

    def _mean(self):
        if self.cholesky_input_output_matrices:
            return math_ops.sqrt(self.df) * self.scale_operator.to_dense()
        return self.df * self._square_of_scale()

    def _variance(self):
        x = math_ops.sqrt(self.df) * self._square_of_scale()
        diagonal = array_ops.expand_dims(array_ops.matrix_diag_part(x), -1)
        variance = math_ops.square(x) + math_ops.matmul(diagonal, diagonal, adjoint_b=True)
        return linalg_ops.cholesky(variance) if self.cholesky_input_output_matrices else variance

    def _stddev(self):
        if self.cholesky_input_output_matrices:
            raise ValueError('Computing std. dev. when is cholesky_input_output_matrices=True does not make sense.')
        return linalg_ops.cholesky(self.variance())

    def _mode(self):
        s = self.df - self.dimension - 1.0
        s = array_ops.where_v2(math_ops.less(s, 0.0), constant_op.constant(float('NaN'), dtype=self.dtype, name='nan'), s)
        if self.cholesky_input_output_matrices:
            return math_ops.sqrt(s) * self.scale_operator.to_dense()
        return s * self._square_of_scale()

    def mean_log_det(self, name='mean_log_det'):
        """The mean of the logarithm of the determinant."""
        with self._name_scope(name):
            return (self._multi_digamma(0.5 * self.df, self.dimension) + self.dimension * math.log(2.0)
                    + 2 * self.scale_operator.log_abs_determinant())

    def log_normalization(self, name='log_normalization'):
        """The logarithm of what densities are divided by."""
        with self._name_scope(name):
            return (self.df * self.scale_operator.log_abs_determinant() + 0.5 * self.df * self.dimension * math.log(2.0)
                    + self._multi_lgamma(0.5 * self.df, self.dimension))

    def _multi_gamma_sequence(self, a, p, name='multi_gamma_sequence'):
        with self._name_scope(name, values=[a, p]):
            steps = gen_math_ops.lin_space(
                constant_op.constant(0.0, dtype=self.dtype), 0.5 - 0.5 * p, math_ops.cast(p, dtypes.int32))
            return steps + array_ops.expand_dims(a, [-1])

    def _multi_lgamma(self, a, p, name='multi_lgamma'):
        with self._name_scope(name, values=[a, p]):
            sequence = self._multi_gamma_sequence(a, p)
            return 0.25 * p * (p - 1.0) * math.log(math.pi) + math_ops.reduce_sum(math_ops.lgamma(sequence), axis=[-1])

    def _multi_digamma(self, a, p, name='multi_digamma'):
        with self._name_scope(name, values=[a, p]):
            return math_ops.reduce_sum(math_ops.digamma(self._multi_gamma_sequence(a, p)), axis=[-1])


def _factor(tril):
    return LinearOperatorLowerTriangular(tril=tril, is_non_singular=True, is_positive_definite=True, is_square=True)


class WishartCholesky(_WishartLinearOperator):
    """With the Cholesky factor of the scale."""

    def __init__(self, df, scale, cholesky_input_output_matrices=False, validate_args=False, allow_nan_stats=True,
                 name='WishartCholesky'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[scale]) as name:
            with ops.name_scope('init', values=[scale]):
                scale = ops.convert_to_tensor(scale)
                if validate_args:
                    checks = [check_ops.assert_positive(array_ops.matrix_diag_part(scale),
                                                        message='scale must be positive definite'),
                              check_ops.assert_equal(array_ops.shape(scale)[-1], array_ops.shape(scale)[-2],
                                                     message='scale must be square')]
                    scale = control_flow_ops.with_dependencies(checks, scale)
            super().__init__(df=df, scale_operator=_factor(scale), validate_args=validate_args, name=name,
                             cholesky_input_output_matrices=cholesky_input_output_matrices, allow_nan_stats=allow_nan_stats)
        self._parameters = parameters


class WishartFull(_WishartLinearOperator):
    """With the scale itself."""

    def __init__(self, df, scale, cholesky_input_output_matrices=False, validate_args=False, allow_nan_stats=True,
                 name='WishartFull'):
        parameters = dict(locals())
        with ops.name_scope(name) as name:
            with ops.name_scope('init', values=[scale]):
                scale = ops.convert_to_tensor(scale)
                if validate_args:
                    scale = distribution_util.assert_symmetric(scale)
                factor = linalg_ops.cholesky(scale)
                checks = [check_ops.assert_positive(array_ops.matrix_diag_part(factor))] if validate_args else []
                factor = control_flow_ops.with_dependencies(checks, factor)
        super().__init__(df=df, scale_operator=_factor(factor), validate_args=validate_args, name=name,
                         cholesky_input_output_matrices=cholesky_input_output_matrices, allow_nan_stats=allow_nan_stats)
        self._parameters = parameters
