"""Each value once."""
from reflow.data.ops import dataset
from reflow.data.util import structure
from reflow.framework import dtypes
from reflow.ops import gen_experimental_dataset_ops


def unique():
    """A transformation into the elements, each value once."""

    def _apply_fn(input_dataset):
        return _UniqueDataset(input_dataset)

    return _apply_fn


class _UniqueDataset(dataset.UnaryUnchangedStructureDataset):
    """The elements, each value once."""

    def __init__(self, input_dataset):
        if structure.legacy_types(input_dataset.element_spec) not in (dtypes.int32, dtypes.int64, dtypes.string):
            raise TypeError('`tf.data.experimental.unique()` only supports inputs with a single `tf.int32`, `tf.int64`, or '
                            '`tf.string` component.')
        super().__init__(input_dataset, gen_experimental_dataset_ops.unique_dataset(
            input_dataset._variant_tensor, **input_dataset._flat_structure))
