"""Queues that are fed with arrays, data frames, or what generators give, in batches."""

import collections
import random
import types

import numpy as np

from reflow.estimator.inputs.queues import feeding_queue_runner as fqr
from reflow.framework import dtypes
from reflow.framework import errors
from reflow.framework import ops
from reflow.platform import tf_logging

try:
    import pandas as pd
    HAS_PANDAS = True
except (ImportError, IOError):
    HAS_PANDAS = False


def is_data_frame(data):
    """Whether `data` is a data frame of pandas."""
    return HAS_PANDAS and isinstance(data, pd.DataFrame)


def _get_integer_indices_for_next_batch(batch_indices_start, batch_size, epoch_end, array_length, current_epoch,
                                        total_epochs):
    """(numbers of the rows of a batch, number of epochs ended with it). OutOfRangeError: all epochs have ended."""
    if total_epochs is not None and current_epoch >= total_epochs:
        raise errors.OutOfRangeError(None, None, 'Already emitted %s epochs.' % current_epoch)
    indices = [j % array_length for j in range(batch_indices_start, batch_indices_start + batch_size)]
    ends = [i for i, row in enumerate(indices) if row == epoch_end]
    current_epoch += len(ends)
    if total_epochs is None or current_epoch < total_epochs:
        return indices, current_epoch
    return indices[:ends[-(current_epoch - total_epochs + 1)] + 1], total_epochs


class _RowsFeedFn:
    """Feeds batches of rows, over and over again up to a number of epochs."""

    def __init__(self, placeholders, data, batch_size, random_start=False, seed=None, num_epochs=None):
        self._placeholders = placeholders
        self._data = data
        self._max = self._length()
        self._batch_size = batch_size
        self._num_epochs = num_epochs
        self._epoch = 0
        random.seed(seed)
        self._trav = random.randrange(self._max) if random_start else 0
        self._epoch_end = (self._trav - 1) % self._max

    def _check_placeholders(self, wanted):
        if len(self._placeholders) != wanted:
            raise ValueError('Expected {} placeholders; got {}.'.format(wanted, len(self._placeholders)))

    def __call__(self):
        rows, self._epoch = _get_integer_indices_for_next_batch(
            batch_indices_start=self._trav, batch_size=self._batch_size, epoch_end=self._epoch_end,
            array_length=self._max, current_epoch=self._epoch, total_epochs=self._num_epochs)
        self._trav = (rows[-1] + 1) % self._max
        return dict(zip(self._placeholders, self._columns(rows)))


class _ArrayFeedFn(_RowsFeedFn):
    """Feeds the numbers of rows and the rows of an array."""

    def _length(self):
        if len(self._placeholders) != 2:
            raise ValueError('_array_feed_fn expects 2 placeholders; got {}.'.format(len(self._placeholders)))
        return len(self._data)

    def _columns(self, rows):
        return [rows, self._data[rows]]


class _OrderedDictNumpyFeedFn(_RowsFeedFn):
    """Feeds the numbers of rows and the rows of several arrays."""

    def _length(self):
        self._check_placeholders(len(self._data) + 1)
        lengths = {len(column) for column in self._data.values()}
        if len(lengths) != 1:
            raise ValueError('Array lengths must match.')
        return lengths.pop()

    def _columns(self, rows):
        return [rows] + [column[rows] for column in self._data.values()]


class _PandasFeedFn(_RowsFeedFn):
    """Feeds the index and the columns of a data frame."""

    def _length(self):
        self._check_placeholders(len(self._data.columns) + 1)
        return len(self._data)

    def _columns(self, rows):
        result = self._data.iloc[rows]
        return [result.index.values] + [result[column].values for column in result.columns]


def _fill_array(array, sequences, fillvalue=0):
    if array.ndim == 1:
        length = len(sequences) if hasattr(sequences, '__len__') else 0
        array[:length] = sequences
        array[length:] = fillvalue
        return
    for i, part in enumerate(array):
        _fill_array(part, sequences[i] if i < len(sequences) else (), fillvalue)


def _pad_if_needed(items, fillvalue=0):
    """Arrays that differ in their last dimension, filled up to the longest one."""
    shapes = [item.shape[:-1] if item.ndim else -1 for item in items]
    if any(shape != shapes[0] for shape in shapes):
        raise ValueError('Array shapes must match.')
    lengths = [item.shape[-1] if item.ndim else 0 for item in items]
    if all(length == lengths[0] for length in lengths):
        return items
    result = np.zeros([len(items)] + list(shapes[0]) + [max(lengths)], dtype=items[0].dtype)
    _fill_array(result, items, fillvalue)
    return result


class _GeneratorFeedFn:
    """Feeds batches of the dictionaries of a generator, which is called anew for each epoch."""

    def __init__(self, placeholders, generator, batch_size, random_start=False, seed=None, num_epochs=None,
                 pad_value=None):
        first = next(generator())
        if len(placeholders) != len(first):
            raise ValueError('Expected {} placeholders; got {}.'.format(len(first), len(placeholders)))
        self._keys = sorted(first)
        self._col_placeholders = placeholders
        self._generator_function = generator
        self._iterator = generator()
        self._batch_size = batch_size
        self._num_epochs = num_epochs
        self._epoch = 0
        self._pad_value = pad_value
        random.seed(seed)

    def __call__(self):
        if self._num_epochs and self._epoch >= self._num_epochs:
            raise errors.OutOfRangeError(None, None, 'Already emitted %s epochs.' % self._epoch)
        items = {}
        count = 0
        while count < self._batch_size:
            row = self._next_row()
            for key, placeholder in zip(self._keys, self._col_placeholders):
                if key not in row:
                    raise KeyError('key mismatch between dicts emitted by GenFun Expected {} keys; got {}'.format(
                        self._keys, row.keys()))
                items.setdefault(placeholder, []).append(row[key])
                count += 1  # values, not rows
        if self._pad_value is not None:
            items = {key: _pad_if_needed(values, self._pad_value) for key, values in items.items()}
        return {key: np.asarray(values) for key, values in items.items()}

    def _next_row(self):
        try:
            return next(self._iterator)
        except StopIteration:
            self._epoch += 1
            self._iterator = self._generator_function()
            return next(self._iterator)


