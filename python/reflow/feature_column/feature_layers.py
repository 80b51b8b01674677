"""The layers of feature columns, whose variables a state manager keeps."""

import collections

from reflow.feature_column import base_columns
from reflow.feature_column import linear_models
from reflow.feature_column import transformations
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.keras.engine import base_layer


class StateManager:
    """Makes and keeps the variables and tables of columns."""

    def create_variable(self, feature_column, name, shape, dtype=None, trainable=True, use_resource=True,
                        initializer=None):
        """Makes a variable of a column."""
        raise NotImplementedError('StateManager.create_variable')

    def add_variable(self, feature_column, var):
        """Keeps a variable that a column has made."""
        raise NotImplementedError('StateManager.add_variable')

    def get_variable(self, feature_column, name):
        """The column's variable of that name."""
        raise NotImplementedError('StateManager.get_var')

    def add_resource(self, feature_column, name, resource):
        """Keeps a table of a column."""
        raise NotImplementedError('StateManager.add_resource')

    def get_resource(self, feature_column, name):
        """The column's table of that name."""
        raise NotImplementedError('StateManager.get_resource')


class _StateManagerImpl(StateManager):
    """Makes the variables as a layer's, by get_variable."""

    _getter_arguments = property(lambda self: {'getter': _get_variable})

    def __init__(self, layer, trainable):
        self._trainable = trainable
        self._layer = layer
        self._cols_to_vars_map = collections.defaultdict(dict)
        self._cols_to_resources_map = collections.defaultdict(dict)

    def create_variable(self, feature_column, name, shape, dtype=None, trainable=True, use_resource=True,
                        initializer=None):
        """Makes a variable of a column."""
        if name in self._cols_to_vars_map[feature_column]:
            raise ValueError('Variable already exists.')
        variable = self._cols_to_vars_map[feature_column][name] = self._layer.add_variable(
            name=name, shape=shape, dtype=dtype, initializer=initializer, trainable=self._trainable and trainable,
            use_resource=use_resource, **self._getter_arguments)
        return variable

    def get_variable(self, feature_column, name):
        """The column's variable of that name."""
        if name in self._cols_to_vars_map[feature_column]:
            return self._cols_to_vars_map[feature_column][name]
        raise ValueError('Variable does not exist.')

    def add_resource(self, feature_column, name, resource):
        """Keeps a table of a column."""
        self._cols_to_resources_map[feature_column][name] = resource

    def get_resource(self, feature_column, name):
        """The column's table of that name."""
        if name in self._cols_to_resources_map[feature_column]:
            return self._cols_to_resources_map[feature_column][name]
        raise ValueError('Resource does not exist.')


class _StateManagerImplV2(_StateManagerImpl):
    """Makes the variables as a layer makes its own."""

    _getter_arguments = {}


def _get_variable(*args, **kwargs):
    from reflow.ops import variable_scope
    return variable_scope.get_variable(*args, **kwargs)


def _normalize_feature_columns(feature_columns):
    """The columns by their names, of which no two are the same."""
    columns = transformations.checked_columns(feature_columns, base_columns.FeatureColumn, 'FeatureColumn')
    return sorted(columns, key=lambda column: column.name)


