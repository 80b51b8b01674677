"""The network of DNN Estimators: an input layer, hidden layers and logits."""

from reflow.estimator.mode_keys import ModeKeys
from reflow.feature_column import base_columns
from reflow.feature_column import dense_features
from reflow.feature_column import feature_column
from reflow.framework import ops
from reflow.keras.engine import base_layer
from reflow.layers import core as core_layers
from reflow.layers import normalization


def add_hidden_layer_summary(value, tag):
    """Summaries of what a layer gives: how much of it is zero, and all of it."""
    from reflow.ops import nn
    from reflow.summary import summary
    summary.scalar('%s/fraction_of_zero_values' % tag, nn.zero_fraction(value))
    summary.histogram('%s/activation' % tag, value)


class _DNNModel(base_layer.Layer):
    """Hidden layers with what follows them, and logits [batch_size, units]."""

    def __init__(self, units, hidden_units, feature_columns, activation_fn, dropout, input_layer_partitioner, batch_norm,
                 name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        if base_columns.is_feature_column_v2(feature_columns):
            self._input_layer = dense_features.DenseFeatures(feature_columns=feature_columns, name='input_layer')
        else:
            self._input_layer = feature_column.InputLayer(
                feature_columns=feature_columns, name='input_layer', create_scope_now=False)
        self._dropout = dropout
        self._batch_norm = batch_norm
        self._hidden_layers = []
        self._dropout_layers = []
        self._batch_norm_layers = []
        self._hidden_layer_scope_names = []
        for layer_id, num_hidden_units in enumerate(hidden_units):
            self._add_hidden_layer(layer_id, num_hidden_units, activation_fn)
        self._logits_layer, self._logits_scope_name = self._add_dense('logits', units, None)
        self._input_layer_partitioner = input_layer_partitioner

    def _add_hidden_layer(self, layer_id, num_hidden_units, activation_fn):
        layer, scope_name = self._add_dense('hiddenlayer_%d' % layer_id, num_hidden_units, activation_fn, self._add_after)
        self._hidden_layers.append(layer)
        self._hidden_layer_scope_names.append(scope_name)

    def _add_dense(self, name, units, activation_fn, add_after=None):
        from reflow.ops import init_ops
        from reflow.ops import variable_scope
        with variable_scope.variable_scope(name) as scope:
            layer = core_layers.Dense(
                units=units, activation=activation_fn, kernel_initializer=init_ops.glorot_uniform_initializer(),
                name=scope.name, _scope=scope)
            self._add_layer(layer, scope.name)
            if add_after is not None:
                add_after(len(self._hidden_layers))
        return layer, scope.name

    def _add_after(self, layer_id):
        if self._dropout is not None:
            layer = core_layers.Dropout(rate=self._dropout)
            self._add_layer(layer, layer.name)
            self._dropout_layers.append(layer)
        if self._batch_norm:
            name = 'batchnorm_%d' % layer_id
            layer = normalization.BatchNormalization(momentum=0.999, trainable=True, name=name, _scope=name)
            self._add_layer(layer, layer.name)
            self._batch_norm_layers.append(layer)

    def _add_layer(self, layer, name):
        layer._use_resource_variables = True
        setattr(self, name, layer)

    def call(self, features, mode):
        """The logits."""
        from reflow.ops import variable_scope
        is_training = mode == ModeKeys.TRAIN
        # Layers stand beside this model's scope, not within it.
        with ops.name_scope(name=ops.get_name_scope().rpartition('/')[0] + '/'):
            with variable_scope.variable_scope('input_from_feature_columns', partitioner=self._input_layer_partitioner):
                net = self._input_layer(features)
            for i, hidden_layer in enumerate(self._hidden_layers):
                net = hidden_layer(net)
                if self._dropout is not None and is_training:
                    net = self._dropout_layers[i](net, training=True)
                if self._batch_norm:
                    net = self._batch_norm_layers[i](net, training=is_training)
                add_hidden_layer_summary(net, self._hidden_layer_scope_names[i])
            logits = self._logits_layer(net)
            add_hidden_layer_summary(logits, self._logits_scope_name)
            return logits
