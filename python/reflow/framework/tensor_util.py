"""TensorProtos from values and back, and what is known of tensors while a graph is built."""
import numpy as np

from reflow.framework import dtypes, tensor_like, tensor_shape
from reflow.framework.tensor_contents import MakeNdarray, make_tensor_proto  # noqa: F401


def TensorShapeProtoToList(shape):
    """The sizes of a TensorShapeProto, -1 where they are unknown."""
    return [dim.size for dim in shape.dim]


def ShapeEquals(tensor_proto, shape):
    """Whether the shape of a TensorProto is `shape`, a TensorShapeProto, list or tuple."""
    if type(tensor_proto).__name__ != 'TensorProto':
        raise TypeError('tensor_proto is not a tensor_pb2.TensorProto object')
    if type(shape).__name__ == 'TensorShapeProto':
        shape = TensorShapeProtoToList(shape)
    elif not isinstance(shape, (list, tuple)):
        raise TypeError('shape is not a list or tuple')
    return all(x == y for x, y in zip(TensorShapeProtoToList(tensor_proto.tensor_shape), shape))


def is_tensor(x):
    """Whether `x` counts as a tensor: a Tensor, SparseTensor, IndexedSlices, Variable or the like."""
    return (isinstance(x, tensor_like._TensorLike) or tensor_like.is_dense_tensor_like(x)
            or bool(getattr(x, 'is_tensor_like', False)))


def constant_value(tensor, partial=False):
    """The value of a tensor as an array if it is known while the graph is built, otherwise None.

    A value that was asked for can't be fed any more. With `partial` a stack of scalars of which some are not known gives
    an array of objects with None for these. What is no tensor is returned as it is.
    """
    if not is_tensor(tensor):
        return tensor
    if not tensor_like.is_plain_tensor(tensor):
        return None
    if tensor_like.is_eager_tensor(tensor):
        return tensor.numpy()
    value = _partial_value(tensor) if partial else _known_value(tensor)
    if value is not None:
        tensor.graph.prevent_feeding(tensor)
    return value


# The ops that TensorFlow computes while it builds a graph, with whether the values of their inputs have to be known. The
# engine could compute more, but then programs would build other graphs.
_COMPUTED_OPS = {'Const': False, 'Shape': False, 'Size': False, 'Rank': False, 'Range': True, 'Cast': True, 'Concat': True,
                 'ConcatV2': True, 'Pack': True, 'Fill': True, 'Equal': True, 'NotEqual': True}


def _is_computed(tensor):
    needs_inputs = _COMPUTED_OPS.get(tensor.op.type)
    if not needs_inputs:
        return needs_inputs is False
    return all(_is_computed(value) for value in tensor.op.inputs)


def _known_value(tensor):
    from reflow import _core
    if not _is_computed(tensor):
        return None
    value = _core.constant_value(tensor)
    # The engine gives scalars as NumPy's scalars; TensorFlow does so only for what NumPy computes.
    return value if value is None or tensor.op.type in ('Equal', 'NotEqual') else np.asarray(value)


def _partial_value(tensor):
    op = tensor.op
    if op.type != 'Pack' or not len(op.inputs) or op.get_attr('axis') != 0:
        return _known_value(tensor)
    values = [constant_value(element, partial=True) for element in op.inputs]
    return np.array(values, dtype=object if any(value is None for value in values) else None)


def constant_value_as_shape(tensor):
    """The shape that a 1-D tensor of sizes, or the scalar -1, stands for, as far as it is known."""
    if tensor_like.is_eager_tensor(tensor):
        return tensor_shape.as_shape([None if size == -1 else size for size in tensor.numpy()])
    if tensor.shape.ndims == 0:
        return _shape_of_scalar(tensor)
    shape = tensor.shape.with_rank(1)
    if shape == [0]:
        return tensor_shape.TensorShape([])
    partly_known = _SHAPES_BY_OP.get(tensor.op.type, lambda op: None)(tensor.op)
    if partly_known is not None:
        return partly_known
    result = tensor_shape.unknown_shape(shape.dims[0].value)
    value = constant_value(tensor)
    if value is not None:
        result = result.merge_with([size if size >= 0 else None for size in value])
    return result


def _shape_of_scalar(tensor):
    value = constant_value(tensor)
    if value is None:
        raise ValueError("Received a scalar with unknown value as shape; require a statically known scalar with value "
                         "'-1' to describe an unknown shape.")
    if value != -1:
        raise ValueError("Received a scalar value '%s' as shape; require a statically known scalar with value '-1' to "
                         'describe an unknown shape.' % value)
    return tensor_shape.unknown_shape()


def _shape_of_pack(op):
    assert op.get_attr('axis') == 0
    sizes = [constant_value(size) for size in op.inputs]
    return tensor_shape.TensorShape([None if size is None or size < 0 else int(size) for size in sizes])


def _concatenated(inputs):
    result = tensor_shape.TensorShape([])
    for part in inputs:
        result = result.concatenate(constant_value_as_shape(part))
    return result


def _shape_of_slice(op):
    """The shape that a slice of a shape, start:stop:step, stands for; None for other slices."""
    bounds = [constant_value(bound) for bound in tuple(op.inputs)[1:4]]
    masks = {mask: op.get_attr(mask + '_mask') for mask in ('begin', 'end', 'ellipsis', 'new_axis', 'shrink_axis')}
    if any(bound is None for bound in bounds) or masks['ellipsis'] or masks['new_axis'] or masks['shrink_axis']:
        return None
    if masks['begin'] > 1 or masks['end'] > 1:
        return None
    begin, end, step = (int(bound[0]) for bound in bounds)
    try:
        return constant_value_as_shape(op.inputs[0])[
            None if masks['begin'] else begin:None if masks['end'] else end:step]
    except ValueError:  # steps over an unknown rank
        return None


_SHAPES_BY_OP = {
    'Shape': lambda op: op.inputs[0].shape,
    'Pack': _shape_of_pack,
    'Concat': lambda op: _concatenated(tuple(op.inputs)[1:]),
    'ConcatV2': lambda op: _concatenated(tuple(op.inputs)[:-1]),
    'StridedSlice': _shape_of_slice,
}


def shape_tensor(shape):
    """A shape, that may have tensors among its sizes, as an integer tensor."""
    from reflow.framework import ops
    dtype = None
    if isinstance(shape, (tuple, list)):
        if shape:
            shape = tuple(map(tensor_shape.dimension_value, shape))
        else:
            dtype = dtypes.int32
    return ops.convert_to_tensor(shape, dtype=dtype, name='shape')
