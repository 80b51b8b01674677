"""Checks for NaN and infinity."""

from reflow import _core
from reflow.framework import ops
from reflow.util import deprecation


def verify_tensor_all_finite(t=None, msg=None, name=None, x=None, message=None):
    """`t` after a check that it holds neither NaN nor infinity; the error begins with `msg`."""
    x = deprecation.deprecated_argument_lookup('x', x, 't', t)
    message = deprecation.deprecated_argument_lookup('message', message, 'msg', msg)
    return verify_tensor_all_finite_v2(x, message, name)


def verify_tensor_all_finite_v2(x, message, name=None):
    """`x` after a check that it holds neither NaN nor infinity; the error begins with `message`."""
    return _core.verify_tensor_all_finite(x, message, name)


def add_check_numerics_ops():
    """An operation that checks all tensors of floats in the default graph for NaN and infinity."""
    from reflow.framework import dtypes
    from reflow.ops import control_flow_ops
    from reflow.ops import gen_array_ops
    checks = []
    for op in ops.get_default_graph().get_operations():
        for output in op.outputs:
            if output.dtype not in (dtypes.float16, dtypes.float32, dtypes.float64):
                continue
            if op._get_control_flow_context() is not None:
                raise ValueError('`tf.add_check_numerics_ops() is not compatible with TensorFlow control flow '
                                 'operations such as `tf.cond()` or `tf.while_loop()`.')
            message = op.name + ':' + str(output.value_index)
            with ops.control_dependencies(checks):
                checks = [gen_array_ops.check_numerics(output, message=message)]
    return control_flow_ops.group(*checks)
