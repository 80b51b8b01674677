"""Feeds batches of arrays, lists, data frames or iterators."""

import itertools

import numpy as np

from reflow.framework import dtypes
from reflow.platform import tf_logging
from reflow.util import deprecation
from reflow.util.shown_attributes import shown

_INSTRUCTIONS = 'Please use tensorflow/transform or tf.data.'


def _is_iterator(x):
    return hasattr(x, 'next') or hasattr(x, '__next__')


def _map(function, values, *more):
    """`function` of one value or of each of a dictionary."""
    if isinstance(values, dict):
        return {key: function(value, *[each[key] for each in more]) for key, value in values.items()}
    return function(values, *more)


def _as_array(data):
    return data.values if hasattr(data, 'iloc') else np.asarray(data)


def _checked_type(array):
    if dtypes.as_dtype(array.dtype) == dtypes.float64:
        tf_logging.warn('float64 is not supported by many models, consider casting to float32.')
    return array.dtype


def _input_shape(shape, batch_size):
    return [batch_size] + (list(shape[1:]) if len(shape) > 1 else [1])


def _output_shape(shape, batch_size, n_classes):
    inner = list(shape[1:])
    if inner and inner[0] == 1:
        inner = inner[1:]
    return [batch_size] + inner + ([n_classes] if n_classes is not None and n_classes > 1 else [])


@deprecation.deprecated(None, _INSTRUCTIONS)
def setup_train_data_feeder(x, y, n_classes, batch_size=None, shuffle=True, epochs=None):
    """A feeder of arrays or iterators."""
    if _is_iterator(x):
        if y is not None and not _is_iterator(y):
            raise ValueError('Both x and y should be iterators for streaming learning to work.')
        return StreamingDataFeeder(x, y, n_classes, batch_size)
    return DataFeeder(x, y, n_classes, batch_size, shuffle=shuffle, epochs=epochs)


class DataFeeder:
    """Feeds batches of rows of `x` and `y`, one array each or dictionaries of them."""

    @deprecation.deprecated(None, _INSTRUCTIONS)
    def __init__(self, x, y, n_classes, batch_size=None, shuffle=True, random_state=None, epochs=None):
        self._x = _map(_as_array, x)
        self._y = None if y is None else _map(_as_array, y)
        if n_classes is not None and self._y is not None and not isinstance(self._y, dict):
            self._y = self._y.astype(np.int64 if n_classes > 1 else np.float32)
        self.n_classes = n_classes
        self.max_epochs = epochs
        self._num_samples = (next(iter(self._x.values())) if isinstance(self._x, dict) else self._x).shape[0]
        if batch_size is None:
            batch_size = self._num_samples
        elif batch_size <= 0:
            raise ValueError('Invalid batch_size %d.' % batch_size)
        self._set_shapes(self._x, self._y, batch_size)
        self._shuffle = shuffle
        self.random_state = np.random.RandomState(42) if random_state is None else random_state
        self.indices = self._order()
        self.offset = 0
        self.epoch = 0

    def _set_shapes(self, x, y, batch_size):
        self._batch_size = batch_size
        self.input_shape = _map(lambda array: _input_shape(array.shape, batch_size), x)
        self._input_dtype = _map(_checked_type, x)
        self.output_shape = None
        self._output_dtype = np.float32
        if y is not None:
            self.output_shape = _map(lambda array, n: _output_shape(array.shape, batch_size, n), y, self._classes_of(y))
            self._output_dtype = _map(_checked_type, y)

    def _classes_of(self, y):
        """n_classes of each of the outputs, or of the one."""
        if isinstance(y, dict):
            return {key: (self.n_classes or {}).get(key) for key in y}
        return self.n_classes

    def _order(self):
        return self.random_state.permutation(self._num_samples) if self._shuffle else np.arange(self._num_samples)

    x = shown('_x', 'The inputs.')
    y = shown('_y', 'The outputs.')
    shuffle = shown('_shuffle', 'Whether rows come in random order.')
    input_dtype = shown('_input_dtype', 'The types of the inputs.')
    output_dtype = shown('_output_dtype', 'The types of the outputs.')
    batch_size = shown('_batch_size', 'The size of batches.')

    def input_builder(self):
        """Placeholders for inputs and outputs: an input_fn."""
        self._input_placeholder = self._placeholders(self.input_shape, self._input_dtype, 'input')
        self._output_placeholder = self._placeholders(self.output_shape, self._output_dtype, 'output')
        return self._input_placeholder, self._output_placeholder

    @staticmethod
    def _placeholders(shape, dtype, name):
        from reflow.ops import array_ops
        if shape is None:
            return None
        if isinstance(shape, dict):
            return {key: array_ops.placeholder(dtypes.as_dtype(dtype[key]), [None] + each[1:], name='%s_%s' % (name, key))
                    for key, each in shape.items()}
        return array_ops.placeholder(dtypes.as_dtype(dtype), [None] + shape[1:], name=name)

    def set_placeholders(self, input_placeholder, output_placeholder):
        """Takes placeholders of the caller."""
        self._input_placeholder = input_placeholder
        self._output_placeholder = output_placeholder

    def get_feed_params(self):
        """Where the feeding is."""
        return {'epoch': self.epoch, 'offset': self.offset, 'batch_size': self._batch_size}

    def get_feed_dict_fn(self):
        """A function that gives the next batch; after the last epoch it raises StopIteration."""
        return self._next_batch

    def _next_batch(self):
        if self.max_epochs is not None and self.epoch + 1 > self.max_epochs:
            raise StopIteration
        rows = self.indices[self.offset:self.offset + self._batch_size]
        feed = {}
        _feed_all(feed, self._input_placeholder, _map(
            lambda array: array[rows].reshape(len(rows), 1) if array.ndim == 1 else array[rows], self._x))
        self.offset += self._batch_size
        if self.offset >= self._num_samples:
            self.indices = self._order()
            self.offset = 0
            self.epoch += 1
        if self._output_placeholder is not None:
            _feed_all(feed, self._output_placeholder, _map(
                lambda array, shape, dtype, n: _labels(array[rows], shape, dtype, n), self._y, self.output_shape,
                self._output_dtype, self._classes_of(self._y)))
        return feed


