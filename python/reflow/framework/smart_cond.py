"""Conditions that may be known while the graph is built."""

from reflow import _core
from reflow.framework import ops
from reflow.framework import tensor_util


def smart_constant_value(pred):
    """The bool that `pred` is known to be; None: it isn't known."""
    if isinstance(pred, ops.Tensor):
        value = tensor_util.constant_value(pred)
        if value is None:
            value = _core.constant_value(pred)  # what the engine can compute of constants
        return None if value is None else bool(value)
    if isinstance(pred, bool) or (isinstance(pred, int) and pred in (0, 1)):
        return bool(pred)
    raise TypeError('`pred` must be a Tensor, or a Python bool, or 1 or 0. Found instead: %s' % type(pred))


def smart_cond(pred, true_fn=None, false_fn=None, name=None):
    """The result of one of the functions, without a cond where it is known which."""
    from reflow.ops import control_flow_ops
    from reflow.ops import variables
    if not callable(true_fn):
        raise TypeError('`true_fn` must be callable.')
    if not callable(false_fn):
        raise TypeError('`false_fn` must be callable.')
    value = None if isinstance(pred, variables.Variable) else smart_constant_value(pred)
    if value is None:
        return control_flow_ops.cond(pred, true_fn=true_fn, false_fn=false_fn, name=name)
    return true_fn() if value else false_fn()
