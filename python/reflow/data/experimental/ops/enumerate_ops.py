"""Numbered elements."""
from reflow.util import deprecation


@deprecation.deprecated(None, 'Use `tf.data.Dataset.enumerate()')
def enumerate_dataset(start=0):
    """A transformation into pairs of a number, counted from `start`, and an element."""

    def _apply_fn(dataset):
        return dataset.enumerate(start)

    return _apply_fn
