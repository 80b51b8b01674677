"""Transformations that say how a dataset is to be optimized."""
from reflow.data.ops import dataset, wrappers
from reflow.framework import dtypes, ops
from reflow.ops import gen_experimental_dataset_ops


def assert_next(transformations):
    """A transformation into the elements, which TensorFlow's tests follow by these transformations."""

    def _apply_fn(input_dataset):
        return _AssertNextDataset(input_dataset, transformations)

    return _apply_fn


def non_serializable():
    """A transformation into the elements of a dataset that isn't to be saved."""

    def _apply_fn(input_dataset):
        return _NonSerializableDataset(input_dataset)

    return _apply_fn


def optimize(optimizations=None):
    """A transformation into the elements of the dataset as the optimizations rewrite it."""

    def _apply_fn(input_dataset):
        return wrappers._OptimizeDataset(input_dataset, optimizations)

    return _apply_fn


class _AssertNextDataset(dataset.UnaryUnchangedStructureDataset):
    """A dataset that says what follows it."""

    def __init__(self, input_dataset, transformations):
        if transformations is None:
            raise ValueError('At least one transformation should be specified')
        self._transformations = ops.convert_to_tensor(transformations, dtype=dtypes.string, name='transformations')
        super().__init__(input_dataset, gen_experimental_dataset_ops.assert_next_dataset(
            input_dataset._variant_tensor, self._transformations, **input_dataset._flat_structure))


class _NonSerializableDataset(dataset.UnaryUnchangedStructureDataset):
    """A dataset that isn't to be saved."""

    def __init__(self, input_dataset):
        super().__init__(input_dataset, gen_experimental_dataset_ops.non_serializable_dataset(
            input_dataset._variant_tensor, **input_dataset._flat_structure))
