"""Decodes Examples: handlers make items of features."""

import abc

from reflow.contrib.slim.python.slim.data import data_decoder
from reflow.framework import dtypes
from reflow.framework import sparse_tensor
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import gen_image_ops
from reflow.ops import image_codecs
from reflow.ops import map_fn
from reflow.ops import math_ops
from reflow.ops import parsing_ops
from reflow.ops import sparse_ops

__all__ = ['ItemHandler', 'ItemHandlerCallback', 'BoundingBox', 'Tensor', 'LookupTensor', 'BackupHandler', 'SparseTensor',
           'Image', 'TFExampleDecoder']


class ItemHandler(abc.ABC):
    """Makes an item of the features called `keys`."""

    def __init__(self, keys):
        self._keys = keys if isinstance(keys, (tuple, list)) else [keys]

    @property
    def keys(self):
        """The names of the features."""
        return self._keys

    @abc.abstractmethod
    def tensors_to_item(self, keys_to_tensors):
        """The item of {name: feature}."""


def _dense(tensor):
    return sparse_ops.sparse_tensor_to_dense(tensor) if isinstance(tensor, sparse_tensor.SparseTensor) else tensor


class ItemHandlerCallback(ItemHandler):
    """Makes an item by a function."""

    def __init__(self, keys, func):
        super().__init__(keys)
        self._func = func

    def tensors_to_item(self, keys_to_tensors):
        """What the function says."""
        return self._func(keys_to_tensors)


class BoundingBox(ItemHandler):
    """Boxes, [number, 4], of features of their sides."""

    def __init__(self, keys=None, prefix=''):
        if keys is None:
            keys = ['ymin', 'xmin', 'ymax', 'xmax']
        elif len(keys) != 4:
            raise ValueError('BoundingBox expects 4 keys but got {}'.format(len(keys)))
        super().__init__([prefix + key for key in keys])

    def tensors_to_item(self, keys_to_tensors):
        """The boxes."""
        sides = [keys_to_tensors[key] for key in self._keys]
        sides = [side.values if isinstance(side, sparse_tensor.SparseTensor) else side for side in sides]
        return array_ops.transpose(array_ops.concat([array_ops.expand_dims(side, 0) for side in sides], 0))


class Tensor(ItemHandler):
    """A feature as a dense tensor, of a shape or of one that other features say."""

    def __init__(self, tensor_key, shape_keys=None, shape=None, default_value=0):
        if shape_keys and shape is not None:
            raise ValueError('Cannot specify both shape_keys and shape parameters.')
        if shape_keys and not isinstance(shape_keys, list):
            shape_keys = [shape_keys]
        self._tensor_key = tensor_key
        self._shape_keys = shape_keys
        self._shape = shape
        self._default_value = default_value
        super().__init__([tensor_key] + (shape_keys or []))

    def tensors_to_item(self, keys_to_tensors):
        """The tensor."""
        tensor, shape = keys_to_tensors[self._tensor_key], self._shape
        if self._shape_keys:
            sizes = [_dense(keys_to_tensors[key]) for key in self._shape_keys]
            shape = array_ops.reshape(array_ops.stack(sizes), [-1])
        if isinstance(tensor, sparse_tensor.SparseTensor):
            if shape is not None:
                tensor = sparse_ops.sparse_reshape(tensor, shape)
            return sparse_ops.sparse_tensor_to_dense(tensor, self._default_value)
        return tensor if shape is None else array_ops.reshape(tensor, shape)


class LookupTensor(Tensor):
    """A Tensor whose elements are looked up in a table."""

    def __init__(self, tensor_key, table, shape_keys=None, shape=None, default_value=''):
        self._table = table
        super().__init__(tensor_key, shape_keys, shape, default_value)

    def tensors_to_item(self, keys_to_tensors):
        """What the table says."""
        return self._table.lookup(super().tensors_to_item(keys_to_tensors))


class BackupHandler(ItemHandler):
    """The item of a handler, or where that is empty of another."""

    def __init__(self, handler, backup):
        for each, kind in ((handler, 'Primary'), (backup, 'Backup')):
            if not isinstance(each, ItemHandler):
                raise ValueError('%s handler is of type %s instead of ItemHandler' % (kind, type(each)))
        self._handler = handler
        self._backup = backup
        super().__init__(handler.keys + backup.keys)

    def tensors_to_item(self, keys_to_tensors):
        """The item."""
        item = self._handler.tensors_to_item(keys_to_tensors)
        return control_flow_ops.cond(pred=math_ops.equal(math_ops.reduce_prod(array_ops.shape(item)), 0),
                                     true_fn=lambda: self._backup.tensors_to_item(keys_to_tensors), false_fn=lambda: item)


