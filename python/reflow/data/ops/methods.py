"""The methods of datasets that make other datasets."""
import numpy as np

from reflow.framework import dtypes

AUTOTUNE = -1


class DatasetMethods:
    """What all datasets can be made into, and ways to make one."""

    _map_preserves_cardinality = True

    @staticmethod
    def from_tensors(tensors):
        """A dataset of one element, `tensors`."""
        from reflow.data.ops import sources
        return sources.TensorDataset(tensors)

    @staticmethod
    def from_tensor_slices(tensors):
        """A dataset whose elements are the rows of `tensors`."""
        from reflow.data.ops import sources
        return sources.TensorSliceDataset(tensors)

    @staticmethod
    def from_generator(generator, output_types, output_shapes=None, args=None):
        """A dataset of what the iterator gives that `generator(*args)` returns; called anew for each pass."""
        from reflow.data.ops import generators
        return generators.from_generator(generator, output_types, output_shapes, args)

    @staticmethod
    def range(*args):
        """The int64 numbers of Python's range."""
        from reflow.data.ops import sources
        return sources.RangeDataset(*args)

    @staticmethod
    def zip(datasets):
        """The dataset of elements that have one element of each of the nested structure of datasets."""
        from reflow.data.ops import joined
        return joined.ZipDataset(datasets)

    @staticmethod
    def list_files(file_pattern, shuffle=None, seed=None):
        """The names of the files that match a pattern, shuffled unless `shuffle` is False."""
        from reflow.data.ops import sources
        return sources.list_files(file_pattern, shuffle, seed)

    def concatenate(self, dataset):
        """The elements of this dataset, then those of `dataset`."""
        from reflow.data.ops import joined
        return joined.ConcatenateDataset(self, dataset)

    def prefetch(self, buffer_size):
        """The elements, of which `buffer_size` are made ahead."""
        from reflow.data.ops import transformations
        return transformations.PrefetchDataset(self, buffer_size)

    def repeat(self, count=None):
        """The elements `count` times; None or -1: without end."""
        from reflow.data.ops import transformations
        return transformations.RepeatDataset(self, count)

    def enumerate(self, start=0):
        """Pairs of a number, counted from `start`, and an element."""
        max_value = np.iinfo(dtypes.int64.as_numpy_dtype).max
        return self.zip((self.range(start, max_value), self))

    def shuffle(self, buffer_size, seed=None, reshuffle_each_iteration=None):
        """The elements in random order, each taken from `buffer_size` of them."""
        from reflow.data.ops import transformations
        return transformations.ShuffleDataset(self, buffer_size, seed, reshuffle_each_iteration)

    def cache(self, filename=''):
        """The elements, kept when they have been made once: in files of this name, or in memory."""
        from reflow.data.ops import transformations
        return transformations.CacheDataset(self, filename)

    def take(self, count):
        """The first `count` elements; -1: all."""
        from reflow.data.ops import transformations
        return transformations.TakeDataset(self, count)

    def skip(self, count):
        """What follows the first `count` elements; -1: nothing."""
        from reflow.data.ops import transformations
        return transformations.SkipDataset(self, count)

    def shard(self, num_shards, index):
        """Every `num_shards`-th element from number `index` on."""
        from reflow.data.ops import transformations
        return transformations.ShardDataset(self, num_shards, index)

    def batch(self, batch_size, drop_remainder=False):
        """Elements that have `batch_size` elements as their rows."""
        from reflow.data.ops import batches
        return batches.BatchDataset(self, batch_size, drop_remainder)

    def padded_batch(self, batch_size, padded_shapes, padding_values=None, drop_remainder=False):
        """The same of elements of different shapes, which are padded to `padded_shapes`."""
        from reflow.data.ops import batches
        return batches.PaddedBatchDataset(self, batch_size, padded_shapes, padding_values, drop_remainder)

    def map(self, map_func, num_parallel_calls=None):
        """What `map_func` makes of each element, with up to `num_parallel_calls` calls at once."""
        from reflow.data.ops import mapped
        if num_parallel_calls is None:
            return mapped.MapDataset(self, map_func, preserve_cardinality=self._map_preserves_cardinality)
        return mapped.ParallelMapDataset(self, map_func, num_parallel_calls,
                                         preserve_cardinality=self._map_preserves_cardinality)

    def flat_map(self, map_func):
        """The elements of the datasets that `map_func` makes of the elements."""
        from reflow.data.ops import mapped
        return mapped.FlatMapDataset(self, map_func)

    def interleave(self, map_func, cycle_length=AUTOTUNE, block_length=1, num_parallel_calls=None):
        """The same, with `block_length` elements of each of `cycle_length` datasets in turn."""
        from reflow.data.ops import mapped
        if num_parallel_calls is None:
            return mapped.InterleaveDataset(self, map_func, cycle_length, block_length)
        return mapped.ParallelInterleaveDataset(self, map_func, cycle_length, block_length, num_parallel_calls)

    def filter(self, predicate):
        """The elements of which `predicate` is true."""
        from reflow.data.ops import mapped
        return mapped.FilterDataset(self, predicate)

    def apply(self, transformation_func):
        """What a function of datasets makes of this one."""
        from reflow.data.ops import dataset
        result = transformation_func(self)
        if not isinstance(result, dataset.DatasetV2):
            raise TypeError('`transformation_func` must return a Dataset. Got {}.'.format(result))
        result._input_datasets = [self]
        return result

    def window(self, size, shift=None, stride=1, drop_remainder=False):
        """Datasets of `size` elements each, which begin `shift` elements after one another."""
        from reflow.data.ops import transformations
        return transformations.WindowDataset(self, size, shift, stride, drop_remainder)

    def reduce(self, initial_state, reduce_func):
        """The state after `reduce_func(state, element)` of all elements, which begins with `initial_state`."""
        from reflow.data.ops import reductions
        return reductions.reduce(self, initial_state, reduce_func)

    def unbatch(self):
        """The rows of the elements."""
        from reflow.data.ops import batches
        return batches.unbatch(self)

    def with_options(self, options):
        """The dataset with these options beside its own."""
        from reflow.data.ops import wrappers
        return wrappers._OptionsDataset(self, options)


# Those that have their result adapted in DatasetV1; `reduce`, `enumerate` and `unbatch` are as they are.
ADAPTED = ('from_tensors', 'from_tensor_slices', 'from_generator', 'range', 'zip', 'list_files', 'concatenate', 'prefetch',
           'repeat', 'shuffle', 'cache', 'take', 'skip', 'shard', 'batch', 'padded_batch', 'map', 'flat_map', 'interleave',
           'filter', 'apply', 'window', 'with_options')
STATIC = ADAPTED[:6]
