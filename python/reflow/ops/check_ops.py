"""Checks of tensors: what is known while the graph is built is checked then, the rest when the operation is run."""

import operator

from reflow import _core
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor


def _eagerly():
    from reflow.ops import eager_checks
    return eager_checks


def _compare(symbol, op, check, x, y, data, summarize, message, name):
    if _core.executing_eagerly():
        from reflow.ops import gen_math_ops
        return _eagerly().compare(symbol, getattr(gen_math_ops, op), x, y, data, summarize, message)
    return check(x, y, data, summarize, message, name)


def _compare_with_zero(symbol, op, check, x, data, summarize, message, name):
    if _core.executing_eagerly():
        from reflow.ops import gen_math_ops
        return _eagerly().compare_with_zero(symbol, getattr(gen_math_ops, op), x, data, summarize, message)
    return check(x, data, summarize, message, name)


def assert_equal(x, y, data=None, summarize=None, message=None, name=None):
    """Checks x == y element by element."""
    if x is y:  # no check then, as in TensorFlow, for small ints too
        if _core.executing_eagerly():
            return None
        from reflow.ops import control_flow_ops
        with ops.name_scope(name, 'assert_equal', [x, y, data]):
            return control_flow_ops.no_op()
    return _compare('==', 'equal', _core.assert_equal, x, y, data, summarize, message, name)


def assert_equal_v2(x, y, message=None, summarize=None, name=None):
    """Checks x == y element by element."""
    return assert_equal(x, y, summarize=summarize, message=message, name=name)


def assert_none_equal(x, y, data=None, summarize=None, message=None, name=None):
    """Checks x != y element by element."""
    return _compare('!=', 'not_equal', _core.assert_none_equal, x, y, data, summarize, message, name)


def assert_none_equal_v2(x, y, summarize=None, message=None, name=None):
    """Checks x != y element by element."""
    return assert_none_equal(x, y, summarize=summarize, message=message, name=name)


def assert_less(x, y, data=None, summarize=None, message=None, name=None):
    """Checks x < y element by element."""
    return _compare('<', 'less', _core.assert_less, x, y, data, summarize, message, name)


def assert_less_v2(x, y, message=None, summarize=None, name=None):
    """Checks x < y element by element."""
    return assert_less(x, y, summarize=summarize, message=message, name=name)


def assert_less_equal(x, y, data=None, summarize=None, message=None, name=None):
    """Checks x <= y element by element."""
    return _compare('<=', 'less_equal', _core.assert_less_equal, x, y, data, summarize, message, name)


def assert_less_equal_v2(x, y, message=None, summarize=None, name=None):
    """Checks x <= y element by element."""
    return assert_less_equal(x, y, summarize=summarize, message=message, name=name)


def assert_greater(x, y, data=None, summarize=None, message=None, name=None):
    """Checks x > y element by element."""
    return _compare('>', 'greater', _core.assert_greater, x, y, data, summarize, message, name)


def assert_greater_v2(x, y, message=None, summarize=None, name=None):
    """Checks x > y element by element."""
    return assert_greater(x, y, summarize=summarize, message=message, name=name)


def assert_greater_equal(x, y, data=None, summarize=None, message=None, name=None):
    """Checks x >= y element by element."""
    return _compare('>=', 'greater_equal', _core.assert_greater_equal, x, y, data, summarize, message, name)


def assert_greater_equal_v2(x, y, message=None, summarize=None, name=None):
    """Checks x >= y element by element."""
    return assert_greater_equal(x, y, summarize=summarize, message=message, name=name)


def assert_negative(x, data=None, summarize=None, message=None, name=None):
    """Checks x < 0 element by element."""
    return _compare_with_zero('<', 'less', _core.assert_negative, x, data, summarize, message, name)


def assert_negative_v2(x, message=None, summarize=None, name=None):
    """Checks x < 0 element by element."""
    return assert_negative(x, summarize=summarize, message=message, name=name)


