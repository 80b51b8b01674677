"""pandas_input_fn: batches of data frames, by way of a queue."""

import uuid

import numpy as np

from reflow.estimator.inputs import numpy_io
from reflow.estimator.inputs.queues import feeding_functions

HAS_PANDAS = feeding_functions.HAS_PANDAS


def _get_unique_target_key(features, name):
    return name + '_' + str(uuid.uuid4()) if name in features else name


def pandas_input_fn(x, y=None, batch_size=128, num_epochs=1, shuffle=None, queue_capacity=1000, num_threads=1,
                    target_column='target'):
    """An input_fn that gives batches of the columns of `x` and of the targets `y`, a series or data frame."""
    if not HAS_PANDAS:
        raise TypeError('pandas_input_fn should not be called without pandas installed')
    numpy_io.check_shuffle(shuffle)
    if not isinstance(target_column, str):
        raise TypeError('target_column must be a string type')
    x = x.copy()
    y_columns = None
    if y is not None:
        if target_column in x:
            raise ValueError('Cannot use name %s for target column: DataFrame already has a column with that name: %s' % (
                target_column, x.columns))
        if not np.array_equal(x.index, y.index):
            raise ValueError('Index for x and y are mismatched.\nIndex for x: %s\nIndex for y: %s\n' % (x.index, y.index))
        if feeding_functions.is_data_frame(y):
            y_columns = [(column, _get_unique_target_key(x, column)) for column in list(y)]
            x[[name for _, name in y_columns]] = y
        else:
            x[target_column] = y
    if queue_capacity is None:
        queue_capacity = 4 * len(x) if shuffle else len(x)
    min_after_dequeue = max(queue_capacity / 4, 1)

    def input_fn():
        queue = feeding_functions._enqueue_data(
            x, queue_capacity, shuffle=shuffle, min_after_dequeue=min_after_dequeue, num_threads=num_threads,
            enqueue_size=batch_size, num_epochs=num_epochs)
        batch = queue.dequeue_many(batch_size) if num_epochs is None else queue.dequeue_up_to(batch_size)
        features = dict(zip(list(x.columns), batch[1:]))  # without the index
        if y is None:
            return features
        if y_columns is None:
            return features, features.pop(target_column)
        return features, {column: features.pop(name) for column, name in y_columns}

    return input_fn
