"""The checks of check_ops where operations run at once: they fail at once, with the values."""
import operator

import numpy as np

from reflow.framework import dtypes
from reflow.framework import errors_impl
from reflow.framework import ops

_COMPARISONS = {'==': operator.eq, '!=': operator.ne, '<': operator.lt, '<=': operator.le, '>': operator.gt,
                '>=': operator.ge}


def limited(summarize):
    """How many elements errors show: three where nothing is said, all where it is negative."""
    if summarize is None:
        return 3
    return summarize if summarize >= 0 else 1e100


def description(tensor):
    """What stands for a tensor's name, which it has none of."""
    return 'shape=%s dtype=%s' % (tensor.shape, tensor.dtype.name)


def _text_of(part, summarize):
    if not isinstance(part, ops.Tensor):
        return str(part)
    array = part.numpy()
    if not part.shape.rank:
        return str(array)
    elements = [str(element) for element in array.reshape([-1])]
    return str(elements[:int(summarize)] + ['...'] if len(elements) > summarize else elements)


def _first(array, summarize):
    flat = array.reshape([-1])
    return flat[:int(min(flat.size, summarize))]


def _differences(x, y, holds, symbol, summarize):
    lines = ['Condition x %s y did not hold.' % symbol]
    if x.ndim and x.shape == y.shape:
        failing = np.logical_not(holds)
        indices = np.argwhere(failing)[:int(min(failing.size, summarize))]
        failing_x, failing_y = _first(x[failing], summarize), _first(y[failing], summarize)
        lines += ['Indices of first %s different values:' % len(indices), str(indices), 'Corresponding x values:',
                  str(failing_x), 'Corresponding y values:', str(failing_y)]
    first_x, first_y = _first(x, summarize), _first(y, summarize)
    return '\n'.join(lines + ['First %d elements of x:' % first_x.size, str(first_x),
                              'First %d elements of y:' % first_y.size, str(first_y)])


def compare(symbol, op, x, y, data, summarize, message):
    """InvalidArgumentError: `op`, the operation of `symbol`, doesn't hold for some elements of the two, broadcast."""
    x = ops.convert_to_tensor(x, name='x')
    y = ops.convert_to_tensor(y, name='y')
    if op(x, y).numpy().all():
        return
    summarize = limited(summarize)
    if data is None:
        a, b = np.asarray(x.numpy()), np.asarray(y.numpy())
        parts = [_differences(a, b, _COMPARISONS[symbol](a, b), symbol, summarize)]
    else:
        parts = [_text_of(part, summarize) for part in data]
    if message is not None:
        parts.insert(0, str(message))
    raise errors_impl.InvalidArgumentError(None, None, '\n'.join(parts))


def compare_with_zero(symbol, op, x, data, summarize, message):
    """InvalidArgumentError: `op`, the operation of `symbol`, doesn't hold for some elements of `x` and 0."""
    x = ops.convert_to_tensor(x, name='x')
    if data is None:
        lines = ['Condition x %s 0 did not hold element-wise:' % symbol, 'x (%s) = ' % description(x)]
        if symbol == '<=':  # TensorFlow lacks a comma there
            lines = [''.join(lines)]
        data = [message or ''] + lines + [x]
    compare(symbol, op, x, ops.convert_to_tensor(0, dtype=x.dtype), data, summarize, None)


def near(x, y, rtol, atol, data, summarize, message):
    """InvalidArgumentError: |x - y| < atol + rtol * |y| doesn't hold for some elements."""
    from reflow.ops import control_flow_ops
    from reflow.ops import math_ops
    x = ops.convert_to_tensor(x, name='x')
    y = ops.convert_to_tensor(y, name='y', dtype=x.dtype)
    kind = x.dtype
    eps = None if rtol is not None and atol is not None else tolerance(kind)
    rtol = ops.convert_to_tensor(eps if rtol is None else rtol, name='rtol', dtype=kind)
    atol = ops.convert_to_tensor(eps if atol is None else atol, name='atol', dtype=kind)
    if data is None:
        data = [message or '', 'x and y not equal to tolerance rtol = %s, atol = %s' % (rtol, atol),
                'x (%s) = ' % description(x), x, 'y (%s) = ' % description(y), y]
    within = math_ops.reduce_all(math_ops.less(math_ops.abs(x - y), atol + rtol * math_ops.abs(y)))
    return control_flow_ops.Assert(within, data, summarize=summarize)


def tolerance(dtype):
    """Ten times the distance from 1 to the next number. ValueError: the type is not one of floating-point numbers."""
    return 10 * (2.0 ** -7 if dtype == dtypes.bfloat16 else np.finfo(dtype.as_numpy_dtype).eps)


def _rank_of(rank):
    rank = ops.convert_to_tensor(rank, name='rank')
    if rank.dtype != dtypes.int32:
        raise TypeError(' tensor must be of type %s' % dtypes.int32)
    if rank.shape.rank:
        raise ValueError('Rank must be a scalar.')
    return int(rank.numpy())


def rank_is(condition, words, x, ranks, message):
    """ValueError: the rank of `x` isn't as `condition`, in `words`, of the ranks says. `ranks`: one, or a tuple."""
    x = ops.convert_to_tensor(x, name='x')
    ranks = tuple(map(_rank_of, ranks)) if isinstance(ranks, tuple) else _rank_of(ranks)
    if not condition(x.shape.rank, ranks):
        raise ValueError('%s.  Tensor  must have rank %s%s.  Received rank %s, shape %s' % (
            message or '', words, ranks, x.shape.rank, x.shape))


def integer(x, message):
    """TypeError: `x` is not of a type of integers."""
    x = ops.convert_to_tensor(x, name='x')
    if not x.dtype.is_integer:
        raise TypeError('%s  Expected "x" to be integer type.  Found: tensor of dtype %s' % (message or '', x.dtype))


def is_type(tensor, wanted, message):
    """TypeError: `tensor` is not of this type."""
    if ops.convert_to_tensor(tensor, name='tensor').dtype != wanted:
        raise TypeError('%s tensor must be of type %s' % (message or '', wanted))


def scalar(tensor):
    """`tensor`. ValueError: it is no scalar."""
    tensor = ops.convert_to_tensor(tensor)
    if tensor.shape.rank:
        raise ValueError('Expected scalar shape, saw shape: %s.' % (tensor.shape,))
    return tensor


def same_float_dtype(tensors, dtype):
    """The floating-point type that all tensors and `dtype` have; float32 where there are none."""
    wanted, original = dtype, None
    for tensor in tensors:
        if wanted is None:
            wanted, original = tensor.dtype.base_dtype, tensor
        elif tensor.dtype.base_dtype != wanted:
            raise ValueError('%s, type=%s, must be of the same type (%s)%s.' % (
                tensor, tensor.dtype, wanted, ' as %s' % original if original is not None else ''))
    wanted = dtypes.float32 if wanted is None else wanted
    if not dtypes.as_dtype(wanted).is_floating:
        raise ValueError('Expected floating point type, got %s.' % wanted)
    return wanted