def assert_positive(x, data=None, summarize=None, message=None, name=None):
    """Checks x > 0 element by element."""
    return _compare_with_zero('>', 'greater', _core.assert_positive, x, data, summarize, message, name)


def assert_positive_v2(x, message=None, summarize=None, name=None):
    """Checks x > 0 element by element."""
    return assert_positive(x, summarize=summarize, message=message, name=name)


def assert_non_negative(x, data=None, summarize=None, message=None, name=None):
    """Checks x >= 0 element by element."""
    return _compare_with_zero('>=', 'greater_equal', _core.assert_non_negative, x, data, summarize, message, name)


def assert_non_negative_v2(x, message=None, summarize=None, name=None):
    """Checks x >= 0 element by element."""
    return assert_non_negative(x, summarize=summarize, message=message, name=name)


def assert_non_positive(x, data=None, summarize=None, message=None, name=None):
    """Checks x <= 0 element by element."""
    return _compare_with_zero('<=', 'less_equal', _core.assert_non_positive, x, data, summarize, message, name)


def assert_non_positive_v2(x, message=None, summarize=None, name=None):
    """Checks x <= 0 element by element."""
    return assert_non_positive(x, summarize=summarize, message=message, name=name)


def assert_near(x, y, rtol=None, atol=None, data=None, summarize=None, message=None, name=None):
    """Checks |x - y| < atol + rtol * |y| element by element."""
    if _core.executing_eagerly():
        return _eagerly().near(x, y, rtol, atol, data, summarize, message)
    return _core.assert_near(x, y, rtol, atol, data, summarize, message, name)


def assert_near_v2(x, y, rtol=None, atol=None, message=None, summarize=None, name=None):
    """Checks |x - y| < atol + rtol * |y| element by element."""
    return assert_near(x, y, rtol=rtol, atol=atol, summarize=summarize, message=message, name=name)


def assert_rank(x, rank, data=None, summarize=None, message=None, name=None):
    """Checks that `x` has this rank."""
    if _core.executing_eagerly():
        return _eagerly().rank_is(operator.eq, '', x, rank, message)
    return _core.assert_rank(x, rank, data, summarize, message, name)


def assert_rank_v2(x, rank, message=None, name=None):
    """Checks that `x` has this rank."""
    return assert_rank(x, rank, message=message, name=name)


def assert_rank_at_least(x, rank, data=None, summarize=None, message=None, name=None):
    """Checks that `x` has this rank or a higher one."""
    if _core.executing_eagerly():
        return _eagerly().rank_is(operator.ge, 'at least ', x, rank, message)
    return _core.assert_rank_at_least(x, rank, data, summarize, message, name)


def assert_rank_at_least_v2(x, rank, message=None, name=None):
    """Checks that `x` has this rank or a higher one."""
    return assert_rank_at_least(x, rank, message=message, name=name)


def assert_rank_in(x, ranks, data=None, summarize=None, message=None, name=None):
    """Checks that `x` has one of these ranks."""
    if _core.executing_eagerly():
        return _eagerly().rank_is(lambda rank, among: rank in among, 'in ', x, tuple(ranks), message)
    return _core.assert_rank_in(x, ranks, data, summarize, message, name)


def assert_rank_in_v2(x, ranks, message=None, name=None):
    """Checks that `x` has one of these ranks."""
    return assert_rank_in(x, ranks, message=message, name=name)


def assert_integer(x, message=None, name=None):
    """TypeError: `x` is not of a type of integers."""
    if _core.executing_eagerly():
        return _eagerly().integer(x, message)
    return _core.assert_integer(x, message, name)


def assert_integer_v2(x, message=None, name=None):
    """TypeError: `x` is not of a type of integers."""
    assert_integer(x, message=message, name=name)