class _ColumnsInConfig:
    """get_config and from_config of layers of columns."""

    def _more_config(self):
        return {}

    def get_config(self):
        """The arguments of the constructor."""
        from reflow.feature_column import serialization
        config = {'name': self.name, 'trainable': self.trainable, 'dtype': self.dtype}
        config['feature_columns'] = serialization.serialize_feature_columns(self._feature_columns)
        config.update(self._more_config())
        return config

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The layer with the arguments of get_config."""
        from reflow.feature_column import serialization
        arguments = dict(config)
        arguments['feature_columns'] = serialization.deserialize_feature_columns(
            config['feature_columns'], custom_objects=custom_objects)
        return cls(**arguments)


class _BaseFeaturesLayer(_ColumnsInConfig, base_layer.Layer):
    """Puts what columns make of features side by side."""

    _state_manager_class = _StateManagerImpl

    def __init__(self, feature_columns, expected_column_type, trainable, name, **kwargs):
        super().__init__(name=name, trainable=trainable, **kwargs)
        self._feature_columns = _normalize_feature_columns(feature_columns)
        self._state_manager = self._state_manager_class(self, self.trainable)
        for column in self._feature_columns:
            if not isinstance(column, expected_column_type):
                raise ValueError('Items of feature_columns must be a {}. You can wrap a categorical column with an '
                                 'embedding_column or indicator_column. Given: {}'.format(expected_column_type, column))

    _is_feature_layer = True

    def build(self, _):
        """Makes the variables of all columns."""
        from reflow.ops import variable_scope
        for column in self._feature_columns:
            with variable_scope.variable_scope(self.name, auxiliary_name_scope=False):
                with variable_scope.variable_scope(column.name, auxiliary_name_scope=False):
                    column.create_state(self._state_manager)
        super().build(None)

    def compute_output_shape(self, input_shape):
        """The shape of what the layer makes of inputs of a shape."""
        elements = sum(column.variable_shape.num_elements() for column in self._feature_columns)
        return self._target_shape(input_shape, elements)

    def _process_dense_tensor(self, column, tensor):
        from reflow.ops import array_ops
        shape = self._target_shape(array_ops.shape(tensor), column.variable_shape.num_elements())
        return array_ops.reshape(tensor, shape=shape)

    def _verify_and_concat_tensors(self, output_tensors):
        from reflow.ops import array_ops
        transformations.verify_static_batch_size_equality(output_tensors, self._feature_columns)
        return array_ops.concat(output_tensors, -1)


class _LinearModelLayer(_ColumnsInConfig, base_layer.Layer):
    """The sum of what columns make of features, each times weights, and a bias."""

    def __init__(self, feature_columns, units=1, sparse_combiner='sum', trainable=True, name=None, **kwargs):
        super().__init__(name=name, trainable=trainable, **kwargs)
        self._feature_columns = _normalize_feature_columns(feature_columns)
        for column in self._feature_columns:
            if not isinstance(column, (base_columns.DenseColumn, base_columns.CategoricalColumn)):
                raise ValueError('Items of feature_columns must be either a DenseColumn or CategoricalColumn. '
                                 'Given: {}'.format(column))
        self._units = units
        self._sparse_combiner = sparse_combiner
        self._state_manager = _StateManagerImpl(self, self.trainable)
        self.bias = None

    def build(self, _):
        """Makes the variables of the columns, their weights and the bias."""
        from reflow.ops import init_ops
        from reflow.ops import variable_scope
        with variable_scope.variable_scope(self.name, auxiliary_name_scope=False):
            for column in self._feature_columns:
                with variable_scope.variable_scope(column.name, auxiliary_name_scope=False):
                    column.create_state(self._state_manager)
                    is_categorical = isinstance(column, base_columns.CategoricalColumn)
                    rows = column.num_buckets if is_categorical else column.variable_shape.num_elements()
                    self._state_manager.create_variable(
                        column, name='weights', dtype=dtypes.float32, shape=(rows, self._units),
                        initializer=init_ops.zeros_initializer(), trainable=self.trainable)
            self.bias = self.add_variable(
                name='bias_weights', dtype=dtypes.float32, shape=[self._units],
                initializer=init_ops.zeros_initializer(), trainable=self.trainable, use_resource=True,
                getter=variable_scope.get_variable)
        super().build(None)

    def call(self, features):
        """[batch_size, units]"""
        from reflow.ops import math_ops
        from reflow.ops import nn_ops
        if not isinstance(features, dict):
            raise ValueError('We expected a dictionary here. Instead we got: {}'.format(features))
        with ops.name_scope(self.name):
            cache = base_columns.FeatureTransformationCache(features)
            weighted_sums = []
            for column in self._feature_columns:
                with ops.name_scope(column.name):
                    weighted_sums.append(self._weighted_sum(column, cache))
            transformations.verify_static_batch_size_equality(weighted_sums, self._feature_columns)
            without_bias = math_ops.add_n(weighted_sums, name='weighted_sum_no_bias')
            return nn_ops.bias_add(without_bias, self.bias, name='weighted_sum')

    def _weighted_sum(self, column, cache):
        weights = self._state_manager.get_variable(column, 'weights')
        if isinstance(column, base_columns.CategoricalColumn):
            sparse_tensors = column.get_sparse_tensors(cache, self._state_manager)
            return linear_models.weighted_sum_of_ids(sparse_tensors, weights, self._sparse_combiner)
        tensor = column.get_dense_tensor(cache, self._state_manager)
        return linear_models.weighted_sum_of_dense(tensor, column.variable_shape.num_elements(), weights)

    def _more_config(self):
        return {'units': self._units, 'sparse_combiner': self._sparse_combiner}


class LinearModel(base_layer.Layer):
    """A model of a layer of weights of columns."""

    def __init__(self, feature_columns, units=1, sparse_combiner='sum', trainable=True, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self.layer = _LinearModelLayer(feature_columns, units, sparse_combiner, trainable, name=self.name, **kwargs)

    def call(self, features):
        """[batch_size, units]"""
        return self.layer(features)

    @property
    def bias(self):
        """The bias; None before the first call."""
        return self.layer.bias


for _class in (StateManager, LinearModel):
    _class.__module__ = 'tensorflow.python.feature_column.feature_column_v2'
