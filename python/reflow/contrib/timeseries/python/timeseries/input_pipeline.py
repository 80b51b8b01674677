"""Readers of time series, and the input functions that cut windows of them or take them whole."""
import abc

import numpy as np

from reflow.contrib.timeseries.python.timeseries import feature_keys, model_utils
from reflow.estimator.inputs import numpy_io
from reflow.framework import constant_op, dtypes, ops, tensor_shape
from reflow.ops import (
    array_ops, control_flow_ops, io_ops, math_ops, nn, parsing_ops, random_ops, state_ops, tensor_array_ops, variable_scope)
from reflow.training import input as input_lib
from reflow.util import nest

_TIMES, _VALUES = feature_keys.TrainEvalFeatures.TIMES, feature_keys.TrainEvalFeatures.VALUES


def predict_continuation_input_fn(evaluation, steps=None, times=None, exogenous_features=None):
    """An input_fn for predictions of so many steps, or at these times, after those of an evaluation."""
    features = {
        feature_keys.PredictionFeatures.STATE_TUPLE: evaluation[feature_keys.FilteringResults.STATE_TUPLE],
        feature_keys.PredictionFeatures.TIMES: model_utils.canonicalize_times_or_steps_from_output(
            times=times, steps=steps, previous_model_output=evaluation),
        **(exogenous_features or {})}

    def input_fn():
        return {key: nest.map_structure(lambda value: input_lib.limit_epochs(value, num_epochs=1), values)
                for key, values in features.items()}, None

    return input_fn


class TimeSeriesReader:
    """Reads a series: dicts of tensors, the times [length] among them."""

    def check_dataset_size(self, minimum_dataset_size):
        """Raises ValueError where the series is known to be shorter."""

    @abc.abstractmethod
    def read(self):
        """The next part of the series, which begins anew at its end."""

    @abc.abstractmethod
    def read_full(self):
        """The whole series."""


class NumpyReader(TimeSeriesReader):
    """Reads a dict of arrays."""

    def __init__(self, data, read_num_records_hint=4096):
        self._features = _canonicalize_numpy_data(data, require_single_batch=True)
        self._read_num_records_hint = read_num_records_hint

    def check_dataset_size(self, minimum_dataset_size):
        """Raises ValueError where the series is shorter."""
        dataset_size = self._features[_TIMES].shape[1]
        if dataset_size < minimum_dataset_size:
            raise ValueError(
                'A TimeSeriesInputFn is configured to create windows of size {}, but only {} records were available in the '
                'dataset. Either decrease the window size or provide more records.'.format(
                    minimum_dataset_size, dataset_size))

    def read(self):
        """The next values."""
        features = {key: np.squeeze(value, axis=0) for key, value in self._features.items()}
        return numpy_io.numpy_input_fn(
            x=features, batch_size=self._read_num_records_hint, num_epochs=None, shuffle=False)()

    def read_full(self):
        """All values."""
        features = numpy_io.numpy_input_fn(
            x=self._features, batch_size=1, num_epochs=None, queue_capacity=2, shuffle=False)()
        return {key: array_ops.squeeze(value, axis=0) for key, value in features.items()}


class ReaderBaseTimeSeriesParser(TimeSeriesReader):
    """Reads files by one of TensorFlow's readers."""

    def __init__(self, filenames, read_num_records_hint=4096):
        self._filenames = filenames
        self._read_num_records_hint = read_num_records_hint

    @abc.abstractmethod
    def _get_reader(self):
        """The reader."""

    @abc.abstractmethod
    def _process_records(self, lines):
        """The features of records: {name: [number of records, ...]}."""

    def _get_filename_queue(self, epoch_limit):
        """(queue of the files, variable that ends the run with an error when it has been counted up to the limit)"""
        epochs = variable_scope.variable(
            initial_value=constant_op.constant(0, dtype=dtypes.int64), name='epoch_limiter', trainable=False,
            collections=[ops.GraphKeys.LOCAL_VARIABLES])
        names = array_ops.reshape(ops.convert_to_tensor(self._filenames), [-1])
        count = control_flow_ops.cond(
            state_ops.is_variable_initialized(epochs), lambda: epochs.count_up_to(epoch_limit),
            lambda: constant_op.constant(0, dtype=dtypes.int64))
        with ops.control_dependencies([count]):
            names = array_ops.identity(names)
        return input_lib.string_input_producer(names, shuffle=False, capacity=1), epochs

    def read(self):
        """The next records of the files, over and over."""
        files, epochs = self._get_filename_queue(epoch_limit=self._read_num_records_hint)
        reader = self._get_reader()
        with ops.control_dependencies([state_ops.assign(epochs, 0)]):
            _, records = reader.read_up_to(files, self._read_num_records_hint)
        return self._process_records(records)

    def read_full(self):
        """The records from the first to where its key comes again."""
        reader = self._get_reader()
        files, epochs = self._get_filename_queue(epoch_limit=2)
        with ops.control_dependencies([state_ops.assign(epochs, 0)]):
            first_key, first_value = reader.read_up_to(files, 1)

        def is_other(key, *_):
            return math_ops.not_equal(array_ops.squeeze(key, axis=0), array_ops.squeeze(first_key, axis=0))

        def read_next(_, value, index, records):
            new_key, new_value = reader.read_up_to(files, 1)
            new_key.set_shape([1])
            new_value.set_shape([1])
            return new_key, new_value, index + 1, records.write(index, value)

        records = control_flow_ops.while_loop(is_other, read_next, [
            constant_op.constant(['']), first_value, 0,
            tensor_array_ops.TensorArray(dtype=dtypes.string, size=0, dynamic_size=True)])[-1].concat()
        with ops.control_dependencies([records]):
            reset = reader.reset()
        with ops.control_dependencies([reset]):
            records = array_ops.identity(records)
        return self._process_records(records)


