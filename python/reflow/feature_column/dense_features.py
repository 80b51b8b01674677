"""DenseFeatures: the layer of dense columns."""

from reflow.feature_column import base_columns
from reflow.feature_column import feature_layers
from reflow.framework import ops


class DenseFeatures(feature_layers._BaseFeaturesLayer):
    """What dense columns make of features, side by side: [batch_size, elements of all columns]."""

    def __init__(self, feature_columns, trainable=True, name=None, **kwargs):
        super().__init__(feature_columns=feature_columns, trainable=trainable, name=name,
                         expected_column_type=base_columns.DenseColumn, **kwargs)

    def _target_shape(self, input_shape, total_elements):
        return (input_shape[0], total_elements)

    def call(self, features, cols_to_output_tensors=None):
        """[batch_size, elements of all columns]"""
        if not isinstance(features, dict):
            raise ValueError('We expected a dictionary here. Instead we got: ', features)
        cache = base_columns.FeatureTransformationCache(features)
        outputs = []
        for column in self._feature_columns:
            with ops.name_scope(column.name):
                tensor = column.get_dense_tensor(cache, self._state_manager)
                output = self._process_dense_tensor(column, tensor)
                if cols_to_output_tensors is not None:
                    cols_to_output_tensors[column] = output
                outputs.append(output)
        return self._verify_and_concat_tensors(outputs)


DenseFeatures.__module__ = 'tensorflow.python.feature_column.dense_features'
