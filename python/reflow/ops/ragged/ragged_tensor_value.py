"""RaggedTensorValue: what Session.run gives for a RaggedTensor."""

import numpy as np
from reflow.util.shown_attributes import shown


class RaggedTensorValue:
    """`values` (an array, or ragged too), of which row i has those from `row_splits[i]` to `row_splits[i + 1]`."""

    def __init__(self, values, row_splits):
        if not (isinstance(row_splits, (np.ndarray, np.generic)) and row_splits.dtype in (np.int64, np.int32) and
                row_splits.ndim == 1):
            raise TypeError('row_splits must be a 1D int32 or int64 numpy array')
        if not isinstance(values, (np.ndarray, np.generic, RaggedTensorValue)):
            raise TypeError('values must be a numpy array or a RaggedTensorValue')
        if isinstance(values, RaggedTensorValue) and row_splits.dtype != values.row_splits.dtype:
            raise ValueError('row_splits and values.row_splits must have the same dtype')
        self._values = values
        self._row_splits = row_splits

    row_splits = shown('_row_splits', 'Where each row begins, and the last one ends.')
    values = shown('_values', 'The rows, one behind the other.')
    dtype = shown('_values.dtype', "The elements' type, of NumPy.")

    @property
    def flat_values(self):
        """The innermost values, an array."""
        values = self._values
        while isinstance(values, RaggedTensorValue):
            values = values.values
        return values

    @property
    def nested_row_splits(self):
        """The splits of all levels, from the outside inwards."""
        inner = self._values.nested_row_splits if isinstance(self._values, RaggedTensorValue) else ()
        return (self._row_splits,) + inner

    @property
    def ragged_rank(self):
        """How many dimensions have rows of different lengths."""
        return len(self.nested_row_splits)

    @property
    def shape(self):
        """The sizes of the dimensions, None for those of rows."""
        return (self._row_splits.shape[0] - 1, None) + self._values.shape[1:]

    def __str__(self):
        return '<tf.RaggedTensorValue %s>' % self.to_list()

    def __repr__(self):
        return 'tf.RaggedTensorValue(values=%r, row_splits=%r)' % (self._values, self._row_splits)

    def to_list(self):
        """The rows as nested lists."""
        values = self._values.to_list() if isinstance(self._values, RaggedTensorValue) else self._values.tolist()
        return [values[begin:end] for begin, end in zip(self._row_splits[:-1], self._row_splits[1:])]