def _check_times_and_values(names):
    for name in (_TIMES, _VALUES):
        if name not in names:
            raise ValueError("'{}' is a required column.".format(name))


class CSVReader(ReaderBaseTimeSeriesParser):
    """Reads lines of comma-separated values; columns with the same name become one feature."""

    def __init__(self, filenames, column_names=(_TIMES, _VALUES), column_dtypes=None, skip_header_lines=None,
                 read_num_records_hint=4096):
        _check_times_and_values(column_names)
        if column_dtypes is not None and len(column_dtypes) != len(column_names):
            raise ValueError('If specified, the length of column_dtypes must match the length of column_names (got '
                             'column_dtypes={} and column_names={}).'.format(column_dtypes, column_names))
        if list(column_names).count(_TIMES) != 1:
            raise ValueError("Got more than one times column ('{}'), but exactly one is required.".format(_TIMES))
        self._column_names = column_names
        self._column_dtypes = column_dtypes
        self._skip_header_lines = skip_header_lines
        super().__init__(filenames=filenames, read_num_records_hint=read_num_records_hint)

    def _get_reader(self):
        return io_ops.TextLineReader(skip_header_lines=self._skip_header_lines)

    def _process_records(self, lines):
        if self._column_dtypes is None:
            defaults = [(array_ops.zeros([], dtypes.int64),) if name == _TIMES else () for name in self._column_names]
        else:
            defaults = [(array_ops.zeros([], dtype),) for dtype in self._column_dtypes]
        columns = {}
        for name, column in zip(self._column_names, parsing_ops.decode_csv(lines, defaults)):
            columns.setdefault(name, []).append(column)
        return {name: values[0] if name == _TIMES else array_ops.stack(values, axis=1) for name, values in columns.items()}


class TFExampleReader(ReaderBaseTimeSeriesParser):
    """Reads Examples, one for each time."""

    def __init__(self, filenames, features):
        _check_times_and_values(features)
        self._features = features
        super().__init__(filenames=filenames)

    def _get_reader(self):
        return io_ops.TFRecordReader()

    def _process_records(self, examples):
        return parsing_ops.parse_example(serialized=examples, features=self._features)


class TimeSeriesInputFn:
    """An input_fn whose features are [batch, window, ...]."""

    @abc.abstractmethod
    def create_batch(self):
        """(features, None)"""

    def __call__(self):
        return self.create_batch()


class WholeDatasetInputFn(TimeSeriesInputFn):
    """Takes the whole series as a batch of one."""

    def __init__(self, time_series_reader):
        self._reader = time_series_reader

    def create_batch(self):
        """(features, None)"""
        return {key: value[None, ...] for key, value in self._reader.read_full().items()}, None


