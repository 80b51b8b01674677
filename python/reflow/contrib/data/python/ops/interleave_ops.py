"""Several datasets in turn, under the names of tf.contrib.data."""
from reflow.data.experimental.ops.interleave_ops import choose_from_datasets, parallel_interleave, sample_from_datasets
from reflow.util import deprecation

__all__ = ['choose_from_datasets', 'parallel_interleave', 'sample_from_datasets', 'sloppy_interleave']


@deprecation.deprecated(None, 'Use `tf.contrib.data.parallel_interleave(..., sloppy=True)`.')
def sloppy_interleave(map_func, cycle_length, block_length=1):
    """A transformation into the elements of the datasets that `map_func` makes, whichever comes first."""
    return parallel_interleave(map_func, cycle_length, block_length, sloppy=True)
