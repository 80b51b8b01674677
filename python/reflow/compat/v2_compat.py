"""Switching between the behaviour of TensorFlow 1 and 2."""

from reflow import tf2
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import control_flow_v2_toggles
from reflow.ops import variable_scope


def enable_v2_behavior():
    """Has everything behave as in TensorFlow 2. ValueError: a graph has operations already.

    Operations run at once, variables are resources, == compares elements, shapes hand out numbers, and conds and loops are
    ops that call functions. Which names there are doesn't change.
    """
    tf2.enable()
    ops.enable_eager_execution()
    tensor_shape.enable_v2_tensorshape()
    variable_scope.enable_resource_variables()
    ops.enable_tensor_equality()
    control_flow_v2_toggles.enable_control_flow_v2()


def disable_v2_behavior():
    """Has everything behave as in TensorFlow 1, which it does unless a program says otherwise."""
    tf2.disable()
    ops.disable_eager_execution()
    tensor_shape.disable_v2_tensorshape()
    variable_scope.disable_resource_variables()
    ops.disable_tensor_equality()
    control_flow_v2_toggles.disable_control_flow_v2()
