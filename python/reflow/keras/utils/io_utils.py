"""Arrays of HDF5 files as data of models."""

import collections

import numpy as np

from reflow.lib.io import hdf5_file


class HDF5Matrix:
    """A data set of an HDF5 file, or a part of it, normalised if wanted."""

    refs = collections.defaultdict(int)  # path -> the open file, which all matrices of it share

    def __init__(self, datapath, dataset, start=0, end=None, normalizer=None):
        if datapath not in self.refs:
            self.refs[datapath] = hdf5_file.File(datapath, 'r')
        self.data = self.refs[datapath][dataset]
        self.start = start
        self.end = self.data.shape[0] if end is None else end
        self.normalizer = normalizer

    def __len__(self):
        return self.end - self.start

    def __getitem__(self, key):
        if isinstance(key, slice):
            start = 0 if key.start is None else key.start
            stop = len(self) if key.stop is None else key.stop
            if stop + self.start > self.end:
                raise IndexError
            rows = slice(start + self.start, stop + self.start)
        elif isinstance(key, (int, np.integer)):
            if key + self.start >= self.end:
                raise IndexError
            rows = key + self.start
        else:
            rows = np.asarray(key) + self.start
            if np.max(rows) >= self.end:
                raise IndexError
        values = np.asarray(self.data)[rows]
        return values if self.normalizer is None else self.normalizer(values)

    @property
    def shape(self):
        """The shape."""
        return (len(self),) + tuple(self.data.shape[1:])

    @property
    def dtype(self):
        """The type."""
        return self.data.dtype

    @property
    def ndim(self):
        """The rank."""
        return len(self.shape)

    @property
    def size(self):
        """The number of elements."""
        return int(np.prod(self.shape))


HDF5Matrix.__module__ = 'tensorflow.python.keras.utils.io_utils'
