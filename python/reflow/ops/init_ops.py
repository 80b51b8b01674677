"""Initializers: what gives variables their first values."""

import math

from reflow import _core
from reflow.framework import dtypes
from reflow.framework.random_seed import fitting


class Initializer:
    """A function of shape and type that makes an initial value."""

    def __call__(self, shape, dtype=None, partition_info=None):
        raise NotImplementedError

    def get_config(self):
        """The arguments of the constructor."""
        return {}

    @classmethod
    def from_config(cls, config):
        """The initializer with the arguments of `get_config`."""
        return cls(**config)


def _number_type(dtype):
    if not (dtype.is_floating or dtype.is_complex or dtype.is_integer or dtype.is_bool):
        raise ValueError('Expected numeric or bool dtype, got %s.' % dtype)
    return dtype


def _float_type(dtype):
    if not dtype.is_floating:
        raise ValueError('Expected floating point type, got %s.' % dtype)
    return dtype


class Zeros(Initializer):
    """Zeros."""

    def __init__(self, dtype=dtypes.float32):
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        return _core.initial_zeros(shape, self.dtype if dtype is None else dtype)

    def get_config(self):
        return {'dtype': self.dtype.name}


class Ones(Initializer):
    """Ones."""

    def __init__(self, dtype=dtypes.float32):
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        return _core.initial_ones(shape, self.dtype if dtype is None else dtype)

    def get_config(self):
        return {'dtype': self.dtype.name}


class Constant(Initializer):
    """A value in each element, or the elements of a list in their order."""

    def __init__(self, value=0, dtype=dtypes.float32, verify_shape=False):
        import numpy as np
        if not (np.isscalar(value) or isinstance(value, (list, tuple, np.ndarray))):
            raise TypeError('Invalid type for initial value: %s (expected Python scalar, list or tuple of values, or '
                            'numpy.ndarray).' % type(value))
        self.value = value
        self.dtype = dtypes.as_dtype(dtype)
        self._verify_shape = verify_shape

    def __call__(self, shape, dtype=None, partition_info=None, verify_shape=None):
        if dtype is None:
            dtype = self.dtype
        if self._verify_shape if verify_shape is None else verify_shape:
            from reflow.framework import constant_op
            return constant_op.constant_v1(self.value, dtype=dtype, shape=shape, verify_shape=True)
        return _core.initial_constant(self.value, shape, dtype)

    def get_config(self):
        return {'value': self.value, 'dtype': self.dtype.name}


class RandomUniform(Initializer):
    """Uniform in [minval, maxval)."""

    def __init__(self, minval=0, maxval=None, seed=None, dtype=dtypes.float32):
        self.minval = minval
        self.maxval = maxval
        self.seed = seed
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        from reflow.ops import random_ops
        return random_ops.random_uniform(shape, self.minval, self.maxval, self.dtype if dtype is None else dtype,
                                         seed=self.seed)

    def get_config(self):
        return {'minval': self.minval, 'maxval': self.maxval, 'seed': self.seed, 'dtype': self.dtype.name}


def _has_tensor(*values):
    from reflow.framework import ops
    return any(isinstance(each, ops.Tensor) for each in values)


class _Normal(Initializer):
    def __init__(self, mean=0.0, stddev=1.0, seed=None, dtype=dtypes.float32):
        self.mean = mean
        self.stddev = stddev
        self.seed = seed
        self.dtype = _float_type(dtypes.as_dtype(dtype))

    def get_config(self):
        return {'mean': self.mean, 'stddev': self.stddev, 'seed': self.seed, 'dtype': self.dtype.name}


class RandomNormal(_Normal):
    """Normal."""

    def __call__(self, shape, dtype=None, partition_info=None):
        if _has_tensor(self.mean, self.stddev):
            from reflow.ops import random_ops
            return random_ops.random_normal(
                shape, self.mean, self.stddev, self.dtype if dtype is None else dtype, seed=self.seed)
        return _core.initial_random_normal(self.mean, self.stddev, fitting(self.seed), shape,
                                           self.dtype if dtype is None else dtype)


class TruncatedNormal(_Normal):
    """Normal, drawn again outside of two deviations."""

    def __call__(self, shape, dtype=None, partition_info=None):
        if _has_tensor(self.mean, self.stddev):
            from reflow.ops import random_ops
            return random_ops.truncated_normal(
                shape, self.mean, self.stddev, self.dtype if dtype is None else dtype, seed=self.seed)
        return _core.initial_truncated_normal(self.mean, self.stddev, fitting(self.seed), shape,
                                              self.dtype if dtype is None else dtype)


