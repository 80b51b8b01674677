"""tf.function: functions whose operations run at once, where they do, and are added to the graph, where one is built.

TensorFlow traces such a function into a graph of its own. Here it is called each time, so that Python's statements in it
run each time too, and its control flow is Python's.
"""

import functools

import numpy as np

from reflow import _core
from reflow.framework import ops
from reflow.framework import tensor_spec
from reflow.util import nest
from reflow.util import tf_decorator


class Function:
    """A Python function that takes and gives tensors."""

    def __init__(self, python_function, name, input_signature=None):
        if input_signature is not None and not isinstance(input_signature, (tuple, list)):
            raise TypeError('input_signature must be either a tuple or a list, received ' + str(type(input_signature)))
        if input_signature is not None:
            for spec in nest.flatten(input_signature):
                if not isinstance(spec, tensor_spec.TensorSpec):
                    raise TypeError('Invalid input_signature {}; input_signature must be a possibly nested sequence of '
                                    'TensorSpec objects, got {}.'.format(input_signature, type(spec)))
        self._python_function = python_function
        self._name = name
        self._input_signature = None if input_signature is None else tuple(input_signature)
        functools.update_wrapper(self, python_function, updated=())

    @property
    def python_function(self):
        """The function itself."""
        return self._python_function

    @property
    def input_signature(self):
        """What the arguments have to be; None: anything."""
        return self._input_signature

    def __call__(self, *args, **kwargs):
        args, kwargs = nest.map_structure(_argument, (args, kwargs))
        if self._input_signature is not None:
            args = self._checked(args, kwargs)
            kwargs = {}
        result = self._python_function(*args, **kwargs)
        return nest.map_structure(_result, result, expand_composites=True)

    def _checked(self, args, kwargs):
        if kwargs:
            raise ValueError('Structure of Python function inputs does not match input_signature.')
        specs = self._input_signature
        args = args[:1] * (len(args) == len(specs) + 1) + tuple(args[-len(specs):] if specs else ())  # with a method's self
        values = args[len(args) - len(specs):]
        try:
            flat = nest.flatten_up_to(list(specs), list(values))
        except (ValueError, TypeError):
            raise ValueError('Structure of Python function inputs does not match input_signature.') from None
        flat = [ops.convert_to_tensor(value, dtype_hint=spec.dtype) for value, spec in zip(flat, nest.flatten(specs))]
        for tensor, spec in zip(flat, nest.flatten(specs)):
            if not spec.is_compatible_with(tensor):
                raise ValueError('Python inputs incompatible with input_signature:\n  inputs: (\n    {})\n  input_signature: '
                                 '(\n    {})'.format(',\n    '.join(str(each) for each in flat),
                                                    ',\n    '.join(str(each) for each in nest.flatten(specs))))
        return args[:len(args) - len(specs)] + tuple(nest.pack_sequence_as(list(specs), flat))

    def get_concrete_function(self, *args, **kwargs):
        """NotImplementedError: functions are not traced."""
        raise NotImplementedError('Reflow does not trace functions into graphs of their own: there are no concrete functions')

    def __get__(self, instance, owner):
        if instance is None:
            return self
        bound = Function(functools.partial(self._python_function, instance), self._name, self._input_signature)
        functools.update_wrapper(bound, self._python_function, updated=())
        return bound


def _argument(value):
    return ops.convert_to_tensor(value) if isinstance(value, np.ndarray) else value


def _result(value):
    from reflow.ops import tensor_array_ops
    if value is None or isinstance(value, (_core.Tensor, ops.Operation, tensor_array_ops.TensorArray)):
        return value
    return ops.convert_to_tensor(value)


def function(func=None, input_signature=None, autograph=True, experimental_autograph_options=None,
             experimental_relax_shapes=False, experimental_compile=None):
    """Makes a function that takes and gives tensors of a Python function, or decorates one."""

    def decorated(inner_function):
        name = getattr(inner_function, '__name__', 'function')
        return tf_decorator.make_decorator(inner_function, Function(inner_function, name, input_signature))

    return decorated(func) if func is not None else decorated


def run_functions_eagerly(run_eagerly):
    """Functions always run their operations at once."""
