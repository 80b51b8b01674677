"""SparseTensor: the elements of a tensor that are not zero, with their places."""
import collections

import numpy as np

from reflow import _core
from reflow.framework import composite_tensor, dtypes, tensor_like, tensor_shape, type_spec
from reflow.util.shown_attributes import shown


class SparseTensor(tensor_like._TensorLike, composite_tensor.CompositeTensor):
    """`values[i]` [num_values] lies at `indices[i]` [num_values, rank] of a tensor of shape `dense_shape` [rank]."""

    @classmethod
    def from_value(cls, sparse_tensor_value):
        """The SparseTensor of a SparseTensorValue, or of another SparseTensor."""
        if not is_sparse(sparse_tensor_value):
            raise TypeError('Neither a SparseTensor nor SparseTensorValue: %s.' % (sparse_tensor_value,))
        return SparseTensor(sparse_tensor_value.indices, sparse_tensor_value.values, sparse_tensor_value.dense_shape)

    def __init__(self, indices, values, dense_shape):
        from reflow.framework import ops
        with ops.name_scope(None, 'SparseTensor', [indices, values, dense_shape]):
            self._indices = ops.convert_to_tensor(indices, name='indices', dtype=dtypes.int64)
            self._values = ops.internal_convert_to_tensor(values, name='values')
            self._dense_shape = ops.convert_to_tensor(dense_shape, name='dense_shape', dtype=dtypes.int64)
        indices_shape = self._indices.shape.with_rank(2)
        values_shape = self._values.shape.with_rank(1)
        dense_shape_shape = self._dense_shape.shape.with_rank(1)
        indices_shape.dims[0].merge_with(values_shape.dims[0])
        indices_shape.dims[1].merge_with(dense_shape_shape.dims[0])

    indices = shown('_indices', 'The places of the values, an int64 tensor [num_values, rank].')
    values = shown('_values', 'The values, a tensor [num_values].')
    dense_shape = shown('_dense_shape', 'The shape, an int64 tensor [rank].')

    @property
    def shape(self):
        """The shape as far as it is known, a TensorShape."""
        from reflow.framework import tensor_util
        return tensor_util.constant_value_as_shape(self._dense_shape)

    def get_shape(self):
        """The shape as far as it is known, a TensorShape."""
        return self.shape

    op = shown('_values.op', 'The operation that makes `values`.')
    dtype = shown('_values.dtype', 'The type of the elements.')
    graph = shown('_indices.graph', 'The graph that the tensors are of.')

    def __str__(self):
        return 'SparseTensor(indices=%s, values=%s, dense_shape=%s)' % (
            self._indices, self._values, self._dense_shape)

    def eval(self, feed_dict=None, session=None):
        """A SparseTensorValue, computed by the session or the default session."""
        from reflow.framework import tensor
        session = tensor._eval_session(self.graph, session)
        return SparseTensorValue(*session.run([self._indices, self._values, self._dense_shape], feed_dict))

    def _with_dense(self, op_name, name, y):
        """The sparse tensor whose values an op makes of those and of the elements of a dense tensor."""
        from reflow.framework import ops
        from reflow.ops import gen_sparse_ops
        with ops.name_scope(None, name, [self, y]) as scope:
            y = ops.convert_to_tensor(y, dtype=self.dtype.base_dtype, name='y')
            values = getattr(gen_sparse_ops, op_name)(self._indices, self._values, self._dense_shape, y, name=scope)
            return SparseTensor(self._indices, values, self._dense_shape)

    def __mul__(self, y):
        return self._with_dense('sparse_dense_cwise_mul', 'mul', y)

    def __rmul__(self, x):
        return self * x if isinstance(x, (_core.Tensor, _core.Variable)) else NotImplemented

    def __div__(self, y):
        return self._with_dense('sparse_dense_cwise_div', 'div', y)

    def __truediv__(self, y):
        return self._with_dense('sparse_dense_cwise_div', 'truediv', y)

    @staticmethod
    def _override_operator(operator, func):
        setattr(SparseTensor, operator, func)

    @property
    def _type_spec(self):
        return SparseTensorSpec(self.shape, self.dtype)

    def _shape_invariant_to_type_spec(self, shape):
        if shape.ndims is not None and shape.ndims != 1:
            raise ValueError('Expected a shape with 1 dimension')
        return SparseTensorSpec(tensor_shape.unknown_shape(tensor_shape.dimension_value(shape[0])), self.dtype)

    def consumers(self):
        """The operations that take one of the tensors."""
        return self._consumers()


SparseTensorValue = collections.namedtuple('SparseTensorValue', ['indices', 'values', 'dense_shape'])


