"""Which values are tensors of a graph, conditionals of the learning phase, and shapes that layers are given."""

import functools

from reflow import _core
from reflow.framework import ops
from reflow.framework import smart_cond as smart_module
from reflow.framework import sparse_tensor
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import variables
from reflow.util import nest

_symbolic_types = set()


def smart_cond(pred, true_fn=None, false_fn=None, name=None):
    """What one of the functions gives: now where `pred` is known, else in a conditional."""
    if isinstance(pred, variables.Variable):
        from reflow.ops import control_flow_ops
        return control_flow_ops.cond(pred, true_fn=true_fn, false_fn=false_fn, name=name)
    return smart_module.smart_cond(pred, true_fn=true_fn, false_fn=false_fn, name=name)


def constant_value(pred):
    """The value of a predicate where it is known, else None."""
    if isinstance(pred, variables.Variable):
        return None
    return smart_module.smart_constant_value(pred)


def is_tensor_or_tensor_list(v):
    """Whether a value, or the first of a list, is a tensor."""
    flat = nest.flatten(v)
    return bool(flat) and isinstance(flat[0], ops.Tensor)


def is_tensor_or_variable(x):
    """Whether a value is a tensor or a variable."""
    return tensor_util.is_tensor(x) or isinstance(x, variables.Variable)


def register_symbolic_tensor_type(cls):
    """Has objects of a class, which convert to tensors, pass for tensors of a graph."""
    _symbolic_types.add(cls)


def is_symbolic_tensor(tensor):
    """Whether a value belongs to a graph."""
    if isinstance(tensor, tuple(_symbolic_types)):
        tensor = ops.convert_to_tensor(tensor)
    if isinstance(tensor, variables.Variable):
        return hasattr(tensor, '_keras_history') or not _core.executing_eagerly()
    if isinstance(tensor, sparse_tensor.SparseTensor):
        tensor = tensor.values
    return isinstance(tensor, ops.Tensor) and hasattr(tensor, 'graph')


def are_all_symbolic_tensors(tensors):
    """Whether all belong to a graph."""
    return all(is_symbolic_tensor(tensor) for tensor in tensors)


def convert_shapes(input_shape, to_tuples=True):
    """A nested structure of shapes with TensorShapes, or tuples, in their places."""
    def is_shape(value):
        return value is None or isinstance(value, tensor_shape.TensorShape) or (
            isinstance(value, (list, tuple)) and all(size is None or isinstance(size, (int, tensor_shape.Dimension))
                                                     for size in value))

    def converted(value):
        shape = tensor_shape.TensorShape(value)
        return tuple(shape.as_list()) if to_tuples and shape.rank is not None else shape

    if is_shape(input_shape):
        return converted(input_shape)
    if isinstance(input_shape, dict):
        return {key: convert_shapes(value, to_tuples) for key, value in input_shape.items()}
    return type(input_shape)(convert_shapes(value, to_tuples) for value in input_shape)


def shape_type_conversion(fn):
    """The method of a layer, which is given tuples, to be given TensorShapes and to give such."""

    @functools.wraps(fn)
    def method(instance, input_shape):
        if input_shape is not None:
            input_shape = convert_shapes(input_shape, to_tuples=True)
        output_shape = fn(instance, input_shape)
        return None if output_shape is None else convert_shapes(output_shape, to_tuples=False)

    return method
