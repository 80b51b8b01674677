"""The functions of tf.feature_column that make columns."""

from reflow.feature_column import transformations
from reflow.feature_column import utils as fc_utils
from reflow.feature_column.base_columns import (  # noqa: F401 - the names they have in TensorFlow
    CategoricalColumn, DenseColumn, FeatureColumn, FeatureTransformationCache, SequenceDenseColumn, _CategoricalColumn,
    is_feature_column_v2)
from reflow.feature_column.categorical_columns import (  # noqa: F401
    CrossedColumn, HashedCategoricalColumn, IdentityCategoricalColumn, SequenceCategoricalColumn,
    VocabularyFileCategoricalColumn, VocabularyListCategoricalColumn, WeightedCategoricalColumn)
from reflow.feature_column.dense_columns import (  # noqa: F401
    BucketizedColumn, EmbeddingColumn, IndicatorColumn, NumericColumn, SharedEmbeddingColumn)
from reflow.feature_column.feature_layers import (  # noqa: F401
    LinearModel, StateManager, _BaseFeaturesLayer, _normalize_feature_columns, _StateManagerImpl, _StateManagerImplV2)
from reflow.feature_column.shared_embeddings import (  # noqa: F401
    SharedEmbeddingColumnCreator, checked_initializer, shared_embedding_columns, shared_embedding_columns_v2)
from reflow.framework import dtypes

_check_shape = fc_utils.check_shape
_to_sparse_input_and_drop_ignore_values = transformations.to_sparse_input_and_drop_ignore_values
_verify_static_batch_size_equality = transformations.verify_static_batch_size_equality


def make_parse_example_spec_v2(feature_columns):
    """{key: FixedLenFeature or VarLenFeature} with which tf.io.parse_example parses what the columns take."""
    return transformations.merged_parse_specs(
        feature_columns, FeatureColumn, 'FeatureColumn', lambda column: column.parse_example_spec)


def numeric_column(key, shape=(1,), default_value=None, dtype=dtypes.float32, normalizer_fn=None):
    """Numbers of a feature."""
    shape = fc_utils.check_shape(shape, key)
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError('dtype must be convertible to float. dtype: {}, key: {}'.format(dtype, key))
    default_value = fc_utils.check_default_value(shape, default_value, dtype, key)
    fc_utils.check_numeric_column(dtype, normalizer_fn, key)
    return NumericColumn(key, shape=shape, default_value=default_value, dtype=dtype, normalizer_fn=normalizer_fn)


def bucketized_column(source_column, boundaries):
    """Between which of `boundaries` the numbers of a numeric column lie."""
    if not isinstance(source_column, NumericColumn):
        raise ValueError('source_column must be a column generated with numeric_column(). Given: {}'.format(source_column))
    if len(source_column.shape) > 1:
        raise ValueError('source_column must be one-dimensional column. Given: {}'.format(source_column))
    if not boundaries:
        raise ValueError('boundaries must not be empty.')
    if not isinstance(boundaries, (list, tuple)) or any(a >= b for a, b in zip(boundaries, boundaries[1:])):
        raise ValueError('boundaries must be a sorted list.')
    return BucketizedColumn(source_column, tuple(boundaries))


def embedding_column(categorical_column, dimension, combiner='mean', initializer=None, ckpt_to_load_from=None,
                     tensor_name_in_ckpt=None, max_norm=None, trainable=True):
    """Vectors of the ids of a categorical column."""
    initializer = checked_initializer(
        dimension, initializer, ckpt_to_load_from, tensor_name_in_ckpt,
        ' Embedding of column_name: {}'.format(getattr(categorical_column, 'name', None)))
    return EmbeddingColumn(
        categorical_column=categorical_column, dimension=dimension, combiner=combiner, initializer=initializer,
        ckpt_to_load_from=ckpt_to_load_from, tensor_name_in_ckpt=tensor_name_in_ckpt, max_norm=max_norm,
        trainable=trainable)


def indicator_column(categorical_column):
    """How often each id of a categorical column is there."""
    return IndicatorColumn(categorical_column)


def categorical_column_with_hash_bucket(key, hash_bucket_size, dtype=dtypes.string):
    """Ids by the hash of strings or integers."""
    if hash_bucket_size is None:
        raise ValueError('hash_bucket_size must be set. key: {}'.format(key))
    if hash_bucket_size < 1:
        raise ValueError('hash_bucket_size must be at least 1. hash_bucket_size: {}, key: {}'.format(hash_bucket_size, key))
    fc_utils.assert_key_is_string(key)
    fc_utils.assert_string_or_int(dtype, prefix='column_name: {}'.format(key))
    return HashedCategoricalColumn(key, hash_bucket_size, dtype)


def _check_oov_buckets(key, num_oov_buckets, has_default):
    if num_oov_buckets:
        if has_default:
            raise ValueError("Can't specify both num_oov_buckets and default_value in {}.".format(key))
        if num_oov_buckets < 0:
            raise ValueError('Invalid num_oov_buckets {} in {}.'.format(num_oov_buckets, key))


