"""Functions of Keras' backend that choose, repeat and update."""

from reflow import tf2
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.keras import backend_session
from reflow.keras.backend_math import ndim
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import map_fn as map_fn_lib
from reflow.ops import math_ops


def stop_gradient(variables):
    """The same values, as constants to gradients."""
    if isinstance(variables, (list, tuple)):
        return [array_ops.stop_gradient(each) for each in variables]
    return array_ops.stop_gradient(variables)


def print_tensor(x, message=''):
    """The same values, which are printed when they are computed."""
    from reflow.ops import logging_ops
    with ops.control_dependencies([logging_ops.print_v2(message, x)]):
        return array_ops.identity(x)


def switch(condition, then_expression, else_expression):
    """One of two values, or of what two functions give."""
    if condition.dtype != dtypes.bool:
        condition = math_ops.cast(condition, 'bool')
    condition_rank = ndim(condition)
    if not condition_rank:
        then_function = then_expression if callable(then_expression) else lambda: then_expression
        else_function = else_expression if callable(else_expression) else lambda: else_expression
        return control_flow_ops.cond(condition, then_function, else_function)
    then_value = then_expression() if callable(then_expression) else then_expression
    else_value = else_expression() if callable(else_expression) else else_expression
    rank = ndim(then_value)
    if condition_rank > rank:
        raise ValueError('Rank of `condition` should be less than or equal to rank of `then_expression` and '
                         '`else_expression`. ndim(condition)=' + str(condition_rank) + ', ndim(then_expression)=' +
                         str(rank))
    if condition_rank < rank:
        sizes = array_ops.concat([array_ops.shape(condition), [1] * (rank - condition_rank)], axis=0)
        condition = array_ops.reshape(condition, sizes)
        sizes = array_ops.where(array_ops.shape(condition) > 1, array_ops.ones_like(array_ops.shape(then_value)),
                                array_ops.shape(then_value))
        condition = array_ops.tile(condition, sizes)
    return array_ops.where(condition, then_value, else_value)


def in_train_phase(x, alt, training=None):
    """`x` where layers train, else `alt`."""
    if training is None:
        training = backend_session.learning_phase()
    if not isinstance(training, ops.Tensor):
        chosen = x if training in (1, True) else alt
        return chosen() if callable(chosen) else chosen
    return switch(training, x, alt)


def in_test_phase(x, alt, training=None):
    """`alt` where layers train, else `x`."""
    return in_train_phase(alt, x, training=training)


def map_fn(fn, elems, name=None, dtype=None):
    """A function of each element."""
    return map_fn_lib.map_fn(fn, elems, name=name, dtype=dtype)


def foldl(fn, elems, initializer=None, name=None):
    """Elements combined from the first to the last."""
    from reflow.ops import functional_ops
    return functional_ops.foldl(fn, elems, initializer=initializer, name=name)


def foldr(fn, elems, initializer=None, name=None):
    """Elements combined from the last to the first."""
    from reflow.ops import functional_ops
    return functional_ops.foldr(fn, elems, initializer=initializer, name=name)


def moving_average_update(x, value, momentum):
    """The operation that moves an average on."""
    from reflow.training import moving_averages
    return moving_averages.assign_moving_average(x, value, momentum, zero_debias=not tf2.enabled())
