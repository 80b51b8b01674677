"""Activation functions by name."""

from reflow.framework import ops
from reflow.ops import clip_ops, math_ops, nn

_SELU_ALPHA = 1.6732632423543772848170429916717
_SELU_SCALE = 1.0507009873554804934193349852946


def softmax(x, axis=-1):
    """exp(x) / sum(exp(x)) along a dimension."""
    ndim = x.shape.ndims
    if ndim == 2:
        return nn.softmax(x)
    if ndim is not None and ndim > 2:
        e = math_ops.exp(x - math_ops.reduce_max(x, axis=axis, keepdims=True))
        return e / math_ops.reduce_sum(e, axis=axis, keepdims=True)
    raise ValueError('Cannot apply softmax to a tensor that is 1D. Received input: %s' % x)


def elu(x, alpha=1.0):
    """x, or alpha * (exp(x) - 1) where that is negative."""
    from reflow.ops import array_ops
    result = nn.elu(x)
    return result if alpha == 1 else array_ops.where(x > 0, result, alpha * result)


def selu(x):
    """The scaled exponential linear unit."""
    from reflow.keras import backend as K
    return _SELU_SCALE * K.elu(x, _SELU_ALPHA)


def softplus(x):
    """log(exp(x) + 1)."""
    return nn.softplus(x)


def softsign(x):
    """x / (abs(x) + 1)."""
    return nn.softsign(x)


def relu(x, alpha=0., max_value=None, threshold=0):
    """max(x, 0), with a slope `alpha` below `threshold` and a limit `max_value`."""
    if alpha != 0. and max_value is None and threshold == 0:
        return nn.leaky_relu(x, alpha=alpha)
    negative = None
    if alpha != 0.:
        negative = nn.relu(-x + threshold) if threshold != 0 else nn.relu(-x)
    clip_max = max_value is not None
    if threshold != 0:
        x = x * math_ops.cast(math_ops.greater(x, threshold), x.dtype)
    elif max_value == 6:
        x = nn.relu6(x)
        clip_max = False
    else:
        x = nn.relu(x)
    if clip_max:
        zero = ops.convert_to_tensor(0., x.dtype)
        x = clip_ops.clip_by_value(x, zero, ops.convert_to_tensor(max_value, x.dtype))
    return x if negative is None else x - ops.convert_to_tensor(alpha, x.dtype) * negative


def tanh(x):
    """The hyperbolic tangent."""
    return nn.tanh(x)


def sigmoid(x):
    """1 / (1 + exp(-x))."""
    return nn.sigmoid(x)


def exponential(x):
    """exp(x)."""
    return math_ops.exp(x)


def hard_sigmoid(x):
    """0.2 * x + 0.5 in [0, 1]."""
    slope = ops.convert_to_tensor(0.2, x.dtype.base_dtype)
    offset = ops.convert_to_tensor(0.5, x.dtype.base_dtype)
    x = math_ops.add(math_ops.multiply(x, slope), offset)
    return clip_ops.clip_by_value(x, 0., 1.)


def linear(x):
    """x."""
    return x


def serialize(activation):
    """The name of an activation function."""
    if getattr(activation, '__name__', None) in ('softmax_v2',):
        return 'softmax'
    return activation.__name__


def deserialize(name, custom_objects=None):
    """The activation function called `name`."""
    from reflow.keras.utils import generic_utils
    function = (custom_objects or {}).get(name) or generic_utils.get_custom_objects().get(name)
    if function is None and name in _NAMES:
        function = globals()[name]
    if function is None:
        raise ValueError('Unknown activation function:' + name)
    return function


_NAMES = ('softmax', 'elu', 'selu', 'softplus', 'softsign', 'relu', 'tanh', 'sigmoid', 'exponential', 'hard_sigmoid',
          'linear')


def get(identifier):
    """The activation function: a function is itself, a string its name, None linear."""
    if identifier is None:
        return linear
    if isinstance(identifier, str):
        return deserialize(identifier)
    if callable(identifier):
        return identifier
    if isinstance(identifier, dict):
        from reflow.keras.utils import generic_utils
        return generic_utils.deserialize_keras_object(identifier, printable_module_name='activation')
    raise TypeError('Could not interpret activation function identifier: {}'.format(repr(identifier)))
