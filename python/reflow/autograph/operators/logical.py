"""and, or, not and == of converted functions."""

from reflow.framework import tensor_util
from reflow.ops import control_flow_ops
from reflow.ops import gen_math_ops
from reflow.autograph.operators.control_flow import is_staged


def not_(a):
    """not a."""
    return gen_math_ops.logical_not(a) if is_staged(a) else not a


def and_(a, b):
    """a() and b()."""
    value = a()
    return control_flow_ops.cond(value, b, lambda: value) if is_staged(value) else value and b()


def or_(a, b):
    """a() or b()."""
    value = a()
    return control_flow_ops.cond(value, lambda: value, b) if is_staged(value) else value or b()


def eq(a, b):
    """a == b, element by element where one is a tensor."""
    return gen_math_ops.equal(a, b) if tensor_util.is_tensor(a) or tensor_util.is_tensor(b) else a == b


def not_eq(a, b):
    """a != b."""
    return not_(eq(a, b))


def assert_stmt(condition, message):
    """assert condition, message()."""
    if is_staged(condition):
        data = message()
        return control_flow_ops.Assert(condition, data if isinstance(data, list) else [data])
    assert condition, message()
    return None
