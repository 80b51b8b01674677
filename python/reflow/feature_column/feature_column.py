"""tf.feature_column.input_layer, linear_model and make_parse_example_spec, and the columns that only these take."""

import collections

from reflow.feature_column import linear_models
from reflow.feature_column import transformations
from reflow.feature_column import utils as fc_utils
from reflow.feature_column.base_columns import (  # noqa: F401 - the names they have in TensorFlow
    _CategoricalColumn, _DenseColumn, _FeatureColumn, _LazyBuilder, _SequenceCategoricalColumn, _SequenceDenseColumn)
from reflow.feature_column.dense_columns import embedding_lookup, restore_embedding
from reflow.feature_column.linear_models import _LinearModel, linear_model  # noqa: F401
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape

_to_sparse_input_and_drop_ignore_values = transformations.to_sparse_input_and_drop_ignore_values
_normalize_feature_columns = linear_models.normalize_feature_columns


def make_parse_example_spec(feature_columns):
    """{key: FixedLenFeature or VarLenFeature} with which tf.io.parse_example parses what the columns take."""
    return transformations.merged_parse_specs(
        feature_columns, _FeatureColumn, '_FeatureColumn', lambda column: column._parse_example_spec)


def _internal_input_layer(features, feature_columns, weight_collections=None, trainable=True, cols_to_vars=None,
                          scope=None, cols_to_output_tensors=None, from_template=False):
    from reflow.ops import variable_scope
    feature_columns = _normalize_feature_columns(feature_columns)
    for column in feature_columns:
        if not isinstance(column, _DenseColumn):
            raise ValueError('Items of feature_columns must be a _DenseColumn. You can wrap a categorical column with an '
                             'embedding_column or indicator_column. Given: {}'.format(column))
    weight_collections = linear_models.with_variable_collections(weight_collections)

    def dense_tensor():
        return _concatenated(features, feature_columns, weight_collections, trainable, cols_to_vars,
                             cols_to_output_tensors)

    if from_template:
        return dense_tensor()
    with variable_scope.variable_scope(scope, default_name='input_layer', values=features.values()):
        return dense_tensor()


def _concatenated(features, feature_columns, weight_collections, trainable, cols_to_vars, cols_to_output_tensors):
    from reflow.ops import array_ops
    from reflow.ops import variable_scope
    builder = _LazyBuilder(features)
    outputs = []
    ordered_columns = sorted(feature_columns, key=lambda column: column.name)
    for column in ordered_columns:
        with variable_scope.variable_scope(None, default_name=column._var_scope_name):
            tensor = column._get_dense_tensor(builder, weight_collections=weight_collections, trainable=trainable)
            num_elements = column._variable_shape.num_elements()
            output = array_ops.reshape(tensor, shape=(array_ops.shape(tensor)[0], num_elements))
            outputs.append(output)
            if cols_to_vars is not None:
                cols_to_vars[column] = ops.get_collection(
                    ops.GraphKeys.GLOBAL_VARIABLES, scope=variable_scope.get_variable_scope().name)
            if cols_to_output_tensors is not None:
                cols_to_output_tensors[column] = output
    transformations.verify_static_batch_size_equality(outputs, ordered_columns)
    return array_ops.concat(outputs, 1)


def input_layer(features, feature_columns, weight_collections=None, trainable=True, cols_to_vars=None,
                cols_to_output_tensors=None):
    """What dense columns make of features, side by side: [batch_size, elements of all columns]."""
    return _internal_input_layer(features, feature_columns, weight_collections=weight_collections, trainable=trainable,
                                 cols_to_vars=cols_to_vars, cols_to_output_tensors=cols_to_output_tensors)


class InputLayer:
    """input_layer with the same variables in each call."""

    def __init__(self, feature_columns, weight_collections=None, trainable=True, cols_to_vars=None,
                 name='feature_column_input_layer', create_scope_now=True):
        from reflow.ops import template
        self._feature_columns = feature_columns
        self._weight_collections = weight_collections
        self._trainable = trainable
        self._cols_to_vars = cols_to_vars
        self._name = name
        self._input_layer_template = template.make_template(
            name, _internal_input_layer, create_scope_now_=create_scope_now)
        self._scope = self._input_layer_template.variable_scope

    def __call__(self, features):
        return self._input_layer_template(
            features=features, feature_columns=self._feature_columns, weight_collections=self._weight_collections,
            trainable=self._trainable, cols_to_vars=None, from_template=True)

    name = property(lambda self: self._name)
    non_trainable_variables = property(lambda self: self._input_layer_template.non_trainable_variables)
    non_trainable_weights = non_trainable_variables
    trainable_variables = property(lambda self: self._input_layer_template.trainable_variables)
    trainable_weights = trainable_variables
    variables = property(lambda self: self._input_layer_template.variables)
    weights = variables


