"""Regularizers: losses of weights."""

from reflow.keras.utils import generic_utils
from reflow.ops import math_ops


class Regularizer:
    """A function of a tensor that gives a loss."""

    def __call__(self, x):
        return 0.

    @classmethod
    def from_config(cls, config):
        """The regularizer with the arguments of get_config."""
        return cls(**config)


class L1L2(Regularizer):
    """l1 * sum(abs(x)) + l2 * sum(square(x))."""

    def __init__(self, l1=0., l2=0.):
        self.l1 = _float(l1)
        self.l2 = _float(l2)

    def __call__(self, x):
        from reflow.framework import constant_op
        if not self.l1 and not self.l2:
            return constant_op.constant(0., dtype='float32')
        regularization = 0.
        if self.l1:
            regularization += self.l1 * math_ops.reduce_sum(math_ops.abs(x))
        if self.l2:
            regularization += self.l2 * math_ops.reduce_sum(math_ops.square(x))
        return regularization

    def get_config(self):
        """The arguments of the constructor."""
        return {'l1': float(self.l1), 'l2': float(self.l2)}


def _float(value):
    from reflow.keras import backend_config
    import numpy as np
    return np.asarray(value, dtype=backend_config.floatx())[()]


def l1(l=0.01):  # noqa: E741: Keras' name
    """l * sum(abs(x))."""
    return L1L2(l1=l)


def l2(l=0.01):  # noqa: E741
    """l * sum(square(x))."""
    return L1L2(l2=l)


def l1_l2(l1=0.01, l2=0.01):
    """l1 * sum(abs(x)) + l2 * sum(square(x))."""
    return L1L2(l1=l1, l2=l2)


def serialize(regularizer):
    """The class and the arguments of a regularizer."""
    return generic_utils.serialize_keras_object(regularizer)


def deserialize(config, custom_objects=None):
    """The regularizer of what serialize gives."""
    return generic_utils.deserialize_keras_object(config, module_objects=globals(), custom_objects=custom_objects,
                                                  printable_module_name='regularizer')


def get(identifier):
    """The regularizer: a name, a configuration, or a function."""
    if isinstance(identifier, str) and generic_utils.is_unknown(identifier, globals()):
        raise ValueError('Unknown regularizer:' + identifier)
    if isinstance(identifier, (dict, str)):
        return deserialize(generic_utils.as_config(identifier))
    if identifier is None or callable(identifier):
        return identifier
    raise ValueError('Could not interpret regularizer identifier:', identifier)


Regularizer.__module__ = L1L2.__module__ = 'tensorflow.python.keras.regularizers'
