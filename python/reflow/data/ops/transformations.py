"""Datasets that take, skip, repeat, shuffle, keep or prefetch the elements of another."""
from reflow import _core, tf2
from reflow.data.ops import dataset
from reflow.data.util import nest, random_seed, structure
from reflow.framework import constant_op, dtypes, ops
from reflow.ops import gen_dataset_ops


class RepeatDataset(dataset.UnaryUnchangedStructureDataset):
    """The elements several times."""

    def __init__(self, input_dataset, count):
        if count is None:
            self._count = constant_op.constant(-1, dtype=dtypes.int64, name='count')
        else:
            self._count = ops.convert_to_tensor(count, dtype=dtypes.int64, name='count')
        super().__init__(input_dataset, gen_dataset_ops.repeat_dataset(
            input_dataset._variant_tensor, count=self._count, **input_dataset._flat_structure))


def _lives_on():
    """Whether what a dataset keeps outlives its iterators: with the behaviour of TensorFlow 2, but in graphs."""
    return tf2.enabled() and (_core.executing_eagerly() or ops.get_default_graph().building_function)


class CacheDataset(dataset.UnaryUnchangedStructureDataset):
    """The elements, kept when they have been made once."""

    def __init__(self, input_dataset, filename):
        self._filename = ops.convert_to_tensor(filename, dtype=dtypes.string, name='filename')
        if _lives_on():
            self._cache, _ = gen_dataset_ops.anonymous_memory_cache()
            super().__init__(input_dataset, gen_dataset_ops.cache_dataset_v2(
                input_dataset._variant_tensor, filename=self._filename, cache=self._cache, **input_dataset._flat_structure))
            return
        super().__init__(input_dataset, gen_dataset_ops.cache_dataset(
            input_dataset._variant_tensor, filename=self._filename, **input_dataset._flat_structure))


class ShuffleDataset(dataset.UnaryUnchangedStructureDataset):
    """The elements in random order."""

    def __init__(self, input_dataset, buffer_size, seed=None, reshuffle_each_iteration=None):
        self._buffer_size = ops.convert_to_tensor(buffer_size, dtype=dtypes.int64, name='buffer_size')
        self._seed, self._seed2 = random_seed.get_seed(seed)
        self._reshuffle_each_iteration = True if reshuffle_each_iteration is None else reshuffle_each_iteration
        if self._reshuffle_each_iteration and _lives_on():
            self._seed_generator, _ = gen_dataset_ops.anonymous_random_seed_generator(self._seed, self._seed2)
            super().__init__(input_dataset, gen_dataset_ops.shuffle_dataset_v2(
                input_dataset._variant_tensor, buffer_size=self._buffer_size, seed_generator=self._seed_generator,
                **input_dataset._flat_structure))
            return
        super().__init__(input_dataset, gen_dataset_ops.shuffle_dataset(
            input_dataset._variant_tensor, buffer_size=self._buffer_size, seed=self._seed, seed2=self._seed2,
            reshuffle_each_iteration=self._reshuffle_each_iteration, **input_dataset._flat_structure))


class TakeDataset(dataset.UnaryUnchangedStructureDataset):
    """The first elements."""

    def __init__(self, input_dataset, count):
        self._count = ops.convert_to_tensor(count, dtype=dtypes.int64, name='count')
        super().__init__(input_dataset, gen_dataset_ops.take_dataset(
            input_dataset._variant_tensor, count=self._count, **input_dataset._flat_structure))


class SkipDataset(dataset.UnaryUnchangedStructureDataset):
    """All but the first elements."""

    def __init__(self, input_dataset, count):
        self._count = ops.convert_to_tensor(count, dtype=dtypes.int64, name='count')
        super().__init__(input_dataset, gen_dataset_ops.skip_dataset(
            input_dataset._variant_tensor, count=self._count, **input_dataset._flat_structure))


class ShardDataset(dataset.UnaryUnchangedStructureDataset):
    """Every so manieth element."""

    def __init__(self, input_dataset, num_shards, index):
        self._num_shards = ops.convert_to_tensor(num_shards, dtype=dtypes.int64, name='num_shards')
        self._index = ops.convert_to_tensor(index, dtype=dtypes.int64, name='index')
        super().__init__(input_dataset, gen_dataset_ops.shard_dataset(
            input_dataset._variant_tensor, num_shards=self._num_shards, index=self._index,
            **input_dataset._flat_structure))


class PrefetchDataset(dataset.UnaryUnchangedStructureDataset):
    """The elements, some of which are made ahead."""

    def __init__(self, input_dataset, buffer_size, slack_period=None):
        if buffer_size is None:
            buffer_size = -1
        self._buffer_size = ops.convert_to_tensor(buffer_size, dtype=dtypes.int64, name='buffer_size')
        super().__init__(input_dataset, gen_dataset_ops.prefetch_dataset(
            input_dataset._variant_tensor, buffer_size=self._buffer_size, slack_period=slack_period,
            **input_dataset._flat_structure))


class WindowDataset(dataset.UnaryDataset):
    """Datasets of elements that follow each other."""

    def __init__(self, input_dataset, size, shift, stride, drop_remainder):
        from reflow.data.ops import dataset_spec
        self._size = ops.convert_to_tensor(size, dtype=dtypes.int64, name='size')
        self._shift = ops.convert_to_tensor(size if shift is None else shift, dtype=dtypes.int64, name='shift')
        self._stride = ops.convert_to_tensor(stride, dtype=dtypes.int64, name='stride')
        self._drop_remainder = ops.convert_to_tensor(drop_remainder, dtype=dtypes.bool, name='drop_remainder')
        self._structure = nest.pack_sequence_as(
            structure.legacy_classes(input_dataset.element_spec),
            [dataset_spec.DatasetSpec(structure._legacy_spec(dtype, shape, cls)) for cls, shape, dtype in zip(
                *(nest.flatten(part(input_dataset.element_spec)) for part in (
                    structure.legacy_classes, structure.legacy_shapes, structure.legacy_types)))])
        super().__init__(input_dataset, gen_dataset_ops.window_dataset(
            input_dataset._variant_tensor, self._size, self._shift, self._stride, self._drop_remainder,
            **self._flat_structure))

    @property
    def element_spec(self):
        return self._structure
