"""Layers whose gradients are others than those of what they compute."""

import functools

from reflow.contrib.framework.python.ops.arg_scope import arg_scope, current_arg_scope
from reflow.framework import function
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import custom_gradient
from reflow.ops import gradients_impl
from reflow.ops import variable_scope
from reflow.ops import variables
from reflow.util import tf_inspect

__all__ = ['recompute_grad', 'scale_gradient']


def _scale_gradient_shape(op):
    return [op.inputs[0].get_shape()]


def _scale_gradient_grad(op, grad):
    return [grad * op.inputs[1], None]


@function.Defun(python_grad_func=_scale_gradient_grad, shape_func=_scale_gradient_shape)
def scale_gradient(inputs, gradient_multiplier):
    """`inputs`, whose gradient is multiplied."""
    del gradient_multiplier
    return inputs


_OTHER_VARIABLES = """The variables used on recompute were different than the variables originally
used. The function wrapped with @recompute_grad likley creates its own variable
scope with a default name and has been called twice in the same enclosing scope.
To fix, ensure each call to the function happens in its own unique variable
scope.
"""


def recompute_grad(fn=None, use_data_dep='__rev_block_lib_default', tupleize_grads=False):
    """Decorates a function of tensors: for its gradient it is computed once more, so that what it computes needn't be kept.

    Its variables have to be resource variables. An argument `is_recomputing` is told which time it is.
    """
    if not callable(fn):
        return lambda function: recompute_grad(function, use_data_dep if fn is None else fn, tupleize_grads)
    for name, cell in zip(fn.__code__.co_freevars, fn.__closure__ or ()):
        value = cell.cell_contents
        if isinstance(value, (ops.Tensor, variables.Variable)):
            raise ValueError(
                'fn decorated with @recompute_grad closes over Tensor %s (local variable name: %s). The decorated fn must '
                'not close over Tensors or Variables because gradients will NOT be computed for them through fn. To ensure '
                'correct gradients, make the Tensor an input to fn.' % (value.name, name))

    @functools.wraps(fn)
    def wrapped(*args):
        if not all(isinstance(arg, ops.Tensor) for arg in args):
            raise ValueError('All inputs to function must be Tensors')
        return _recomputed(fn, tupleize_grads)(*args)

    return wrapped


def _recomputed(fn, tupleize_grads):
    is_told = 'is_recomputing' in tf_inspect.getfullargspec(fn).args

    @custom_gradient.custom_gradient
    def fn_with_recompute(*args):
        scope, arguments = variable_scope.get_variable_scope(), current_arg_scope()
        outputs = fn(*args, **(dict(is_recomputing=False) if is_told else {}))
        used = custom_gradient.variables_of(_as_list(outputs), args)

        def gradients(output_grads):
            inputs = [array_ops.identity(arg) for arg in args]
            # Otherwise it could be computed at once, and kept.
            with ops.control_dependencies([grad for grad in output_grads if grad is not None]), \
                    arg_scope(arguments), variable_scope.variable_scope(scope, reuse=True):
                again = _as_list(fn(*inputs, **(dict(is_recomputing=True) if is_told else {})))
            if set(custom_gradient.variables_of(again, inputs)) != set(used):
                raise ValueError(_OTHER_VARIABLES)
            grads = gradients_impl.gradients(again, inputs + used, list(output_grads))
            if tupleize_grads:
                grads = control_flow_ops.tuple(grads)
            return grads[:len(inputs)], grads[len(inputs):]

        def grad_fn(*output_grads):
            return gradients(output_grads)[0]

        def grad_fn_with_variables(*output_grads, variables=None):
            input_grads, grads = gradients(output_grads)
            by_variable = dict(zip(used, grads))
            return input_grads, [by_variable[variable] for variable in variables]

        return outputs, grad_fn_with_variables if used else grad_fn

    return fn_with_recompute


def _as_list(outputs):
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
