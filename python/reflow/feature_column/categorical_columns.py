"""Columns whose values are ids: by hash, vocabulary, as they are, weighted, crossed, in sequences."""

import collections

from reflow.feature_column import base_columns as base
from reflow.feature_column import utils as fc_utils
from reflow.feature_column.transformations import to_sparse_input_and_drop_ignore_values
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor as sparse_tensor_lib


class _KeyedColumn(base.CategoricalColumn):
    """The ids of one feature."""

    @property
    def _is_v2_column(self):
        return True

    @property
    def name(self):
        """The feature's name."""
        return self.key

    @property
    def parse_example_spec(self):
        """The feature, of any length."""
        from reflow.ops import parsing_ops
        return {self.key: parsing_ops.VarLenFeature(self.dtype)}

    def transform_feature(self, transformation_cache, state_manager):
        """The ids, a sparse tensor."""
        tensor = to_sparse_input_and_drop_ignore_values(transformation_cache.get(self.key, state_manager))
        return self._ids(tensor, state_manager)

    def get_sparse_tensors(self, transformation_cache, state_manager):
        """The ids without weights."""
        return base.IdWeightPair(transformation_cache.get(self, state_manager), None)

    @property
    def parents(self):
        """The feature."""
        return [self.key]

    def _check_type(self, tensor):
        if self.dtype.is_integer != tensor.dtype.is_integer:
            raise ValueError('Column dtype and SparseTensors dtype must be compatible. '
                             'key: {}, column dtype: {}, tensor dtype: {}'.format(self.key, self.dtype, tensor.dtype))

    def _check_string_or_int(self, tensor):
        fc_utils.assert_string_or_int(tensor.dtype, prefix='column_name: {} input_tensor'.format(self.key))

    def _get_config(self):
        config = dict(zip(self._fields, self))
        if 'dtype' in config:
            config['dtype'] = self.dtype.name
        return config

    @classmethod
    def _from_config(cls, config, custom_objects=None, columns_by_name=None):
        arguments = base.config_arguments(cls, config)
        if 'dtype' in arguments:
            arguments['dtype'] = dtypes.as_dtype(arguments['dtype'])
        return cls(**arguments)


class HashedCategoricalColumn(
        _KeyedColumn, collections.namedtuple('HashedCategoricalColumn', ('key', 'hash_bucket_size', 'dtype'))):
    """Ids by the hash of strings, or of integers as strings."""

    def _ids(self, tensor, state_manager):
        from reflow.ops import string_ops
        self._check_string_or_int(tensor)
        self._check_type(tensor)
        values = tensor.values if self.dtype == dtypes.string else string_ops.as_string(tensor.values)
        ids = string_ops.string_to_hash_bucket_fast(values, self.hash_bucket_size, name='lookup')
        return sparse_tensor_lib.SparseTensor(tensor.indices, ids, tensor.dense_shape)

    @property
    def num_buckets(self):
        """The number of hashes."""
        return self.hash_bucket_size


class _VocabularyColumn(_KeyedColumn):
    """Ids by a table of words or integers."""

    def _ids(self, tensor, state_manager):
        from reflow.ops import math_ops
        self._check_type(tensor)
        self._check_string_or_int(tensor)
        key_dtype = self.dtype
        if tensor.dtype.is_integer:
            key_dtype = dtypes.int64
            tensor = math_ops.cast(tensor, dtypes.int64)
        name = '{}_lookup'.format(self.key)
        table = self._table(key_dtype, name)
        if state_manager is not None:
            state_manager.add_resource(self, name, table)
        return table.lookup(tensor)


class VocabularyFileCategoricalColumn(
        _VocabularyColumn, collections.namedtuple('VocabularyFileCategoricalColumn', (
            'key', 'vocabulary_file', 'vocabulary_size', 'num_oov_buckets', 'dtype', 'default_value'))):
    """Ids by the lines of a file."""

    def _table(self, key_dtype, name):
        from reflow.ops import lookup_ops
        return lookup_ops.index_table_from_file(
            vocabulary_file=self.vocabulary_file, num_oov_buckets=self.num_oov_buckets, vocab_size=self.vocabulary_size,
            default_value=self.default_value, key_dtype=key_dtype, name=name)

    @property
    def num_buckets(self):
        """Words and hashes of others."""
        return self.vocabulary_size + self.num_oov_buckets


class VocabularyListCategoricalColumn(
        _VocabularyColumn, collections.namedtuple('VocabularyListCategoricalColumn', (
            'key', 'vocabulary_list', 'dtype', 'default_value', 'num_oov_buckets'))):
    """Ids by a list."""

    def _table(self, key_dtype, name):
        from reflow.ops import lookup_ops
        return lookup_ops.index_table_from_tensor(
            vocabulary_list=tuple(self.vocabulary_list), default_value=self.default_value,
            num_oov_buckets=self.num_oov_buckets, dtype=key_dtype, name=name)

    @property
    def num_buckets(self):
        """Words and hashes of others."""
        return len(self.vocabulary_list) + self.num_oov_buckets


