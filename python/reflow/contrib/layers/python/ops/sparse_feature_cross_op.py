"""All combinations of one feature from each of several columns."""

from reflow.contrib.layers.ops import gen_sparse_feature_cross_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.ops import math_ops
from reflow.util import deprecation

SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY = 0xDECAFCAFFE


@deprecation.deprecated_arg_values(
    '2016-11-20',
    'The default behavior of sparse_feature_cross is changing, the default\n'
    'value for hash_key will change to SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY.\n'
    'From that point on sparse_feature_cross will always use FingerprintCat64\n'
    'to concatenate the feature fingerprints. And the underlying\n'
    '_sparse_feature_cross_op.sparse_feature_cross operation will be marked\n'
    'as deprecated.', hash_key=None)
def sparse_feature_cross(inputs, hashed_output=False, num_buckets=0, name=None, hash_key=None):
    """The crosses of matrices, sparse and dense ones, row by row, as a SparseTensor: texts, or their hashes.

    num_buckets: hashes are below (0: they are not bounded). hash_key: with it hashes are those of tf.sparse.cross_hashed.
    TypeError: the inputs are no list of tensors.
    """
    if not isinstance(inputs, list):
        raise TypeError('Inputs must be a list')
    if not all(isinstance(i, (sparse_tensor.SparseTensor, ops.Tensor)) for i in inputs):
        raise TypeError('All inputs must be SparseTensors')
    sparse = [i for i in inputs if isinstance(i, sparse_tensor.SparseTensor)]
    internal_type = dtypes.string
    columns = []
    for column in [i.values for i in sparse] + [i for i in inputs if not isinstance(i, sparse_tensor.SparseTensor)]:
        if column.dtype != dtypes.string:
            column, internal_type = math_ops.cast(column, dtypes.int64), dtypes.int64
        columns.append(column)
    arguments = dict(
        indices=[i.indices for i in sparse], values=columns[:len(sparse)], shapes=[i.dense_shape for i in sparse],
        dense=columns[len(sparse):], hashed_output=hashed_output, num_buckets=num_buckets,
        out_type=dtypes.int64 if hashed_output else dtypes.string, internal_type=internal_type, name=name)
    if hash_key:
        crosses = gen_sparse_feature_cross_op.sparse_feature_cross_v2(hash_key=hash_key, **arguments)
    else:
        crosses = gen_sparse_feature_cross_op.sparse_feature_cross(**arguments)
    return sparse_tensor.SparseTensor(*crosses)