def _transform_features(features, feature_columns):
    """{column: what it makes of the features}"""
    feature_columns = _normalize_feature_columns(feature_columns)
    outputs = {}
    with ops.name_scope(None, default_name='transform_features', values=features.values()):
        builder = _LazyBuilder(features)
        for column in sorted(feature_columns, key=lambda column: column.name):
            with ops.name_scope(None, default_name=column.name):
                outputs[column] = builder.get(column)
    return outputs


class _SharedEmbeddingColumn(
        _DenseColumn, _SequenceDenseColumn, collections.namedtuple('_SharedEmbeddingColumn', (
            'categorical_column', 'dimension', 'combiner', 'initializer', 'shared_embedding_collection_name',
            'ckpt_to_load_from', 'tensor_name_in_ckpt', 'max_norm', 'trainable'))):
    """Vectors of ids that several columns share: a variable in a collection of their name."""

    @property
    def name(self):
        """The name of the column within, shared_embedding."""
        return '{}_shared_embedding'.format(self.categorical_column.name)

    @property
    def _var_scope_name(self):
        return self.shared_embedding_collection_name

    @property
    def _parse_example_spec(self):
        return self.categorical_column._parse_example_spec

    def _transform_feature(self, inputs):
        return inputs.get(self.categorical_column)

    @property
    def _variable_shape(self):
        return tensor_shape.TensorShape([self.dimension])

    def _weights(self, weight_collections, trainable):
        from reflow.ops import variable_scope
        shape = (self.categorical_column._num_buckets, self.dimension)
        shared = ops.get_collection(self.shared_embedding_collection_name)
        if not shared:
            weights = variable_scope.get_variable(
                name='embedding_weights', shape=shape, dtype=dtypes.float32, initializer=self.initializer,
                trainable=self.trainable and trainable, collections=weight_collections)
            ops.add_to_collection(self.shared_embedding_collection_name, weights)
            return weights
        fixes = ('Suggested fix A: Choose a unique name for this collection. Suggested fix B: Do not add any variables to '
                 'this collection. The feature_column library already adds a variable under the hood.')
        if len(shared) > 1:
            raise ValueError('Collection {} can only contain one variable. '.format(shared) + fixes)
        if shared[0].get_shape() != shape:
            raise ValueError('Shared embedding collection {} contains variable {} of unexpected shape {}. Expected shape is '
                             '{}. '.format(self.shared_embedding_collection_name, shared[0].name, shared[0].get_shape(),
                                           shape) + fixes)
        return shared[0]

    def _lookup(self, inputs, weight_collections, trainable):
        with ops.name_scope(None, default_name=self.name):
            sparse_tensors = self.categorical_column._get_sparse_tensors(
                inputs, weight_collections=weight_collections, trainable=trainable)
            weights = self._weights(weight_collections, trainable)
            restore_embedding(self, weights)
            return embedding_lookup(self, weights, sparse_tensors)

    def _get_dense_tensor(self, inputs, weight_collections=None, trainable=None):
        column = self.categorical_column
        if isinstance(column, _SequenceCategoricalColumn):
            raise ValueError(
                'In embedding_column: {}. categorical_column must not be of type _SequenceCategoricalColumn. '
                'Suggested fix A: If you wish to use input_layer, use a non-sequence categorical_column_with_*. '
                'Suggested fix B: If you wish to create sequence input, use sequence_input_layer instead of input_layer. '
                'Given (type {}): {}'.format(self.name, type(column), column))
        return self._lookup(inputs, weight_collections, trainable)

    def _get_sequence_dense_tensor(self, inputs, weight_collections=None, trainable=None):
        column = self.categorical_column
        if not isinstance(column, _SequenceCategoricalColumn):
            raise ValueError(
                'In embedding_column: {}. categorical_column must be of type _SequenceCategoricalColumn to use '
                'sequence_input_layer. Suggested fix: Use one of sequence_categorical_column_with_*. '
                'Given (type {}): {}'.format(self.name, type(column), column))
        dense_tensor = self._lookup(inputs, weight_collections, trainable)
        ids = column._get_sparse_tensors(inputs).id_tensor
        return self.TensorSequenceLengthPair(
            dense_tensor=dense_tensor, sequence_length=fc_utils.sequence_length_from_sparse_tensor(ids))
