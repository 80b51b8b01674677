"""Shuffled passes."""
from reflow.data.ops import dataset
from reflow.data.util import convert, random_seed
from reflow.ops import gen_dataset_ops
from reflow.util import deprecation


class _ShuffleAndRepeatDataset(dataset.UnaryUnchangedStructureDataset):
    """The elements several times, in random order."""

    def __init__(self, input_dataset, buffer_size, count=None, seed=None):
        numbers = convert.tensors(buffer_size=buffer_size, count=convert.given(count, -1))
        seed, seed2 = random_seed.get_seed(seed)
        super().__init__(input_dataset, gen_dataset_ops.shuffle_and_repeat_dataset(
            input_dataset._variant_tensor, seed=seed, seed2=seed2, **numbers, **input_dataset._flat_structure))


@deprecation.deprecated(None, 'Use `tf.data.Dataset.shuffle(buffer_size, seed)` followed by `tf.data.Dataset.repeat(count)`. '
                        'Static tf.data optimizations will take care of using the fused implementation.')
def shuffle_and_repeat(buffer_size, count=None, seed=None):
    """A transformation into the elements `count` times (None: without end), in random order."""

    def _apply_fn(input_dataset):
        return _ShuffleAndRepeatDataset(input_dataset, buffer_size, count, seed)

    return _apply_fn