def _full_shape(partition_info):
    return None if partition_info is None else partition_info.full_shape


class UniformUnitScaling(Initializer):
    """Uniform, so that the scale of a layer's input is kept."""

    def __init__(self, factor=1.0, seed=None, dtype=dtypes.float32):
        self.factor = factor
        self.seed = seed
        self.dtype = _float_type(dtypes.as_dtype(dtype))

    def __call__(self, shape, dtype=None, partition_info=None):
        if _has_tensor(self.factor):
            from reflow.ops import random_ops
            size = float(math.prod((shape if partition_info is None else partition_info.full_shape)[:-1]))
            bound = math.sqrt(3 / max(size, 1.)) * self.factor
            return random_ops.random_uniform(shape, -bound, bound, self.dtype if dtype is None else dtype, seed=self.seed)
        return _core.initial_uniform_unit_scaling(self.factor, fitting(self.seed), shape,
                                                  self.dtype if dtype is None else dtype,
                                                  _full_shape(partition_info))

    def get_config(self):
        return {'factor': self.factor, 'seed': self.seed, 'dtype': self.dtype.name}


def checked_scaling(scale, mode, distribution):
    """The name of the distribution, in small letters. ValueError: one of them is none of a VarianceScaling."""
    distribution = distribution.lower()
    if scale <= 0.:
        raise ValueError('`scale` must be positive float.')
    for name, value, known in (('mode', mode, ('fan_in', 'fan_out', 'fan_avg')),
                               ('distribution', distribution, ('normal', 'uniform', 'truncated_normal', 'untruncated_normal'))):
        if value not in known:
            raise ValueError('Invalid `%s` argument:' % name, value)
    return distribution


class VarianceScaling(Initializer):
    """Values whose variance follows from the number of inputs, outputs, or their mean."""

    def __init__(self, scale=1.0, mode='fan_in', distribution='truncated_normal', seed=None, dtype=dtypes.float32):
        self.distribution = checked_scaling(scale, mode, distribution)
        self.scale, self.mode, self.seed = scale, mode, seed
        self.dtype = _float_type(dtypes.as_dtype(dtype))

    def __call__(self, shape, dtype=None, partition_info=None):
        return _core.initial_variance_scaling(self.scale, self.mode, self.distribution, fitting(self.seed), shape,
                                              self.dtype if dtype is None else dtype, _full_shape(partition_info))

    def get_config(self):
        return {'scale': self.scale, 'mode': self.mode, 'distribution': self.distribution, 'seed': self.seed,
                'dtype': self.dtype.name}


class GlorotUniform(VarianceScaling):
    """Uniform in ±sqrt(6 / (inputs + outputs)), also called Xavier's."""

    def __init__(self, seed=None, dtype=dtypes.float32):
        super().__init__(scale=1.0, mode='fan_avg', distribution='uniform', seed=seed, dtype=dtype)

    def get_config(self):
        return {'seed': self.seed, 'dtype': self.dtype.name}


class GlorotNormal(VarianceScaling):
    """Truncated normal of deviation sqrt(2 / (inputs + outputs))."""

    def __init__(self, seed=None, dtype=dtypes.float32):
        super().__init__(scale=1.0, mode='fan_avg', distribution='truncated_normal', seed=seed, dtype=dtype)

    def get_config(self):
        return {'seed': self.seed, 'dtype': self.dtype.name}


class Orthogonal(Initializer):
    """A matrix with orthogonal rows or columns."""

    def __init__(self, gain=1.0, seed=None, dtype=dtypes.float32):
        self.gain = gain
        self.dtype = _float_type(dtypes.as_dtype(dtype))
        self.seed = seed

    def __call__(self, shape, dtype=None, partition_info=None):
        dtype = self.dtype if dtype is None else dtype
        if _has_tensor(self.gain):
            return self.gain * self._matrix(shape, dtype)
        return _core.initial_orthogonal(self.gain, fitting(self.seed), shape, dtype)

    def _matrix(self, shape, dtype):
        from reflow.ops import array_ops, linalg_ops, math_ops, random_ops
        if len(shape) < 2:
            raise ValueError('The tensor to initialize must be at least two-dimensional')
        sizes = math.prod(int(size) for size in shape[:-1]), int(shape[-1])
        flat = random_ops.random_normal((max(sizes), min(sizes)), dtype=dtype, seed=self.seed)
        q, r = linalg_ops.qr(flat, full_matrices=False)
        q *= math_ops.sign(array_ops.diag_part(r))
        return array_ops.reshape(array_ops.matrix_transpose(q) if sizes[0] < sizes[1] else q, shape)

    def get_config(self):
        return {'gain': self.gain, 'seed': self.seed, 'dtype': self.dtype.name}


