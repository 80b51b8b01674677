"""Embeddings that several columns share."""

import math

from reflow.feature_column import base_columns
from reflow.feature_column import categorical_columns
from reflow.feature_column import dense_columns
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.training.tracking import tracking


def checked_initializer(dimension, initializer, ckpt_to_load_from, tensor_name_in_ckpt, of_what=''):
    """The initializer of embeddings, by default one for vectors of length 1. ValueError: the arguments don't fit."""
    from reflow.ops import init_ops
    if dimension is None or dimension < 1:
        raise ValueError('Invalid dimension {}.'.format(dimension))
    if (ckpt_to_load_from is None) != (tensor_name_in_ckpt is None):
        raise ValueError('Must specify both `ckpt_to_load_from` and `tensor_name_in_ckpt` or none of them.')
    if initializer is not None and not callable(initializer):
        raise ValueError('initializer must be callable if specified.' + of_what)
    return initializer or init_ops.truncated_normal_initializer(mean=0.0, stddev=1 / math.sqrt(dimension))


def _check_same_kind(sorted_columns, column_type, type_name):
    """The number of ids. ValueError: columns of several kinds or sizes."""
    def within(column):
        is_weighted = isinstance(column, categorical_columns.WeightedCategoricalColumn)
        return column.categorical_column if is_weighted else column
    first = sorted_columns[0]
    if not isinstance(first, column_type):
        raise ValueError('All categorical_columns must be subclasses of {}. Given: {}, of type: {}'.format(
            type_name, first, type(first)))
    num_buckets = first._num_buckets
    first = within(first)
    for column in sorted_columns[1:]:
        column = within(column)
        if not isinstance(column, type(first)):
            raise ValueError('To use shared_embedding_column, all categorical_columns must have the same type, or be '
                             'weighted_categorical_column of the same type. Given column: {} of type: {} does not match '
                             'given column: {} of type: {}'.format(first, type(first), column, type(column)))
        if num_buckets != column._num_buckets:
            raise ValueError('To use shared_embedding_column, all categorical_columns must have the same number of buckets. '
                             'Given column: {} with buckets: {} does  not match column: {} with buckets: {}'.format(
                                 first, num_buckets, column, column._num_buckets))
    return num_buckets


def _check_not_eager():
    from reflow.eager import context
    if context.executing_eagerly():
        raise RuntimeError('shared_embedding_columns are not supported when eager execution is enabled.')


def _sorted(columns):
    return sorted(columns, key=lambda column: column.name)


def _default_name(sorted_columns):
    return '_'.join(column.name for column in sorted_columns) + '_shared_embedding'


def shared_embedding_columns(categorical_columns, dimension, combiner='mean', initializer=None,
                             shared_embedding_collection_name=None, ckpt_to_load_from=None, tensor_name_in_ckpt=None,
                             max_norm=None, trainable=True):
    """A column for each categorical column, with the same vectors."""
    from reflow.feature_column import feature_column
    _check_not_eager()
    initializer = checked_initializer(dimension, initializer, ckpt_to_load_from, tensor_name_in_ckpt)
    sorted_columns = _sorted(categorical_columns)
    _check_same_kind(sorted_columns, base_columns._CategoricalColumn, '_CategoricalColumn')
    name = shared_embedding_collection_name or _default_name(sorted_columns)
    return [feature_column._SharedEmbeddingColumn(
        categorical_column=column, initializer=initializer, dimension=dimension, combiner=combiner,
        shared_embedding_collection_name=name, ckpt_to_load_from=ckpt_to_load_from,
        tensor_name_in_ckpt=tensor_name_in_ckpt, max_norm=max_norm, trainable=trainable)
            for column in categorical_columns]


def shared_embedding_columns_v2(categorical_columns, dimension, combiner='mean', initializer=None,
                                shared_embedding_collection_name=None, ckpt_to_load_from=None, tensor_name_in_ckpt=None,
                                max_norm=None, trainable=True):
    """A column for each categorical column, with the same vectors, for DenseFeatures."""
    _check_not_eager()
    initializer = checked_initializer(dimension, initializer, ckpt_to_load_from, tensor_name_in_ckpt)
    sorted_columns = _sorted(categorical_columns)
    num_buckets = _check_same_kind(sorted_columns, base_columns.CategoricalColumn, 'CategoricalColumn')
    creator = SharedEmbeddingColumnCreator(
        dimension, initializer, ckpt_to_load_from, tensor_name_in_ckpt, num_buckets, trainable,
        shared_embedding_collection_name or _default_name(sorted_columns))
    return [creator(categorical_column=column, combiner=combiner, max_norm=max_norm) for column in categorical_columns]


class SharedEmbeddingColumnCreator(tracking.AutoTrackable):
    """Makes columns with the same vectors, and in each graph the variable of these."""

    def __init__(self, dimension, initializer, ckpt_to_load_from, tensor_name_in_ckpt, num_buckets, trainable,
                 name='shared_embedding_column_creator'):
        self.dimension = dimension
        self._initializer = initializer
        self.ckpt_to_load_from = ckpt_to_load_from
        self.tensor_name_in_ckpt = tensor_name_in_ckpt
        self._num_buckets = num_buckets
        self._trainable = trainable
        self._name = name
        self._embedding_weights = {}

    def __call__(self, categorical_column, combiner, max_norm):
        return dense_columns.SharedEmbeddingColumn(categorical_column, self, combiner, max_norm)

    @property
    def embedding_weights(self):
        """The vectors in the default graph."""
        from reflow.ops import variable_scope
        key = ops.get_default_graph()._graph_key
        if key not in self._embedding_weights:
            weights = variable_scope.get_variable(
                name=self._name, shape=(self._num_buckets, self.dimension), dtype=dtypes.float32,
                initializer=self._initializer, trainable=self._trainable)
            dense_columns.restore_embedding(self, weights)
            self._embedding_weights[key] = weights
        return self._embedding_weights[key]


SharedEmbeddingColumnCreator.__module__ = 'tensorflow.python.feature_column.feature_column_v2'
