"""Grids for the weights of mixtures: softmax(0, normal numbers), and how much each point counts."""

import numpy as np

from reflow.contrib.distributions.python.ops.bijectors.vectors import SoftmaxCentered
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import gen_math_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops.distributions import arrangements
from reflow.ops.distributions import normal as normal_lib

__all__ = ['quadrature_scheme_softmaxnormal_gauss_hermite', 'quadrature_scheme_softmaxnormal_quantiles']


def _parameters(loc, scale, validate_args):
    loc = ops.convert_to_tensor(loc, name='normal_loc')
    scale = ops.convert_to_tensor(scale, dtype=loc.dtype.base_dtype, name='normal_scale')
    return loc, _checked(scale, 'normal_scale', validate_args)


def _checked(param, name, validate_args):
    """The tensor, which has to be a vector of one number, or a batch of these."""
    with ops.name_scope(name='check_' + name, values=[param]):
        if param.shape.ndims == 0:
            raise ValueError('Mixing params must be a (batch of) vector; {}.rank={} is not at least one.'.format(name, 0))
        assertions = []
        if param.shape.ndims is None and validate_args:
            assertions.append(check_ops.assert_rank_at_least(
                param, 1, message='Mixing params must be a (batch of) vector; {}.rank is not at least one.'.format(name)))
        size = tensor_shape.dimension_value(param.shape.with_rank_at_least(1)[-1])
        if size != 1:
            raise NotImplementedError('Currently only bimixtures are supported; {}.shape[-1]={} is not 1.'.format(name, size))
        return control_flow_ops.with_dependencies(assertions, param) if assertions else param


def _softmax(x, axis):
    with ops.name_scope(None, 'softmax', [x, axis]):
        x = ops.convert_to_tensor(x, name='x')
        ndims = array_ops.rank(x, name='ndims') if x.shape.ndims is None else x.shape.ndims
        axis = ops.convert_to_tensor(axis, dtype=dtypes.int32, name='axis')
        axis = int(tensor_util.constant_value(axis))
        axis = ndims + axis if axis < 0 else axis
    return nn_ops.softmax(x, axis=axis)


def quadrature_scheme_softmaxnormal_gauss_hermite(normal_loc, normal_scale, quadrature_size, validate_args=False, name=None):
    """(weights of components, what each point counts) of Gauss-Hermite quadrature, `quadrature_size` points."""
    with ops.name_scope(name, 'quadrature_scheme_softmaxnormal_gauss_hermite', [normal_loc, normal_scale]):
        loc, scale = _parameters(normal_loc, normal_scale, validate_args)
        dtype = loc.dtype.base_dtype
        grid, probs = (values.astype(dtype.as_numpy_dtype) for values in np.polynomial.hermite.hermgauss(deg=quadrature_size))
        probs /= np.linalg.norm(probs, ord=1, keepdims=True)
        probs = ops.convert_to_tensor(probs, name='probs', dtype=dtype)
        center = loc[..., array_ops.newaxis]
        points = center + np.sqrt(2.) * scale[..., array_ops.newaxis] * grid
        return _softmax(-arrangements.pad(points, axis=-2, front=True), axis=-2), probs


def quadrature_scheme_softmaxnormal_quantiles(normal_loc, normal_scale, quadrature_size, validate_args=False, name=None):
    """(weights of components, what each point counts): the middles between `quadrature_size` + 1 quantiles, which all count
    the same."""
    with ops.name_scope(name, 'softmax_normal_grid_and_probs', [normal_loc, normal_scale]):
        loc, scale = _parameters(normal_loc, normal_scale, validate_args)
        normal = normal_lib.Normal(loc=loc, scale=scale)
        batch_ndims = normal.batch_shape.ndims
        if batch_ndims is None:
            batch_ndims = array_ops.shape(normal.batch_shape_tensor())[0]

        def set_shape(tensor, size):
            batch = normal.batch_shape.with_rank_at_least(1)
            components = tensor_shape.dimension_value(batch[-1])
            tensor.set_shape(batch[:-1].concatenate([None if components is None else components + 1, size]))

        zero = array_ops.zeros([], dtype=normal.dtype)
        edges = gen_math_ops.lin_space(zero, 1., quadrature_size + 3)[1:-1]
        shape = array_ops.concat([[-1], array_ops.ones([batch_ndims], dtype=dtypes.int32)], axis=0)
        quantiles = SoftmaxCentered().forward(normal.quantile(array_ops.reshape(edges, shape=shape)))
        order = array_ops.concat([math_ops.range(1, 1 + batch_ndims), [0]], axis=0)
        quantiles = array_ops.transpose(quantiles, order)
        set_shape(quantiles, quadrature_size + 1)
        below = quantiles[..., :-1]
        grid = (below + quantiles[..., 1:]) / 2.
        set_shape(grid, quadrature_size)
        return grid, array_ops.fill(dims=[quadrature_size], value=1. / math_ops.cast(quadrature_size, normal.dtype))