class SparseTensor(ItemHandler):
    """A sparse tensor whose last index is one feature and whose values are another."""

    def __init__(self, indices_key=None, values_key=None, shape_key=None, shape=None, densify=False, default_value=0):
        self._indices_key = indices_key or 'indices'
        self._values_key = values_key or 'values'
        self._shape_key = shape_key
        self._shape = shape
        self._densify = densify
        self._default_value = default_value
        super().__init__([self._indices_key, self._values_key] + ([shape_key] if shape_key else []))

    def tensors_to_item(self, keys_to_tensors):
        """The sparse tensor, made dense where that is wanted."""
        indices, values = keys_to_tensors[self._indices_key], keys_to_tensors[self._values_key]
        if self._shape_key:
            shape = _dense(keys_to_tensors[self._shape_key])
        else:
            shape = self._shape or indices.dense_shape
        rank = array_ops.shape(indices.indices)[1]
        ids = math_ops.cast(indices.values, dtypes.int64)
        kept = array_ops.slice(indices.indices, [0, 0], array_ops.stack([-1, rank - 1]))
        new_indices = array_ops.concat([kept, array_ops.reshape(ids, [-1, 1])], 1)
        tensor = sparse_tensor.SparseTensor(new_indices, values.values, shape)
        return sparse_ops.sparse_tensor_to_dense(tensor, self._default_value) if self._densify else tensor


class Image(ItemHandler):
    """A picture, of the bytes of a file or, in the format `raw`, of its pixels."""

    def __init__(self, image_key=None, format_key=None, shape=None, channels=3, dtype=dtypes.uint8, repeated=False,
                 dct_method=''):
        self._image_key = image_key or 'image/encoded'
        self._format_key = format_key or 'image/format'
        self._shape = shape
        self._channels = channels
        self._dtype = dtype
        self._repeated = repeated
        self._dct_method = dct_method
        super().__init__([self._image_key, self._format_key])

    def tensors_to_item(self, keys_to_tensors):
        """The picture, or where they are repeated the pictures."""
        data, image_format = keys_to_tensors[self._image_key], keys_to_tensors[self._format_key]
        if self._repeated:
            return map_fn.map_fn(lambda each: self._decode(each, image_format), data, dtype=self._dtype)
        return self._decode(data, image_format)

    def _decode(self, data, image_format):
        def decode_image():
            return math_ops.cast(image_codecs.decode_image(data, channels=self._channels), self._dtype)

        def decode_jpeg():
            return math_ops.cast(gen_image_ops.decode_jpeg(data, channels=self._channels, dct_method=self._dct_method),
                                 self._dtype)

        def of_file():
            return control_flow_ops.cond(image_codecs.is_jpeg(data), decode_jpeg, decode_image, name='cond_jpeg')

        is_raw = math_ops.logical_or(math_ops.equal(image_format, 'raw'), math_ops.equal(image_format, 'RAW'))
        image = control_flow_ops.case([(is_raw, lambda: parsing_ops.decode_raw(data, out_type=self._dtype))],
                                      default=of_file, exclusive=True)
        image.set_shape([None, None, self._channels])
        return image if self._shape is None else array_ops.reshape(image, self._shape)


class TFExampleDecoder(data_decoder.DataDecoder):
    """Decodes Examples with `keys_to_features`, and makes items by handlers."""

    def __init__(self, keys_to_features, items_to_handlers):
        self._keys_to_features = keys_to_features
        self._items_to_handlers = items_to_handlers

    def list_items(self):
        """The names of the items."""
        return list(self._items_to_handlers.keys())

    def decode(self, serialized_example, items=None):
        """The tensors of the items of an Example."""
        example = parsing_ops.parse_single_example(serialized_example, self._keys_to_features)
        for key in sorted(self._keys_to_features):
            feature = self._keys_to_features[key]
            if isinstance(feature, parsing_ops.FixedLenFeature):
                example[key] = array_ops.reshape(example[key], feature.shape)
        handlers = [self._items_to_handlers[item] for item in items or self._items_to_handlers.keys()]
        return [handler.tensors_to_item({key: example[key] for key in handler.keys}) for handler in handlers]
