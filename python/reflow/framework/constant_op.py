"""Constants."""

from reflow import _core
from reflow.framework import ops  # noqa: F401  gives tensors their methods


def constant_v1(value, dtype=None, shape=None, name='Const', verify_shape=False):
    """A tensor of this value; a value of fewer elements than `shape` is filled up with its last."""
    if verify_shape and shape is not None:
        import numpy as np
        from reflow.framework import tensor_shape
        shape = tensor_shape.as_shape(shape)
        given = np.shape(value)
        if tuple(shape.as_list()) != given:
            raise TypeError("Expected Tensor's shape: %s, got %s." % (tuple(shape.as_list()), given))
    return _constant(value, dtype, shape, name)


def constant(value, dtype=None, shape=None, name='Const'):
    """A tensor of this value."""
    if shape is not None:
        import numpy as np
        size = int(np.prod(np.shape(value))) if not isinstance(value, (str, bytes)) else 1
        wanted = int(np.prod(shape))
        if size not in (1, wanted):
            raise TypeError('Expected Tensor\'s shape: %s, got %s.' % (tuple(shape), np.shape(value)))
    return _constant(value, dtype, shape, name)


def _constant(value, dtype, shape, name):
    try:
        return _core.constant(value, dtype, shape, name)
    except TypeError:
        if type(value).__name__ == 'TensorProto':  # which says all, whatever is wanted
            from reflow.framework import tensor_util
            return _core.constant(tensor_util.MakeNdarray(value), None, None, name)
        from reflow.framework import conversion
        numbers = conversion.array_of_numbers(value, dtype)
        if numbers is None:
            raise
    return _core.constant(numbers, dtype, shape, name)


def is_constant(tensor_or_op):
    """Whether it is the output of a Const."""
    op = tensor_or_op.op if isinstance(tensor_or_op, _core.Tensor) else tensor_or_op
    return op.type == 'Const'


def _tensor_shape_tensor_conversion_function(s, dtype=None, name=None, as_ref=False):
    """A TensorShape as a vector."""
    del as_ref
    return ops.convert_to_tensor(s, dtype, name)