class IdentityCategoricalColumn(
        _KeyedColumn, collections.namedtuple('IdentityCategoricalColumn', ('key', 'number_buckets', 'default_value'))):
    """Integers that are ids already."""

    dtype = dtypes.int64

    def _ids(self, tensor, state_manager):
        from reflow.ops import array_ops
        from reflow.ops import check_ops
        from reflow.ops import math_ops
        if not tensor.dtype.is_integer:
            raise ValueError('Invalid input, not integer. key: {} dtype: {}'.format(self.key, tensor.dtype))
        values = math_ops.cast(tensor.values, dtypes.int64, name='values')
        num_buckets = math_ops.cast(self.num_buckets, dtypes.int64, name='num_buckets')
        zero = math_ops.cast(0, dtypes.int64, name='zero')
        if self.default_value is None:
            below = check_ops.assert_less(
                values, num_buckets, data=(values, num_buckets), name='assert_less_than_num_buckets',
                message='Bucket index for categorical column "{}" exceeds number of buckets'.format(self.name))
            not_negative = check_ops.assert_greater_equal(
                values, zero, data=(values,), name='assert_greater_or_equal_0',
                message='Negative bucket index for categorical column "{}"'.format(self.name))
            with ops.control_dependencies((below, not_negative)):
                values = array_ops.identity(values)
        else:
            out_of_range = math_ops.logical_or(values < zero, values >= num_buckets, name='out_of_range')
            defaults = array_ops.fill(dims=array_ops.shape(values),
                                      value=math_ops.cast(self.default_value, dtypes.int64), name='default_values')
            values = array_ops.where_v2(out_of_range, defaults, values)
        return sparse_tensor_lib.SparseTensor(
            indices=tensor.indices, values=values, dense_shape=tensor.dense_shape)

    @property
    def num_buckets(self):
        """The number of ids."""
        return self.number_buckets


class _WrappingColumn(base.CategoricalColumn):
    """A column made of another one, `categorical_column`."""

    @property
    def _is_v2_column(self):
        return isinstance(self.categorical_column, base.FeatureColumn) and self.categorical_column._is_v2_column

    @property
    def num_buckets(self):
        """That of the column within."""
        return self.categorical_column.num_buckets

    @classmethod
    def _from_config(cls, config, custom_objects=None, columns_by_name=None):
        from reflow.feature_column import serialization
        arguments = base.config_arguments(cls, config)
        arguments['categorical_column'] = serialization.deserialize_feature_column(
            config['categorical_column'], custom_objects, columns_by_name)
        if 'dtype' in arguments:
            arguments['dtype'] = dtypes.as_dtype(arguments['dtype'])
        return cls(**arguments)

    def _get_config(self):
        from reflow.feature_column import serialization
        config = dict(zip(self._fields, self))
        config['categorical_column'] = serialization.serialize_feature_column(self.categorical_column)
        if 'dtype' in config:
            config['dtype'] = self.dtype.name
        return config


class WeightedCategoricalColumn(
        _WrappingColumn, collections.namedtuple('WeightedCategoricalColumn', (
            'categorical_column', 'weight_feature_key', 'dtype'))):
    """Ids with weights, which another feature has."""

    @property
    def name(self):
        """Both names."""
        return '{}_weighted_by_{}'.format(self.categorical_column.name, self.weight_feature_key)

    @property
    def parse_example_spec(self):
        """That of the column, and the weights."""
        from reflow.ops import parsing_ops
        config = self.categorical_column.parse_example_spec
        if self.weight_feature_key in config:
            raise ValueError('Parse config {} already exists for {}.'.format(
                config[self.weight_feature_key], self.weight_feature_key))
        config[self.weight_feature_key] = parsing_ops.VarLenFeature(self.dtype)
        return config

    def transform_feature(self, transformation_cache, state_manager):
        """(ids, weights)"""
        from reflow.ops import math_ops
        weights = transformation_cache.get(self.weight_feature_key, state_manager)
        if weights is None:
            raise ValueError('Missing weights {}.'.format(self.weight_feature_key))
        weights = sparse_tensor_lib.convert_to_tensor_or_sparse_tensor(weights)
        if self.dtype != weights.dtype.base_dtype:
            raise ValueError('Bad dtype, expected {}, but got {}.'.format(self.dtype, weights.dtype))
        if not isinstance(weights, sparse_tensor_lib.SparseTensor):
            weights = to_sparse_input_and_drop_ignore_values(weights, ignore_value=0.0)
        if not weights.dtype.is_floating:
            weights = math_ops.cast(weights, dtypes.float32)
        return transformation_cache.get(self.categorical_column, state_manager), weights

    def get_sparse_tensors(self, transformation_cache, state_manager):
        """The ids and their weights."""
        return base.IdWeightPair(*transformation_cache.get(self, state_manager))

    @property
    def parents(self):
        """The column and the feature of the weights."""
        return [self.categorical_column, self.weight_feature_key]


