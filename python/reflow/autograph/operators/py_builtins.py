"""Python's built-in functions where they are given tensors."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import gen_parsing_ops
from reflow.ops import gen_string_ops
from reflow.ops import math_ops
from reflow.ops import tensor_array_ops

_NONE = object()


def abs_(x):
    return math_ops.abs(x) if tensor_util.is_tensor(x) else abs(x)


def float_(x=0):
    return _number(x, dtypes.float32) if tensor_util.is_tensor(x) else float(x)


def int_(x=0, base=_NONE):
    if not tensor_util.is_tensor(x):
        return int(x) if base is _NONE else int(x, base)
    if base not in (10, _NONE):
        raise NotImplementedError('base {} not supported for int'.format(base))
    return _number(x, dtypes.int32)


def _number(x, dtype):
    if x.dtype == dtypes.string:
        return gen_parsing_ops.string_to_number(x, out_type=dtype)
    return math_ops.cast(x, dtype)


def len_(x):
    if isinstance(x, tensor_array_ops.TensorArray):
        return x.size()
    if not tensor_util.is_tensor(x):
        return len(x)
    if x.dtype == dtypes.variant and x.shape.ndims == 0:
        from reflow.ops import gen_list_ops
        return gen_list_ops.tensor_list_length(x)
    if x.shape.ndims and x.shape.dims[0].value is not None:
        return x.shape.dims[0].value
    shape = array_ops.shape(x)
    if x.shape.ndims == 0:
        raise ValueError('len requires a non-scalar tensor, got one of shape {}'.format(shape))
    if x.shape.ndims:
        return shape[0]
    rank = array_ops.rank(x)

    def no_length():
        message = gen_string_ops.string_join(['len requires non-zero rank, got ', gen_string_ops.as_string(rank)])
        with ops.control_dependencies([control_flow_ops.Assert(False, [message])]):
            return ops.convert_to_tensor(0)
    return control_flow_ops.cond(rank > 0, lambda: array_ops.shape(x)[0], no_length)


def print_(*values, **kwargs):
    """Prints when the graph runs."""
    if not any(map(tensor_util.is_tensor, values)):
        return print(*values, **kwargs)
    from reflow.ops import script_ops
    kwargs.setdefault('flush', True)
    tensors = [value for value in values if tensor_util.is_tensor(value)]

    def show(*arrays):
        arrays = iter(arrays)
        shown = [next(arrays) if tensor_util.is_tensor(value) else value for value in values]
        shown = [value.numpy() if hasattr(value, 'numpy') else value for value in shown]
        print(*[value.decode() if isinstance(value, bytes) else value for value in shown], **kwargs)
        return 0
    return script_ops.eager_py_func(show, tensors, dtypes.int32)


def range_(start, stop=_NONE, step=_NONE):
    arguments = [each for each in (start, stop, step) if each is not _NONE]
    if not any(map(tensor_util.is_tensor, arguments)):
        return range(*arguments)
    # Python's range is empty where tf.range is an error.
    if len(arguments) == 1:
        arguments = [math_ops.maximum(start, 0)]
    elif len(arguments) == 2:
        arguments[1] = math_ops.maximum(start, stop)
    return math_ops.range(*arguments)


def enumerate_(x, start=0):
    return x.enumerate(start) if _is_dataset(x) else enumerate(x, start)


def zip_(*iterables):
    if iterables and all(map(_is_dataset, iterables)):
        from reflow.data.ops import dataset
        return dataset.DatasetV2.zip(iterables)
    return zip(*iterables)


def _is_dataset(x):
    from reflow.data.ops import dataset
    return isinstance(x, dataset.DatasetV2)


OVERLOADS = {abs: abs_, enumerate: enumerate_, float: float_, int: int_, len: len_, print: print_, range: range_, zip: zip_}
