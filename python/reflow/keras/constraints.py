"""Constraints: what weights are projected to after each step."""

from reflow.keras import backend_config
from reflow.keras.utils import generic_utils


def _norms(w, axis):
    from reflow.ops import math_ops
    return _sqrt(math_ops.reduce_sum(math_ops.square(w), axis=axis, keepdims=True))


def _sqrt(x):
    from reflow.ops import clip_ops, math_ops
    from reflow.framework import ops
    zero = ops.convert_to_tensor(0., x.dtype.base_dtype)
    infinity = ops.convert_to_tensor(float('inf'), x.dtype.base_dtype)
    return math_ops.sqrt(clip_ops.clip_by_value(x, zero, infinity))


def _clip(x, low, high):
    from reflow.ops import clip_ops
    return clip_ops.clip_by_value(x, low, max(low, high))


class Constraint:
    """A function of a weight that gives the nearest allowed one."""

    def __call__(self, w):
        return w

    def get_config(self):
        """The arguments of the constructor."""
        return {}


class MaxNorm(Constraint):
    """Norms of at most `max_value`."""

    def __init__(self, max_value=2, axis=0):
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w):
        norms = _norms(w, self.axis)
        return w * (_clip(norms, 0, self.max_value) / (backend_config.epsilon() + norms))

    def get_config(self):
        """The arguments of the constructor."""
        return {'max_value': self.max_value, 'axis': self.axis}


class NonNeg(Constraint):
    """No negative weights."""

    def __call__(self, w):
        from reflow.ops import math_ops
        return w * math_ops.cast(math_ops.greater_equal(w, 0.), backend_config.floatx())


class UnitNorm(Constraint):
    """Norms of 1."""

    def __init__(self, axis=0):
        self.axis = axis

    def __call__(self, w):
        return w / (backend_config.epsilon() + _norms(w, self.axis))

    def get_config(self):
        """The arguments of the constructor."""
        return {'axis': self.axis}


class MinMaxNorm(Constraint):
    """Norms between `min_value` and `max_value`, as far as `rate` says."""

    def __init__(self, min_value=0.0, max_value=1.0, rate=1.0, axis=0):
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w):
        norms = _norms(w, self.axis)
        desired = self.rate * _clip(norms, self.min_value, self.max_value) + (1 - self.rate) * norms
        return w * (desired / (backend_config.epsilon() + norms))

    def get_config(self):
        """The arguments of the constructor."""
        return {'min_value': self.min_value, 'max_value': self.max_value, 'rate': self.rate, 'axis': self.axis}


class RadialConstraint(Constraint):
    """Kernels [height, width, in, out] that are alike at the same distance from the centre."""

    def __call__(self, w):
        from reflow.ops import array_ops
        shape = w.shape.as_list()
        if len(shape) != 4:
            raise ValueError('The weight tensor must be of rank 4, but is of shape: %s' % w.shape)
        height, width, channels, kernels = shape
        flat = array_ops.reshape(w, (height, width, channels * kernels))
        planes = [self._plane(plane) for plane in array_ops.unstack(flat, axis=-1)]
        return array_ops.reshape(array_ops.stack(planes, axis=-1), (height, width, channels, kernels))

    @staticmethod
    def _plane(kernel):
        from reflow.ops import array_ops
        height, width = kernel.shape.as_list()
        if height != width:
            raise ValueError('The kernel must be square, but is of shape: %s' % kernel.shape)
        centre = height // 2
        first = 0 if height % 2 else 1
        rings = []
        for i in range(height):
            for j in range(width):
                # The distance in the maximum norm from the centre, or from the four points around it.
                rings.append(max(max(i - centre, centre - first - i), max(j - centre, centre - first - j)))
        # As TensorFlow has it: within is what stands before the centre; the rings of odd sizes begin with the centre.
        points = [centre - 1] + [centre + ring - 1 + first for ring in range(1, centre + 1)]
        values = [kernel[points[ring], points[ring]] for ring in rings]
        return array_ops.reshape(array_ops.stack(values), (height, width))


max_norm = MaxNorm
non_neg = NonNeg
unit_norm = UnitNorm
min_max_norm = MinMaxNorm
radial_constraint = RadialConstraint
maxnorm, nonneg, unitnorm = max_norm, non_neg, unit_norm


def serialize(constraint):
    """The class and the arguments of a constraint."""
    return generic_utils.serialize_keras_object(constraint)


def deserialize(config, custom_objects=None):
    """The constraint of what serialize gives."""
    return generic_utils.deserialize_keras_object(config, module_objects=globals(), custom_objects=custom_objects,
                                                  printable_module_name='constraint')


def get(identifier):
    """The constraint: a name, a configuration, or a function."""
    if isinstance(identifier, (dict, str)):
        return deserialize(generic_utils.as_config(identifier))
    if identifier is None or callable(identifier):
        return identifier
    raise ValueError('Could not interpret constraint identifier: ' + str(identifier))


for _class in (Constraint, MaxNorm, NonNeg, UnitNorm, MinMaxNorm, RadialConstraint):
    _class.__module__ = 'tensorflow.python.keras.constraints'