def _feed_all(feed, placeholders, values):
    if isinstance(placeholders, dict):
        feed.update({placeholder.name: values[key] for key, placeholder in placeholders.items()})
    else:
        feed[placeholders.name] = values


def _labels(values, shape, dtype, n_classes):
    """Labels in the shape of an output: numbers, or classes as one-hot vectors."""
    shape = [len(values)] + list(shape[1:])
    if n_classes is None or n_classes <= 1:
        return np.asarray(values, dtype=dtype).reshape(shape)
    one_hot = np.zeros(shape, dtype=dtype)
    np.put_along_axis(one_hot, np.asarray(values, dtype=np.int64).reshape(shape[:-1] + [1]), 1.0, axis=-1)
    return one_hot


class StreamingDataFeeder(DataFeeder):
    """Feeds batches of what iterators give, one row at a time."""

    def __init__(self, x, y, n_classes, batch_size):
        first_x = next(x)
        self._x = itertools.chain([first_x], x)
        self._y = None
        first_y = None
        if y is not None:
            first_y = next(y)
            self._y = itertools.chain([first_y], y)
        self.n_classes = n_classes
        as_batch = lambda row: np.asarray(row)[None]
        self._set_shapes(_map(as_batch, first_x), None if first_y is None else _map(as_batch, first_y), batch_size)

    def _next_batch(self):
        xs = list(itertools.islice(self._x, self._batch_size))
        if not xs:
            raise StopIteration
        feed = {}
        _feed_all(feed, self._input_placeholder, self._stacked(xs, self.input_shape, self._input_dtype))
        if self._y is not None:
            ys = list(itertools.islice(self._y, len(xs)))
            _feed_all(feed, self._output_placeholder, self._stacked(ys, self.output_shape, self._output_dtype))
        return feed

    @staticmethod
    def _stacked(rows, shape, dtype):
        if isinstance(shape, dict):
            return {key: np.asarray([row[key] for row in rows], dtype[key]).reshape([len(rows)] + each[1:])
                    for key, each in shape.items()}
        return np.asarray(rows, dtype).reshape([len(rows)] + shape[1:])
