"""Checks of the shapes and types of tensors, which a program may put into its graph."""

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.framework.tensor_util import is_tensor  # noqa: F401
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops.check_ops import assert_same_float_dtype, assert_scalar  # noqa: F401
from reflow.util import deprecation

__all__ = ['assert_same_float_dtype', 'assert_scalar', 'assert_scalar_int', 'convert_to_tensor_or_sparse_tensor', 'is_tensor',
           'reduce_sum_n', 'remove_squeezable_dimensions', 'with_shape', 'with_same_shape']

convert_to_tensor_or_sparse_tensor = sparse_tensor.convert_to_tensor_or_sparse_tensor


def reduce_sum_n(tensors, name=None):
    """The sum of all numbers of all tensors."""
    if not tensors:
        raise ValueError('No tensors provided.')
    with ops.name_scope(name, 'reduce_sum_n', tensors) as scope:
        sums = [math_ops.reduce_sum(tensor, name='%s/sum' % tensor.op.name) for tensor in tensors]
        return sums[0] if len(sums) == 1 else math_ops.add_n(sums, name=scope)


@deprecation.deprecated(None, 'Please switch to remove_squeezable_dimensions from tf.confusion_matrix. Note that the order of '
                              'the inputs and outputs of labels and predictions have also been switched.')
def remove_squeezable_dimensions(predictions, labels, name=None):
    """Both, without a last dimension of size 1 that only one of them has."""
    with ops.name_scope(name, 'remove_squeezable_dimensions', [predictions, labels]):
        predictions, labels = ops.convert_to_tensor(predictions), ops.convert_to_tensor(labels)
        ranks = predictions.get_shape().ndims, labels.get_shape().ndims
        if None not in ranks:
            if ranks[0] - ranks[1] == -1:
                labels = array_ops.squeeze(labels, [-1])
            elif ranks[0] - ranks[1] == 1:
                predictions = array_ops.squeeze(predictions, [-1])
            return predictions, labels
        difference = array_ops.rank(predictions) - array_ops.rank(labels)

        def squeezed(tensor, when):
            if tensor.get_shape().ndims is None or tensor.get_shape().dims[-1].is_compatible_with(1):
                return control_flow_ops.cond(math_ops.equal(when, difference), lambda: array_ops.squeeze(tensor, [-1]),
                                             lambda: tensor)
            return tensor

        predictions = squeezed(predictions, 1)
        return predictions, squeezed(labels, -1)


def assert_scalar_int(tensor, name=None):
    """`tensor`. ValueError: it isn't an integer."""
    with ops.name_scope(name, 'assert_scalar_int', [tensor]) as scope:
        tensor = ops.convert_to_tensor(tensor)
        if not tensor.dtype.base_dtype.is_integer:
            raise ValueError('Expected integer type for %s, received type: %s.' % (tensor.name, tensor.dtype))
        return check_ops.assert_scalar(tensor, name=scope)


def with_same_shape(expected_tensor, tensor):
    """`tensor`, which has to have the shape of `expected_tensor`."""
    with ops.name_scope('%s/' % tensor.op.name, values=[expected_tensor, tensor]):
        shape = expected_tensor.get_shape()
        shape = shape.as_list() if shape.is_fully_defined() else array_ops.shape(expected_tensor, name='expected_shape')
        return with_shape(shape, tensor)


def with_shape(expected_shape, tensor):
    """`tensor`, which has to have the shape: an error at once, or when it is run; [1] is made [] if that is expected."""
    if isinstance(tensor, sparse_tensor.SparseTensor):
        raise ValueError('SparseTensor not supported.')
    expected_shape = _checked_shape(expected_shape, tensor)
    actual = tensor.get_shape()
    if tensor_util.is_tensor(expected_shape):
        return _asserted(tensor, expected_shape)
    if not actual.is_fully_defined():
        if len(expected_shape) < 1:
            with ops.name_scope('%s/' % tensor.op.name, values=[tensor]):
                return array_ops.reshape(tensor, [])
        return _asserted(tensor, expected_shape)
    if actual.is_compatible_with(expected_shape):
        return tensor
    if len(expected_shape) < 1 and actual.is_compatible_with([1]):
        with ops.name_scope('%s/' % tensor.op.name, values=[tensor]):
            return array_ops.reshape(tensor, [])
    raise ValueError('Invalid shape for tensor %s, expected %s, got %s.' % (tensor.name, expected_shape, actual))


def _checked_shape(shape, tensor):
    """A shape that is no tensor as an array of int32, where it isn't a TensorShape."""
    if tensor_util.is_tensor(shape):
        if shape.dtype.base_dtype != dtypes.int32:
            raise ValueError('Invalid dtype %s for shape %s expected of tensor %s.' % (shape.dtype, shape, tensor.name))
        return shape
    if isinstance(shape, (list, tuple)):
        shape = np.asarray(shape, dtype=None if shape else np.int32)
        if shape.dtype == np.int64:
            shape = shape.astype(np.int32)
    if isinstance(shape, np.ndarray):
        if shape.ndim > 1:
            raise ValueError('Invalid rank %s for shape %s expected of tensor %s.' % (shape.ndim, shape, tensor.name))
        if shape.dtype != np.int32:
            raise ValueError('Invalid dtype %s for shape %s expected of tensor %s.' % (shape.dtype, shape, tensor.name))
    return shape


def _asserted(tensor, expected_shape):
    with ops.name_scope('%s/' % tensor.op.name, values=[tensor]):
        with ops.control_dependencies([_assert_shape(expected_shape, tensor)]):
            result = array_ops.identity(tensor)
        if not tensor_util.is_tensor(expected_shape):
            result.set_shape(expected_shape)
        return result


def _assert_shape(expected_shape, tensor):
    with ops.name_scope('assert_shape', values=[tensor]) as scope:
        actual_shape = array_ops.shape(tensor, name='actual')
        if isinstance(expected_shape, tensor_shape.TensorShape) and not expected_shape.is_fully_defined():
            expected_shape = [size if size else -1 for size in expected_shape.as_list()]
        return control_flow_ops.Assert(_is_shape(expected_shape, tensor, actual_shape), [
            'Wrong shape for %s [expected] [actual].' % tensor.name, expected_shape, actual_shape], name=scope)


def _is_shape(expected_shape, tensor, actual_shape):
    """Whether rank and sizes are as expected, -1 for any size."""
    with ops.name_scope('is_shape', values=[tensor]) as scope:
        size = array_ops.size(expected_shape)
        with ops.name_scope('is_rank', values=[tensor]) as rank_scope:
            expected_rank = ops.convert_to_tensor(size, name='expected')
            actual_rank = array_ops.rank(tensor, name='actual')
            is_rank = math_ops.equal(expected_rank, actual_rank, name=rank_scope)
        with ops.name_scope('shape_tensor_equal', values=[expected_shape, actual_shape]) as equal_scope:
            is_any = math_ops.equal(expected_shape, -1)
            is_equal = math_ops.equal(expected_shape, actual_shape, 'equal')
            either = math_ops.logical_or(is_any, is_equal, name='exclude_partial_shape')
            sizes_equal = math_ops.reduce_all(either, name=equal_scope)
        return math_ops.logical_and(is_rank, sizes_equal, name=scope)
