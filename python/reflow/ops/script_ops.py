"""Python functions as operations."""

import traceback

import numpy as np

from reflow import _core
from reflow.framework import dtypes
from reflow.framework import errors_impl
from reflow.framework import ops
from reflow.ops import gen_script_ops
from reflow.util import nest

# What a function's exception makes the run fail with.
_CODES = ((ValueError, errors_impl.INVALID_ARGUMENT), (TypeError, errors_impl.INVALID_ARGUMENT),
          (StopIteration, errors_impl.OUT_OF_RANGE), (MemoryError, errors_impl.RESOURCE_EXHAUSTED),
          (NotImplementedError, errors_impl.UNIMPLEMENTED))


def describe_exception(exception):
    """(status code, text) of what a function has raised."""
    if isinstance(exception, _UnsupportedResult):
        return errors_impl.INTERNAL, str(exception)
    code = next((code for cls, code in _CODES if isinstance(exception, cls)), errors_impl.UNKNOWN)
    if isinstance(exception, errors_impl.OpError):
        code = exception.error_code
    lines = traceback.format_exception(type(exception), exception, exception.__traceback__)
    return code, '%s: %s\n%s' % (type(exception).__name__, exception, '\n'.join(lines))


class _UnsupportedResult(Exception):
    """A function's result is nothing that tensors are made of."""


class _Function:
    """A function of arrays; forgotten when its graph is."""

    def __init__(self, func):
        self._func = func
        self.token = _core.add_host_function(self._call)

    def _call(self, *arrays):
        """The results, of which the kernel checks the number and types: a list or tuple has several, None is none."""
        result = self._func(*arrays)
        if not isinstance(result, (list, tuple)):
            result = [] if result is None else [result]
        return [self._converted(value) for value in result]

    @staticmethod
    def _converted(value, dtype=None):
        try:
            result = np.asarray(value, dtype=dtype, order='C')
        except OverflowError:  # of NumPy 2, where NumPy 1 takes the lower bits
            result = np.asarray(value, order='C').astype(dtype)
        if result.dtype == object:
            for element in result.flat:
                if not isinstance(element, (str, bytes)):
                    raise _UnsupportedResult('Unsupported object type %s' % type(element).__name__)
        if result.dtype.char == 'S' and result is not value:
            return np.asarray(value, order='C', dtype=object)
        if result.dtype.char == 'U' and result is not value:
            value = np.vectorize(lambda x: x.encode('utf8'))(value)
            return np.asarray(value, order='C', dtype=object)
        if result.dtype.char == 'U':
            return result.astype(np.bytes_)
        return result


def _py_func(func, inp, Tout, stateful, name):
    if not callable(func):
        raise ValueError('Expected func to be callable, got func of type %s' % type(func))
    is_list = isinstance(Tout, (list, tuple))
    types = [_result_type(dtype) for dtype in (Tout if is_list else [Tout])]
    function = _Function(func)
    graph = _core.get_default_graph()
    graph.__dict__.setdefault('_py_funcs_used_in_graph', []).append(function)
    op = gen_script_ops.py_func if stateful else gen_script_ops.py_func_stateless
    result = op(input=list(inp) if isinstance(inp, tuple) else inp, token=function.token, Tout=types, name=name)
    return result if is_list else result[0]


def _result_type(dtype):
    try:
        return dtypes.as_dtype(dtype)
    except TypeError:
        raise TypeError("Expected DataType for argument 'Tout' not %r." % (dtype,)) from None


def _call_with_arrays(func, inp):
    """py_func where operations run at once: a call."""
    result = nest.flatten(func(*[np.array(each) for each in inp]))
    result = [None if each is None else ops.convert_to_tensor(each) for each in result]
    return result[0] if len(result) == 1 else result


def _call_with_tensors(func, inp, Tout):
    """py_function where operations run at once: a call, which tapes see through."""
    result = func(*[ops.convert_to_tensor(each) for each in inp])
    if isinstance(Tout, (list, tuple)):
        if result is None and not Tout:
            return []
        results = result if isinstance(result, (list, tuple)) else [result]
        if len(results) != len(Tout):
            raise errors_impl.InvalidArgumentError(None, None, 'Expected %d results of the function, got %d' % (
                len(Tout), len(results)))
        return [_as_dtype(each, dtype) for each, dtype in zip(results, Tout)]
    return None if result is None else _as_dtype(result, Tout)


def _as_dtype(value, dtype):
    dtype = dtypes.as_dtype(dtype)
    return ops.convert_to_tensor(value) if isinstance(value, _core.Tensor) else ops.convert_to_tensor(value, dtype=dtype)


def eager_py_func(func, inp, Tout, name=None):
    """What `func` makes of the tensors of `inp`, as it computes them: tensors of the types `Tout`."""
    if _core.executing_eagerly():
        return _call_with_tensors(func, inp, Tout)
    from reflow.ops import eager_py_function
    return eager_py_function.eager_py_func(func, inp, Tout, name)


def py_func(func, inp, Tout, stateful=True, name=None):
    """What `func` makes of the arrays of `inp`: tensors of the types `Tout`."""
    if _core.executing_eagerly():
        return _call_with_arrays(func, inp)
    return _py_func(func, inp, Tout, stateful, name)


def numpy_function(func, inp, Tout, name=None):
    """What `func` makes of the arrays of `inp`: tensors of the types `Tout`."""
    return py_func(func, inp, Tout, True, name)


py_func_common = py_func
