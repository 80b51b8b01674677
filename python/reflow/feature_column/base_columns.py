"""The base classes of feature columns.

Columns have two protocols. In the one of the names without underscore a column gets its tensors from a
FeatureTransformationCache and its variables from a StateManager; columns implement this one. The other, that of input_layer
and linear_model, has names with an underscore, a _LazyBuilder and variables of get_variable: FeatureColumn derives it from
the first. Classes of the one protocol count as those of the other, but don't derive from them: programs derive columns of
their own from both.
"""

import abc
import collections

from reflow.feature_column import transformations
from reflow.framework import ops


class _NamedColumn(metaclass=abc.ABCMeta):
    """What the columns of both protocols have."""

    @property
    @abc.abstractmethod
    def name(self):
        """The column's name, by which columns are sorted."""

    def __lt__(self, other):
        return str(self) < str(other)

    def __gt__(self, other):
        return str(self) > str(other)

    @property
    def _var_scope_name(self):
        return self.name

    def _reset_config(self):
        """Nothing to forget."""


class _FeatureColumn(_NamedColumn):
    """A column of the protocol of input_layer."""

    @abc.abstractmethod
    def _transform_feature(self, inputs):
        """What the column makes of features, from a _LazyBuilder."""

    @property
    @abc.abstractmethod
    def _parse_example_spec(self):
        """{key: how it is parsed}."""


class _DenseColumn(_FeatureColumn):
    """A column whose values are a dense tensor."""

    @property
    @abc.abstractmethod
    def _variable_shape(self):
        """The shape without the batch."""

    @abc.abstractmethod
    def _get_dense_tensor(self, inputs, weight_collections=None, trainable=None):
        """The values, [batch_size] + _variable_shape."""


IdWeightPair = collections.namedtuple('IdWeightPair', ('id_tensor', 'weight_tensor'))
TensorSequenceLengthPair = collections.namedtuple('TensorSequenceLengthPair', ('dense_tensor', 'sequence_length'))


class _CategoricalColumn(_FeatureColumn):
    """A column whose values are ids, a sparse tensor, with weights or without."""

    IdWeightPair = IdWeightPair

    @property
    @abc.abstractmethod
    def _num_buckets(self):
        """The number of ids."""

    @abc.abstractmethod
    def _get_sparse_tensors(self, inputs, weight_collections=None, trainable=None):
        """An IdWeightPair."""


class _SequenceDenseColumn(_FeatureColumn):
    """A column whose values are sequences of dense tensors."""

    TensorSequenceLengthPair = TensorSequenceLengthPair

    @abc.abstractmethod
    def _get_sequence_dense_tensor(self, inputs, weight_collections=None, trainable=None):
        """A TensorSequenceLengthPair."""


class _SequenceCategoricalColumn(_CategoricalColumn):
    """A column whose values are sequences of ids."""


class _LazyBuilder(transformations.FeatureCache):
    """What columns make of features, each once."""

    column_type = _FeatureColumn
    column_type_name = '_FeatureColumn'

    def get(self, key):
        """The tensor of a feature, or of a column."""
        return self.get_or_make(key, lambda column: column._transform_feature(self))


class _BuilderAsCache:
    """A _LazyBuilder as columns of the other protocol see it."""

    def __init__(self, builder):
        self._builder = builder

    def get(self, key, state_manager):
        """The tensor of a feature, or of a column."""
        del state_manager
        return self._builder.get(key)


class _ScopedVariables:
    """A state manager that makes variables by get_variable, when a column first asks for them."""

    def __init__(self, weight_collections, trainable):
        self._weight_collections = weight_collections
        self._trainable = trainable
        self._variables = {}

    def create_variable(self, feature_column, name, shape, dtype=None, trainable=True, use_resource=True,
                        initializer=None):
        """A variable, of the kind that the scope makes."""
        from reflow.ops import variable_scope
        del use_resource
        if self._weight_collections and ops.GraphKeys.GLOBAL_VARIABLES not in self._weight_collections:
            self._weight_collections.append(ops.GraphKeys.GLOBAL_VARIABLES)
        variable = self._variables[name] = variable_scope.get_variable(
            name=name, shape=shape, dtype=dtype, initializer=initializer, trainable=trainable and self._trainable,
            collections=self._weight_collections)
        return variable

    def get_variable(self, feature_column, name):
        """The column's variable of that name."""
        if name not in self._variables:
            feature_column.create_state(self)
        return self._variables[name]

    def add_resource(self, feature_column, name, resource):
        """Tables need no keeping here."""


