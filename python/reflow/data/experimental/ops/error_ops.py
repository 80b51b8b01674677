"""Elements that fail."""
from reflow.data.ops import dataset
from reflow.ops import gen_experimental_dataset_ops


def ignore_errors():
    """A transformation into the elements that do not fail."""

    def _apply_fn(input_dataset):
        return _IgnoreErrorsDataset(input_dataset)

    return _apply_fn


class _IgnoreErrorsDataset(dataset.UnaryUnchangedStructureDataset):
    """The elements that do not fail."""

    def __init__(self, input_dataset):
        super().__init__(input_dataset, gen_experimental_dataset_ops.ignore_errors_dataset(
            input_dataset._variant_tensor, **input_dataset._flat_structure))
