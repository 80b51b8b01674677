"""Columns as data, {'class_name': ..., 'config': ...}, and back."""

from reflow.feature_column import base_columns
from reflow.feature_column import categorical_columns
from reflow.feature_column import dense_columns
from reflow.feature_column import sequence_feature_column

_COLUMNS = {cls.__name__: cls for cls in (
    dense_columns.BucketizedColumn, categorical_columns.CrossedColumn, dense_columns.EmbeddingColumn,
    categorical_columns.HashedCategoricalColumn, categorical_columns.IdentityCategoricalColumn,
    dense_columns.IndicatorColumn, dense_columns.NumericColumn, categorical_columns.SequenceCategoricalColumn,
    categorical_columns.VocabularyFileCategoricalColumn, categorical_columns.VocabularyListCategoricalColumn,
    categorical_columns.WeightedCategoricalColumn, sequence_feature_column.SequenceNumericColumn)}


def serialize_function(function):
    """The name of a function; None as it is."""
    if function is None:
        return None
    if hasattr(function, '__name__'):
        return function.__name__
    raise ValueError('Cannot serialize', function)


def deserialize_function(name, custom_objects=None):
    """The function of that name in `custom_objects`; None as it is."""
    if name is None or callable(name):
        return name
    if name not in (custom_objects or {}):
        raise ValueError('Unknown function:' + name)
    return custom_objects[name]


def serialize_feature_column(column):
    """A column as data; the name of a feature as it is."""
    if isinstance(column, str):
        return column
    if not isinstance(column, base_columns.FeatureColumn):
        raise ValueError('Instance: {} is not a FeatureColumn'.format(column))
    return {'class_name': type(column).__name__, 'config': column._get_config()}


def deserialize_feature_column(config, custom_objects=None, columns_by_name=None):
    """The column that `config` describes, one for all equal ones in `columns_by_name`."""
    if isinstance(config, str):
        return config
    if not isinstance(config, dict) or 'class_name' not in config or 'config' not in config:
        raise ValueError('Improper config format: ' + str(config))
    name = config['class_name']
    cls = (custom_objects or {}).get(name) or _COLUMNS.get(name)
    if cls is None:
        raise ValueError('Unknown feature_column_v2: ' + name)
    if not issubclass(cls, base_columns.FeatureColumn):
        raise ValueError('Expected FeatureColumn class, instead found: {}'.format(cls))
    columns_by_name = {} if columns_by_name is None else columns_by_name
    column = cls._from_config(config['config'], custom_objects=custom_objects, columns_by_name=columns_by_name)
    return columns_by_name.setdefault('%s:%s' % (type(column).__name__, column.name), column)


def serialize_feature_columns(feature_columns):
    """Each column as data."""
    return [serialize_feature_column(column) for column in feature_columns]


def deserialize_feature_columns(configs, custom_objects=None):
    """The columns of serialize_feature_columns."""
    columns_by_name = {}
    return [deserialize_feature_column(config, custom_objects, columns_by_name) for config in configs]