def categorical_column_with_vocabulary_file(key, vocabulary_file, vocabulary_size=None, num_oov_buckets=0,
                                            default_value=None, dtype=dtypes.string):
    """Ids by the lines of a file."""
    return categorical_column_with_vocabulary_file_v2(
        key, vocabulary_file, vocabulary_size, dtype, default_value, num_oov_buckets)


def categorical_column_with_vocabulary_file_v2(key, vocabulary_file, vocabulary_size=None, dtype=dtypes.string,
                                               default_value=None, num_oov_buckets=0):
    """Ids by the lines of a file."""
    if not vocabulary_file:
        raise ValueError('Missing vocabulary_file in {}.'.format(key))
    if vocabulary_size is None:
        vocabulary_size = _count_lines(key, vocabulary_file)
    if vocabulary_size < 1:
        raise ValueError('Invalid vocabulary_size in {}.'.format(key))
    _check_oov_buckets(key, num_oov_buckets, default_value is not None)
    fc_utils.assert_string_or_int(dtype, prefix='column_name: {}'.format(key))
    fc_utils.assert_key_is_string(key)
    return VocabularyFileCategoricalColumn(
        key=key, vocabulary_file=vocabulary_file, vocabulary_size=vocabulary_size,
        num_oov_buckets=0 if num_oov_buckets is None else num_oov_buckets,
        default_value=-1 if default_value is None else default_value, dtype=dtype)


def _count_lines(key, vocabulary_file):
    from reflow.platform import gfile
    from reflow.platform import tf_logging
    if not gfile.Exists(vocabulary_file):
        raise ValueError('vocabulary_file in {} does not exist.'.format(key))
    with gfile.GFile(vocabulary_file) as file:
        size = sum(1 for _ in file)
    tf_logging.info('vocabulary_size = %d in %s is inferred from the number of elements in the vocabulary_file %s.',
                    size, key, vocabulary_file)
    return size


def categorical_column_with_vocabulary_list(key, vocabulary_list, dtype=None, default_value=-1, num_oov_buckets=0):
    """Ids by a list of words or integers."""
    import numpy as np
    if vocabulary_list is None or len(vocabulary_list) < 1:
        raise ValueError('vocabulary_list {} must be non-empty, column_name: {}'.format(vocabulary_list, key))
    if len(set(vocabulary_list)) != len(vocabulary_list):
        raise ValueError('Duplicate keys in vocabulary_list {}, column_name: {}'.format(vocabulary_list, key))
    vocabulary_dtype = dtypes.as_dtype(np.array(vocabulary_list).dtype)
    _check_oov_buckets(key, num_oov_buckets, default_value != -1)
    fc_utils.assert_string_or_int(vocabulary_dtype, prefix='column_name: {} vocabulary'.format(key))
    if dtype is not None and dtype.is_integer != vocabulary_dtype.is_integer:
        raise ValueError('dtype {} and vocabulary dtype {} do not match, column_name: {}'.format(
            dtype, vocabulary_dtype, key))
    of_feature = vocabulary_dtype if dtype is None else dtype
    fc_utils.assert_string_or_int(of_feature, prefix='column_name: {}'.format(key))
    fc_utils.assert_key_is_string(key)
    return VocabularyListCategoricalColumn(key, tuple(vocabulary_list), of_feature, default_value, num_oov_buckets)


def categorical_column_with_identity(key, num_buckets, default_value=None):
    """Integers that are ids."""
    if num_buckets < 1:
        raise ValueError('num_buckets {} < 1, column_name {}'.format(num_buckets, key))
    if default_value is not None and not 0 <= default_value < num_buckets:
        raise ValueError('default_value {} not in range [0, {}), column_name {}'.format(default_value, num_buckets, key))
    fc_utils.assert_key_is_string(key)
    return IdentityCategoricalColumn(key=key, number_buckets=num_buckets, default_value=default_value)


def weighted_categorical_column(categorical_column, weight_feature_key, dtype=dtypes.float32):
    """The ids of a column with the weights of another feature."""
    if dtype is None or not (dtype.is_integer or dtype.is_floating):
        raise ValueError('dtype {} is not convertible to float.'.format(dtype))
    return WeightedCategoricalColumn(
        categorical_column=categorical_column, weight_feature_key=weight_feature_key, dtype=dtype)


def crossed_column(keys, hash_bucket_size, hash_key=None):
    """Ids by the hash of combinations of features."""
    if not hash_bucket_size or hash_bucket_size < 1:
        raise ValueError('hash_bucket_size must be > 1. hash_bucket_size: {}'.format(hash_bucket_size))
    if not keys or len(keys) < 2:
        raise ValueError('keys must be a list with length > 1. Given: {}'.format(keys))
    for key in keys:
        if not isinstance(key, (str, _CategoricalColumn)):
            raise ValueError('Unsupported key type. All keys must be either string, or categorical column except '
                             'HashedCategoricalColumn. Given: {}'.format(key))
        if isinstance(key, HashedCategoricalColumn):
            raise ValueError('categorical_column_with_hash_bucket is not supported for crossing. Hashing before crossing '
                             'will increase probability of collision. Instead, use the feature name as a string. '
                             'Given: {}'.format(key))
    return CrossedColumn(keys=tuple(keys), hash_bucket_size=hash_bucket_size, hash_key=hash_key)
