"""Columns whose values are dense tensors: numbers, buckets, indicators, embeddings."""

import collections

from reflow.feature_column import base_columns as base
from reflow.feature_column import utils as fc_utils
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor as sparse_tensor_lib
from reflow.framework import tensor_shape


class NumbersOfFeature:
    """The numbers of one feature: what columns of them have in common, with key, shape, dtype and normalizer_fn."""

    @property
    def _is_v2_column(self):
        return True

    @property
    def name(self):
        """The feature's name."""
        return self.key

    @property
    def variable_shape(self):
        """The column's shape."""
        return tensor_shape.TensorShape(self.shape)

    @property
    def parents(self):
        """The feature."""
        return [self.key]

    def _get_config(self):
        from reflow.feature_column import serialization
        config = dict(zip(self._fields, self))
        config['normalizer_fn'] = serialization.serialize_function(self.normalizer_fn)
        config['dtype'] = self.dtype.name
        return config

    @classmethod
    def _from_config(cls, config, custom_objects=None, columns_by_name=None):
        from reflow.feature_column import serialization
        arguments = base.config_arguments(cls, config)
        arguments['normalizer_fn'] = serialization.deserialize_function(config['normalizer_fn'], custom_objects)
        arguments['dtype'] = dtypes.as_dtype(config['dtype'])
        return cls(**arguments)


class NumericColumn(
        NumbersOfFeature, base.DenseColumn, collections.namedtuple('NumericColumn', (
            'key', 'shape', 'default_value', 'dtype', 'normalizer_fn'))):
    """Numbers as they are."""

    @property
    def parse_example_spec(self):
        """The feature, of the column's shape."""
        from reflow.ops import parsing_ops
        return {self.key: parsing_ops.FixedLenFeature(self.shape, self.dtype, self.default_value)}

    def transform_feature(self, transformation_cache, state_manager):
        """The numbers, normalized, as float32."""
        from reflow.ops import math_ops
        tensor = transformation_cache.get(self.key, state_manager)
        if isinstance(tensor, sparse_tensor_lib.SparseTensor):
            raise ValueError('The corresponding Tensor of numerical column must be a Tensor. '
                             'SparseTensor is not supported. key: {}'.format(self.key))
        if self.normalizer_fn is not None:
            tensor = self.normalizer_fn(tensor)
        return math_ops.cast(tensor, dtypes.float32)

    def get_dense_tensor(self, transformation_cache, state_manager):
        """The numbers."""
        return transformation_cache.get(self, state_manager)


