"""Datasets as one element, under the names of tf.contrib.data."""
import numpy as np

from reflow.data.experimental.ops.get_single_element import get_single_element  # noqa: F401
from reflow.data.ops import dataset_ops
from reflow.util import deprecation


@deprecation.deprecated(None, 'Use `tf.data.Dataset.reduce(...)`.')
def reduce_dataset(dataset, reducer):
    """What a Reducer makes of all elements."""
    if not isinstance(dataset, dataset_ops.Dataset):
        raise TypeError('`dataset` must be a `tf.data.Dataset` object.')
    return dataset.reduce(reducer.init_func(np.int64(0)), reducer.reduce_func)
