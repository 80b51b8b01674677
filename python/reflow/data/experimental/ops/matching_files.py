"""The names of files, found as they are needed."""
from reflow.data.ops import dataset
from reflow.framework import dtypes, ops, tensor_spec
from reflow.ops import gen_experimental_dataset_ops


class MatchingFilesDataset(dataset.DatasetSource):
    """The names of the files that match a pattern, or one of several."""

    def __init__(self, patterns):
        self._patterns = ops.convert_to_tensor(patterns, dtype=dtypes.string, name='patterns')
        super().__init__(gen_experimental_dataset_ops.matching_files_dataset(self._patterns))

    @property
    def element_spec(self):
        return tensor_spec.TensorSpec([], dtypes.string)
