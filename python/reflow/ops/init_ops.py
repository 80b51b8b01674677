"""Initializers: what gives variables their first values."""

import math

from reflow import _core
from reflow.framework import dtypes
from reflow.framework.random_seed import fitting
from reflow.ops import initializer_arguments


class Initializer(initializer_arguments.WithArguments):
    """A function of shape and type that makes an initial value."""

    def __call__(self, shape, dtype=None, partition_info=None):
        raise NotImplementedError


def _float_type(dtype):
    if not dtype.is_floating:
        raise ValueError('Expected floating point type, got %s.' % dtype)
    return dtype


def _compute_fans(shape):
    """(inputs, outputs) of each unit of a layer whose weights have that shape: what VarianceScaling scales by."""
    if len(shape) < 2:
        size = shape[0] if shape else 1
        return size, size
    *field, inputs, outputs = shape
    return math.prod(field) * inputs, math.prod(field) * outputs


class Zeros(Initializer):
    """Zeros."""

    _arguments = ('dtype',)

    def __init__(self, dtype=dtypes.float32):
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        return _core.initial_zeros(shape, self.dtype if dtype is None else dtype)


class Ones(Initializer):
    """Ones."""

    _arguments = ('dtype',)

    def __init__(self, dtype=dtypes.float32):
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        return _core.initial_ones(shape, self.dtype if dtype is None else dtype)


class Constant(Initializer):
    """A value in each element, or the elements of a list in their order."""

    _arguments = ('value', 'dtype')

    def __init__(self, value=0, dtype=dtypes.float32, verify_shape=False):
        self.value = initializer_arguments.checked_value(value)
        self.dtype = dtypes.as_dtype(dtype)
        self._verify_shape = verify_shape

    def __call__(self, shape, dtype=None, partition_info=None, verify_shape=None):
        if dtype is None:
            dtype = self.dtype
        if self._verify_shape if verify_shape is None else verify_shape:
            from reflow.framework import constant_op
            return constant_op.constant_v1(self.value, dtype=dtype, shape=shape, verify_shape=True)
        return _core.initial_constant(self.value, shape, dtype)


class RandomUniform(Initializer):
    """Uniform in [minval, maxval)."""

    _arguments = ('minval', 'maxval', 'seed', 'dtype')

    def __init__(self, minval=0, maxval=None, seed=None, dtype=dtypes.float32):
        self.minval = minval
        self.maxval = maxval
        self.seed = seed
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        from reflow.ops import random_ops
        return random_ops.random_uniform(shape, self.minval, self.maxval, self.dtype if dtype is None else dtype,
                                         seed=self.seed)


def _has_tensor(*values):
    from reflow.framework import ops
    return any(isinstance(each, ops.Tensor) for each in values)


class _Normal(Initializer):
    _arguments = ('mean', 'stddev', 'seed', 'dtype')

    def __init__(self, mean=0.0, stddev=1.0, seed=None, dtype=dtypes.float32):
        self.mean = mean
        self.stddev = stddev
        self.seed = seed
        self.dtype = _float_type(dtypes.as_dtype(dtype))


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

    _arguments = ('factor', 'seed', 'dtype')

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


class VarianceScaling(Initializer):
    """Values whose variance follows from the number of inputs, outputs, or their mean."""

    _arguments = ('scale', 'mode', 'distribution', 'seed', 'dtype')

    def __init__(self, scale=1.0, mode='fan_in', distribution='truncated_normal', seed=None, dtype=dtypes.float32):
        self.distribution = initializer_arguments.checked_scaling(scale, mode, distribution)
        self.scale, self.mode, self.seed = scale, mode, seed
        self.dtype = _float_type(dtypes.as_dtype(dtype))

    def __call__(self, shape, dtype=None, partition_info=None):
        return _core.initial_variance_scaling(self.scale, self.mode, self.distribution, fitting(self.seed), shape,
                                              self.dtype if dtype is None else dtype, _full_shape(partition_info))


class GlorotUniform(VarianceScaling):
    """Uniform in ±sqrt(6 / (inputs + outputs)), also called Xavier's."""

    _arguments = ('seed', 'dtype')

    def __init__(self, seed=None, dtype=dtypes.float32):
        super().__init__(scale=1.0, mode='fan_avg', distribution='uniform', seed=seed, dtype=dtype)


class GlorotNormal(VarianceScaling):
    """Truncated normal of deviation sqrt(2 / (inputs + outputs))."""

    _arguments = ('seed', 'dtype')

    def __init__(self, seed=None, dtype=dtypes.float32):
        super().__init__(scale=1.0, mode='fan_avg', distribution='truncated_normal', seed=seed, dtype=dtype)


class Orthogonal(Initializer):
    """A matrix with orthogonal rows or columns."""

    _arguments = ('gain', 'seed', 'dtype')

    def __init__(self, gain=1.0, seed=None, dtype=dtypes.float32):
        self.gain = gain
        self.dtype = _float_type(dtypes.as_dtype(dtype))
        self.seed = seed

    def __call__(self, shape, dtype=None, partition_info=None):
        dtype = self.dtype if dtype is None else dtype
        if _has_tensor(self.gain):
            from reflow.ops import random_ops
            return self.gain * initializer_arguments.orthogonal(
                shape, lambda size: random_ops.random_normal(size, dtype=dtype, seed=self.seed))
        return _core.initial_orthogonal(self.gain, fitting(self.seed), shape, dtype)


class Identity(Initializer):
    """The identity matrix, times `gain`."""

    _arguments = ('gain', 'dtype')

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


lecun_normal, lecun_uniform, he_normal, he_uniform = initializer_arguments.scaled_by_inputs(VarianceScaling)


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