class SparseTensorSpec(type_spec.BatchableTypeSpec):
    """What is known of a SparseTensor: shape and type."""

    __slots__ = ['_shape', '_dtype']

    value_type = property(lambda self: SparseTensor)

    def __init__(self, shape=None, dtype=dtypes.float32):
        self._shape = tensor_shape.as_shape(shape)
        self._dtype = dtypes.as_dtype(dtype)

    dtype = shown('_dtype', 'The type of the elements.')
    shape = shown('_shape', 'The shape as far as it is known.')

    @classmethod
    def from_value(cls, value):
        """The spec of a SparseTensor or a SparseTensorValue."""
        if isinstance(value, SparseTensor):
            return cls(value.shape, value.dtype)
        if not isinstance(value, SparseTensorValue):
            raise TypeError('Expected SparseTensor or SparseTensorValue')
        if isinstance(value.values, np.ndarray):
            return cls(value.dense_shape, value.values.dtype)
        return cls.from_value(SparseTensor.from_value(value))

    def _serialize(self):
        return self._shape, self._dtype

    @property
    def _component_specs(self):
        from reflow.framework.tensor_spec import TensorSpec
        rank = self._shape.ndims
        return [TensorSpec([None, rank], dtypes.int64), TensorSpec([None], self._dtype),
                TensorSpec([rank], dtypes.int64)]

    def _to_components(self, value):
        if isinstance(value, SparseTensorValue):
            value = SparseTensor.from_value(value)
        return [value.indices, value.values, value.dense_shape]

    def _from_components(self, tensor_list):
        if all(isinstance(tensor, np.ndarray) for tensor in tensor_list):
            return SparseTensorValue(*tensor_list)
        return SparseTensor(*tensor_list)

    # Where a value travels as a list of tensors, in a dataset, it is one variant tensor, serialized.

    @property
    def _flat_tensor_specs(self):
        from reflow.framework.tensor_spec import TensorSpec
        return [TensorSpec(None, dtypes.variant)]

    def _to_tensor_list(self, value):
        from reflow.ops import gen_sparse_ops
        value = SparseTensor.from_value(value)
        return [gen_sparse_ops.serialize_sparse(
            value.indices, value.values, value.dense_shape, out_type=dtypes.variant)]

    def _to_batched_tensor_list(self, value):
        from reflow.framework import tensor_util
        from reflow.ops import gen_sparse_ops
        if self._shape.merge_with(tensor_util.constant_value_as_shape(value.dense_shape)).ndims == 0:
            raise ValueError('Unbatching a sparse tensor is only supported for rank >= 1')
        return [gen_sparse_ops.serialize_many_sparse(
            value.indices, value.values, value.dense_shape, out_type=dtypes.variant)]

    def _from_compatible_tensor_list(self, tensor_list):
        from reflow.ops import gen_sparse_ops
        result = SparseTensor(*gen_sparse_ops.deserialize_sparse(tensor_list[0], self._dtype))
        rank = self._shape.ndims
        result.indices.set_shape([None, rank])
        result.dense_shape.set_shape([rank])
        return result

    def _batch(self, batch_size):
        return SparseTensorSpec(tensor_shape.TensorShape([batch_size]).concatenate(self._shape), self._dtype)

    def _unbatch(self):
        if self._shape.ndims == 0:
            raise ValueError('Unbatching a tensor is only supported for rank >= 1')
        return SparseTensorSpec(self._shape[1:], self._dtype)

    def _to_legacy_output_types(self):
        return self._dtype

    def _to_legacy_output_shapes(self):
        return self._shape


type_spec.register_type_spec_from_value_converter(SparseTensorValue, SparseTensorSpec.from_value)


def convert_to_tensor_or_sparse_tensor(value, dtype=None, name=None):
    """`value` as SparseTensor if it is one or a SparseTensorValue; otherwise as a tensor."""
    dtype = None if dtype is None else dtypes.as_dtype(dtype)
    if not is_sparse(value):
        from reflow.framework import ops
        return ops.internal_convert_to_tensor(value, dtype=dtype, name=name)
    sparse = value if isinstance(value, SparseTensor) else SparseTensor.from_value(value)
    if dtype is not None and not dtype.is_compatible_with(sparse.dtype):
        raise RuntimeError('Sparse dtype: requested = %s, actual = %s' % (dtype.name, sparse.dtype.name))
    return sparse


def is_sparse(x):
    """Whether `x` is a SparseTensor or a SparseTensorValue."""
    return isinstance(x, (SparseTensor, SparseTensorValue))
