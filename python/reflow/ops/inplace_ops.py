"""Changing rows of a tensor: on a copy, or, where the caller knows that nobody else needs it, in its own memory."""

from reflow.framework import ops
from reflow.ops import gen_array_ops


def __getattr__(name):
    """What is an op and nothing more."""
    return getattr(gen_array_ops, name)


def _change(x, i, v, op):
    """`op` on rows `i` of x, on all of x where i is None, and on one row where i is a scalar."""
    x = ops.convert_to_tensor(x)
    v = ops.convert_to_tensor(v, x.dtype)
    if i is None:
        return gen_array_ops.reshape(op(gen_array_ops.reshape(x, [1, -1]), [0], gen_array_ops.reshape(v, [1, -1])),
                                     gen_array_ops.shape(x))
    i = ops.convert_to_tensor(i)
    if i.get_shape().ndims == 0:
        return op(x, gen_array_ops.reshape(i, [1]), gen_array_ops.expand_dims(v, 0))
    return op(x, i, v)


def alias_inplace_update(x, i, v):
    """x with `v` as its rows `i`, in the memory of x. None: all of x."""
    return _change(x, i, v, gen_array_ops.inplace_update)


def alias_inplace_add(x, i, v):
    """x with `v` added to its rows `i`, in the memory of x. None: all of x."""
    return _change(x, i, v, gen_array_ops.inplace_add)


def alias_inplace_sub(x, i, v):
    """x with `v` taken from its rows `i`, in the memory of x. None: all of x."""
    return _change(x, i, v, gen_array_ops.inplace_sub)


def empty_like(x, init=None):
    """A tensor of the type and shape of x, with or without zeros in it."""
    x = ops.convert_to_tensor(x)
    return gen_array_ops.empty(gen_array_ops.shape(x), x.dtype, init=init)


def inplace_update(x, i, v):
    """A copy of x with `v` as its rows `i`. None: all of x."""
    return alias_inplace_update(gen_array_ops.deep_copy(x), i, v)


def inplace_add(x, i, v):
    """A copy of x with `v` added to its rows `i`. None: all of x."""
    return alias_inplace_add(gen_array_ops.deep_copy(x), i, v)


def inplace_sub(x, i, v):
    """A copy of x with `v` taken from its rows `i`. None: all of x."""
    return alias_inplace_sub(gen_array_ops.deep_copy(x), i, v)


empty = gen_array_ops.empty
