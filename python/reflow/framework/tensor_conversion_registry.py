"""The functions by which values of classes that programs define are made tensors."""
import threading

import numpy as np

_functions = []  # (priority, class or classes, function), by priority and then by age
_functions_of_class = {}
_lock = threading.Lock()

# What is converted without asking anybody.
_UNCONVERTIBLE_TYPES = (int, float, np.generic, np.ndarray)


def register_tensor_conversion_function(base_type, conversion_func, priority=100):
    """Lets `conversion_func(value, dtype, name, as_ref)` make tensors of values of a class, or of one of a tuple.

    It returns a tensor, or NotImplemented for another to try; of several the one with the least priority comes first,
    and of these the oldest.
    """
    base_types = base_type if isinstance(base_type, tuple) else (base_type,)
    if any(not isinstance(each, type) for each in base_types):
        raise TypeError('base_type must be a type or a tuple of types.')
    if any(issubclass(each, _UNCONVERTIBLE_TYPES) for each in base_types):
        raise TypeError('Cannot register conversions for Python numeric types and NumPy scalars and arrays.')
    if not callable(conversion_func):
        raise TypeError('conversion_func must be callable.')
    with _lock:
        _functions.append((priority, base_type, conversion_func))
        _functions.sort(key=lambda entry: entry[0])
        _functions_of_class.clear()


def registered(query):
    """Pairs of class and conversion function, in order, that programs have registered for values of the class `query`."""
    found = _functions_of_class.get(query)
    if found is None:
        with _lock:
            found = [(base_type, function) for _, base_type, function in _functions if issubclass(query, base_type)]
            if query.__name__ == 'TensorProto':  # of whatever pool
                found.append((query, _constant_of_message))
            _functions_of_class[query] = found
    return found


def get(query):
    """Pairs of class and conversion function, in order, that apply to values of the class `query`."""
    return [(query, _constant)] if issubclass(query, _UNCONVERTIBLE_TYPES) else registered(query)


def _constant_of_message(value, dtype, name, as_ref):
    from reflow.framework import constant_op, tensor_util
    return constant_op.constant_v1(tensor_util.MakeNdarray(value), name=name or 'Const')


def _constant(value, dtype, name, as_ref):
    from reflow.framework import constant_op
    return constant_op.constant(value, dtype, name=name)
