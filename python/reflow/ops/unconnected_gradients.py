"""What the gradient of an x is that no y depends on."""

import enum


class UnconnectedGradients(enum.Enum):
    """What the gradient of an x is that no y depends on."""
    NONE = 'none'
    ZERO = 'zero'


UnconnectedGradients.__module__ = 'tensorflow.python.ops.unconnected_gradients'