@_FeatureColumn.register
class FeatureColumn(_NamedColumn):
    """A column: says which features it parses, and makes tensors of them."""

    @abc.abstractmethod
    def transform_feature(self, transformation_cache, state_manager):
        """What the column makes of features."""

    @property
    @abc.abstractmethod
    def parse_example_spec(self):
        """{key: how it is parsed}."""

    def create_state(self, state_manager):
        """Makes the column's variables."""

    @property
    @abc.abstractmethod
    def _is_v2_column(self):
        """Whether all columns within have both protocols."""

    @property
    @abc.abstractmethod
    def parents(self):
        """The columns and features from which this one is made."""

    @abc.abstractmethod
    def _get_config(self):
        """The arguments of the constructor, as data."""

    @classmethod
    def _from_config(cls, config, custom_objects=None, columns_by_name=None):
        """The column of a `_get_config`."""

    def _transform_feature(self, inputs):
        return self.transform_feature(_BuilderAsCache(inputs), None)

    @property
    def _parse_example_spec(self):
        return self.parse_example_spec


@_DenseColumn.register
class DenseColumn(FeatureColumn):
    """A column whose values are a dense tensor."""

    @property
    @abc.abstractmethod
    def variable_shape(self):
        """The shape without the batch."""

    @abc.abstractmethod
    def get_dense_tensor(self, transformation_cache, state_manager):
        """The values, [batch_size] + variable_shape."""

    @property
    def _variable_shape(self):
        return self.variable_shape

    def _get_dense_tensor(self, inputs, weight_collections=None, trainable=None):
        return self.get_dense_tensor(_BuilderAsCache(inputs), _ScopedVariables(weight_collections, trainable))


@_CategoricalColumn.register
class CategoricalColumn(FeatureColumn):
    """A column whose values are ids, a sparse tensor, with weights or without."""

    IdWeightPair = IdWeightPair

    @property
    @abc.abstractmethod
    def num_buckets(self):
        """The number of ids."""

    @abc.abstractmethod
    def get_sparse_tensors(self, transformation_cache, state_manager):
        """An IdWeightPair."""

    @property
    def _num_buckets(self):
        return self.num_buckets

    def _get_sparse_tensors(self, inputs, weight_collections=None, trainable=None):
        return self.get_sparse_tensors(_BuilderAsCache(inputs), _ScopedVariables(weight_collections, trainable))


@_SequenceDenseColumn.register
class SequenceDenseColumn(FeatureColumn):
    """A column whose values are sequences of dense tensors."""

    TensorSequenceLengthPair = TensorSequenceLengthPair

    @abc.abstractmethod
    def get_sequence_dense_tensor(self, transformation_cache, state_manager):
        """A TensorSequenceLengthPair."""

    @property
    def _variable_shape(self):
        return self.variable_shape

    def _get_sequence_dense_tensor(self, inputs, weight_collections=None, trainable=None):
        return self.get_sequence_dense_tensor(_BuilderAsCache(inputs), _ScopedVariables(weight_collections, trainable))


class FeatureTransformationCache(transformations.FeatureCache):
    """What columns make of features, each once."""

    column_type = FeatureColumn
    column_type_name = 'FeatureColumn'

    def get(self, key, state_manager):
        """The tensor of a feature, or of a column."""
        return self.get_or_make(key, lambda column: column.transform_feature(self, state_manager))


def is_feature_column_v2(feature_columns):
    """Whether all columns have both protocols."""
    return all(isinstance(column, FeatureColumn) and column._is_v2_column for column in feature_columns)


def check_config_keys(config, expected_keys):
    """ValueError unless `config` has just these keys."""
    if set(config) != set(expected_keys):
        raise ValueError('Invalid config: {}, expected keys: {}'.format(config, expected_keys))


def config_arguments(cls, config):
    """The arguments that a config has, with lists, which JSON makes, as tuples again."""
    check_config_keys(config, cls._fields)
    return {key: tuple(value) if isinstance(value, list) else value for key, value in config.items()}


for _class in (_FeatureColumn, _DenseColumn, _CategoricalColumn, _SequenceDenseColumn, _SequenceCategoricalColumn,
               _LazyBuilder):
    _class.__module__ = 'tensorflow.python.feature_column.feature_column'
for _class in (FeatureColumn, DenseColumn, CategoricalColumn, SequenceDenseColumn, FeatureTransformationCache):
    _class.__module__ = 'tensorflow.python.feature_column.feature_column_v2'
