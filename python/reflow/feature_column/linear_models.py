"""tf.feature_column.linear_model: weights of columns and a bias."""

from reflow.feature_column import transformations
from reflow.feature_column.base_columns import _CategoricalColumn, _DenseColumn, _FeatureColumn, _LazyBuilder
from reflow.framework import ops
from reflow.keras.engine import base_layer
from reflow.layers import base
from reflow.ops import variables


def normalize_feature_columns(feature_columns):
    """The columns as a sequence, of which no two have one name."""
    return transformations.checked_columns(feature_columns, _FeatureColumn, '_FeatureColumn')


def with_variable_collections(weight_collections):
    """The collections with those of all variables and of a model's variables."""
    result = list(weight_collections or [])
    for key in (ops.GraphKeys.GLOBAL_VARIABLES, ops.GraphKeys.MODEL_VARIABLES):
        if key not in result:
            result.append(key)
    return result


def linear_model(features, feature_columns, units=1, sparse_combiner='sum', weight_collections=None, trainable=True,
                 cols_to_vars=None):
    """The sum of what columns make of features, each times weights, and a bias: [batch_size, units]."""
    from reflow.ops import variable_scope
    with variable_scope.variable_scope(None, 'linear_model') as scope:
        name = _last_part(scope.name)
    model = _LinearModel(feature_columns=feature_columns, units=units, sparse_combiner=sparse_combiner,
                         weight_collections=weight_collections, trainable=trainable, name=name)
    result = model(features)
    if cols_to_vars is not None:
        cols_to_vars.update(model.cols_to_vars())
    return result


def _last_part(name):
    return name.rpartition('/')[2]


def _add_to_collections(variable, weight_collections):
    for key in weight_collections:
        if key != ops.GraphKeys.GLOBAL_VARIABLES:
            for part in _parts(variable):
                ops.add_to_collection(key, part)


def _parts(variable):
    return list(variable) if isinstance(variable, variables.PartitionedVariable) else [variable]


def weighted_sum_of_dense(tensor, num_elements, weights):
    """[batch_size, units] of a dense column's tensor."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    tensor = array_ops.reshape(tensor, shape=(array_ops.shape(tensor)[0], num_elements))
    return math_ops.matmul(tensor, weights, name='weighted_sum')


def weighted_sum_of_ids(sparse_tensors, weights, sparse_combiner):
    """[batch_size, units] of a categorical column's ids."""
    from reflow.ops import array_ops
    from reflow.ops import embedding_ops
    from reflow.ops import sparse_ops
    ids, id_weights = sparse_tensors
    ids = sparse_ops.sparse_reshape(ids, [array_ops.shape(ids)[0], -1])
    if id_weights is not None:
        id_weights = sparse_ops.sparse_reshape(id_weights, [array_ops.shape(id_weights)[0], -1])
    return embedding_ops.safe_embedding_lookup_sparse(
        weights, ids, sparse_weights=id_weights, combiner=sparse_combiner, name='weighted_sum')


class _FCLinearWrapper(base.Layer):
    """What one column makes of features times weights."""

    def __init__(self, feature_column, units=1, sparse_combiner='sum', weight_collections=None, trainable=True, name=None,
                 **kwargs):
        super().__init__(trainable=trainable, name=name, **kwargs)
        self._feature_column = feature_column
        self._units = units
        self._sparse_combiner = sparse_combiner
        self._weight_collections = weight_collections
        self._use_resource_variables = True

    def build(self, _):
        from reflow.ops import init_ops
        column = self._feature_column
        rows = column._num_buckets if isinstance(column, _CategoricalColumn) else column._variable_shape.num_elements()
        self._weight_var = self.add_variable(name='weights', shape=(rows, self._units),
                                             initializer=init_ops.zeros_initializer(), trainable=self.trainable)
        _add_to_collections(self._weight_var, self._weight_collections)
        self.built = True

    def call(self, builder):
        """[batch_size, units]"""
        column = self._feature_column
        if isinstance(column, _CategoricalColumn):
            sparse_tensors = column._get_sparse_tensors(
                builder, weight_collections=self._weight_collections, trainable=self.trainable)
            return weighted_sum_of_ids(sparse_tensors, self._weight_var, self._sparse_combiner)
        tensor = column._get_dense_tensor(
            builder, weight_collections=self._weight_collections, trainable=self.trainable)
        return weighted_sum_of_dense(tensor, column._variable_shape.num_elements(), self._weight_var)


class _BiasLayer(base.Layer):
    """The bias."""

    def __init__(self, units=1, trainable=True, weight_collections=None, name=None, **kwargs):
        super().__init__(trainable=trainable, name=name, **kwargs)
        self._units = units
        self._weight_collections = weight_collections
        self._use_resource_variables = True

    def build(self, _):
        from reflow.ops import init_ops
        self._bias_variable = self.add_variable('bias_weights', shape=[self._units],
                                                initializer=init_ops.zeros_initializer(), trainable=self.trainable)
        _add_to_collections(self._bias_variable, self._weight_collections)
        self.built = True

    def call(self, _):
        """The variable."""
        return self._bias_variable


class _LinearModel(base_layer.Layer):
    """The layers of all columns and the bias."""

    def __init__(self, feature_columns, units=1, sparse_combiner='sum', weight_collections=None, trainable=True,
                 name=None, **kwargs):
        from reflow.ops import variable_scope
        super().__init__(name=name, **kwargs)
        self._feature_columns = normalize_feature_columns(feature_columns)
        self._weight_collections = with_variable_collections(weight_collections)
        self._column_layers = {}
        for column in sorted(self._feature_columns, key=lambda column: column.name):
            with variable_scope.variable_scope(None, default_name=column._var_scope_name) as scope:
                column_name = _last_part(scope.name)
            self._column_layers[column_name] = layer = _FCLinearWrapper(
                column, units, sparse_combiner, self._weight_collections, trainable, column_name, **kwargs)
            setattr(self, 'layer-%s' % column_name, layer)
        self._bias_layer = _BiasLayer(units=units, trainable=trainable, weight_collections=self._weight_collections,
                                      name='bias_layer', **kwargs)
        self._cols_to_vars = {}

    def cols_to_vars(self):
        """{column, or 'bias': its variables}, after the first call."""
        return self._cols_to_vars

    def call(self, features):
        """[batch_size, units]"""
        from reflow.ops import math_ops
        from reflow.ops import nn_ops
        from reflow.ops import variable_scope
        with variable_scope.variable_scope(self.name):
            for column in self._feature_columns:
                if not isinstance(column, (_DenseColumn, _CategoricalColumn)):
                    raise ValueError('Items of feature_columns must be either a _DenseColumn or _CategoricalColumn. '
                                     'Given: {}'.format(column))
            weighted_sums = []
            ordered_columns = []
            builder = _LazyBuilder(features)
            for layer in sorted(self._column_layers.values(), key=lambda layer: layer.name):
                column = layer._feature_column
                ordered_columns.append(column)
                weighted_sums.append(layer(builder))
                self._cols_to_vars[column] = ops.get_collection(ops.GraphKeys.GLOBAL_VARIABLES, scope=layer.scope_name)
            transformations.verify_static_batch_size_equality(weighted_sums, ordered_columns)
            without_bias = math_ops.add_n(weighted_sums, name='weighted_sum_no_bias')
            bias = self._bias_layer(builder, scope=variable_scope.get_variable_scope())
            result = nn_ops.bias_add(without_bias, bias, name='weighted_sum')
            self._cols_to_vars['bias'] = _parts(self._bias_layer.variables[0])
        return result
