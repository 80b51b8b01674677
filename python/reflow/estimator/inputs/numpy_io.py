"""numpy_input_fn: batches of arrays, by way of a queue."""

import collections

import numpy as np

from reflow.estimator.inputs.queues import feeding_functions

_TARGET_KEY = '__target_key__'


def check_shuffle(shuffle):
    """Raises ValueError where the caller has not said whether he wants examples in random order."""
    if not isinstance(shuffle, bool):
        raise ValueError('shuffle must be provided and explicitly set as boolean (it is recommended to set it as True for '
                         'training); got {}'.format(shuffle))


def _get_unique_target_key(features):
    key = _TARGET_KEY
    while key in features:
        key += '_n'
    return key


def _sorted_by_key(dictionary):
    return collections.OrderedDict(sorted(dictionary.items(), key=lambda item: item[0]))


def _validate_and_convert_features(x):
    """{name: array}, sorted."""
    if isinstance(x, dict):
        if not x:
            raise ValueError('x cannot be an empty dict')
        return _sorted_by_key(x)
    if isinstance(x, np.ndarray):
        if x.size == 0:
            raise ValueError('x cannot be an empty array')
        return collections.OrderedDict({'__direct_np_input__': x})
    raise TypeError('x must be a dict or array; got {}'.format(type(x).__name__))


def _add_targets(data, y, feature_keys):
    """Adds the targets to `data`; gives their key or list of keys, or None."""
    if y is None:
        return None
    if not isinstance(y, dict):
        key = _get_unique_target_key(data)
        data[key] = y
        return key
    if not y:
        raise ValueError('y cannot be empty dict, use None instead.')
    targets = _sorted_by_key(y)
    duplicates = set(feature_keys).intersection(targets)
    if duplicates:
        raise ValueError('{} duplicate keys are found in both x and y: {}'.format(len(duplicates), duplicates))
    data.update(targets)
    return list(targets)


def _check_lengths(data, y, feature_keys, target_keys):
    if len({array.shape[0] for array in data.values()}) == 1:
        return
    shapes_of_y = None
    if isinstance(target_keys, str):
        shapes_of_y = y.shape
    elif target_keys is not None:
        shapes_of_y = {key: data[key].shape for key in target_keys}
    raise ValueError('Length of tensors in x and y is mismatched. All elements in x and y must have the same length.\n'
                     'Shapes in x: {}\nShapes in y: {}\n'.format({key: data[key].shape for key in feature_keys}, shapes_of_y))


def numpy_input_fn(x, y=None, batch_size=128, num_epochs=1, shuffle=None, queue_capacity=1000, num_threads=1):
    """An input_fn that gives batches of the arrays `x`, one or {name: array}, and of the targets `y`."""
    check_shuffle(shuffle)

    def input_fn():
        data = _validate_and_convert_features(x)
        feature_keys = list(data)
        target_keys = _add_targets(data, y, feature_keys)
        _check_lengths(data, y, feature_keys, target_keys)
        queue = feeding_functions._enqueue_data(
            data, queue_capacity, shuffle=shuffle, num_threads=num_threads, enqueue_size=batch_size, num_epochs=num_epochs)
        batch = queue.dequeue_many(batch_size) if num_epochs is None else queue.dequeue_up_to(batch_size)
        batch = batch[1:]  # without the numbers of the rows
        features = batch[0] if isinstance(x, np.ndarray) else dict(zip(feature_keys, batch[:len(feature_keys)]))
        if target_keys is None:
            return features
        if isinstance(target_keys, str):
            return features, batch[-1]
        return features, dict(zip(target_keys, batch[-len(target_keys):]))

    return input_fn
