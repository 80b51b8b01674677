"""Initializers as TensorFlow 2 has them: the type is given when values are made, and a seed gives the same values always."""

import math

from reflow.framework import dtypes
from reflow.ops import initializer_arguments


class Initializer(initializer_arguments.WithArguments):
    """A function of shape and type that makes an initial value."""

    def __call__(self, shape, dtype=None):
        raise NotImplementedError

    @classmethod
    def from_config(cls, config):
        """The initializer with the arguments of `get_config`."""
        config.pop('dtype', None)
        return cls(**config)


def _plain_type(dtype):
    dtype = dtypes.as_dtype(dtype)
    if not dtype.is_numpy_compatible or dtype == dtypes.string:
        raise ValueError('Expected numeric or boolean dtype, got %s.' % dtype)
    return dtype


def _float_type(dtype):
    dtype = dtypes.as_dtype(dtype)
    if not dtype.is_floating:
        raise ValueError('Expected floating point dtype, got %s.' % dtype)
    return dtype


class Zeros(Initializer):
    """Zeros."""

    def __call__(self, shape, dtype=dtypes.float32):
        from reflow.ops import array_ops
        return array_ops.zeros(shape, _plain_type(dtype))


class Ones(Initializer):
    """Ones."""

    def __call__(self, shape, dtype=dtypes.float32):
        from reflow.ops import array_ops
        return array_ops.ones(shape, _plain_type(dtype))


class Constant(Initializer):
    """A value in each element, or the elements of a list in their order."""

    _arguments = ('value',)

    def __init__(self, value=0):
        self.value = initializer_arguments.checked_value(value)

    def __call__(self, shape, dtype=None):
        from reflow.framework import constant_op
        return constant_op.constant(self.value, dtype=None if dtype is None else dtypes.as_dtype(dtype), shape=shape)


class _Random(Initializer):
    """Draws by functions of `random_ops`, or, with a seed, by those without state."""

    def __init__(self, seed):
        self.seed = seed

    def _draw(self, function, shape, *arguments, dtype):
        from reflow.ops import random_ops, stateless_random_ops
        if self.seed is None:
            return getattr(random_ops, function)(shape, *arguments, dtype=dtype)
        name = function if function.startswith('random') else 'stateless_' + function
        name = name.replace('random_', 'stateless_random_')
        return getattr(stateless_random_ops, name)(shape, [self.seed, 0], *arguments, dtype=dtype)


class RandomUniform(_Random):
    """Uniform in [minval, maxval)."""

    _arguments = ('minval', 'maxval', 'seed')

    def __init__(self, minval=-0.05, maxval=0.05, seed=None):
        super().__init__(seed)
        self.minval = minval
        self.maxval = maxval

    def __call__(self, shape, dtype=dtypes.float32):
        dtype = dtypes.as_dtype(dtype)
        if not dtype.is_floating and not dtype.is_integer:
            raise ValueError('Expected float or integer dtype, got %s.' % dtype)
        return self._draw('random_uniform', shape, self.minval, self.maxval, dtype=dtype)


class RandomNormal(_Random):
    """Normal."""

    _arguments = ('mean', 'stddev', 'seed')

    _function = 'random_normal'

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def __call__(self, shape, dtype=dtypes.float32):
        return self._draw(self._function, shape, self.mean, self.stddev, dtype=_float_type(dtype))


class TruncatedNormal(RandomNormal):
    """Normal, drawn again outside of two deviations."""

    _function = 'truncated_normal'


class VarianceScaling(_Random):
    """Values whose variance follows from the number of inputs, outputs, or their mean."""

    _arguments = ('scale', 'mode', 'distribution', 'seed')

    def __init__(self, scale=1.0, mode='fan_in', distribution='truncated_normal', seed=None):
        distribution = initializer_arguments.checked_scaling(scale, mode, distribution)
        super().__init__(seed)
        self.scale, self.mode = scale, mode
        self.distribution = 'truncated_normal' if distribution == 'normal' else distribution

    def __call__(self, shape, dtype=dtypes.float32):
        dtype = _float_type(dtype)
        inputs, outputs = _fans(shape)
        size = {'fan_in': inputs, 'fan_out': outputs, 'fan_avg': (inputs + outputs) / 2.}[self.mode]
        scale = self.scale / max(1., size)
        if self.distribution == 'uniform':
            limit = math.sqrt(3.0 * scale)
            return self._draw('random_uniform', shape, -limit, limit, dtype=dtype)
        if self.distribution == 'untruncated_normal':
            return self._draw('random_normal', shape, 0.0, math.sqrt(scale), dtype=dtype)
        # The deviation of a normal distribution that is cut at two deviations.
        return self._draw('truncated_normal', shape, 0.0, math.sqrt(scale) / .87962566103423978, dtype=dtype)


def _fans(shape):
    """(inputs, outputs) of a kernel."""
    sizes = [int(size) for size in shape]
    if len(sizes) < 2:
        return (sizes[0], sizes[0]) if sizes else (1, 1)
    field = math.prod(sizes[:-2])
    return field * sizes[-2], field * sizes[-1]


class Orthogonal(_Random):
    """A matrix with orthogonal rows or columns."""

    _arguments = ('gain', 'seed')

    def __init__(self, gain=1.0, seed=None):
        super().__init__(seed)
        self.gain = gain

    def __call__(self, shape, dtype=dtypes.float32):
        dtype = _float_type(dtype)
        return self.gain * initializer_arguments.orthogonal(
            shape, lambda size: self._draw('random_normal', size, dtype=dtype))


class Identity(Initializer):
    """The identity matrix, times `gain`."""

    _arguments = ('gain',)

    def __init__(self, gain=1.0):
        self.gain = gain

    def __call__(self, shape, dtype=dtypes.float32):
        from reflow.ops import linalg_ops
        dtype = _float_type(dtype)
        if len(shape) != 2:
            raise ValueError('Identity matrix initializer can only be used for 2D matrices.')
        return self.gain * linalg_ops.eye(*shape, dtype=dtype)


class GlorotUniform(VarianceScaling):
    """Uniform in ±sqrt(6 / (inputs + outputs)), also called Xavier's."""

    _arguments = ('seed',)

    def __init__(self, seed=None):
        super().__init__(scale=1.0, mode='fan_avg', distribution='uniform', seed=seed)


class GlorotNormal(VarianceScaling):
    """Truncated normal of deviation sqrt(2 / (inputs + outputs))."""

    _arguments = ('seed',)

    def __init__(self, seed=None):
        super().__init__(scale=1.0, mode='fan_avg', distribution='truncated_normal', seed=seed)


lecun_normal, lecun_uniform, he_normal, he_uniform = initializer_arguments.scaled_by_inputs(VarianceScaling)