class Identity(Initializer):
    """The identity matrix, times `gain`."""

    def __init__(self, gain=1.0, dtype=dtypes.float32):
        self.gain = gain
        self.dtype = _float_type(dtypes.as_dtype(dtype))

    def __call__(self, shape, dtype=None, partition_info=None):
        full_shape = shape if partition_info is None else partition_info.full_shape
        if len(full_shape) != 2:
            raise ValueError('Identity matrix initializer can only be used for 2D matrices.')
        dtype = self.dtype if dtype is None else dtype
        if partition_info is None and not _has_tensor(self.gain):
            return _core.initial_identity(self.gain, full_shape, dtype)
        from reflow.ops import array_ops, linalg_ops
        initial = linalg_ops.eye(*full_shape, dtype=dtype)
        if partition_info is not None:
            initial = array_ops.slice(initial, partition_info.var_offset, shape)
        return self.gain * initial

    def get_config(self):
        return {'gain': self.gain, 'dtype': self.dtype.name}


def _scaled(name, scale, distribution, doc):
    """A function that makes a VarianceScaling of the number of inputs."""
    def make(seed=None):
        return VarianceScaling(scale=scale, mode='fan_in', distribution=distribution, seed=seed)
    make.__name__ = make.__qualname__ = name
    make.__doc__ = doc
    return make


lecun_normal = _scaled('lecun_normal', 1., 'truncated_normal', 'Truncated normal of deviation sqrt(1 / inputs).')
lecun_uniform = _scaled('lecun_uniform', 1., 'uniform', 'Uniform in ±sqrt(3 / inputs).')
he_normal = _scaled('he_normal', 2., 'truncated_normal', 'Truncated normal of deviation sqrt(2 / inputs).')
he_uniform = _scaled('he_uniform', 2., 'uniform', 'Uniform in ±sqrt(6 / inputs).')


for _class in (Initializer, Zeros, Ones, Constant, RandomUniform, RandomNormal, TruncatedNormal, UniformUnitScaling,
               VarianceScaling, GlorotUniform, GlorotNormal, Orthogonal, Identity):
    _class.__module__ = 'tensorflow.python.ops.init_ops'

zeros_initializer = Zeros
ones_initializer = Ones
constant_initializer = Constant
random_uniform_initializer = RandomUniform
random_normal_initializer = RandomNormal
truncated_normal_initializer = TruncatedNormal
uniform_unit_scaling_initializer = UniformUnitScaling
variance_scaling_initializer = VarianceScaling
glorot_uniform_initializer = GlorotUniform
glorot_normal_initializer = GlorotNormal
orthogonal_initializer = Orthogonal
identity_initializer = Identity
lecun_normal_initializer = lecun_normal
lecun_uniform_initializer = lecun_uniform
he_normal_initializer = he_normal
he_uniform_initializer = he_uniform


class NativeInitializer(Initializer):
    """An initializer that the library has chosen for a variable of its own, as getters are given it."""

    def __init__(self, function):
        self._function = function

    def __call__(self, shape, dtype=None, partition_info=None):
        return self._function(shape, dtypes.float32 if dtype is None else dtype, partition_info)


def prepare_initializer(initializer):
    """(function, whether it takes shape, type and PartitionInfo) for what get_variable is given as initializer."""
    if isinstance(initializer, type):
        initializer = initializer()
    from reflow.util import tf_inspect
    spec = tf_inspect.getfullargspec(initializer)
    arguments = [name for name in spec.args if name not in ('self', 'cls')]
    if 'partition_info' in arguments:
        return lambda shape, dtype, info: initializer(shape, dtype=dtype, partition_info=info), True
    if len(arguments) <= len(spec.defaults or ()) and not spec.varargs:
        return initializer, False
    return lambda shape, dtype, info: initializer(shape, dtype=dtype), True
