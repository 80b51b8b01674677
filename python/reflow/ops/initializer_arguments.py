"""What the initializers of TensorFlow 1 and 2 share: their arguments, checks of these, and what they are made from."""

import math


class WithArguments:
    """Has the constructor's arguments, `_arguments`, as attributes; get_config gives them, types by their names."""

    _arguments = ()

    def get_config(self):
        """The arguments of the constructor."""
        values = {name: getattr(self, name) for name in self._arguments}
        return {name: value.name if name == 'dtype' else value for name, value in values.items()}

    @classmethod
    def from_config(cls, config):
        """The initializer with the arguments of `get_config`."""
        return cls(**config)


def checked_value(value):
    """A constant's value. TypeError: neither a number nor a list or an array of them."""
    import numpy as np
    if not (np.isscalar(value) or isinstance(value, (list, tuple, np.ndarray))):
        raise TypeError('Invalid type for initial value: %s (expected Python scalar, list or tuple of values, or '
                        'numpy.ndarray).' % type(value))
    return value


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


def orthogonal(shape, draw):
    """A tensor whose rows, or columns where these are fewer, are orthogonal; draw(size) gives a matrix of normal numbers."""
    from reflow.ops import array_ops, linalg_ops, math_ops
    if len(shape) < 2:
        raise ValueError('The tensor to initialize must be at least two-dimensional')
    rows, columns = math.prod(int(size) for size in shape[:-1]), int(shape[-1])
    q, r = linalg_ops.qr(draw((max(rows, columns), min(rows, columns))), full_matrices=False)
    q *= math_ops.sign(array_ops.diag_part(r))
    return array_ops.reshape(array_ops.matrix_transpose(q) if rows < columns else q, shape)


def scaled_by_inputs(variance_scaling):
    """lecun_normal, lecun_uniform, he_normal and he_uniform: functions of a seed that make such initializers."""
    def function(name, scale, distribution, doc):
        def make(seed=None):
            return variance_scaling(scale=scale, mode='fan_in', distribution=distribution, seed=seed)

        make.__name__ = make.__qualname__ = name
        make.__module__ = variance_scaling.__module__
        make.__doc__ = doc
        return make

    return [function('lecun_normal', 1., 'truncated_normal', 'Truncated normal of deviation sqrt(1 / inputs).'),
            function('lecun_uniform', 1., 'uniform', 'Uniform in ±sqrt(3 / inputs).'),
            function('he_normal', 2., 'truncated_normal', 'Truncated normal of deviation sqrt(2 / inputs).'),
            function('he_uniform', 2., 'uniform', 'Uniform in ±sqrt(6 / inputs).')]
