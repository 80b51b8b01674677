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
    code = next((code for cls, code in _CODES if isinstance(exception, cls)), errors_impl.UNKNOWN)
    if isinstance(exception, errors_impl.OpError):
        code = exception.error_code
    lines = traceback.format_exception(type(exception), exception, exception.__traceback__)
    return code, '%s: %s\n%s' % (type(exception).__name__, exception, '\n'.join(lines))


class _Function:
    """A function with the types of its results; forgotten when its graph is."""

    def __init__(self, func, dtypes, is_single):
        self._func = func
        self._dtypes = dtypes
        self._is_single = is_single
        self.token = _core.add_host_function(self._call)

    def _call(self, *arrays):
        result = self._func(*arrays)
        if self._is_single or not isinstance(result, (list, tuple)):
            result = [] if result is None and not self._dtypes else [result]
        return [self._converted(value, dtype) for value, dtype in zip(result, self._dtypes)] if len(
            result) == len(self._dtypes) else list(result)

    @staticmethod
    def _converted(value, dtype):
        import numpy as np
        result = np.asarray(value, order='C')
        if result.dtype.char == 'S' and result is not value:
            return np.asarray(value, order='C', dtype=object)
        if result.dtype.char == 'U' and result is not value:
            value = np.vectorize(lambda x: x.encode('utf8'))(value)
            return np.asarray(value, order='C', dtype=object)
        if result.dtype.char == 'U':
            return result.astype(np.bytes_)
        return result


def _py_func(func, inp, Tout, stateful, name):
    is_list = isinstance(Tout, (list, tuple))
    function = _Function(func, list(Tout) if is_list else [Tout], not is_list)
    graph = _core.get_default_graph()
    graph.__dict__.setdefault('_py_funcs_used_in_graph', []).append(function)
    op = gen_script_ops.py_func if stateful else gen_script_ops.py_func_stateless
    result = op(input=list(inp), token=function.token, Tout=list(Tout) if is_list else [Tout], name=name)
    return result if is_list else result[0]


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
