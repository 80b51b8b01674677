"""Parts of tensors and variables by Python's indices: numbers, slices, an ellipsis, None and masks."""

from reflow import _core
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import gen_array_ops
from reflow.ops import resource_variable_ops

_POSITION_TYPES = (dtypes.int32, dtypes.int64)


def _is_mask(spec):
    if isinstance(spec, bool):
        return True
    if isinstance(spec, ops.Tensor):
        return spec.dtype == dtypes.bool
    return type(spec).__module__ == 'numpy' and getattr(spec, 'dtype', None) == bool and getattr(spec, 'ndim', 0) > 0


def _check_index(index):
    if index is None or index is Ellipsis:
        return
    for position in (index.start, index.stop, index.step) if isinstance(index, slice) else (index,):
        if position is not None:
            _check_position(position)


def _check_position(index):
    if isinstance(index, (int, tensor_shape.Dimension)):
        return
    dtype = getattr(index, 'dtype', None)  # of whatever class: some have one, and a shape
    if dtype is not None and dtypes.as_dtype(dtype).base_dtype in _POSITION_TYPES and not (
            index.shape and len(index.shape) == 1):
        return
    raise TypeError('Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 '
                    'tensors are valid indices, got {!r}'.format(index))


def part_of(tensor, slice_spec, var=None):
    """tensor[slice_spec]."""
    if _is_mask(slice_spec):
        from reflow.ops import array_ops
        return array_ops.boolean_mask(tensor=tensor, mask=slice_spec)
    slice_spec = _indices(slice_spec)
    for index in slice_spec:
        _check_index(index)
    return _core.slice_by(tensor, slice_spec)


def _indices(slice_spec):
    return list(slice_spec) if isinstance(slice_spec, (list, tuple)) else [slice_spec]


def part_of_variable(var, slice_spec):
    """variable[slice_spec], with a method `assign`, which writes to the variable."""
    part = part_of(var.value(), slice_spec, var)

    def assign(val, name=None):
        """Writes to these elements of the variable."""
        if _core.executing_eagerly():
            from reflow.ops import slice_assignment
            return slice_assignment.assign_slice(var, _indices(slice_spec), val, name)
        return _assign_to_part(var, part, val, name)

    part.assign = assign
    return part


def _assign_to_part(var, part, value, name):
    ref = var._ref() if hasattr(var, '_ref') else None
    if name is None and ref is not None:
        name = part.op.name + '/_assign'
    if ref is None or not ref.dtype._is_ref_dtype or part.op.type != 'StridedSlice':
        changed = _core.assign_slice(part, value, name)
        return var._changed_before(changed) if isinstance(var, resource_variable_ops.BaseResourceVariable) else changed
    # Within a cond the op reads a value that has come into it, not the variable.
    op = part.op
    masks = {mask: op.get_attr(mask) for mask in ('begin_mask', 'end_mask', 'ellipsis_mask', 'new_axis_mask',
                                                  'shrink_axis_mask')}
    return gen_array_ops.strided_slice_assign(ref=ref, begin=op.inputs[1], end=op.inputs[2], strides=op.inputs[3],
                                              value=value, name=name, **masks)
