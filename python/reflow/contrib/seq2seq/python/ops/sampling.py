"""What decoders draw at random: samples of distributions without the distributions' objects."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import random_ops


def _call_sampler(sample_n_fn, sample_shape, name=None):
    """What `sample_n_fn` draws, given how many, with the first dimension made `sample_shape`, a scalar or a vector."""
    with ops.name_scope(name, 'call_sampler', values=[sample_shape]):
        sample_shape = ops.convert_to_tensor(sample_shape, dtype=dtypes.int32, name='sample_shape')
        is_scalar = math_ops.cast(math_ops.equal(array_ops.rank(sample_shape), 0), dtypes.int32)
        as_vector = array_ops.pad(array_ops.shape(sample_shape), paddings=[[is_scalar, 0]], constant_values=1)
        sample_shape = array_ops.reshape(sample_shape, as_vector)
        samples = sample_n_fn(math_ops.reduce_prod(sample_shape))
        shape_of_each = array_ops.shape(samples)[1:]
        return array_ops.reshape(samples, array_ops.concat([sample_shape, shape_of_each], 0))


def bernoulli_sample(probs=None, logits=None, dtype=dtypes.int32, sample_shape=(), seed=None):
    """1 with a probability of `probs`, or sigmoid(`logits`), and else 0."""
    probs = math_ops.sigmoid(logits, name='probs') if probs is None else ops.convert_to_tensor(probs, name='probs')
    batch_shape = array_ops.shape(probs)

    def sample_n(n):
        uniform = random_ops.random_uniform(array_ops.concat([[n], batch_shape], 0), seed=seed, dtype=probs.dtype)
        return math_ops.cast(math_ops.less(uniform, probs), dtype)

    return _call_sampler(sample_n, sample_shape)


def categorical_sample(logits, dtype=dtypes.int32, sample_shape=(), seed=None):
    """Numbers of classes, with probabilities by `logits`, [..., classes]."""
    logits = ops.convert_to_tensor(logits, name='logits')
    num_classes = array_ops.shape(logits)[-1]
    batch_shape = array_ops.shape(logits)[:-1]

    def sample_n(n):
        rows = logits if logits.shape.ndims == 2 else array_ops.reshape(logits, [-1, num_classes])
        drawn_dtype = dtypes.int64 if logits.dtype.size > 4 else dtypes.int32
        draws = array_ops.transpose(random_ops.multinomial(rows, n, seed=seed, output_dtype=drawn_dtype))
        draws = array_ops.reshape(draws, array_ops.concat([[n], batch_shape], 0))
        return math_ops.cast(draws, dtype)

    return _call_sampler(sample_n, sample_shape)
