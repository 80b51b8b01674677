"""Dense tensors made sparse."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.ops import array_ops
from reflow.ops import math_ops

__all__ = ['dense_to_sparse_tensor']


def dense_to_sparse_tensor(dense_tensor, ignore_value=None):
    """The entries that aren't `ignore_value`, which is 0 or the empty string by default."""
    with ops.name_scope('DenseToSparseTensor'):
        dense_tensor = ops.convert_to_tensor(dense_tensor)
        dtype = dense_tensor.dtype
        if ignore_value is None:
            ignore_value = '' if dtype == dtypes.string else dtype.as_numpy_dtype()
        ignore_value = math_ops.cast(ignore_value, dtype, name='ignore_value')
        indices = array_ops.where(math_ops.not_equal(dense_tensor, ignore_value), name='indices')
        values = array_ops.gather_nd(dense_tensor, indices, name='values')
        shape = array_ops.shape(dense_tensor, out_type=dtypes.int64, name='dense_shape')
        return sparse_tensor.SparseTensor(indices, values, shape)
