"""Switching between the behaviour of TensorFlow 1 and 2."""


def disable_v2_behavior():
    """Has everything behave as in TensorFlow 1, which it does unless a program says otherwise."""
    from reflow.framework import tensor_shape
    from reflow.ops import variable_scope
    tensor_shape.disable_v2_tensorshape()
    variable_scope.disable_resource_variables()


def enable_v2_behavior():
    """Would have everything behave as in TensorFlow 2. UnimplementedError: Reflow has TensorFlow 1's behaviour only."""
    from reflow.framework import errors
    raise errors.UnimplementedError(None, None, 'Reflow behaves as TensorFlow 1: of TensorFlow 2 there is eager execution '
                                    '(tf.enable_eager_execution()), and no more')
