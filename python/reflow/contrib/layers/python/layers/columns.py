"""The columns of tf.contrib.layers: what each makes of features, for linear models and for networks."""

import abc
import collections

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor as sparse_tensor_lib
from reflow.util.shown_attributes import shown

_Lookup = collections.namedtuple('_SparseIdLookupConfig', [
    'vocabulary_file', 'keys', 'num_oov_buckets', 'vocab_size', 'default_value'])
_LinearArguments = collections.namedtuple('_LinearEmbeddingLookupArguments', [
    'input_tensor', 'weight_tensor', 'vocab_size', 'initializer', 'combiner'])


def flat_sparse(tensor):
    """A sparse tensor of a batch of rows, without inner dimensions."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    from reflow.ops import sparse_ops
    with ops.name_scope('InnerFlatten', values=[tensor]):
        shape = array_ops.concat((tensor.dense_shape[:1], [math_ops.reduce_prod(tensor.dense_shape[1:])]), 0)
        return sparse_ops.sparse_reshape(tensor, shape)


def dense_matrix(tensor, name, op_name=None):
    """A dense tensor of a batch of rows."""
    from reflow.ops import array_ops
    from reflow.platform import tf_logging
    rank = tensor.get_shape().ndims
    if rank == 1:
        tf_logging.warning('Rank of input Tensor (1) should be the same as output_rank (2) for column. Will attempt to expand '
                           'dims. It is highly recommended that you resize your input, as this behavior may change.')
        return array_ops.expand_dims(tensor, -1, name=op_name)
    if rank is None or rank == 0:
        raise ValueError('Error while processing column {}. Rank of input Tensor can not be None or 0.'.format(name))
    return tensor if rank == 2 else array_ops.reshape(tensor, [array_ops.shape(tensor)[0], -1])


def _as_sparse(tensor, name):
    """A feature of ids or words as a sparse tensor, without -1 and ''."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    if isinstance(tensor, sparse_tensor_lib.SparseTensor):
        return tensor
    tensor = dense_matrix(tensor, name)
    with ops.name_scope('DenseToSparseTensor'):
        ignored = ops.convert_to_tensor('' if tensor.dtype == dtypes.string else -1, tensor.dtype, name='ignore_value')
        indices = array_ops.where(math_ops.not_equal(tensor, ignored), name='indices')
        return sparse_tensor_lib.SparseTensor(
            indices=indices, values=array_ops.gather_nd(tensor, indices, name='values'),
            dense_shape=array_ops.shape(tensor, out_type=dtypes.int64, name='dense_shape'))


class _FeatureColumn(metaclass=abc.ABCMeta):
    """What a model gets of features. `key` tells columns apart, `name` is that of their variables' scope."""

    @property
    @abc.abstractmethod
    def name(self):
        """The name of the scope."""

    @property
    @abc.abstractmethod
    def config(self):
        """{feature: how it is parsed}"""

    @property
    def key(self):
        """A text that only equal columns have."""
        return '{}'.format(self)

    @abc.abstractmethod
    def transform(self, features):
        """What the column makes of features, from a Transformer."""

    def to_dnn_input(self, transformed, weight_collections, trainable):
        """[batch_size, elements] for a network. ValueError: it can't."""
        raise ValueError('Column {} is not supported in DNN. Please use embedding_column or one_hot_column.'.format(self))

    def linear_arguments(self, transformed):
        """What a linear model looks weights up with; None: it multiplies the numbers of to_dnn_input."""
        return None

    def _key_without_properties(self, properties):
        fields = ['{}={}'.format(name, value) for name, value in zip(self._fields, self) if name not in properties]
        return '{}({})'.format(type(self).__name__, ', '.join(fields))


class Transformer:
    """What columns make of features, each once."""

    def __init__(self, features):
        self._tensors = dict(features)

    def get(self, key):
        """The tensor of a feature, or of a column."""
        if key not in self._tensors:
            if isinstance(key, str):
                raise ValueError("features dictionary doesn't contain key ({})".format(key))
            self._tensors[key] = key.transform(self)
        return self._tensors[key]