class SequenceCategoricalColumn(
        _WrappingColumn, base._SequenceCategoricalColumn,
        collections.namedtuple('SequenceCategoricalColumn', ('categorical_column',))):
    """Sequences of ids."""

    @property
    def name(self):
        """That of the column within."""
        return self.categorical_column.name

    @property
    def parse_example_spec(self):
        """That of the column within."""
        return self.categorical_column.parse_example_spec

    def transform_feature(self, transformation_cache, state_manager):
        """What the column within makes."""
        return self.categorical_column.transform_feature(transformation_cache, state_manager)

    def get_sparse_tensors(self, transformation_cache, state_manager):
        """The ids [batch_size, length, ids of a step]."""
        from reflow.ops import array_ops
        from reflow.ops import math_ops
        from reflow.ops import sparse_ops
        ids, weights = self.categorical_column.get_sparse_tensors(transformation_cache, state_manager)
        shape = array_ops.shape(ids)
        target_shape = [shape[0], shape[1], math_ops.reduce_prod(shape[2:])]
        ids = sparse_ops.sparse_reshape(ids, target_shape)
        if weights is not None:
            weights = sparse_ops.sparse_reshape(weights, target_shape)
        return base.IdWeightPair(ids, weights)

    @property
    def parents(self):
        """The column within."""
        return [self.categorical_column]


class CrossedColumn(
        base.CategoricalColumn, collections.namedtuple('CrossedColumn', ('keys', 'hash_bucket_size', 'hash_key'))):
    """Ids by the hash of combinations of features."""

    @property
    def _is_v2_column(self):
        return all(isinstance(key, str) or (isinstance(key, base.FeatureColumn) and key._is_v2_column)
                   for key in collect_leaf_level_keys(self))

    @property
    def name(self):
        """The names of all features."""
        return '_X_'.join(sorted(key if isinstance(key, str) else key.name for key in collect_leaf_level_keys(self)))

    @property
    def parse_example_spec(self):
        """All features; those that are no columns are strings of any length."""
        from reflow.ops import parsing_ops
        config = {}
        for key in self.keys:
            if isinstance(key, str):
                config[key] = parsing_ops.VarLenFeature(dtypes.string)
            else:
                config.update(key.parse_example_spec if isinstance(key, base.FeatureColumn) else key._parse_example_spec)
        return config

    def transform_feature(self, transformation_cache, state_manager):
        """The ids, a sparse tensor."""
        from reflow.ops import sparse_ops
        tensors = []
        for key in collect_leaf_level_keys(self):
            if isinstance(key, str):
                tensors.append(transformation_cache.get(key, state_manager))
                continue
            if not isinstance(key, base.CategoricalColumn):
                raise ValueError('Unsupported column type. Given: {}'.format(key))
            ids, weights = key.get_sparse_tensors(transformation_cache, state_manager)
            if weights is not None:
                raise ValueError('crossed_column does not support weight_tensor, but the given column populates '
                                 'weight_tensor. Given column: {}'.format(key.name))
            tensors.append(ids)
        return sparse_ops.sparse_cross_hashed(
            inputs=tensors, num_buckets=self.hash_bucket_size, hash_key=self.hash_key)

    @property
    def num_buckets(self):
        """The number of hashes."""
        return self.hash_bucket_size

    def get_sparse_tensors(self, transformation_cache, state_manager):
        """The ids without weights."""
        return base.IdWeightPair(transformation_cache.get(self, state_manager), None)

    @property
    def parents(self):
        """The columns and features."""
        return list(self.keys)

    def _get_config(self):
        from reflow.feature_column import serialization
        config = dict(zip(self._fields, self))
        config['keys'] = tuple(serialization.serialize_feature_column(key) for key in self.keys)
        return config

    @classmethod
    def _from_config(cls, config, custom_objects=None, columns_by_name=None):
        from reflow.feature_column import serialization
        arguments = base.config_arguments(cls, config)
        arguments['keys'] = tuple(serialization.deserialize_feature_column(key, custom_objects, columns_by_name)
                                  for key in config['keys'])
        return cls(**arguments)


def collect_leaf_level_keys(cross):
    """The columns and features that a crossed column, and those within it, are made of."""
    leaves = []
    for key in cross.keys:
        leaves.extend(collect_leaf_level_keys(key) if isinstance(key, CrossedColumn) else [key])
    return leaves


for _class in (HashedCategoricalColumn, VocabularyFileCategoricalColumn, VocabularyListCategoricalColumn,
               IdentityCategoricalColumn, WeightedCategoricalColumn, SequenceCategoricalColumn, CrossedColumn):
    _class.__module__ = 'tensorflow.python.feature_column.feature_column_v2'
