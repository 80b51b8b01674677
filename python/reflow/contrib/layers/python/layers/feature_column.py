"""The feature columns of tf.contrib.layers, for the Estimators of tf.contrib.learn."""

import math

from reflow.contrib.layers.python.layers.columns import (  # noqa: F401 - the names they have in TensorFlow
    Transformer, _BucketizedColumn, _CrossedColumn, _EmbeddingColumn, _FeatureColumn, _LinearArguments, _Lookup,
    _OneHotColumn, _RealValuedColumn, _SparseColumn, _SparseColumnHashed, _SparseColumnIntegerized,
    _SparseColumnKeys, _SparseColumnVocabulary, _WeightedSparseColumn, dense_matrix)
from reflow.framework import dtypes


def sparse_column_with_integerized_feature(column_name, bucket_size, combiner='sum', dtype=dtypes.int64):
    """Integers that are ids."""
    return _SparseColumnIntegerized(
        column_name, is_integerized=True, bucket_size=bucket_size, combiner=combiner, dtype=dtype)


def sparse_column_with_hash_bucket(column_name, hash_bucket_size, combiner='sum', dtype=dtypes.string, hash_keys=None):
    """Ids by hash."""
    if hash_keys is not None:
        raise NotImplementedError('sparse_column_with_hash_bucket takes no hash_keys yet')
    return _SparseColumnHashed(column_name, bucket_size=hash_bucket_size, combiner=combiner, dtype=dtype)


def sparse_column_with_keys(column_name, keys, default_value=-1, combiner='sum', dtype=dtypes.string):
    """Ids by a list."""
    keys = tuple(keys)
    return _SparseColumnKeys(column_name, lookup_config=_Lookup(None, keys, 0, len(keys), default_value), combiner=combiner,
                             dtype=dtype)


def sparse_column_with_vocabulary_file(column_name, vocabulary_file, num_oov_buckets=0, vocab_size=None, default_value=-1,
                                       combiner='sum', dtype=dtypes.string):
    """Ids by the lines of a file."""
    if vocab_size is None:
        raise ValueError('vocab_size should be defined. column_name: {}'.format(column_name))
    return _SparseColumnVocabulary(
        column_name, lookup_config=_Lookup(vocabulary_file, None, num_oov_buckets, vocab_size, default_value),
        combiner=combiner, dtype=dtype)


def weighted_sparse_column(sparse_id_column, weight_column_name, dtype=dtypes.float32):
    """The ids of a column with the weights of another feature."""
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError('dtype is not convertible to float. Given {}'.format(dtype))
    return _WeightedSparseColumn(sparse_id_column, weight_column_name, dtype)


def one_hot_column(sparse_id_column):
    """How often each id is there."""
    return _OneHotColumn(sparse_id_column)


def embedding_column(sparse_id_column, dimension, combiner='mean', initializer=None, ckpt_to_load_from=None,
                     tensor_name_in_ckpt=None, max_norm=None, trainable=True):
    """Vectors of the ids of a column."""
    initializer = _embedding_initializer(initializer, sparse_id_column, ckpt_to_load_from, tensor_name_in_ckpt)
    return _EmbeddingColumn(sparse_id_column, dimension, combiner, initializer, ckpt_to_load_from, tensor_name_in_ckpt,
                            None, None, max_norm, trainable)


def _embedding_initializer(initializer, sparse_id_column, ckpt_to_load_from, tensor_name_in_ckpt):
    from reflow.ops import init_ops
    from reflow.platform import tf_logging
    if initializer is not None and not callable(initializer):
        raise ValueError('initializer must be callable if specified. Embedding of column_name: {}'.format(
            sparse_id_column.name))
    if (ckpt_to_load_from is None) != (tensor_name_in_ckpt is None):
        raise ValueError('Must specify both `ckpt_to_load_from` and `tensor_name_in_ckpt` or none of them.')
    if initializer is None:
        tf_logging.warn('The default stddev value of initializer was changed from "1/sqrt(vocab_size)" to "1/sqrt(dimension)" in '
                        'core implementation (tf.feature_column.embedding_column).')
        initializer = init_ops.truncated_normal_initializer(mean=0.0, stddev=1 / math.sqrt(sparse_id_column.length))
    return initializer


