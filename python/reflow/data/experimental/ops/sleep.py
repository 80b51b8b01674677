"""Elements, slowly."""
from reflow.data.ops import dataset
from reflow.ops import gen_experimental_dataset_ops


def sleep(sleep_microseconds):
    """A transformation into the elements, with a pause before each."""

    def _apply_fn(input_dataset):
        return _SleepDataset(input_dataset, sleep_microseconds)

    return _apply_fn


class _SleepDataset(dataset.UnaryUnchangedStructureDataset):
    """The elements, with a pause before each."""

    def __init__(self, input_dataset, sleep_microseconds):
        self._sleep_microseconds = sleep_microseconds
        super().__init__(input_dataset, gen_experimental_dataset_ops.sleep_dataset(
            input_dataset._variant_tensor, sleep_microseconds, **input_dataset._flat_structure))
