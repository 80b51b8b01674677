"""Functions with gradients of their own where operations run at once: tapes remember the function, not its operations."""

from reflow.eager import backprop
from reflow.eager import tape as tape_lib
from reflow.framework import ops
from reflow.ops import gen_array_ops
from reflow.util import nest
from reflow.util import tf_inspect


def call(f, args, kwargs):
    """What `f`, which gives its result and a gradient function, computes of the arguments."""
    with backprop.GradientTape() as tape:
        result, grad_fn = f(*args, **kwargs)
    inputs = list(args) + list(kwargs.values())
    variables = [variable for variable in tape.watched_variables() if all(variable is not each for each in inputs)]
    spec = tf_inspect.getfullargspec(grad_fn)
    if variables and 'variables' not in spec.args and 'variables' not in spec.kwonlyargs and not spec.varkw:
        raise TypeError("If using @custom_gradient with a function that uses variables, then grad_fn must accept a keyword "
                        "argument 'variables'.")
    # Tensors of their own, which nothing else that tapes remember computes.
    with tape_lib.stop_recording():
        flat_result = [gen_array_ops.identity(ops.convert_to_tensor(each)) for each in nest.flatten(result)]
    input_tensors = [ops.convert_to_tensor(each) for each in list(args) + variables]

    def backward(*result_gradients):
        if variables:
            input_gradients, variable_gradients = grad_fn(*result_gradients, variables=variables)
            if len(variable_gradients) != len(variables):
                raise ValueError('Must return gradient for each variable from @custom_gradient grad_fn.')
        else:
            input_gradients, variable_gradients = grad_fn(*result_gradients), []
        flat = nest.flatten(input_gradients)
        if len(flat) != len(args):
            raise ValueError('custom_gradient function expected to return', len(args), 'gradients but returned', len(flat),
                             'instead.')
        return flat + list(variable_gradients)

    tape_lib.record_operation(getattr(f, '__name__', 'CustomGradient'), flat_result, input_tensors, backward)
    return nest.pack_sequence_as(result, flat_result)