class BucketizedColumn(
        base.DenseColumn, base.CategoricalColumn,
        collections.namedtuple('BucketizedColumn', ('source_column', 'boundaries'))):
    """Between which boundaries numbers lie: one-hot vectors, or ids."""

    @property
    def _is_v2_column(self):
        return isinstance(self.source_column, base.FeatureColumn) and self.source_column._is_v2_column

    @property
    def name(self):
        """The source's name, bucketized."""
        return '{}_bucketized'.format(self.source_column.name)

    @property
    def parse_example_spec(self):
        """That of the source."""
        return self.source_column.parse_example_spec

    def transform_feature(self, transformation_cache, state_manager):
        """The numbers of the buckets."""
        from reflow.ops import gen_math_ops
        source = transformation_cache.get(self.source_column, state_manager)
        return gen_math_ops.bucketize(source, boundaries=list(self.boundaries))

    @property
    def variable_shape(self):
        """The source's shape and the number of buckets."""
        return tensor_shape.TensorShape(tuple(self.source_column.shape) + (len(self.boundaries) + 1,))

    def get_dense_tensor(self, transformation_cache, state_manager):
        """One-hot vectors."""
        from reflow.ops import array_ops
        from reflow.ops import math_ops
        buckets = transformation_cache.get(self, state_manager)
        return array_ops.one_hot(indices=math_ops.cast(buckets, dtypes.int64), depth=len(self.boundaries) + 1,
                                 on_value=1., off_value=0.)

    @property
    def num_buckets(self):
        """Each number of the source has buckets of its own."""
        return (len(self.boundaries) + 1) * self.source_column.shape[0]

    def get_sparse_tensors(self, transformation_cache, state_manager):
        """The ids of the buckets, [batch_size, numbers of the source]."""
        from reflow.ops import array_ops
        from reflow.ops import math_ops
        buckets = transformation_cache.get(self, state_manager)
        batch_size = array_ops.shape(buckets)[0]
        source_dimension = self.source_column.shape[0]
        i1 = array_ops.reshape(
            array_ops.tile(array_ops.expand_dims(math_ops.range(0, batch_size), 1), [1, source_dimension]), (-1,))
        i2 = array_ops.tile(math_ops.range(0, source_dimension), [batch_size])
        bucket_indices = array_ops.reshape(buckets, (-1,)) + (len(self.boundaries) + 1) * i2
        indices = math_ops.cast(array_ops.transpose(array_ops.stack((i1, i2))), dtypes.int64)
        dense_shape = math_ops.cast(array_ops.stack([batch_size, source_dimension]), dtypes.int64)
        return base.IdWeightPair(
            sparse_tensor_lib.SparseTensor(indices=indices, values=bucket_indices, dense_shape=dense_shape), None)

    @property
    def parents(self):
        """The source."""
        return [self.source_column]

    def _get_config(self):
        from reflow.feature_column import serialization
        config = dict(zip(self._fields, self))
        config['source_column'] = serialization.serialize_feature_column(self.source_column)
        return config

    @classmethod
    def _from_config(cls, config, custom_objects=None, columns_by_name=None):
        from reflow.feature_column import serialization
        arguments = base.config_arguments(cls, config)
        arguments['source_column'] = serialization.deserialize_feature_column(
            config['source_column'], custom_objects, columns_by_name)
        return cls(**arguments)


class _DenseOfCategorical(base.DenseColumn, base.SequenceDenseColumn):
    """A dense column made of `categorical_column`, for batches or, if that is one of sequences, for sequences."""

    _kind = ''

    @property
    def _is_v2_column(self):
        return isinstance(self.categorical_column, base.FeatureColumn) and self.categorical_column._is_v2_column

    @property
    def name(self):
        """The name of the column within and the kind."""
        return '{}_{}'.format(self.categorical_column.name, self._kind)

    @property
    def parse_example_spec(self):
        """That of the column within."""
        return self.categorical_column.parse_example_spec

    @property
    def parents(self):
        """The column within."""
        return [self.categorical_column]

    def _check_no_sequence(self):
        column = self.categorical_column
        if isinstance(column, base._SequenceCategoricalColumn):
            raise ValueError(
                'In {}_column: {}. categorical_column must not be of type SequenceCategoricalColumn. '
                'Suggested fix A: If you wish to use DenseFeatures, use a non-sequence categorical_column_with_*. '
                'Suggested fix B: If you wish to create sequence input, use SequenceFeatures instead of DenseFeatures. '
                'Given (type {}): {}'.format(self._kind.rpartition('_')[2], self.name, type(column), column))

    def _check_sequence(self):
        column = self.categorical_column
        if not isinstance(column, base._SequenceCategoricalColumn):
            raise ValueError(
                'In {}_column: {}. categorical_column must be of type SequenceCategoricalColumn to use SequenceFeatures. '
                'Suggested fix: Use one of sequence_categorical_column_with_*. '
                'Given (type {}): {}'.format(self._kind.rpartition('_')[2], self.name, type(column), column))

    def _with_lengths(self, dense_tensor, ids):
        return base.TensorSequenceLengthPair(
            dense_tensor=dense_tensor, sequence_length=fc_utils.sequence_length_from_sparse_tensor(ids))

    def _get_config(self):
        from reflow.feature_column import serialization
        config = dict(zip(self._fields, self))
        config['categorical_column'] = serialization.serialize_feature_column(self.categorical_column)
        return config

    @classmethod
    def _from_config(cls, config, custom_objects=None, columns_by_name=None):
        from reflow.feature_column import serialization
        arguments = base.config_arguments(cls, config)
        arguments['categorical_column'] = serialization.deserialize_feature_column(
            config['categorical_column'], custom_objects, columns_by_name)
        return cls(**arguments)


