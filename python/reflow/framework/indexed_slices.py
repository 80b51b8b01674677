"""IndexedSlices: some slices of a tensor along its first dimension, the form of the gradient of a gather."""
import collections
import collections.abc

import numpy as np

from reflow.framework import composite_tensor, dtypes, tensor_conversion_registry, tensor_like, tensor_shape, type_spec
from reflow.util.shown_attributes import shown

_TensorLike = tensor_like._TensorLike

# From so many elements on, making a dense tensor of slices is worth a warning.
_LARGE_SPARSE_NUM_ELEMENTS = 100000000


class IndexedSlices(_TensorLike, composite_tensor.CompositeTensor):
    """`values[i]` is the slice at `indices[i]` of a tensor of shape `dense_shape`, if that is known."""

    def __init__(self, values, indices, dense_shape=None):
        from reflow.framework import ops
        ops._get_graph_from_inputs([values, indices, dense_shape])  # raises if they are of several graphs
        self._values = values
        self._indices = indices
        self._dense_shape = dense_shape

    values = shown('_values', 'The tensor of the slices.')
    indices = shown('_indices', 'A 1-D tensor, the place of each slice.')
    dense_shape = shown('_dense_shape', 'A 1-D tensor, the shape of the tensor that the slices are of, or None.')

    name = shown('_values.name', 'The name of `values`.')
    device = shown('_values.device', 'The device of `values`.')
    op = shown('_values.op', 'The operation that makes `values`.')
    dtype = shown('_values.dtype', 'The type of the elements.')
    graph = shown('_values.graph', 'The graph that the tensors are of.')

    def __str__(self):
        shape = '' if self._dense_shape is None else ', dense_shape=%s' % self._dense_shape
        return 'IndexedSlices(indices=%s, values=%s%s)' % (self._indices, self._values, shape)

    def __neg__(self):
        return IndexedSlices(-self._values, self._indices, self._dense_shape)

    @property
    def _type_spec(self):
        from reflow.framework import tensor_util
        indices_shape = self._indices.shape.merge_with(self._values.shape[:1])
        dense_shape = tensor_shape.TensorShape([None]).concatenate(self._values.shape[1:])
        if self._dense_shape is not None:
            dense_shape = dense_shape.merge_with(tensor_util.constant_value_as_shape(self._dense_shape))
        return self._spec(dense_shape, indices_shape)

    def _shape_invariant_to_type_spec(self, shape):
        return self._spec(tensor_shape.TensorShape([None]).concatenate(shape[1:]), shape[:1])

    def _spec(self, dense_shape, indices_shape):
        dense_shape_dtype = None if self._dense_shape is None else self._dense_shape.dtype
        return IndexedSlicesSpec(dense_shape, self.dtype, self._indices.dtype, dense_shape_dtype, indices_shape)

    def consumers(self):
        """The operations that take one of the tensors."""
        return self._consumers()


IndexedSlicesValue = collections.namedtuple('IndexedSlicesValue', ['values', 'indices', 'dense_shape'])


class IndexedSlicesSpec(type_spec.TypeSpec):
    """What is known of IndexedSlices: shape and types."""

    __slots__ = ['_shape', '_values_dtype', '_indices_dtype', '_dense_shape_dtype', '_indices_shape']

    value_type = property(lambda self: IndexedSlices)

    def __init__(self, shape=None, dtype=dtypes.float32, indices_dtype=dtypes.int64, dense_shape_dtype=None,
                 indices_shape=None):
        self._shape = tensor_shape.as_shape(shape)
        self._values_dtype = dtypes.as_dtype(dtype)
        self._indices_dtype = dtypes.as_dtype(indices_dtype)
        self._dense_shape_dtype = None if dense_shape_dtype is None else dtypes.as_dtype(dense_shape_dtype)
        self._indices_shape = tensor_shape.as_shape(indices_shape).with_rank(1)

    def _serialize(self):
        return self._shape, self._values_dtype, self._indices_dtype, self._dense_shape_dtype, self._indices_shape

    @property
    def _component_specs(self):
        from reflow.framework.tensor_spec import TensorSpec
        values = TensorSpec(self._indices_shape.concatenate(self._shape[1:]), self._values_dtype)
        indices = TensorSpec(self._indices_shape, self._indices_dtype)
        if self._dense_shape_dtype is None:
            return values, indices
        return values, indices, TensorSpec([self._shape.ndims], self._dense_shape_dtype)

    def _to_components(self, value):
        if value.dense_shape is None:
            return value.values, value.indices
        return value.values, value.indices, value.dense_shape

    def _from_components(self, tensor_list):
        if all(isinstance(tensor, np.ndarray) for tensor in tensor_list):
            return IndexedSlicesValue(*tensor_list, *[None] * (3 - len(tensor_list)))
        return IndexedSlices(*tensor_list)


