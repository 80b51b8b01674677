"""Datasets as Python iterators, where operations run at once."""
from reflow.data.ops import iterator_ops


class Iterator(iterator_ops.IteratorV2):
    """A pass over a dataset; `next`, or a loop, gives its elements."""

    def __init__(self, dataset):
        super().__init__(dataset)
