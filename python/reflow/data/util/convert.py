"""Optional arguments as tensors."""
from reflow.framework import constant_op, dtypes, ops, tensor_shape


def optional_param_to_tensor(argument_name, argument_value, argument_default=0, argument_dtype=dtypes.int64):
    """`argument_value` as a tensor called `argument_name`, the default if it is None."""
    if argument_value is not None:
        return ops.convert_to_tensor(argument_value, dtype=argument_dtype, name=argument_name)
    return constant_op.constant(argument_default, dtype=argument_dtype, name=argument_name)


def given(value, default):
    """`value`, the default if it is None."""
    return default if value is None else value


def tensors(dtype=dtypes.int64, **values):
    """{name: tensor of that name}, in this order; a pair is a value and a type of its own."""
    pairs = {name: value if isinstance(value, tuple) else (value, dtype) for name, value in values.items()}
    return {name: ops.convert_to_tensor(value, dtype=own, name=name) for name, (value, own) in pairs.items()}


def partial_shape_to_tensor(shape_like):
    """An int64 vector of the sizes of a shape, -1 where one is not known."""
    try:
        shape_like = tensor_shape.as_shape(shape_like)
        return ops.convert_to_tensor([-1 if dim is None else dim for dim in shape_like.as_list()], dtype=dtypes.int64)
    except (TypeError, ValueError):
        result = ops.convert_to_tensor(shape_like, preferred_dtype=dtypes.int64)
        if result.shape.dims is not None and len(result.shape.dims) != 1:
            raise ValueError('The given shape %s must be a 1-D tensor of tf.int64 values, but the shape was %s.' % (
                shape_like, result.shape))
        if result.dtype != dtypes.int64:
            raise TypeError('The given shape %s must be a 1-D tensor of tf.int64 values, but the element type was %s.' % (
                shape_like, result.dtype.name))
        return result
