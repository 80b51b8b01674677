"""Questions about static shapes."""
from reflow.framework import tensor_shape


def has_fully_defined_shape(tensor):
    """Whether all of the tensor's shape is known."""
    return tensor.shape.is_fully_defined()


def rank(tensor):
    """The tensor's rank; None if it is not known, or for what is no tensor."""
    return tensor.shape.rank if hasattr(tensor, 'shape') and isinstance(tensor.shape, tensor_shape.TensorShape) else None


def _broadcast_dims(shape_x, shape_y):
    """The dimensions of both shapes broadcast against each other; None where they can't be."""
    rank = max(shape_x.ndims, shape_y.ndims)
    dims = []
    for x, y in zip([1] * (rank - shape_x.ndims) + shape_x.as_list(), [1] * (rank - shape_y.ndims) + shape_y.as_list()):
        if x is None or y is None:
            known = y if x is None else x
            dims.append(known if known is not None and known > 1 else None)
        elif x == 1 or y == 1:
            dims.append(y if x == 1 else x)
        elif x == y:
            dims.append(x)
        else:
            return None
    return dims


def is_broadcast_compatible(shape_x, shape_y):
    """Whether both shapes are known in rank and can be broadcast against each other."""
    return shape_x.ndims is not None and shape_y.ndims is not None and _broadcast_dims(shape_x, shape_y) is not None


def broadcast_shape(shape_x, shape_y):
    """The shape of an element-wise result. Raises ValueError if the shapes can't be broadcast."""
    if shape_x.ndims is None or shape_y.ndims is None:
        return tensor_shape.unknown_shape()
    dims = _broadcast_dims(shape_x, shape_y)
    if dims is None:
        raise ValueError('Incompatible shapes for broadcasting: %s and %s' % (shape_x, shape_y))
    return tensor_shape.TensorShape(dims)
