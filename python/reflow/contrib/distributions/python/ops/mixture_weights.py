"""Weights of mixtures, and what they make of means and deviations."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops

__all__ = ['mixture_stddev', 'pad_mixture_dimensions']


def mixture_stddev(mixture_weight_vector, mean_vector, stddev_vector):
    """The standard deviations of mixtures, of [batch, components] each."""
    mixture_weight_vector.shape.assert_has_rank(2)
    for vector, name in ((mean_vector, 'means'), (stddev_vector, 'stddevs')):
        if not vector.shape.is_compatible_with(mixture_weight_vector.shape):
            raise ValueError('Expecting %s to have same shape as mixture weights.' % name)
    weights = array_ops.expand_dims(mixture_weight_vector, axis=1)
    means = array_ops.expand_dims(mean_vector, axis=2)
    stddevs = array_ops.expand_dims(stddev_vector, axis=2)

    def weighted(columns):
        return array_ops.reshape(math_ops.matmul(weights, columns), (-1,))

    mean = weighted(means)
    variance = weighted(math_ops.square(stddevs)) + weighted(math_ops.square(means)) - math_ops.square(mean)
    return math_ops.sqrt(variance)


def pad_mixture_dimensions(x, mixture_distribution, categorical_distribution, event_ndims):
    """`x` of the components with dimensions of size 1 for the rest of the batch and for the event."""
    def ndims(distribution):
        known = distribution.batch_shape.ndims
        return array_ops.shape(distribution.batch_shape_tensor())[0] if known is None else known

    with ops.name_scope('pad_mix_dims', values=[x]):
        own, of_choice = ndims(mixture_distribution), ndims(categorical_distribution)
        missing = array_ops.where_v2(categorical_distribution.is_scalar_batch(), own, own - of_choice)
        shape = array_ops.shape(x)
        return array_ops.reshape(x, shape=array_ops.concat([
            shape[:-1], array_ops.ones([missing], dtype=dtypes.int32), shape[-1:],
            array_ops.ones([event_ndims], dtype=dtypes.int32)], axis=0))
