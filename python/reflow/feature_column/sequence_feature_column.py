"""Columns of sequences, and the layer of them."""

import collections

from reflow.feature_column import base_columns
from reflow.feature_column import categorical_columns
from reflow.feature_column import dense_columns
from reflow.feature_column import feature_column_v2 as fc
from reflow.feature_column import feature_layers
from reflow.feature_column import transformations
from reflow.feature_column import utils as fc_utils
from reflow.framework import dtypes
from reflow.framework import ops


class SequenceFeatures(feature_layers._BaseFeaturesLayer):
    """What columns of sequences make of features, side by side: [batch_size, length, elements], and the lengths."""

    def __init__(self, feature_columns, trainable=True, name=None, **kwargs):
        super().__init__(feature_columns=feature_columns, trainable=trainable, name=name,
                         expected_column_type=base_columns.SequenceDenseColumn, **kwargs)

    def _target_shape(self, input_shape, total_elements):
        return (input_shape[0], input_shape[1], total_elements)

    def call(self, features):
        """([batch_size, length, elements of all columns], [batch_size])"""
        if not isinstance(features, dict):
            raise ValueError('We expected a dictionary here. Instead we got: ', features)
        cache = base_columns.FeatureTransformationCache(features)
        outputs = []
        lengths = []
        for column in self._feature_columns:
            with ops.name_scope(column.name):
                dense_tensor, length = column.get_sequence_dense_tensor(cache, self._state_manager)
                outputs.append(self._process_dense_tensor(column, dense_tensor))
                lengths.append(length)
        transformations.verify_static_batch_size_equality(lengths, self._feature_columns)
        length = _assert_all_equal_and_return(lengths)
        return self._verify_and_concat_tensors(outputs), length


SequenceFeatures.__module__ = 'tensorflow.python.feature_column.sequence_feature_column'


def _assert_all_equal_and_return(tensors, name=None):
    from reflow.ops import array_ops
    from reflow.ops import check_ops
    with ops.name_scope(name, 'assert_all_equal', values=tensors):
        if len(tensors) == 1:
            return tensors[0]
        checks = [check_ops.assert_equal(tensors[0], tensor) for tensor in tensors[1:]]
        with ops.control_dependencies(checks):
            return array_ops.identity(tensors[0])


def concatenate_context_input(context_input, sequence_input):
    """`context_input`, [batch_size, d0], beside each step of `sequence_input`, [batch_size, length, d1]."""
    from reflow.ops import array_ops
    from reflow.ops import check_ops
    checks = []
    for name, tensor, rank in (('sequence', sequence_input, 3), ('context', context_input, 2)):
        checks.append(check_ops.assert_rank(tensor, rank, message='%s_input must have rank %d' % (name, rank),
                                            data=[array_ops.shape(tensor)]))
        checks.append(check_ops.assert_type(tensor, dtypes.float32, message='{}_input must have dtype float32; got {}.'.format(
            name, tensor.dtype)))
    with ops.control_dependencies(checks):
        length = array_ops.shape(sequence_input)[1]
        tiled = array_ops.tile(array_ops.expand_dims(context_input, 1), array_ops.concat([[1], [length], [1]], 0))
    return array_ops.concat([sequence_input, tiled], 2)


def sequence_categorical_column_with_identity(key, num_buckets, default_value=None):
    """Sequences of integers that are ids."""
    return categorical_columns.SequenceCategoricalColumn(fc.categorical_column_with_identity(
        key=key, num_buckets=num_buckets, default_value=default_value))


def sequence_categorical_column_with_hash_bucket(key, hash_bucket_size, dtype=dtypes.string):
    """Sequences of ids by hash."""
    return categorical_columns.SequenceCategoricalColumn(fc.categorical_column_with_hash_bucket(
        key=key, hash_bucket_size=hash_bucket_size, dtype=dtype))


def sequence_categorical_column_with_vocabulary_file(
        key, vocabulary_file, vocabulary_size=None, num_oov_buckets=0, default_value=None, dtype=dtypes.string):
    """Sequences of ids by the lines of a file."""
    return categorical_columns.SequenceCategoricalColumn(fc.categorical_column_with_vocabulary_file(
        key=key, vocabulary_file=vocabulary_file, vocabulary_size=vocabulary_size, num_oov_buckets=num_oov_buckets,
        default_value=default_value, dtype=dtype))


def sequence_categorical_column_with_vocabulary_list(
        key, vocabulary_list, dtype=None, default_value=-1, num_oov_buckets=0):
    """Sequences of ids by a list."""
    return categorical_columns.SequenceCategoricalColumn(fc.categorical_column_with_vocabulary_list(
        key=key, vocabulary_list=vocabulary_list, dtype=dtype, default_value=default_value,
        num_oov_buckets=num_oov_buckets))


def sequence_numeric_column(key, shape=(1,), default_value=0., dtype=dtypes.float32, normalizer_fn=None):
    """Sequences of numbers."""
    shape = fc_utils.check_shape(shape, key)
    fc_utils.check_numeric_column(dtype, normalizer_fn, key)
    return SequenceNumericColumn(
        key, shape=shape, default_value=default_value, dtype=dtype, normalizer_fn=normalizer_fn)


class SequenceNumericColumn(
        dense_columns.NumbersOfFeature, base_columns.SequenceDenseColumn, collections.namedtuple('SequenceNumericColumn', (
            'key', 'shape', 'default_value', 'dtype', 'normalizer_fn'))):
    """Sequences of numbers."""

    @property
    def parse_example_spec(self):
        """The feature, of any length."""
        from reflow.ops import parsing_ops
        return {self.key: parsing_ops.VarLenFeature(self.dtype)}

    def transform_feature(self, transformation_cache, state_manager):
        """The numbers, normalized, a sparse tensor."""
        tensor = transformation_cache.get(self.key, state_manager)
        return tensor if self.normalizer_fn is None else self.normalizer_fn(tensor)

    def get_sequence_dense_tensor(self, transformation_cache, state_manager):
        """The numbers [batch_size, length] + shape, and the lengths."""
        from reflow.ops import array_ops
        from reflow.ops import sparse_ops
        sparse = transformation_cache.get(self, state_manager)
        padded = sparse_ops.sparse_tensor_to_dense(sparse, default_value=self.default_value)
        by_step = array_ops.concat([array_ops.shape(padded)[:1], [-1], self.variable_shape], axis=0)
        values = array_ops.reshape(padded, by_step)
        per_step = 1 if sparse.shape.ndims != 2 else self.variable_shape.num_elements()
        lengths = fc_utils.sequence_length_from_sparse_tensor(sparse, num_elements=per_step)
        return base_columns.TensorSequenceLengthPair(values, lengths)