def convert_to_tensor_or_indexed_slices(value, dtype=None, name=None):
    """`value` as it is if it is a tensor or IndexedSlices, of `dtype` if that is given; otherwise as a tensor."""
    return internal_convert_to_tensor_or_indexed_slices(value, dtype, name, as_ref=False)


def internal_convert_to_tensor_or_indexed_slices(value, dtype=None, name=None, as_ref=False):
    """The same, where `as_ref` asks for the reference of a variable."""
    if isinstance(value, _TensorLike) or tensor_like.is_plain_tensor(value):
        if dtype and not dtypes.as_dtype(dtype).is_compatible_with(value.dtype):
            raise ValueError('Tensor conversion requested dtype %s for Tensor with dtype %s: %r' % (
                dtypes.as_dtype(dtype).name, value.dtype.name, str(value)))
        return value
    from reflow.framework import ops
    return ops.internal_convert_to_tensor(value, dtype=dtype, name=name, as_ref=as_ref)


def convert_n_to_tensor_or_indexed_slices(values, dtype=None, name=None):
    """The list of `values` converted each; None stays None."""
    return internal_convert_n_to_tensor_or_indexed_slices(values, dtype, name, as_ref=False)


def internal_convert_n_to_tensor_or_indexed_slices(values, dtype=None, name=None, as_ref=False):
    """The same, where `as_ref` asks for the references of variables."""
    if not isinstance(values, collections.abc.Sequence):
        raise TypeError('values must be a sequence.')
    return [None if value is None else internal_convert_to_tensor_or_indexed_slices(
                value, dtype, None if name is None else '%s_%d' % (name, i), as_ref)
            for i, value in enumerate(values)]


def _indexed_slices_to_tensor(value, dtype=None, name=None, as_ref=False):
    if dtype and not dtype.is_compatible_with(value.dtype):
        raise ValueError('Tensor conversion requested dtype %s for IndexedSlices with dtype %s' % (
            dtype.name, value.dtype.name))
    if value.dense_shape is None:
        raise ValueError('Tensor conversion requested for IndexedSlices without dense_shape: %s' % str(value))
    _warn_of_memory(value.dense_shape)
    from reflow.ops import math_ops
    return math_ops.unsorted_segment_sum(value.values, value.indices, value.dense_shape[0], name=name)


def _warn_of_memory(dense_shape):
    from reflow.eager import context
    if context.executing_eagerly():
        return
    import warnings

    from reflow.framework import tensor_util
    known_shape = tensor_util.constant_value(dense_shape)
    if known_shape is None:
        warnings.warn('Converting sparse IndexedSlices to a dense Tensor of unknown shape. This may consume a large '
                      'amount of memory.')
    elif np.prod(known_shape) >= _LARGE_SPARSE_NUM_ELEMENTS:
        warnings.warn('Converting sparse IndexedSlices to a dense Tensor with %d elements. This may consume a large '
                      'amount of memory.' % np.prod(known_shape))


tensor_conversion_registry.register_tensor_conversion_function(IndexedSlices, _indexed_slices_to_tensor)
