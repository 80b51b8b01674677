"""generator_input_fn: batches of what a generator yields, by way of a queue."""
from collections.abc import Container
from types import FunctionType, GeneratorType

from reflow.estimator.inputs.queues import feeding_functions
from reflow.util import deprecation


def _checked_targets(target_key, input_keys):
    """The names of the targets as a list, or None."""
    if target_key is None:
        return None
    if isinstance(target_key, str):
        return [target_key]
    if not isinstance(target_key, Container):
        raise TypeError('target_key must be str or Container of str; got {}'.format(type(target_key).__name__))
    for key in target_key:
        if not isinstance(key, str):
            raise TypeError('target_key must be str or Container of str; got {}'.format(type(key).__name__))
        if key not in input_keys:
            raise KeyError('target_key not in yielded dict. Expected {} keys; got {}'.format(input_keys, key))
    return target_key


@deprecation.deprecated(None, 'Please use tf.data.')
def generator_input_fn(x, target_key=None, batch_size=128, num_epochs=1, shuffle=True, queue_capacity=1000, num_threads=1,
                       pad_value=None):
    """An input_fn that gives batches of the dicts of arrays that the generator function `x` yields, one an example.

    `target_key` names what of them is the target, or a dict of targets where it is several names.
    """
    if not isinstance(x, FunctionType):
        raise TypeError('x must be generator function; got {}'.format(type(x).__name__))
    generator = x()
    if not isinstance(generator, GeneratorType):
        raise TypeError('x() must be generator; got {}'.format(type(generator).__name__))
    example = next(generator)
    if not isinstance(example, dict):
        raise TypeError('x() must yield dict; got {}'.format(type(example).__name__))
    input_keys = sorted(example)
    targets = _checked_targets(target_key, input_keys)

    def input_fn():
        queue = feeding_functions._enqueue_data(
            x, queue_capacity, shuffle=shuffle, num_threads=num_threads, enqueue_size=batch_size, num_epochs=num_epochs,
            pad_value=pad_value)
        batch = queue.dequeue_many(batch_size) if num_epochs is None else queue.dequeue_up_to(batch_size)
        features = dict(zip(input_keys, batch if isinstance(batch, list) else [batch]))
        if targets is None:
            return features
        if len(targets) > 1:
            return features, {key: features.pop(key) for key in targets}
        return features, features.pop(targets[0])

    return input_fn
