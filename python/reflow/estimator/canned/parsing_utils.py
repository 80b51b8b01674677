"""How Examples of features, label and weight are parsed."""

from reflow.feature_column import feature_column
from reflow.feature_column import feature_column_v2
from reflow.framework import dtypes


def classifier_parse_example_spec(feature_columns, label_key, label_dtype=dtypes.int64, label_default=None,
                                  weight_column=None):
    """{key: how it is parsed} for a classifier."""
    return _with_label_and_weight(feature_columns, label_key, (1,), label_dtype, label_default, weight_column)


def regressor_parse_example_spec(feature_columns, label_key, label_dtype=dtypes.float32, label_default=None,
                                 label_dimension=1, weight_column=None):
    """{key: how it is parsed} for a regressor."""
    return _with_label_and_weight(
        feature_columns, label_key, (label_dimension,), label_dtype, label_default, weight_column)


def _with_label_and_weight(feature_columns, label_key, label_shape, label_dtype, label_default, weight_column):
    from reflow.ops import parsing_ops
    spec = feature_column.make_parse_example_spec(feature_columns)
    if label_key in spec:
        raise ValueError('label should not be used as feature. label_key: {}, features: {}'.format(label_key, spec.keys()))
    spec[label_key] = parsing_ops.FixedLenFeature(label_shape, label_dtype, label_default)
    if weight_column is None:
        return spec
    if isinstance(weight_column, str):
        weight_column = feature_column_v2.numeric_column(weight_column)
    if not isinstance(weight_column, feature_column_v2.NumericColumn):
        raise ValueError('weight_column should be an instance of tf.feature_column.numeric_column. '
                         'Given type: {} value: {}'.format(type(weight_column), weight_column))
    if weight_column.key in spec:
        raise ValueError('weight_column should not be used as feature. weight_column: {}, features: {}'.format(
            weight_column.key, spec.keys()))
    spec.update(weight_column.parse_example_spec)
    return spec
