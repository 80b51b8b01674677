"""Random numbers."""
from reflow.data.ops import dataset
from reflow.data.util import random_seed
from reflow.framework import dtypes, tensor_spec
from reflow.ops import gen_experimental_dataset_ops


class RandomDatasetV2(dataset.DatasetSource):
    """Random int64 numbers without end, from 0 to 2^32 - 1."""

    def __init__(self, seed=None):
        self._seed, self._seed2 = random_seed.get_seed(seed)
        super().__init__(gen_experimental_dataset_ops.random_dataset(
            seed=self._seed, seed2=self._seed2, **self._flat_structure))

    @property
    def element_spec(self):
        return tensor_spec.TensorSpec([], dtypes.int64)


class RandomDatasetV1(dataset.DatasetV1Adapter):
    """Random int64 numbers without end, from 0 to 2^32 - 1."""

    def __init__(self, seed=None):
        super().__init__(RandomDatasetV2(seed))


RandomDataset = RandomDatasetV1