class IndicatorColumn(_DenseOfCategorical, collections.namedtuple('IndicatorColumn', ('categorical_column',))):
    """How often each id is there, or the sum of its weights."""

    _kind = 'indicator'

    def transform_feature(self, transformation_cache, state_manager):
        """The counts or sums."""
        from reflow.ops import array_ops
        from reflow.ops import math_ops
        from reflow.ops import sparse_ops
        ids, weights = self.categorical_column.get_sparse_tensors(transformation_cache, state_manager)
        if weights is not None:
            weighted = sparse_ops.sparse_merge(
                sp_ids=ids, sp_values=weights, vocab_size=int(self.variable_shape[-1]))
            # Takes ids of -1 off.
            weighted = sparse_ops.sparse_slice(weighted, [0, 0], weighted.dense_shape)
            return array_ops.scatter_nd(weighted.indices, weighted.values, weighted.dense_shape)
        dense_ids = sparse_ops.sparse_tensor_to_dense(ids, default_value=-1)
        one_hot = array_ops.one_hot(dense_ids, depth=self.variable_shape[-1], on_value=1.0, off_value=0.0)
        return math_ops.reduce_sum(one_hot, axis=[-2])

    @property
    def variable_shape(self):
        """[1, num_buckets]"""
        return tensor_shape.TensorShape([1, self.categorical_column.num_buckets])

    def get_dense_tensor(self, transformation_cache, state_manager):
        """The counts or sums."""
        self._check_no_sequence()
        return transformation_cache.get(self, state_manager)

    def get_sequence_dense_tensor(self, transformation_cache, state_manager):
        """The counts or sums of each step, and the lengths."""
        self._check_sequence()
        dense_tensor = transformation_cache.get(self, state_manager)
        ids = self.categorical_column.get_sparse_tensors(transformation_cache, state_manager).id_tensor
        return self._with_lengths(dense_tensor, ids)


def restore_embedding(column, weights):
    """Has the weights initialized from the checkpoint that the column names, if it names one."""
    from reflow.ops import variables
    from reflow.training import checkpoint_utils
    if column.ckpt_to_load_from is not None:
        if isinstance(weights, variables.PartitionedVariable):
            weights = weights._get_variable_list()
        checkpoint_utils.init_from_checkpoint(column.ckpt_to_load_from, {column.tensor_name_in_ckpt: weights})


def embedding_lookup(column, weights, sparse_tensors):
    """The embeddings of each row's ids put together."""
    from reflow.ops import embedding_ops
    return embedding_ops.safe_embedding_lookup_sparse(
        embedding_weights=weights, sparse_ids=sparse_tensors.id_tensor, sparse_weights=sparse_tensors.weight_tensor,
        combiner=column.combiner, name='%s_weights' % column.name, max_norm=column.max_norm)


