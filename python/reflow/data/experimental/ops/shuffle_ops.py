"""Shuffled passes."""
from reflow.data.ops import dataset
from reflow.data.util import random_seed
from reflow.framework import constant_op, dtypes, ops
from reflow.ops import gen_dataset_ops
from reflow.util import deprecation


class _ShuffleAndRepeatDataset(dataset.UnaryUnchangedStructureDataset):
    """The elements several times, in random order."""

    def __init__(self, input_dataset, buffer_size, count=None, seed=None):
        self._buffer_size = ops.convert_to_tensor(buffer_size, dtype=dtypes.int64, name='buffer_size')
        if count is None:
            self._count = constant_op.constant(-1, dtype=dtypes.int64, name='count')
        else:
            self._count = ops.convert_to_tensor(count, dtype=dtypes.int64, name='count')
        self._seed, self._seed2 = random_seed.get_seed(seed)
        super().__init__(input_dataset, gen_dataset_ops.shuffle_and_repeat_dataset(
            input_dataset._variant_tensor, buffer_size=self._buffer_size, count=self._count, seed=self._seed,
            seed2=self._seed2, **input_dataset._flat_structure))


@deprecation.deprecated(None, 'Use `tf.data.Dataset.shuffle(buffer_size, seed)` followed by `tf.data.Dataset.repeat(count)`. '
                        'Static tf.data optimizations will take care of using the fused implementation.')
def shuffle_and_repeat(buffer_size, count=None, seed=None):
    """A transformation into the elements `count` times (None: without end), in random order."""

    def _apply_fn(input_dataset):
        return _ShuffleAndRepeatDataset(input_dataset, buffer_size, count, seed)

    return _apply_fn