class _SparseColumn(_FeatureColumn, collections.namedtuple('_SparseColumn', [
        'column_name', 'is_integerized', 'bucket_size', 'lookup_config', 'combiner', 'dtype'])):
    """Ids of a feature."""

    def __new__(cls, column_name, is_integerized=False, bucket_size=None, lookup_config=None, combiner='sum',
                dtype=dtypes.string):
        if is_integerized and bucket_size is None:
            raise ValueError('bucket_size must be set if is_integerized is True. column_name: {}'.format(column_name))
        if is_integerized and not dtype.is_integer:
            raise ValueError('dtype must be an integer if is_integerized is True. dtype: {}, column_name: {}.'.format(
                dtype, column_name))
        if dtype != dtypes.string and not dtype.is_integer:
            raise ValueError('dtype must be string or integer. dtype: {}, column_name: {}'.format(dtype, column_name))
        if bucket_size is None and lookup_config is None:
            raise ValueError('one of bucket_size or lookup_config must be set. column_name: {}'.format(column_name))
        if bucket_size is not None and bucket_size < 1:
            raise ValueError('bucket_size must be at least 1. bucket_size: {}, column_name: {}'.format(
                bucket_size, column_name))
        return super().__new__(cls, column_name, is_integerized, bucket_size, lookup_config, combiner, dtype)

    name = shown('column_name', "The feature's name.")

    @property
    def length(self):
        """The number of ids."""
        if self.bucket_size is not None:
            return self.bucket_size
        return self.lookup_config.vocab_size + self.lookup_config.num_oov_buckets

    @property
    def config(self):
        """The feature, of any length."""
        from reflow.ops import parsing_ops
        return {self.column_name: parsing_ops.VarLenFeature(self.dtype)}

    def transform(self, features):
        """The ids, a sparse tensor."""
        return self._ids(_as_sparse(features.get(self.name), self.name))

    def ids_and_weights(self, transformed):
        """(ids, weights or None)"""
        return transformed, None

    def linear_arguments(self, transformed):
        """The ids, with weights or without."""
        from reflow.ops import init_ops
        ids, weights = self.ids_and_weights(transformed)
        return _LinearArguments(ids, weights, self.length, init_ops.zeros_initializer(), self.combiner)


class _SparseColumnIntegerized(_SparseColumn):
    """Integers that are ids."""

    def _ids(self, tensor):
        from reflow.ops import math_ops
        values = math_ops.mod(tensor.values, self.bucket_size, name='mod')
        return sparse_tensor_lib.SparseTensor(tensor.indices, values, tensor.dense_shape)


class _SparseColumnHashed(_SparseColumn):
    """Ids by hash."""

    def _ids(self, tensor):
        from reflow.ops import string_ops
        values = string_ops.as_string(tensor.values) if self.dtype.is_integer else tensor.values
        ids = string_ops.string_to_hash_bucket_fast(values, self.bucket_size, name='lookup')
        return sparse_tensor_lib.SparseTensor(tensor.indices, ids, tensor.dense_shape)


class _SparseColumnKeys(_SparseColumn):
    """Ids by a list."""

    def _ids(self, tensor):
        from reflow.ops import lookup_ops
        table = lookup_ops.index_table_from_tensor(
            tuple(self.lookup_config.keys), default_value=self.lookup_config.default_value, dtype=self.dtype, name='lookup')
        return table.lookup(tensor)


class _SparseColumnVocabulary(_SparseColumn):
    """Ids by the lines of a file."""

    def _ids(self, tensor):
        from reflow.ops import lookup_ops
        from reflow.ops import string_ops
        if self.dtype.is_integer:
            tensor = sparse_tensor_lib.SparseTensor(
                tensor.indices, string_ops.as_string(tensor.values), tensor.dense_shape)
        lookup = self.lookup_config
        table = lookup_ops.index_table_from_file(
            vocabulary_file=lookup.vocabulary_file, num_oov_buckets=lookup.num_oov_buckets, vocab_size=lookup.vocab_size,
            default_value=lookup.default_value, name=self.name + '_lookup')
        return table.lookup(tensor)


class _WeightedSparseColumn(_FeatureColumn, collections.namedtuple('_WeightedSparseColumn', [
        'sparse_id_column', 'weight_column_name', 'dtype'])):
    """Ids with weights, which another feature has."""

    @property
    def name(self):
        """Both names."""
        return '{}_weighted_by_{}'.format(self.sparse_id_column.name, self.weight_column_name)

    @property
    def length(self):
        """The number of ids."""
        return self.sparse_id_column.length

    @property
    def config(self):
        """The ids and the weights."""
        from reflow.ops import parsing_ops
        return dict(self.sparse_id_column.config, **{self.weight_column_name: parsing_ops.VarLenFeature(self.dtype)})

    def transform(self, features):
        """(ids, weights)"""
        from reflow.ops import math_ops
        ids = features.get(self.sparse_id_column)
        weights = features.get(self.weight_column_name)
        if not isinstance(weights, sparse_tensor_lib.SparseTensor):
            weights = _as_sparse(weights, self.weight_column_name)
        return ids, weights if self.dtype.is_floating else math_ops.cast(weights, dtypes.float32)

    def ids_and_weights(self, transformed):
        """(ids, weights)"""
        return transformed

    def linear_arguments(self, transformed):
        """The ids with weights."""
        from reflow.ops import init_ops
        return _LinearArguments(transformed[0], transformed[1], self.length, init_ops.zeros_initializer(),
                                self.sparse_id_column.combiner)