class EmbeddingColumn(
        _DenseOfCategorical, collections.namedtuple('EmbeddingColumn', (
            'categorical_column', 'dimension', 'combiner', 'initializer', 'ckpt_to_load_from', 'tensor_name_in_ckpt',
            'max_norm', 'trainable'))):
    """Vectors of ids, which are trained."""

    _kind = 'embedding'

    def transform_feature(self, transformation_cache, state_manager):
        """What the column within makes."""
        return transformation_cache.get(self.categorical_column, state_manager)

    @property
    def variable_shape(self):
        """[dimension]"""
        return tensor_shape.TensorShape([self.dimension])

    def create_state(self, state_manager):
        """Makes the vectors."""
        num_buckets = getattr(self.categorical_column, 'num_buckets', None) or self.categorical_column._num_buckets
        state_manager.create_variable(
            self, name='embedding_weights', shape=(num_buckets, self.dimension), dtype=dtypes.float32,
            trainable=self.trainable, use_resource=True, initializer=self.initializer)

    def _lookup(self, sparse_tensors, state_manager):
        weights = state_manager.get_variable(self, name='embedding_weights')
        restore_embedding(self, weights)
        return embedding_lookup(self, weights, sparse_tensors)

    def get_dense_tensor(self, transformation_cache, state_manager):
        """The vectors of each row put together."""
        self._check_no_sequence()
        sparse_tensors = self.categorical_column.get_sparse_tensors(transformation_cache, state_manager)
        return self._lookup(sparse_tensors, state_manager)

    def get_sequence_dense_tensor(self, transformation_cache, state_manager):
        """The vectors of each step put together, and the lengths."""
        self._check_sequence()
        sparse_tensors = self.categorical_column.get_sparse_tensors(transformation_cache, state_manager)
        return self._with_lengths(self._lookup(sparse_tensors, state_manager), sparse_tensors.id_tensor)

    def _get_config(self):
        from reflow.keras import initializers
        config = super()._get_config()
        config['initializer'] = initializers.serialize(self.initializer)
        return config

    @classmethod
    def _from_config(cls, config, custom_objects=None, columns_by_name=None):
        from reflow.keras import initializers
        config = dict(config)
        config['initializer'] = initializers.deserialize(config['initializer'], custom_objects=custom_objects)
        return super()._from_config(config, custom_objects, columns_by_name)


class SharedEmbeddingColumn(
        _DenseOfCategorical, collections.namedtuple('SharedEmbeddingColumn', (
            'categorical_column', 'shared_embedding_column_creator', 'combiner', 'max_norm'))):
    """Vectors of ids that several columns share, for DenseFeatures."""

    _kind = 'shared_embedding'

    @property
    def _is_v2_column(self):
        return True

    def transform_feature(self, transformation_cache, state_manager):
        """What the column within makes."""
        return transformation_cache.get(self.categorical_column, state_manager)

    @property
    def variable_shape(self):
        """[dimension]"""
        return tensor_shape.TensorShape([self.shared_embedding_column_creator.dimension])

    def _lookup(self, transformation_cache, state_manager):
        with ops.name_scope(None, default_name=self.name):
            sparse_tensors = self.categorical_column.get_sparse_tensors(transformation_cache, state_manager)
            return embedding_lookup(self, self.shared_embedding_column_creator.embedding_weights, sparse_tensors)

    def get_dense_tensor(self, transformation_cache, state_manager):
        """The vectors of each row put together."""
        self._check_no_sequence()
        return self._lookup(transformation_cache, state_manager)

    def get_sequence_dense_tensor(self, transformation_cache, state_manager):
        """The vectors of each step put together, and the lengths."""
        self._check_sequence()
        dense_tensor = self._lookup(transformation_cache, state_manager)
        ids = self.categorical_column.get_sparse_tensors(transformation_cache, state_manager).id_tensor
        return self._with_lengths(dense_tensor, ids)

    def _only_dense_features(self, *unused_args, **unused_kwargs):
        raise ValueError('SharedEmbeddingColumns are not supported in `linear_model` or `input_layer`. Please use '
                         '`DenseFeatures` or `LinearModel` instead.')

    _transform_feature = _get_dense_tensor = _get_sequence_dense_tensor = _only_dense_features
    _parse_example_spec = _variable_shape = property(_only_dense_features)


for _class in (NumericColumn, BucketizedColumn, IndicatorColumn, EmbeddingColumn, SharedEmbeddingColumn):
    _class.__module__ = 'tensorflow.python.feature_column.feature_column_v2'
del _class
