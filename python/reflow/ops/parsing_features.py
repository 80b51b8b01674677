"""What is parsed out of Examples: the features of parse_example, and the lists of keys, types and shapes that they are."""
import collections
import re

from reflow.framework import constant_op, dtypes, ops, tensor_shape
from reflow.ops import array_ops
from reflow.platform import tf_logging


class VarLenFeature(collections.namedtuple('VarLenFeature', ['dtype'])):
    """A feature of any number of values, which becomes a SparseTensor."""


class SparseFeature(collections.namedtuple(
        'SparseFeature', ['index_key', 'value_key', 'dtype', 'size', 'already_sorted'])):
    """A SparseTensor whose indices and values are features of their own."""

    def __new__(cls, index_key, value_key, dtype, size, already_sorted=False):
        return super().__new__(cls, index_key, value_key, dtype, size, already_sorted)


class FixedLenFeature(collections.namedtuple('FixedLenFeature', ['shape', 'dtype', 'default_value'])):
    """A feature of a fixed shape. Without a default value it is required."""

    def __new__(cls, shape, dtype, default_value=None):
        return super().__new__(cls, shape, dtype, default_value)


class FixedLenSequenceFeature(collections.namedtuple(
        'FixedLenSequenceFeature', ['shape', 'dtype', 'allow_missing', 'default_value'])):
    """A feature of any number of rows of a fixed shape, which are padded with the default value."""

    def __new__(cls, shape, dtype, allow_missing=False, default_value=None):
        return super().__new__(cls, shape, dtype, allow_missing, default_value)


class RawFeatures:
    """Keys, types, shapes and defaults of `features`, sorted by key. ValueError: a feature is not one of `kinds`."""

    def __init__(self, features, kinds):
        self.sparse_keys, self.sparse_types = [], []
        self.dense_keys, self.dense_types, self.dense_shapes = [], [], []
        self.dense_defaults = {}
        for key in sorted(features or {}):
            self._add(key, features[key], kinds)
        both = set(self.dense_keys).intersection(self.sparse_keys)
        if both:
            raise ValueError('Dense and sparse keys must not intersect; intersection: %s' % both)

    def __len__(self):
        return len(self.sparse_keys) + len(self.dense_keys)

    def _add(self, key, feature, kinds):
        adders = {VarLenFeature: self._add_var_len, SparseFeature: self._add_sparse, FixedLenFeature: self._add_fixed,
                  FixedLenSequenceFeature: self._add_sequence}
        kind = next((each for each in adders if isinstance(feature, each)), None)
        if kind is None:
            raise ValueError('Invalid feature %s:%s.' % (key, feature))
        if kind not in kinds:
            raise ValueError('Unsupported %s %s.' % (kind.__name__, feature))
        adders[kind](key, feature)

    def _add_var_len(self, key, feature):
        _check_type(key, feature)
        self.sparse_keys.append(key)
        self.sparse_types.append(dtypes.as_dtype(feature.dtype))

    def _add_sparse(self, key, feature):
        if not feature.index_key:
            raise ValueError('Missing index_key for SparseFeature %s.' % (feature,))
        if not feature.value_key:
            raise ValueError('Missing value_key for SparseFeature %s.' % (feature,))
        _check_type(key, feature)
        index_keys = [feature.index_key] if isinstance(feature.index_key, str) else feature.index_key
        if len(index_keys) > 1:
            tf_logging.warning('SparseFeature is a complicated feature config and should only be used after careful '
                               'consideration of VarLenFeature.')
        for index_key in sorted(index_keys):
            self._add_sparse_key(index_key, dtypes.int64, index_key)
        self._add_sparse_key(feature.value_key, dtypes.as_dtype(feature.dtype), feature.value_key)

    def _add_sparse_key(self, key, dtype, name):
        if key not in self.sparse_keys:
            self.sparse_keys.append(key)
            self.sparse_types.append(dtype)
            return
        known = self.sparse_types[self.sparse_keys.index(key)]
        if known != dtype:
            shown = 'int64' if dtype == dtypes.int64 else dtype
            raise ValueError('Conflicting type %s vs %s for feature %s.' % (known, shown, name))

    def _add_fixed(self, key, feature):
        _check_type(key, feature)
        if feature.shape is None:
            raise ValueError('Missing shape for feature %s.' % key)
        shape = tensor_shape.as_shape(feature.shape)
        if feature.shape and shape.ndims and shape.dims[0].value is None:
            raise ValueError('First dimension of shape for feature %s unknown. Consider using FixedLenSequenceFeature.' % key)
        if not shape.is_fully_defined():
            raise ValueError('All dimensions of shape for feature %s need to be known but received %s.' % (
                key, str(feature.shape)))
        self._add_dense(key, feature)

    def _add_sequence(self, key, feature):
        _check_type(key, feature)
        if feature.shape is None:
            raise ValueError('Missing shape for feature %s.' % key)
        if feature.allow_missing:
            self.dense_defaults[key] = None
        self._add_dense(key, feature)

    def _add_dense(self, key, feature):
        self.dense_keys.append(key)
        self.dense_shapes.append(feature.shape)
        self.dense_types.append(dtypes.as_dtype(feature.dtype))
        if feature.default_value is not None:
            self.dense_defaults[key] = feature.default_value

    def default_tensors(self, reshape=True):
        """The default of each dense feature as a tensor; an empty one where there is none."""
        return [self._default_tensor(key, dtype, tensor_shape.as_shape(shape), reshape)
                for key, dtype, shape in zip(self.dense_keys, self.dense_types, self.dense_shapes)]

    def _default_tensor(self, key, dtype, shape, reshape):
        value = self.dense_defaults.get(key)
        if shape.ndims and shape.dims[0].value is None:  # rows, and the value that pads them
            if value is None:
                return ops.convert_to_tensor('' if dtype == dtypes.string else 0, dtype=dtype)
            value = ops.convert_to_tensor(value, dtype=dtype, name='padding_' + name_of_key(key))
            return array_ops.reshape(value, [])
        if value is None:
            return constant_op.constant([], dtype=dtype)
        if isinstance(value, ops.Tensor):
            return value
        value = ops.convert_to_tensor(value, dtype=dtype, name='key_' + name_of_key(key))
        return array_ops.reshape(value, shape) if reshape else value


def name_of_key(key):
    """`key` with '_' for what can't be in the name of an op."""
    return re.sub('[^A-Za-z0-9_.\\-/]', '_', key)


def _check_type(key, feature):
    if not feature.dtype:
        raise ValueError('Missing type for feature %s.' % key)


def with_rows(features):
    """`features` with an unknown first dimension for each FixedLenSequenceFeature. ValueError: it may not be missing."""
    result = dict(features)
    for key, feature in features.items():
        if isinstance(feature, FixedLenSequenceFeature):
            if not feature.allow_missing:
                raise ValueError('Unsupported: FixedLenSequenceFeature requires allow_missing to be True.')
            result[key] = FixedLenSequenceFeature([None] + list(feature.shape), feature.dtype, feature.allow_missing,
                                                  feature.default_value)
    return result