class _OneHotColumn(_FeatureColumn, collections.namedtuple('_OneHotColumn', ['sparse_id_column'])):
    """How often each id is there, or the sum of its weights."""

    @property
    def name(self):
        """The name of the column of ids, one_hot."""
        return '{}_one_hot'.format(self.sparse_id_column.name)

    @property
    def config(self):
        """That of the column of ids."""
        return self.sparse_id_column.config

    def transform(self, features):
        """The ids."""
        return features.get(self.sparse_id_column)

    def to_dnn_input(self, transformed, weight_collections, trainable):
        """The counts or sums."""
        from reflow.ops import array_ops
        from reflow.ops import math_ops
        from reflow.ops import sparse_ops
        ids, weights = self.sparse_id_column.ids_and_weights(transformed)
        length = self.sparse_id_column.length
        ids = flat_sparse(ids)
        if weights is not None:
            weighted = sparse_ops.sparse_merge(sp_ids=ids, sp_values=weights, vocab_size=length)
            weighted = sparse_ops.sparse_slice(
                weighted, array_ops.zeros_like(weighted.dense_shape), weighted.dense_shape)
            dense = sparse_ops.sparse_tensor_to_dense(weighted)
            return array_ops.reshape(dense, array_ops.concat([array_ops.shape(dense)[:-1], [length]], axis=0))
        dense_ids = sparse_ops.sparse_tensor_to_dense(ids, default_value=-1)
        one_hot = array_ops.one_hot(dense_ids, depth=length, on_value=1.0, off_value=0.0)
        return math_ops.reduce_sum(one_hot, axis=[1])


class _EmbeddingColumn(_FeatureColumn, collections.namedtuple('_EmbeddingColumn', [
        'sparse_id_column', 'dimension', 'combiner', 'initializer', 'ckpt_to_load_from', 'tensor_name_in_ckpt',
        'shared_embedding_name', 'shared_vocab_size', 'max_norm', 'trainable'])):
    """Vectors of ids, which are trained."""

    @property
    def name(self):
        """The name of the column of ids, embedding."""
        suffix = '_embedding' if self.shared_embedding_name is None else '_shared_embedding'
        return self.sparse_id_column.name + suffix

    @property
    def config(self):
        """That of the column of ids."""
        return self.sparse_id_column.config

    @property
    def key(self):
        """All but the initializer."""
        return self._key_without_properties(['initializer'])

    def transform(self, features):
        """The ids."""
        return features.get(self.sparse_id_column)

    def linear_arguments(self, transformed):
        """It can't be in linear models."""
        raise ValueError('Column {} is not supported in linear models. Please use sparse_column.'.format(self))

    def to_dnn_input(self, transformed, weight_collections, trainable):
        """The vectors of each row put together."""
        from reflow.ops import embedding_ops
        from reflow.training import checkpoint_utils
        ids, weights = self.sparse_id_column.ids_and_weights(transformed)
        ids = flat_sparse(ids)
        weights = None if weights is None else flat_sparse(weights)
        vectors = self._vectors(weight_collections, trainable)
        if self.ckpt_to_load_from is not None:
            checkpoint_utils.init_from_checkpoint(self.ckpt_to_load_from, {self.tensor_name_in_ckpt: vectors})
        return embedding_ops.safe_embedding_lookup_sparse(
            vectors, ids, sparse_weights=weights, combiner=self.combiner, name=self.name + 'weights', max_norm=self.max_norm)

    def _vectors(self, weight_collections, trainable):
        from reflow.contrib.framework.python.ops import variables as contrib_variables
        make = lambda name: contrib_variables.model_variable(
            name=name, shape=[self.shared_vocab_size or self.sparse_id_column.length, self.dimension], dtype=dtypes.float32,
            initializer=self.initializer, trainable=trainable and self.trainable, collections=weight_collections)
        if self.shared_embedding_name is None:
            return make('weights')
        shared = ops.get_collection_ref('SHARED_EMBEDDING_COLLECTION_' + self.shared_embedding_name.upper())
        if not shared:
            shared.append(make(self.shared_embedding_name))
        elif shared[0].get_shape().as_list() != [self.shared_vocab_size, self.dimension]:
            raise ValueError('The embedding variable with name {} already exists, but its shape does not match required '
                             'embedding shape here. Please make sure to use different shared_embedding_name for different '
                             'shared embeddings.'.format(self.shared_embedding_name))
        return shared[0]


