"""Random numbers that follow from their seed alone."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import gen_stateless_random_ops


def _shape_tensor(shape):
    dtype = dtypes.int32 if isinstance(shape, (tuple, list)) and not shape else None
    return ops.convert_to_tensor(shape, dtype=dtype, name='shape')


def stateless_random_uniform(shape, seed, minval=0, maxval=None, dtype=dtypes.float32, name=None):
    """Values uniform in [minval, maxval)."""
    from reflow.ops import math_ops
    dtype = dtypes.as_dtype(dtype)
    if dtype not in (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64):
        raise ValueError('Invalid dtype %r' % dtype)
    maxval = upper_limit(maxval, dtype)
    with ops.name_scope(name, 'stateless_random_uniform', [shape, seed, minval, maxval]) as name:
        shape = _shape_tensor(shape)
        minval, maxval = (ops.convert_to_tensor(each, dtype=dtype, name=end) for each, end in (
            (minval, 'min'), (maxval, 'max')))
        if dtype.is_integer:
            return gen_stateless_random_ops.stateless_random_uniform_int(shape, seed, minval, maxval, name=name)
        of_unit = gen_stateless_random_ops.stateless_random_uniform(shape, seed, dtype=dtype)
        return math_ops.add(of_unit * (maxval - minval), minval, name=name)


def upper_limit(maxval, dtype):
    """The limit given; 1 for floating numbers. ValueError: integers have none."""
    if maxval is None and dtype.is_integer:
        raise ValueError('Must specify maxval for integer dtype %r' % dtype)
    return 1 if maxval is None else maxval


def stateless_random_normal(shape, seed, mean=0.0, stddev=1.0, dtype=dtypes.float32, name=None):
    """Normal values."""
    return _normal(gen_stateless_random_ops.stateless_random_normal, 'stateless_random_normal', shape, seed, mean, stddev,
                   dtype, name)


def stateless_truncated_normal(shape, seed, mean=0.0, stddev=1.0, dtype=dtypes.float32, name=None):
    """Normal values, drawn again outside of two deviations."""
    return _normal(gen_stateless_random_ops.stateless_truncated_normal, 'stateless_truncated_normal', shape, seed, mean,
                   stddev, dtype, name)


def _normal(op, default_name, shape, seed, mean, stddev, dtype, name):
    from reflow.ops import math_ops
    with ops.name_scope(name, default_name, [shape, seed, mean, stddev]) as name:
        shape = _shape_tensor(shape)
        mean = ops.convert_to_tensor(mean, dtype=dtype, name='mean')
        stddev = ops.convert_to_tensor(stddev, dtype=dtype, name='stddev')
        rnd = op(shape, seed, dtype)
        return math_ops.add(rnd * stddev, mean, name=name)


def stateless_multinomial(logits, num_samples, seed, output_dtype=dtypes.int64, name=None):
    """Classes for each row of unnormalised log-probabilities."""
    with ops.name_scope(name, 'stateless_multinomial', [logits, seed]):
        return _categorical(logits, num_samples, output_dtype, seed)


def stateless_categorical(logits, num_samples, seed, dtype=dtypes.int64, name=None):
    """Classes for each row of unnormalised log-probabilities."""
    with ops.name_scope(name, 'stateless_categorical', [logits, seed]):
        return _categorical(logits, num_samples, dtype, seed)


def _categorical(logits, num_samples, dtype, seed):
    logits = ops.convert_to_tensor(logits, name='logits')
    return gen_stateless_random_ops.stateless_multinomial(logits, num_samples, seed, output_dtype=dtype)
