"""The greatest common divisor."""

from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops

__all__ = ['gcd']


def gcd(a, b, name=None):
    """The greatest common divisor of two integers."""
    with ops.name_scope(name, 'gcd', [a, b]):
        a, b = ops.convert_to_tensor(a), ops.convert_to_tensor(b)
        a.shape.assert_has_rank(0)
        b.shape.assert_has_rank(0)
        if not a.dtype.is_integer:
            raise ValueError('a must be an integer type. Got: %s' % a.dtype)
        if not b.dtype.is_integer:
            raise ValueError('b must be an integer type. Got: %s' % b.dtype)
        const_a, const_b = tensor_util.constant_value(a), tensor_util.constant_value(b)
        if const_a is not None and const_b is not None:
            import math
            return ops.convert_to_tensor(math.gcd(int(const_a), int(const_b)), dtype=a.dtype)
        return control_flow_ops.while_loop(
            lambda _, b: math_ops.greater(b, array_ops.zeros_like(b)), lambda a, b: [b, math_ops.mod(a, b)], [a, b],
            back_prop=False)[0]
