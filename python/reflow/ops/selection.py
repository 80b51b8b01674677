"""Parts of tensors, chosen by indices, masks and conditions."""

from reflow import _core
from reflow.framework import tensor_util
from reflow.ops import gen_array_ops
from reflow.ops import gen_math_ops


def boolean_mask(tensor, mask, name='boolean_mask', axis=None):
    """The elements where `mask` is true."""
    return _core.boolean_mask(tensor, mask, name, axis or 0)


def boolean_mask_v2(tensor, mask, axis=None, name='boolean_mask'):
    """The elements where `mask` is true."""
    return boolean_mask(tensor, mask, name, axis)


def where(condition, x=None, y=None, name=None):
    """The indices of true elements, or `x` where the condition is true and `y` elsewhere."""
    if x is None and y is None:
        return _core.where(condition, name)
    if x is None or y is None:
        raise ValueError('x and y must both be non-None or both be None.')
    return _core.select(condition, x, y, name)


def where_v2(condition, x=None, y=None, name=None):
    """The indices of true elements, or `x` where the condition is true and `y` elsewhere, all broadcast."""
    if x is None and y is None:
        return _core.where(condition, name)
    if x is None or y is None:
        raise ValueError('x and y must both be non-None or both be None.')
    return gen_math_ops.select_v2(condition=condition, t=x, e=y, name=name)


def gather(params, indices, validate_indices=None, name=None, axis=None, batch_dims=0):
    """The slices of `params` at `indices`, along a dimension."""
    if axis is None:
        axis = batch_dims
    if tensor_util.constant_value(axis) != 0:
        return gen_array_ops.gather_v2(params, indices, axis, batch_dims=batch_dims, name=name)
    if isinstance(params, _core.Variable):
        try:
            return params.sparse_read(indices, name=name)
        except AttributeError:
            pass
    return gen_array_ops.gather_v2(params, indices, axis, name=name)


def gather_v2(params, indices, validate_indices=None, axis=None, batch_dims=0, name=None):
    """The slices of `params` at `indices`, along a dimension."""
    return gather(params, indices, validate_indices, name, axis, batch_dims)


def gather_nd(params, indices, name=None, batch_dims=0):
    """The slices of `params` at indices of several dimensions."""
    static_dims = tensor_util.constant_value(batch_dims)
    if static_dims is not None:
        batch_dims = int(static_dims)
    if batch_dims != 0:
        from reflow.ops import batched_gathers
        return batched_gathers.gather_nd(params, indices, batch_dims, name=name)
    if isinstance(params, _core.Variable):
        return params.gather_nd(indices, name=name)
    return gen_array_ops.gather_nd(params, indices, name=name)


def batch_gather(params, indices, name=None):
    """Rows along the last dimension of `indices`, for each batch of the dimensions before it."""
    return _core.batch_gather(params, indices, name)
