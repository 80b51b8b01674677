"""tf.py_function where a graph is built: the function runs operations at once, each time that its operation runs."""

import weakref

from reflow import _core
from reflow.eager import backprop
from reflow.eager import context
from reflow.framework import dtypes
from reflow.framework import errors_impl
from reflow.framework import ops
from reflow.ops import gen_script_ops
from reflow.util import nest


class _EagerFunction:
    """The function, with what its last call has computed, for gradients; forgotten when its graph is."""

    def __init__(self, func, dtypes_, keeps_tape):
        self._func = func
        self._dtypes = dtypes_
        self._keeps_tape = keeps_tape
        self.calls = []  # (tape, inputs, outputs), the oldest first
        self.token = _core.add_host_function(self._call)

    def _call(self, *arrays):
        with context.eager_mode(), backprop.GradientTape(persistent=True) as tape:
            inputs = [ops.convert_to_tensor(array) for array in arrays]
            for tensor in inputs:
                if backprop._is_trainable(tensor.dtype):
                    tape.watch(tensor)
            result = self._func(*inputs)
            results = [] if result is None and not self._dtypes else nest.flatten(result)
            outputs = [_converted(value, dtype) for value, dtype in zip(results, self._dtypes)]
            if len(results) != len(self._dtypes):
                outputs = [ops.convert_to_tensor(value) for value in results]
        if self._keeps_tape:
            self.calls.append((tape, inputs, outputs))
            del self.calls[:-_MOST_CALLS]
        return [tensor.numpy() for tensor in outputs]


# So many calls at most wait for their gradients.
_MOST_CALLS = 1024
_functions = weakref.WeakValueDictionary()  # by token


def _converted(value, dtype):
    if value is None:
        raise errors_impl.InvalidArgumentError(None, None, 'The function gives None where a %s is wanted' % dtype.name)
    return ops.convert_to_tensor(value) if isinstance(value, _core.Tensor) else ops.convert_to_tensor(value, dtype=dtype)


def _make(func, inp, Tout, keeps_tape, name):
    function = _EagerFunction(func, Tout, keeps_tape)
    graph = ops.get_default_graph()
    graph.__dict__.setdefault('_py_funcs_used_in_graph', []).append(function)
    _functions[function.token] = function
    return gen_script_ops.eager_py_func(input=inp, token=function.token, Tout=Tout, name=name)


def eager_py_func(func, inp, Tout, name=None):
    """What `func` makes of the tensors of `inp`: tensors of the types `Tout`."""
    is_list = isinstance(Tout, (list, tuple))
    types = [dtypes.as_dtype(dtype) for dtype in (Tout if is_list else [Tout])]
    result = _make(func, list(inp), types, True, name)
    return result if is_list or not isinstance(result, list) else result[0]


@ops.RegisterGradient('EagerPyFunc_of_binding')
def _gradient(op, *dy):
    """Asks the tape of the function's call."""
    token = op.get_attr('token')
    function = _functions[token.decode() if isinstance(token, bytes) else token]

    def gradient_of_call(*output_gradients):
        if not function.calls:
            raise errors_impl.InternalError(None, None, 'The call whose gradient is asked for is not known any more')
        tape, inputs, outputs = function.calls.pop()
        gradients = tape.gradient(outputs, inputs, output_gradients=list(output_gradients))
        from reflow.ops import array_ops
        return [array_ops.zeros_like(tensor) if gradient is None else ops.convert_to_tensor(gradient)
                for gradient, tensor in zip(gradients, inputs)]

    with ops.control_dependencies(op.outputs):
        return _make(gradient_of_call, list(dy), [tensor.dtype for tensor in op.inputs], False, None)
