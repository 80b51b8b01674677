"""DenseFeatures of TensorFlow 2: a layer that makes variables as Keras does."""

from reflow.feature_column import dense_features
from reflow.feature_column import feature_layers
from reflow.framework import ops


class DenseFeatures(dense_features.DenseFeatures):
    """What dense columns make of features, side by side: [batch_size, elements of all columns]."""

    _state_manager_class = feature_layers._StateManagerImplV2

    def build(self, _):
        """Makes the variables of all columns."""
        for column in self._feature_columns:
            with ops.name_scope(column.name):
                column.create_state(self._state_manager)
        super(feature_layers._BaseFeaturesLayer, self).build(None)


DenseFeatures.__module__ = 'tensorflow.python.feature_column.dense_features_v2'
