"""Windows."""

import numpy as np

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops

__all__ = ['hann_window', 'hamming_window']


def hann_window(window_length, periodic=True, dtype=dtypes.float32, name=None):
    """Hann's window."""
    return _raised_cosine_window(name, 'hann_window', window_length, periodic, dtype, 0.5, 0.5)


def hamming_window(window_length, periodic=True, dtype=dtypes.float32, name=None):
    """Hamming's window."""
    return _raised_cosine_window(name, 'hamming_window', window_length, periodic, dtype, 0.54, 0.46)


def _raised_cosine_window(name, default_name, window_length, periodic, dtype, a, b):
    """a - b cos(2 pi i / n), [window_length]: n is the length, or one less where the window is symmetric or odd."""
    if not dtype.is_floating:
        raise ValueError('dtype must be a floating point type. Found %s' % dtype)
    with ops.name_scope(name, default_name, [window_length, periodic]):
        length = ops.convert_to_tensor(window_length, dtype=dtypes.int32, name='window_length')
        length.shape.assert_has_rank(0)
        known = tensor_util.constant_value(length)

        def single():
            return array_ops.ones([1], dtype=dtype)

        if known == 1:
            return single()
        is_periodic = ops.convert_to_tensor(periodic, dtype=dtypes.bool, name='periodic')
        one_if_periodic = math_ops.cast(is_periodic, dtypes.int32)
        one_if_periodic.shape.assert_has_rank(0)
        one_if_even = 1 - math_ops.mod(length, 2)
        n = math_ops.cast(length + one_if_periodic * one_if_even - 1, dtype=dtype)
        i = math_ops.cast(math_ops.range(length), dtype)
        angle = constant_op.constant(2 * np.pi, dtype=dtype) * i / n

        def window():
            return math_ops.cast(a - b * math_ops.cos(angle), dtype=dtype)

        return window() if known is not None else control_flow_ops.cond(math_ops.equal(length, 1), single, window)
