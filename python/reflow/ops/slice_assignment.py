"""variable[...].assign where operations run at once: the variable's slices keep no trace of what they were cut from."""

import numpy as np

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import gen_array_ops


def _positions(values):
    """A vector of int32 or int64."""
    if any(isinstance(value, ops.Tensor) for value in values):
        values = [ops.convert_to_tensor(value) for value in values]
        wide = any(value.dtype == 'int64' for value in values)
        return array_ops.stack([value.numpy().astype(np.int64 if wide else np.int32) for value in values])
    return np.array(values, np.int32)


def assign_slice(variable, slice_spec, value, name):
    """Assigns to variable[slice_spec]; gives the variable."""
    begin, end, strides = [], [], []
    masks = dict.fromkeys(['begin_mask', 'end_mask', 'ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask'], 0)
    for i, index in enumerate(slice_spec):
        if isinstance(index, slice):
            for mask, position in (('begin_mask', index.start), ('end_mask', index.stop)):
                masks[mask] |= (position is None) << i
            begin.append(0 if index.start is None else index.start)
            end.append(0 if index.stop is None else index.stop)
            strides.append(1 if index.step is None else index.step)
        elif index is Ellipsis or index is None:
            masks['ellipsis_mask' if index is Ellipsis else 'new_axis_mask'] |= 1 << i
            begin.append(0), end.append(0), strides.append(1)
        else:
            masks['shrink_axis_mask'] |= 1 << i
            begin.append(index), end.append(index + 1), strides.append(1)
    value = ops.convert_to_tensor(value, dtype=variable.dtype)
    gen_array_ops.resource_strided_slice_assign(
        variable.handle, _positions(begin), _positions(end), _positions(strides), value,
        name=name or 'strided_slice/_assign', **masks)
    return variable._changed(None)
