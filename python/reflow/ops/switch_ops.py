"""The ops that conds consist of, for programs that put them together themselves."""
from reflow import _core
from reflow.framework import composite_tensor
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import gen_control_flow_ops
from reflow.util import nest


def switch(data, pred, dtype=None, name=None):
    """Two tensors like `data`, of which the second is alive if `pred` is true, else the first."""
    with ops.name_scope(name, 'Switch', [data, pred]) as name:
        data = _as_tensor_or_composite(data, dtype, 'data')
        pred = ops.convert_to_tensor(pred, name='pred')
        if isinstance(data, ops.Tensor):
            return gen_control_flow_ops.switch(data, pred, name=name)
        pairs = [gen_control_flow_ops.switch(tensor, pred) for tensor in nest.flatten(data, expand_composites=True)]
        return tuple(nest.pack_sequence_as(data, flat, expand_composites=True) for flat in zip(*pairs))


def merge(inputs, name=None):
    """The one of `inputs` that is alive, and its index."""
    if any(value is None for value in inputs):
        raise ValueError('At least one of the merge inputs is None: %s' % inputs)
    with ops.name_scope(name, 'Merge', inputs) as name:
        inputs = [_as_tensor_or_composite(value, None, None) for value in inputs]
        if all(isinstance(value, ops.Tensor) for value in inputs):
            is_ref = all(value.dtype._is_ref_dtype for value in inputs)
            return (gen_control_flow_ops.ref_merge if is_ref else gen_control_flow_ops.merge)(inputs, name)
        if all(isinstance(value, (ops.IndexedSlices, ops.Tensor)) for value in inputs):
            inputs = _all_slices(inputs)
        for value in inputs:
            nest.assert_same_structure(inputs[0], value, expand_composites=True)
        flat = zip(*[nest.flatten(value, expand_composites=True) for value in inputs])
        merged = [gen_control_flow_ops.merge(component) for component in flat]
        return nest.pack_sequence_as(inputs[0], [value for value, _ in merged], expand_composites=True), merged[0][1]


def exit(data, name=None):  # pylint: disable=redefined-builtin
    """`data` outside of the frame of the loop that it is in."""
    data = _as_tensor_or_composite(data, None, None)
    if not isinstance(data, ops.Tensor):
        return nest.map_structure(exit, data, expand_composites=True)
    if data.dtype._is_ref_dtype:
        return gen_control_flow_ops.ref_exit(data, name)
    return gen_control_flow_ops._exit(data, name)


def _as_tensor_or_composite(value, dtype, name):
    """`value`, as it is where it consists of tensors; a reference of a variable stays one."""
    if isinstance(value, composite_tensor.CompositeTensor) and not isinstance(value, _core.Tensor):
        return value
    return ops.internal_convert_to_tensor(value, dtype=dtype, name=name, as_ref=True)


def _all_slices(values):
    """The tensors among the slices as slices: their indices are of 64 bits, unless all have 32."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops

    def slices_of(value):
        if isinstance(value, ops.IndexedSlices):
            return value
        shape = array_ops.shape_internal(value, optimize=False)
        return ops.IndexedSlices(value, math_ops.range(0, shape[0]), shape)
    slices = [slices_of(value) for value in values]
    if len({each.indices.dtype for each in slices}) == 1:
        return slices
    return [ops.IndexedSlices(each.values, math_ops.cast(each.indices, dtypes.int64), each.dense_shape)
            if each.indices.dtype == dtypes.int32 else each for each in slices]