class RandomWindowInputFn(TimeSeriesInputFn):
    """Cuts windows out of the series and shuffles them; windows that go over its end are left out."""

    def __init__(self, time_series_reader, window_size, batch_size, queue_capacity_multiplier=1000,
                 shuffle_min_after_dequeue_multiplier=2, discard_out_of_order=True, discard_consecutive_batches_limit=1000,
                 jitter=True, num_threads=2, shuffle_seed=None):
        self._reader = time_series_reader
        self._window_size = window_size
        self._reader.check_dataset_size(minimum_dataset_size=window_size)
        self._batch_size = batch_size
        self._queue_capacity_multiplier = queue_capacity_multiplier
        self._shuffle_min_after_dequeue_multiplier = shuffle_min_after_dequeue_multiplier
        self._discard_out_of_order = discard_out_of_order
        self._discard_limit = discard_consecutive_batches_limit
        self._jitter = jitter
        self._num_threads = batch_size if num_threads is None else num_threads
        self._shuffle_seed = shuffle_seed

    def create_batch(self):
        """(features, None)"""
        windows = self._windows()
        if self._discard_out_of_order:
            keep = self._in_order(windows[_TIMES])
        else:
            windows, keep = _sorted(windows), True
        return input_lib.maybe_shuffle_batch(
            windows, num_threads=self._num_threads, seed=self._shuffle_seed, batch_size=self._batch_size,
            capacity=self._queue_capacity_multiplier * self._batch_size,
            min_after_dequeue=self._shuffle_min_after_dequeue_multiplier * self._batch_size, keep_input=keep,
            enqueue_many=True), None

    def _windows(self):
        """A batch of windows that follow each other, which begins one value later in every other step."""
        features = self._reader.read()
        jitter = random_ops.random_uniform(shape=[], maxval=2, dtype=dtypes.int32) if self._jitter else 0
        batch = input_lib.batch(
            features, batch_size=self._window_size * self._batch_size + jitter, enqueue_many=True,
            capacity=self._queue_capacity_multiplier * self._batch_size * self._window_size, num_threads=self._num_threads)
        values = {key: value[jitter:] for key, value in batch.items()} if self._jitter else batch
        size = [self._batch_size, self._window_size]
        windows = {key: array_ops.reshape(value, array_ops.concat([size, array_ops.shape(value)[1:]], axis=0))
                   for key, value in values.items()}
        for key, window in windows.items():
            window.set_shape(tensor_shape.TensorShape(size).concatenate(batch[key].get_shape()[1:]))
        return windows

    def _in_order(self, times):
        """Which windows have times that don't fall. OutOfRangeError: too often one after the other there is none."""
        in_order = math_ops.reduce_all(times[:, 1:] >= times[:, :-1], axis=1)
        discarded = variable_scope.variable(
            initial_value=constant_op.constant(0, dtype=dtypes.int64), name='discarded_windows_limiter', trainable=False,
            collections=[ops.GraphKeys.LOCAL_VARIABLES])

        def count():
            return control_flow_ops.cond(
                math_ops.reduce_any(in_order), lambda: state_ops.assign(discarded, 0),
                lambda: discarded.count_up_to(self._discard_limit))

        limit = control_flow_ops.cond(state_ops.is_variable_initialized(discarded), count,
                                      lambda: constant_op.constant(0, dtype=dtypes.int64))
        with ops.control_dependencies([limit]):
            return array_ops.identity(in_order)


def _sorted(windows):
    """The windows by the order of their times."""
    times = windows[_TIMES]
    _, falling = nn.top_k(times, k=array_ops.shape(times)[-1], sorted=True)
    rising = array_ops.reverse(falling, axis=[0])
    return {key: array_ops.gather(params=value, indices=rising) for key, value in windows.items()}


def _canonicalize_numpy_data(data, require_single_batch):
    """The arrays as [batch, length, ...], and the values with a last dimension of features.

    ValueError: times or values are missing, or have other shapes.
    """
    features = {key: np.array(value) for key, value in data.items()}
    if _TIMES not in features or _VALUES not in features:
        raise ValueError('{} and {} are required features.'.format(_TIMES, _VALUES))
    times = features[_TIMES]
    for key, value in features.items():
        if value.shape[:times.ndim] != times.shape:
            raise ValueError(
                'All features must have their shapes prefixed by the shape of the times feature. Got shape {} for feature '
                "'{}', but shape {} for '{}'".format(value.shape, key, times.shape, _TIMES))
    if times.ndim > 2:
        raise ValueError('Got an unexpected number of dimensions for times. Was expecting at most two ([batch size, series '
                         'length]), but got shape {}.'.format(times.shape))
    values = features[_VALUES]
    if times.ndim < 2:
        if values.ndim == times.ndim:
            features[_VALUES] = values[..., None]
        elif values.ndim > times.ndim + 1:
            expected, missing = (('1 dimension ([number of features])', 'a batch or time dimension') if times.ndim == 0 else
                                 ('2 dimensions ([series length, number of features])', 'a batch dimension'))
            raise ValueError(
                "Got an unexpected number of dimensions for the '{}' feature. Was expecting at most {} since '{}' does not "
                'have {}, but got shape {}'.format(_VALUES, expected, _TIMES, missing, values.shape))
        new_axes = (None,) * (2 - times.ndim)
        features = {key: value[new_axes] for key, value in features.items()}
    if require_single_batch and features[_TIMES].shape[0] != 1:
        raise ValueError('Got batch input, was expecting unbatched input.')
    return features
