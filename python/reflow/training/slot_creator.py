"""Variables that belong to another one and are named after it."""
from reflow import _core


def create_slot(primary, val, name, colocate_with_primary=True):
    """A variable PRIMARY/NAME whose first value is the tensor `val`."""
    _only_with_primary(colocate_with_primary)
    return _core.create_slot(primary, val, name)


def create_slot_with_initializer(primary, initializer, shape, dtype, name, colocate_with_primary=True):
    """A variable PRIMARY/NAME of its own shape and type."""
    _only_with_primary(colocate_with_primary)
    return _core.create_slot_with_initializer(primary, initializer, shape, dtype, name)


def create_zeros_slot(primary, name, dtype=None, colocate_with_primary=True):
    """A variable PRIMARY/NAME of zeros with the shape of the primary."""
    from reflow.framework import dtypes
    if isinstance(primary, _core.Variable):
        _only_with_primary(colocate_with_primary)
    if dtype is not None and dtypes.as_dtype(dtype).base_dtype != primary.dtype.base_dtype:
        raise NotImplementedError('a slot of another type than its variable is not part of Reflow yet')
    return _core.create_zeros_slot(primary, name, bool(colocate_with_primary))


def _only_with_primary(colocate_with_primary):
    if not colocate_with_primary:
        raise NotImplementedError('a slot that is not placed with its variable is not part of Reflow yet')
