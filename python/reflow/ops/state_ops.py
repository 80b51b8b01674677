"""Operations on variables, given themselves or their references."""

from reflow import _core
from reflow.framework import ops
from reflow.ops import gen_state_ops


def __getattr__(name):
    """What is an op and nothing more."""
    return getattr(gen_state_ops, name)


def variable_op(shape, dtype, name='Variable', set_shape=True, container='', shared_name=''):
    """Deprecated: the op of a ref variable."""
    return gen_state_ops.variable_v2(shape=shape, dtype=dtype, name=name, container=container, shared_name=shared_name)


variable_op_v2 = variable_op


def is_variable_initialized(ref, name=None):
    """A bool: has the variable a value?"""
    if isinstance(ref, _core.Variable):
        return _core.is_variable_initialized(ref, name)
    return gen_state_ops.is_variable_initialized(ref=ref, name=name)


def _is_ref(ref):
    return ref.dtype._is_ref_dtype


def assign(ref, value, validate_shape=None, use_locking=None, name=None):
    """Gives the variable a value."""
    if _is_ref(ref):
        return gen_state_ops.assign(ref, value, use_locking=use_locking, name=name, validate_shape=validate_shape)
    return ref.assign(value, name=name)


def assign_add(ref, value, use_locking=None, name=None):
    """Adds to the variable."""
    if _is_ref(ref):
        return gen_state_ops.assign_add(ref, value, use_locking=use_locking, name=name)
    return ref.assign_add(value)


def assign_sub(ref, value, use_locking=None, name=None):
    """Subtracts from the variable."""
    if _is_ref(ref):
        return gen_state_ops.assign_sub(ref, value, use_locking=use_locking, name=name)
    return ref.assign_sub(value)


def count_up_to(ref, limit, name=None):
    """Adds 1 until the value is `limit`."""
    if _is_ref(ref):
        return gen_state_ops.count_up_to(ref, limit=limit, name=name)
    return gen_state_ops.resource_count_up_to(ref.handle, limit, T=ref.dtype, name=name)


def _scatter(op, resource_op):
    def function(ref, indices, updates, use_locking=False, name=None):
        if _is_ref(ref):
            return getattr(gen_state_ops, op)(ref, indices, updates, use_locking=use_locking, name=name)
        from reflow.ops import gen_resource_variable_ops
        change = getattr(gen_resource_variable_ops, resource_op)(
            ref.handle, indices, ops.convert_to_tensor(updates, ref.dtype), name=name)
        return ref._changed(change)
    return function


scatter_update = _scatter('scatter_update', 'resource_scatter_update')
scatter_add = _scatter('scatter_add', 'resource_scatter_add')
scatter_sub = _scatter('scatter_sub', 'resource_scatter_sub')
scatter_mul = _scatter('scatter_mul', 'resource_scatter_mul')
scatter_div = _scatter('scatter_div', 'resource_scatter_div')
scatter_min = _scatter('scatter_min', 'resource_scatter_min')
scatter_max = _scatter('scatter_max', 'resource_scatter_max')
for _name, _what in (('update', 'Assigns to'), ('add', 'Adds to'), ('sub', 'Subtracts from'), ('mul', 'Multiplies'),
                     ('div', 'Divides'), ('min', 'Takes the minimum with'), ('max', 'Takes the maximum with')):
    globals()['scatter_' + _name].__doc__ = '%s the rows `indices` of the variable.' % _what
    globals()['scatter_' + _name].__name__ = 'scatter_' + _name
scatter_update.__defaults__ = (True, None)


def scatter_nd_update(ref, indices, updates, use_locking=True, name=None):
    """Assigns to slices of the variable."""
    return _scatter_nd(ref, 'update', indices, updates, use_locking, name)


def scatter_nd_add(ref, indices, updates, use_locking=False, name=None):
    """Adds to slices of the variable."""
    return _scatter_nd(ref, 'add', indices, updates, use_locking, name)


def scatter_nd_sub(ref, indices, updates, use_locking=False, name=None):
    """Subtracts from slices of the variable."""
    return _scatter_nd(ref, 'sub', indices, updates, use_locking, name)


def _scatter_nd(ref, kind, indices, updates, use_locking, name):
    if _is_ref(ref):
        return getattr(gen_state_ops, 'scatter_nd_' + kind)(ref, indices, updates, use_locking=use_locking, name=name)
    change = getattr(gen_state_ops, 'resource_scatter_nd_' + kind)(
        ref.handle, indices, ops.convert_to_tensor(updates, dtype=ref.dtype), name=name)
    return ref._changed(change)


def batch_scatter_update(ref, indices, updates, use_locking=True, name=None):
    """Assigns to the rows `indices` of each of a batch."""
    updated = _core.batch_scatter_update(ref, indices, updates, use_locking, name)
    return updated if _is_ref(ref) else ref._changed_before(updated)