def shared_embedding_columns(sparse_id_columns, dimension, combiner='mean', shared_embedding_name=None, initializer=None,
                             ckpt_to_load_from=None, tensor_name_in_ckpt=None, max_norm=None, trainable=True):
    """Vectors of the ids of several columns, of which equal ids have the same."""
    if len(sparse_id_columns) < 1:
        raise ValueError('The input sparse_id_columns should have at least one element.')
    for column in sparse_id_columns:
        if not isinstance(column, (_SparseColumn, _WeightedSparseColumn)):
            raise TypeError('Elements of sparse_id_columns must be _SparseColumn or _WeightedSparseColumn, but {} is not.'.format(
                column))
    first = sparse_id_columns[0]
    initializer = _embedding_initializer(initializer, first, ckpt_to_load_from, tensor_name_in_ckpt)
    if any(column.length != first.length for column in sparse_id_columns):
        raise ValueError('The input sparse id columns are not compatible.')
    if not shared_embedding_name:
        names = sorted(column.name for column in sparse_id_columns)
        shared_embedding_name = '_'.join(names[:3])
        if len(names) > 3:
            shared_embedding_name += '_plus_{}_others'.format(len(names) - 3)
        shared_embedding_name += '_shared_embedding'
    return tuple(
        _EmbeddingColumn(column, dimension, combiner, initializer, ckpt_to_load_from, tensor_name_in_ckpt,
                         shared_embedding_name, first.length, max_norm, trainable) for column in sparse_id_columns)


def real_valued_column(column_name, dimension=1, default_value=None, dtype=dtypes.float32, normalizer=None):
    """Numbers of a feature."""
    if not isinstance(dimension, int):
        raise TypeError('dimension must be an integer. dimension: {}, column_name: {}'.format(dimension, column_name))
    if dimension < 1:
        raise ValueError('dimension must be greater than 0. dimension: {}, column_name: {}'.format(dimension, column_name))
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError('dtype must be convertible to float. dtype: {}, column_name: {}'.format(dtype, column_name))
    if default_value is not None:
        default_value = _checked_default(default_value, dimension, dtype, column_name)
    return _RealValuedColumn(column_name, dimension, default_value, dtype, normalizer)


def _checked_default(default_value, dimension, dtype, column_name):
    values = default_value if isinstance(default_value, list) else [default_value] * dimension
    if len(values) != dimension:
        raise ValueError('The length of default_value must be equal to dimension. default_value: {}, dimension: {}, '
                         'column_name: {}'.format(default_value, dimension, column_name))
    if all(isinstance(value, int) for value in values) and dtype.is_integer:
        return tuple(values)
    if all(isinstance(value, (int, float)) for value in values) and dtype.is_floating:
        return tuple(float(value) for value in values)
    raise TypeError('default_value must be compatible with dtype. default_value: {}, dtype: {}, column_name: {}'.format(
        default_value, dtype, column_name))


def bucketized_column(source_column, boundaries):
    """Between which of `boundaries` the numbers of a column lie."""
    if not isinstance(source_column, _RealValuedColumn):
        raise TypeError('source_column must be an instance of _RealValuedColumn. source_column: {}'.format(source_column))
    if not isinstance(boundaries, (list, tuple)) or not boundaries:
        raise ValueError('boundaries must be a non-empty list or tuple. boundaries: {}'.format(boundaries))
    if list(boundaries) != sorted(boundaries):
        raise ValueError('boundaries must be a sorted list. boundaries: {}'.format(boundaries))
    return _BucketizedColumn(source_column, tuple(sorted(set(boundaries))))


def crossed_column(columns, hash_bucket_size, combiner='sum', ckpt_to_load_from=None, tensor_name_in_ckpt=None,
                   hash_key=None):
    """Ids by the hash of combinations of the features of columns."""
    for column in columns:
        if not isinstance(column, (_SparseColumn, _CrossedColumn, _BucketizedColumn)):
            raise TypeError('columns must be a set of _SparseColumn, _CrossedColumn, or _BucketizedColumn instances. '
                            '(column {} is a {})'.format(column, type(column).__name__))
    if len(columns) < 2:
        raise ValueError('columns must contain at least 2 elements. columns: {}'.format(columns))
    if hash_bucket_size < 2:
        raise ValueError('hash_bucket_size must be at least 2. hash_bucket_size: {}'.format(hash_bucket_size))
    columns = tuple(sorted(columns, key=lambda column: column.name))
    return _CrossedColumn(columns, hash_bucket_size, hash_key, combiner, ckpt_to_load_from, tensor_name_in_ckpt)


def create_feature_spec_for_parsing(feature_columns):
    """{feature: how it is parsed} of all columns."""
    if isinstance(feature_columns, dict):
        feature_columns = feature_columns.values()
    spec = {}
    for column in feature_columns:
        if not isinstance(column, _FeatureColumn):
            raise TypeError('feature_columns should only contain instances of _FeatureColumn. Given column is {}'.format(column))
        spec.update(column.config)
    return spec


__all__ = ['bucketized_column', 'create_feature_spec_for_parsing', 'crossed_column', 'embedding_column',
           'one_hot_column', 'real_valued_column', 'shared_embedding_columns', 'sparse_column_with_hash_bucket',
           'sparse_column_with_integerized_feature', 'sparse_column_with_keys', 'sparse_column_with_vocabulary_file',
           'weighted_sparse_column']