def _types_and_shapes(data):
    """(types, shapes, feed function) of the queue of `data`."""
    if isinstance(data, np.ndarray):
        return [dtypes.int64, dtypes.as_dtype(data.dtype)], [(), data.shape[1:]], _ArrayFeedFn
    if isinstance(data, collections.OrderedDict):
        columns = list(data.values())
        return ([dtypes.int64] + [dtypes.as_dtype(column.dtype) for column in columns],
                [()] + [column.shape[1:] for column in columns], _OrderedDictNumpyFeedFn)
    if isinstance(data, types.FunctionType):
        first = next(data())
        values = [first[key] for key in sorted(first)]
        return [dtypes.as_dtype(value.dtype) for value in values], [value.shape for value in values], _GeneratorFeedFn
    if is_data_frame(data):
        column_types = [dtypes.as_dtype(dtype) for dtype in [data.index.dtype] + list(data.dtypes)]
        return column_types, [() for _ in column_types], _PandasFeedFn
    raise TypeError('data must be either a numpy array or pandas DataFrame if pandas is installed; got {}'.format(
        type(data).__name__))


def _warn_of_threads(shuffle, num_threads, num_epochs):
    if num_threads <= 1:
        return
    if num_epochs is not None:
        tf_logging.warning('enqueue_data was called with num_epochs and num_threads > 1. num_epochs is applied per thread, so '
                           'this will produce more epochs than you probably intend. If you want to limit epochs, use one '
                           'thread.')
    if shuffle and num_epochs is not None:
        tf_logging.warning('enqueue_data was called with shuffle=True, num_threads > 1, and num_epochs. This will create '
                           'multiple threads, all reading the array/dataframe in order adding to the same shuffling queue; '
                           'the results will likely not be sufficiently shuffled.')
    if not shuffle:
        tf_logging.warning('enqueue_data was called with shuffle=False and num_threads > 1. This will create multiple threads, '
                           'all reading the array/dataframe in order. If you want examples read in order, use one thread; if '
                           'you want multiple threads, enable shuffling.')


def _make_queue(column_types, shapes, capacity, shuffle, min_after_dequeue, seed, pad_data):
    from reflow.ops import data_flow_ops
    if shuffle:
        return data_flow_ops.RandomShuffleQueue(
            capacity, min_after_dequeue, dtypes=column_types, shapes=shapes, seed=seed)
    if pad_data:
        shapes = [tuple(shape[:-1]) + (None,) if len(shape) else shape for shape in shapes]
        return data_flow_ops.PaddingFIFOQueue(capacity, dtypes=column_types, shapes=shapes)
    return data_flow_ops.FIFOQueue(capacity, dtypes=column_types, shapes=shapes)


def _enqueue_data(data, capacity, shuffle=False, min_after_dequeue=None, num_threads=1, seed=None, name='enqueue_input',
                  enqueue_size=1, num_epochs=None, pad_value=None):
    """A queue with a runner that feeds it with `data`: numbers of rows, or an index, and the rows."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    from reflow.summary import summary
    from reflow.training import queue_runner
    with ops.name_scope(name):
        column_types, shapes, get_feed_fn = _types_and_shapes(data)
        pad_data = pad_value is not None
        if pad_data and get_feed_fn is not _GeneratorFeedFn:
            raise NotImplementedError('padding is only available with generator usage')
        if shuffle and pad_data:
            raise NotImplementedError('padding and shuffling data at the same time is not implemented')
        _warn_of_threads(shuffle, num_threads, num_epochs)
        if shuffle:
            min_after_dequeue = int(capacity / 4 if min_after_dequeue is None else min_after_dequeue)
        else:
            min_after_dequeue = 0
        queue = _make_queue(column_types, shapes, capacity, shuffle, min_after_dequeue, seed, pad_data)
        enqueue_ops = []
        feed_fns = []
        padding = {'pad_value': pad_value} if pad_data else {}
        for i in range(num_threads):
            placeholders = [array_ops.placeholder(dtype) for dtype in column_types]
            enqueue_ops.append(queue.enqueue_many(placeholders))
            feed_fns.append(get_feed_fn(
                placeholders, data, enqueue_size, random_start=shuffle, seed=None if seed is None else (i + 1) * seed,
                num_epochs=num_epochs, **padding))
        queue_runner.add_queue_runner(fqr._FeedingQueueRunner(queue=queue, enqueue_ops=enqueue_ops, feed_fns=feed_fns))
        above = math_ops.cast(math_ops.maximum(0, queue.size() - min_after_dequeue), dtypes.float32)
        full = above * (1. / (capacity - min_after_dequeue))
        summary.scalar('queue/%sfraction_over_%d_of_%d_full' % (
            queue.name, min_after_dequeue, capacity - min_after_dequeue), full)
        return queue
