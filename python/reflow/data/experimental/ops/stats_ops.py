"""What is recorded of datasets."""
from reflow.data.ops import dataset
from reflow.framework import dtypes, ops
from reflow.ops import gen_experimental_dataset_ops


def bytes_produced_stats(tag):
    """A transformation that records the sizes of elements."""

    def _apply_fn(input_dataset):
        return _StatsDataset(input_dataset, gen_experimental_dataset_ops.bytes_produced_stats_dataset, tag)

    return _apply_fn


def latency_stats(tag):
    """A transformation that records how long elements take."""

    def _apply_fn(input_dataset):
        return _StatsDataset(input_dataset, gen_experimental_dataset_ops.latency_stats_dataset, tag)

    return _apply_fn


class _StatsDataset(dataset.UnaryUnchangedStructureDataset):
    """The elements, something of which is recorded."""

    def __init__(self, input_dataset, op_function, tag):
        self._tag = ops.convert_to_tensor(tag, dtype=dtypes.string)
        super().__init__(input_dataset, op_function(
            input_dataset._variant_tensor, self._tag, **input_dataset._flat_structure))
