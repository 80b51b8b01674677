"""tf.function: Python functions of tensors, traced into graphs that calls run."""

import functools
import inspect
import types

import numpy as np

from reflow import _core
from reflow.eager import function as function_lib
from reflow.framework import ops
from reflow.framework import tensor_spec
from reflow.util import nest
from reflow.util import tf_decorator

_runs_eagerly = False


class Function:
    """A Python function that takes and gives tensors, traced for each list of their types and shapes."""

    def __init__(self, python_function, name, input_signature=None, autograph=True, autograph_options=None):
        if input_signature is not None and not isinstance(input_signature, (tuple, list)):
            raise TypeError('input_signature must be either a tuple or a list, received ' + str(type(input_signature)))
        if input_signature is not None:
            for spec in nest.flatten(input_signature):
                if not isinstance(spec, tensor_spec.TensorSpec):
                    raise TypeError('Invalid input_signature {}; input_signature must be a possibly nested sequence of '
                                    'TensorSpec objects, got {}.'.format(input_signature, type(spec)))
        self._python_function = python_function
        self._name = name
        self._autograph = autograph, autograph_options
        self._input_signature = None if input_signature is None else tuple(input_signature)
        self._signature = _signature_of(python_function)
        self._traces = function_lib.Function(python_function, name, self._input_signature, *self._autograph)
        self._has_been_traced = False
        self._of_instances = function_lib.OfInstances(self._bound_to)
        functools.update_wrapper(self, python_function, updated=())

    @property
    def python_function(self):
        """The function itself."""
        return self._python_function

    @property
    def __signature__(self):
        """The signature of the Python function, which `inspect` asks for; None: it isn't known."""
        return self._signature

    @property
    def input_signature(self):
        """What the arguments have to be; None: anything."""
        return self._input_signature

    @property
    def function_spec(self):
        """The signature of the Python function."""
        return self._signature

    def __call__(self, *args, **kwargs):
        args, kwargs = self._canonical(args, kwargs)
        if _runs_eagerly or (_core.executing_eagerly() and _core.num_active_tapes() > 1):
            return self._call_at_once(args, kwargs)  # a tape in a tape looks into the function
        concrete, tensors = self._traced(args, kwargs)
        return concrete._call_flat(tensors)

    def _canonical(self, args, kwargs):
        """The arguments by position, with defaults, and checked where there is an input signature."""
        if self._input_signature is not None:
            return self._checked(args, kwargs), {}
        if self._signature is None:
            return args, kwargs
        try:
            bound = self._signature.bind(*args, **kwargs)
        except TypeError:  # a call says in Python's words what is wrong
            return args, kwargs
        bound.apply_defaults()
        return bound.args, bound.kwargs

    def _traced(self, args, kwargs):
        """(The ConcreteFunction for these arguments, the tensors among them), with variables made by the first trace."""
        concrete, tensors = self._traces.concrete_for(args, kwargs)
        if concrete._traced.created_variables:
            if self._has_been_traced:
                raise ValueError('tf.function-decorated function tried to create variables on non-first call.')
            self._has_been_traced = True
            variables = concrete._traced.created_variables  # live as long as the program keeps them
            self._traces = function_lib.Function(self._python_function, self._name, self._input_signature, *self._autograph)
            concrete, tensors = self._traces.concrete_for(args, kwargs)
            del variables
            if concrete._traced.created_variables:
                raise ValueError('tf.function-decorated function tried to create variables on non-first call.')
        self._has_been_traced = True
        return concrete, tensors

    def _call_at_once(self, args, kwargs):
        """Calls the Python function."""
        args, kwargs = nest.map_structure(_argument, (args, kwargs))
        return nest.map_structure(_result, self._python_function(*args, **kwargs), expand_composites=True)

    def _checked(self, args, kwargs):
        specs = self._input_signature
        if kwargs:
            raise ValueError('Structure of Python function inputs does not match input_signature.')
        if len(args) > len(specs):
            raise TypeError('When input_signature is provided, only pass arguments covered by it. Received %d argument(s).' %
                            len(args))
        try:
            flat = nest.flatten_up_to(list(specs), list(args))
        except (ValueError, TypeError):
            raise ValueError('Structure of Python function inputs does not match input_signature.') from None
        flat_specs = nest.flatten(specs)
        tensors = [ops.convert_to_tensor(value, dtype_hint=spec.dtype) for value, spec in zip(flat, flat_specs)]
        if not all(spec.is_compatible_with(tensor) for tensor, spec in zip(tensors, flat_specs)):
            raise ValueError('Python inputs incompatible with input_signature:\n  inputs: (\n    {})\n  input_signature: (\n'
                             '    {})'.format(',\n    '.join(str(each) for each in flat),
                                              ',\n    '.join(str(each) for each in flat_specs)))
        return tuple(nest.pack_sequence_as(list(specs), tensors))

    def get_concrete_function(self, *args, **kwargs):
        """The ConcreteFunction for arguments: tensors, or TensorSpecs of them, and Python values."""
        if self._input_signature is not None:
            if not args and not kwargs:
                args = self._input_signature
            return self._traced(args, kwargs)[0]
        return self._traced(*self._canonical(args, kwargs))[0]

    def _list_all_concrete_functions_for_serialization(self):
        """The traces, each signature once; that of the input signature is made where it isn't there yet."""
        if self._input_signature is not None:
            self.get_concrete_function()
        found = []
        for concrete in self._traces.concrete_functions():
            signature = concrete.structured_input_signature
            if any(isinstance(each, function_lib.UnknownArgument) for each in nest.flatten(signature, expand_composites=True)):
                continue
            if all(each.structured_input_signature != signature for each in found):
                found.append(concrete)
        return found

    def _bound_to(self, instance_of):
        """The function as a method of the object that `instance_of` gives."""
        def method(*args, **kwargs):
            return self._python_function(instance_of(), *args, **kwargs)
        functools.update_wrapper(method, self._python_function)
        method.__signature__ = _without_first(self._signature)
        del method.__wrapped__
        method._bound = lambda: types.MethodType(self._python_function, instance_of())
        bound = Function(method, self._name, self._input_signature, *self._autograph)
        functools.update_wrapper(bound, self._python_function, updated=())
        return bound

    def __get__(self, instance, owner):
        return self if instance is None else BoundFunction(self._of_instances.get(instance), instance)


class BoundFunction:
    """A Function as the method of an object, which lives as long as this: the Function itself refers to it weakly."""

    def __init__(self, function, instance):
        self._function = function
        self.__self__ = instance
        self.__doc__ = function.__doc__

    def __call__(self, *args, **kwargs):
        return self._function(*args, **kwargs)

    def __getattr__(self, name):
        return getattr(self.__dict__['_function'], name)


def _signature_of(python_function):
    try:
        return inspect.signature(python_function)
    except (TypeError, ValueError):
        return None


def _without_first(signature):
    return None if signature is None else signature.replace(parameters=list(signature.parameters.values())[1:])


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
        return tf_decorator.make_decorator(inner_function, Function(
            inner_function, name, input_signature, autograph, experimental_autograph_options))

    return decorated(func) if func is not None else decorated


def run_functions_eagerly(run_eagerly):
    """Whether functions call the Python function each time."""
    global _runs_eagerly
    _runs_eagerly = bool(run_eagerly)
