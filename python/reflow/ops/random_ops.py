"""Random tensors: new values in each run."""

from reflow import _core
from reflow.framework import dtypes
from reflow.framework.random_seed import fitting
from reflow.ops import gen_random_ops


def __getattr__(name):
    """What is an op and nothing more."""
    return getattr(gen_random_ops, name)


def random_normal(shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, seed=None, name=None):
    """Normally distributed values."""
    return _core.random_normal(shape, mean, stddev, dtype, fitting(seed), name)


def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, seed=None, name=None):
    """Normally distributed values within two deviations from the mean."""
    return _core.truncated_normal(shape, mean, stddev, dtype, fitting(seed), name)


def parameterized_truncated_normal(shape, means=0.0, stddevs=1.0, minvals=-2.0, maxvals=2.0, dtype=dtypes.float32,
                                   seed=None, name=None):
    """Normally distributed values within bounds."""
    from reflow.framework import ops
    from reflow.framework import random_seed
    with ops.name_scope(name, 'parameterized_truncated_normal', [shape, means, stddevs, minvals, maxvals]) as name:
        shape_tensor = ops.convert_to_tensor(shape, dtype=dtypes.int32, name='shape')
        seed1, seed2 = random_seed.get_seed(seed)
        return gen_random_ops.parameterized_truncated_normal(shape_tensor, means, stddevs, minvals, maxvals, seed=seed1,
                                                             seed2=seed2)


def random_uniform(shape, minval=0, maxval=None, dtype=dtypes.float32, seed=None, name=None):
    """Values uniform in [minval, maxval)."""
    dtype = dtypes.as_dtype(dtype)
    if dtype not in (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64):
        raise ValueError('Invalid dtype %r' % dtype)
    return _core.random_uniform(shape, minval, maxval, dtype, fitting(seed), name)


def random_shuffle(value, seed=None, name=None):
    """The rows in another order."""
    return _core.random_shuffle(value, fitting(seed), name)


def random_crop(value, size, seed=None, name=None):
    """A part of the tensor, of size `size`, from a random place."""
    return _core.random_crop(value, size, fitting(seed), name)


def multinomial(logits, num_samples, seed=None, name=None, output_dtype=None):
    """Classes for each row of unnormalised log-probabilities."""
    return _core.multinomial(logits, num_samples, fitting(seed), name, output_dtype)


def categorical(logits, num_samples, dtype=None, seed=None, name=None):
    """Classes for each row of unnormalised log-probabilities."""
    return _core.categorical(logits, num_samples, dtype, fitting(seed), name)


multinomial_categorical_impl = categorical


def random_gamma(shape, alpha, beta=None, dtype=dtypes.float32, seed=None, name=None):
    """Values of the gamma distribution."""
    return _core.random_gamma(shape, alpha, beta, dtype, fitting(seed), name)


def random_poisson(lam, shape, dtype=dtypes.float32, seed=None, name=None):
    """Values of Poisson's distribution."""
    return random_poisson_v2(shape, lam, dtype, seed, name)


def random_poisson_v2(shape, lam, dtype=dtypes.float32, seed=None, name=None):
    """Values of Poisson's distribution."""
    from reflow.framework import ops
    from reflow.framework import random_seed
    with ops.name_scope(name, 'random_poisson', [lam, shape]):
        shape = ops.convert_to_tensor(shape, name='shape', dtype=dtypes.int32)
        seed1, seed2 = random_seed.get_seed(seed)
        return gen_random_ops.random_poisson_v2(shape, lam, dtype=dtype, seed=seed1, seed2=seed2)
