"""Features and what columns make of them, each made once."""

import collections.abc

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor as sparse_tensor_lib


class FeatureCache:
    """What features and columns are as tensors: each is made when it is first asked for."""

    column_type = object
    column_type_name = ''

    def __init__(self, features):
        self._features = features.copy()
        self._feature_tensors = {}

    def get_or_make(self, key, transform):
        """The tensor of a feature, a string, or of a column, which `transform` makes."""
        if key in self._feature_tensors:
            return self._feature_tensors[key]
        if key in self._features:
            tensor = self._feature_tensors[key] = _with_rank_of_two(self._features[key], key)
            return tensor
        if isinstance(key, str):
            raise ValueError('Feature {} is not in features dictionary.'.format(key))
        if not isinstance(key, self.column_type):
            raise TypeError('"key" must be either a "str" or "{}". Provided: {}'.format(self.column_type_name, key))
        transformed = transform(key)
        if transformed is None:
            raise ValueError('Column {} is not supported.'.format(key.name))
        self._feature_tensors[key] = transformed
        return transformed


def _with_rank_of_two(feature, key):
    """A feature as a tensor, of which vectors become columns."""
    from reflow.ops import array_ops
    from reflow.ops import check_ops
    from reflow.ops import control_flow_ops
    from reflow.ops import math_ops
    from reflow.ops import sparse_ops
    tensor = sparse_tensor_lib.convert_to_tensor_or_sparse_tensor(feature)

    def column_of():
        if isinstance(tensor, sparse_tensor_lib.SparseTensor):
            return sparse_ops.sparse_reshape(tensor, [array_ops.shape(tensor)[0], 1])
        return array_ops.expand_dims(tensor, -1)

    rank = tensor.get_shape().ndims
    no_scalar = 'Feature (key: {}) cannot have rank 0. Given: {}'.format(key, tensor)
    if rank == 0:
        raise ValueError(no_scalar)
    if rank is not None:
        return column_of() if rank == 1 else tensor
    with ops.control_dependencies([check_ops.assert_positive(array_ops.rank(tensor), message=no_scalar)]):
        return control_flow_ops.cond(math_ops.equal(1, array_ops.rank(tensor)), column_of, lambda: tensor)


def to_sparse_input_and_drop_ignore_values(input_tensor, ignore_value=None):
    """A dense tensor as a sparse one, without '', -1, 0.0 or `ignore_value`."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    input_tensor = sparse_tensor_lib.convert_to_tensor_or_sparse_tensor(input_tensor)
    if isinstance(input_tensor, sparse_tensor_lib.SparseTensor):
        return input_tensor
    with ops.name_scope(None, 'to_sparse_input', (input_tensor, ignore_value)):
        dtype = input_tensor.dtype
        if ignore_value is None:
            ignore_value = '' if dtype == dtypes.string else -1 if dtype.is_integer else dtype.as_numpy_dtype()
        ignored = math_ops.cast(ignore_value, dtype, name='ignore_value')
        places = array_ops.where_v2(math_ops.not_equal(input_tensor, ignored), name='indices')
        values = array_ops.gather_nd(input_tensor, places, name='values')
        shape = array_ops.shape(input_tensor, out_type=dtypes.int64, name='dense_shape')
        return sparse_tensor_lib.SparseTensor(places, values, shape)


def checked_columns(feature_columns, column_type, type_name):
    """The columns as a sequence; ValueError where they aren't columns, or two have one name."""
    if isinstance(feature_columns, column_type):
        feature_columns = [feature_columns]
    if isinstance(feature_columns, collections.abc.Iterator):
        feature_columns = list(feature_columns)
    if isinstance(feature_columns, dict):
        raise ValueError('Expected feature_columns to be iterable, found dict.')
    for column in feature_columns:
        if not isinstance(column, column_type):
            raise ValueError('Items of feature_columns must be a {}. Given (type {}): {}.'.format(
                type_name, type(column), column))
    if not feature_columns:
        raise ValueError('feature_columns must not be empty.')
    by_name = {}
    for column in feature_columns:
        if column.name in by_name:
            raise ValueError('Duplicate feature column name found for columns: {} and {}. This usually means that these '
                             'columns refer to same base feature. Either one must be discarded or a duplicated but '
                             'renamed item must be inserted in features dict.'.format(column, by_name[column.name]))
        by_name[column.name] = column
    return feature_columns


def verify_static_batch_size_equality(tensors, columns):
    """ValueError where the first dimensions of tensors, as far as they are known, differ."""
    first = None
    for tensor, column in zip(tensors, columns):
        size = tensor.shape.dims[0]
        if size.value is None:
            continue
        if first is None:
            first = size, column
        elif first[0].value != size.value:
            raise ValueError('Batch size (first dimension) of each feature must be same. '
                             'Batch size of columns ({}, {}): ({}, {})'.format(first[1].name, column.name, first[0], size))


def merged_parse_specs(feature_columns, column_type, type_name, spec_of):
    """The features that all columns parse from Examples, {key: FixedLenFeature or VarLenFeature}."""
    result = {}
    for column in feature_columns:
        if not isinstance(column, column_type):
            raise ValueError('All feature_columns must be {} instances. Given: {}'.format(type_name, column))
        config = spec_of(column)
        for key, value in config.items():
            if key in result and value != result[key]:
                raise ValueError('feature_columns contain different parse_spec for key {}. Given {} and {}'.format(
                    key, value, result[key]))
        result.update(config)
    return result