def assert_type(tensor, tf_type, message=None, name=None):
    """TypeError: `tensor` is not of this type."""
    if _core.executing_eagerly():
        return _eagerly().is_type(tensor, tf_type, message)
    return _core.assert_type(tensor, dtypes.as_dtype(tf_type), message, name)


def assert_type_v2(tensor, tf_type, message=None, name=None):
    """TypeError: `tensor` is not of this type."""
    assert_type(tensor, tf_type, message=message, name=name)


def assert_scalar(tensor, name=None, message=None):
    """`tensor`. ValueError: it is no scalar."""
    if _core.executing_eagerly():
        return _eagerly().scalar(tensor)
    return _core.assert_scalar(tensor, name)


def assert_scalar_v2(tensor, message=None, name=None):
    """`tensor`. ValueError: it is no scalar."""
    return assert_scalar(tensor, message=message, name=name)


def assert_proper_iterable(values):
    """TypeError: `values` can't be iterated over, or is a string, an array or a tensor."""
    import numpy as np
    unintentional = (ops.Tensor, sparse_tensor.SparseTensor, np.ndarray, bytes, str)
    if isinstance(values, unintentional):
        raise TypeError('Expected argument "values" to be a "proper" iterable.  Found: %s' % type(values))
    if not hasattr(values, '__iter__'):
        raise TypeError('Expected argument "values" to be iterable.  Found: %s' % type(values))


def assert_same_float_dtype(tensors=None, dtype=None):
    """The floating-point type that all tensors and `dtype` have; float32 where there are none."""
    if tensors is not None:
        tensors = [tensor for tensor in tensors if tensor is not None]
    if _core.executing_eagerly():
        return _eagerly().same_float_dtype(tensors or [], dtype)
    if all(isinstance(each, ops.Tensor) for each in tensors or ()):
        return _core.assert_same_float_dtype(tensors or [], dtype)
    return _same_float_dtype(tensors, dtype)


def _same_float_dtype(items, dtype):
    """assert_same_float_dtype of whatever has a type: distributions too."""
    expected, first = dtypes.as_dtype(dtype) if dtype else None, None
    for item in items:
        kind = dtypes.as_dtype(item.dtype).base_dtype
        if expected is None:
            expected, first = kind, item
        elif kind != expected:
            raise ValueError('%s, type=%s, must be of the same type (%s)%s.' % (
                _name_of(item), kind, expected, '' if first is None else ' as ' + _name_of(first)))
    if not expected.is_floating:
        raise ValueError('Expected floating point type, got %s.' % expected)
    return expected


def _name_of(item):
    return item.name if hasattr(item, 'name') else str(item)


def is_numeric_tensor(tensor):
    """Whether the argument is a tensor of numbers."""
    return isinstance(tensor, ops.Tensor) and _core.is_numeric_tensor(tensor)


def is_non_decreasing(x, name=None):
    """A bool: no element is smaller than the one before it."""
    return _core.is_non_decreasing(x, name)


def is_strictly_increasing(x, name=None):
    """A bool: each element is larger than the one before it."""
    return _core.is_strictly_increasing(x, name)


def ensure_shape(x, shape, name=None):
    """`x`, said to have `shape`, which is checked when it runs."""
    from reflow.framework import tensor_shape
    from reflow.ops import gen_array_ops
    if not isinstance(shape, tensor_shape.TensorShape):
        shape = tensor_shape.TensorShape(shape)
    return gen_array_ops.ensure_shape(x, shape, name=name)


def assert_shapes(shapes, data=None, summarize=None, message=None, name=None):
    """Fails unless the tensors have the shapes, whose sizes are numbers, symbols, or None, or '.'."""
    from reflow.ops import shape_checks
    return shape_checks.assert_shapes(shapes, data, summarize, message, name)


def assert_shapes_v2(shapes, data=None, summarize=None, message=None, name=None):
    """Fails unless the tensors have the shapes."""
    assert_shapes(shapes, data=data, summarize=summarize, message=message, name=name)
