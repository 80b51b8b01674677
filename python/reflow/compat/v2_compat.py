"""Switching between the behaviour of TensorFlow 1 and 2."""


def disable_v2_behavior():
    """Has everything behave as in TensorFlow 1, which it does unless a program says otherwise."""
    from reflow.framework import tensor_shape
    from reflow.ops import variable_scope
    tensor_shape.disable_v2_tensorshape()
    variable_scope.disable_resource_variables()


def enable_v2_behavior():
    """Would have everything behave as in TensorFlow 2. UnimplementedError: there is no eager execution yet."""
    from reflow.framework import ops
    ops.enable_eager_execution()