class _RealValuedColumn(_FeatureColumn, collections.namedtuple('_RealValuedColumn', [
        'column_name', 'dimension', 'default_value', 'dtype', 'normalizer'])):
    """Numbers as they are."""

    name = shown('column_name', "The feature's name.")

    @property
    def config(self):
        """The feature, `dimension` numbers."""
        from reflow.ops import parsing_ops
        default = None if self.default_value is None else list(self.default_value)
        return {self.column_name: parsing_ops.FixedLenFeature([self.dimension], self.dtype, default)}

    @property
    def key(self):
        """All but the normalizer."""
        return self._key_without_properties(['normalizer'])

    def transform(self, features):
        """The numbers, normalized, as float32."""
        from reflow.ops import math_ops
        tensor = features.get(self.name)
        return math_ops.cast(tensor if self.normalizer is None else self.normalizer(tensor), dtypes.float32)

    def to_dnn_input(self, transformed, weight_collections, trainable):
        """The numbers."""
        return dense_matrix(transformed, self.name, 'expand_dims')


class _BucketizedColumn(_FeatureColumn, collections.namedtuple('_BucketizedColumn', ['source_column', 'boundaries'])):
    """Between which boundaries numbers lie."""

    @property
    def name(self):
        """The source's name, bucketized."""
        return '{}_bucketized'.format(self.source_column.name)

    @property
    def length(self):
        """The number of buckets."""
        return len(self.boundaries) + 1

    @property
    def config(self):
        """That of the source."""
        return self.source_column.config

    def transform(self, features):
        """The numbers of the buckets."""
        from reflow.ops import gen_math_ops
        return gen_math_ops.bucketize(
            features.get(self.source_column), boundaries=list(self.boundaries), name='bucketize')

    def to_dnn_input(self, transformed, weight_collections, trainable):
        """One-hot vectors."""
        from reflow.ops import array_ops
        from reflow.ops import math_ops
        one_hot = array_ops.one_hot(math_ops.cast(transformed, dtypes.int64), self.length, 1., 0., name='one_hot')
        return array_ops.reshape(one_hot, [-1, self.length * self.source_column.dimension], name='reshape')

    def sparse_ids(self, buckets):
        """[batch_size, dimension] of ids, of which each number of the source has its own."""
        from reflow.ops import array_ops
        from reflow.ops import math_ops
        dimension = self.source_column.dimension
        batch_size = array_ops.shape(buckets, name='shape')[0]
        i1 = math_ops.range(0, batch_size)
        if dimension > 1:
            rows = array_ops.expand_dims(i1, 1, name='expand_dims')
            i1 = array_ops.reshape(array_ops.tile(rows, [1, dimension], name='tile'), [-1], name='reshape')
            i2 = array_ops.tile(math_ops.range(0, dimension), [batch_size], name='tile')
            ids = array_ops.reshape(buckets, [-1], name='reshape') + self.length * i2
        else:
            i2 = array_ops.zeros([batch_size], dtype=dtypes.int32, name='zeros')
            ids = array_ops.reshape(buckets, [-1], name='reshape')
        indices = math_ops.cast(array_ops.transpose(array_ops.stack((i1, i2))), dtypes.int64)
        shape = math_ops.cast(array_ops.stack([batch_size, dimension]), dtypes.int64)
        return sparse_tensor_lib.SparseTensor(indices, ids, shape)

    def linear_arguments(self, transformed):
        """The ids of the buckets."""
        from reflow.ops import init_ops
        return _LinearArguments(self.sparse_ids(transformed), None, self.length * self.source_column.dimension,
                                init_ops.zeros_initializer(), 'sum')


class _CrossedColumn(_FeatureColumn, collections.namedtuple('_CrossedColumn', [
        'columns', 'hash_bucket_size', 'hash_key', 'combiner', 'ckpt_to_load_from', 'tensor_name_in_ckpt'])):
    """Ids by the hash of combinations of features."""

    @property
    def name(self):
        """All names."""
        return '_X_'.join(sorted(column.name for column in self.columns))

    length = shown('hash_bucket_size', 'The number of hashes.')

    @property
    def config(self):
        """Those of all columns."""
        config = {}
        for column in self.columns:
            config.update(column.config)
        return config

    def _leaves(self):
        return [leaf for column in self.columns
                for leaf in (column._leaves() if isinstance(column, _CrossedColumn) else [column])]

    def transform(self, features):
        """The ids, a sparse tensor."""
        from reflow.contrib.layers.python.ops import sparse_feature_cross_op
        tensors = []
        for column in self._leaves():
            if isinstance(column, _SparseColumn):
                tensors.append(_as_sparse(features.get(column.name), column.name))
            else:
                tensors.append(column.sparse_ids(features.get(column)))
        return sparse_feature_cross_op.sparse_feature_cross(
            tensors, hashed_output=True, num_buckets=self.hash_bucket_size, hash_key=self.hash_key, name='cross')

    def ids_and_weights(self, transformed):
        """(ids, None)"""
        return transformed, None

    def linear_arguments(self, transformed):
        """The ids."""
        from reflow.ops import init_ops
        return _LinearArguments(transformed, None, self.length, init_ops.zeros_initializer(), self.combiner)
