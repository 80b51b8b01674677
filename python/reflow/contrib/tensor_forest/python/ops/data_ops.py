"""Features and labels of programs as what the ops of forests take."""
from reflow.contrib.tensor_forest.python.ops import tensor_forest_ops
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import sparse_ops
from reflow.platform import tf_logging as logging

DATA_FLOAT = 0
DATA_CATEGORICAL = 1

DTYPE_TO_FTYPE = {dtypes.string: DATA_CATEGORICAL, dtypes.int32: DATA_CATEGORICAL, dtypes.int64: DATA_CATEGORICAL,
                  dtypes.float32: DATA_FLOAT, dtypes.float64: DATA_FLOAT}


def CastToFloat(tensor):
    """The tensor as floats; of strings these are hash values."""
    if tensor.dtype == dtypes.string:
        return tensor_forest_ops.reinterpret_string_to_float(tensor)
    return math_ops.cast(tensor, dtypes.float32) if tensor.dtype.is_integer else tensor


class TensorForestDataSpec:
    """Which columns the dense and the sparse features have; `input_spec` of ops is its text."""

    def __init__(self):
        self.sparse = DataColumnCollection()
        self.dense = DataColumnCollection()
        self.dense_features_size = 0

    def SerializeToString(self):
        """The text."""
        return 'dense_features_size: %d dense: [%s] sparse: [%s]' % (
            self.dense_features_size, self.dense.SerializeToString(), self.sparse.SerializeToString())


class DataColumnCollection:
    """Columns, in order."""

    def __init__(self):
        self.cols = []

    def add(self):
        """A new column, behind the others."""
        self.cols.append(DataColumn())
        return self.cols[-1]

    def size(self):
        """The number of columns."""
        return len(self.cols)

    def SerializeToString(self):
        """The columns' texts in braces."""
        return ''.join('{%s}' % column.SerializeToString() for column in self.cols)


class DataColumn:
    """Features of one name and type, `size` of them."""

    def __init__(self):
        self.name = ''
        self.original_type = ''
        self.size = 0

    def SerializeToString(self):
        """The text."""
        return 'name: %s original_type: %s size: %s' % (self.name, self.original_type, self.size)

    def _set(self, name, dtype, size):
        self.name, self.original_type, self.size = name, DTYPE_TO_FTYPE[dtype], size


def GetColumnName(column_key, col_num):
    """The name of a key of features: a string, or a column with a name; else its number."""
    return column_key if isinstance(column_key, str) else getattr(column_key, 'column_name', str(col_num))


def _parse_columns(data, spec):
    dense, sparse = [], []
    for key in sorted(data):
        column = data[key]
        if not isinstance(column, sparse_tensor.SparseTensor):
            shape = column.get_shape()
            size = 1 if len(shape) == 1 else shape[1].value
            spec.dense.add()._set(GetColumnName(key, len(dense)), column.dtype, size)
            spec.dense_features_size += size
            dense.append(CastToFloat(column))
        elif column.dtype == dtypes.float32:
            logging.info('TensorForest does not support sparse continuous.')
        else:
            if not sparse:
                spec.sparse.add()._set('all_sparse', dtypes.string, -1)
            sparse.append(sparse_tensor.SparseTensor(column.indices, CastToFloat(column.values), column.dense_shape))
    joined = array_ops.concat(dense, 1) if dense else None
    joined_sparse = sparse_ops.sparse_concat(1, sparse) if sparse else None
    logging.info(spec.SerializeToString())
    return joined, joined_sparse, spec


def ParseDataTensorOrDict(data):
    """The dense features [batch, features], the sparse ones, and what they consist of; None where there are none of a kind.

    `data` is a tensor, a sparse one, or a dict of both by the columns' names.
    """
    spec = TensorForestDataSpec()
    if isinstance(data, dict):
        return _parse_columns(data, spec)
    if isinstance(data, sparse_tensor.SparseTensor):
        spec.sparse.add()._set('sparse_features', data.dtype, -1)
        return None, data, spec
    data = ops.convert_to_tensor(data)
    spec.dense_features_size = data.get_shape()[1]
    spec.dense.add()._set('dense_features', data.dtype, spec.dense_features_size)
    return data, None, spec


def ParseLabelTensorOrDict(labels):
    """Labels as floats: a tensor, one that is sparse (-1 where it has none), or a dict of tensors, side by side."""
    if isinstance(labels, dict):
        labels = array_ops.concat([labels[key] for key in sorted(labels)], 1)
    elif isinstance(labels, sparse_tensor.SparseTensor):
        labels = sparse_ops.sparse_tensor_to_dense(labels, default_value=-1)
    return math_ops.cast(labels, dtypes.float32)
