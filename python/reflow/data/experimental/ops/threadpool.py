"""Threads that a dataset is to run on. Here all datasets share those of the process."""
from reflow.data.ops import dataset
from reflow.ops import gen_experimental_dataset_ops


class PrivateThreadPool:
    """Threads for datasets."""

    def __init__(self, num_threads, display_name=None, max_intra_op_parallelism=1):
        self._resource = gen_experimental_dataset_ops.thread_pool_handle(
            num_threads=num_threads, max_intra_op_parallelism=max_intra_op_parallelism, display_name=display_name)


class _ThreadPoolDataset(dataset.UnaryUnchangedStructureDataset):
    """A dataset with threads of its own."""

    def __init__(self, input_dataset, thread_pool):
        self._thread_pool = thread_pool
        super().__init__(input_dataset, gen_experimental_dataset_ops.thread_pool_dataset(
            input_dataset._variant_tensor, thread_pool._resource, **input_dataset._flat_structure))


def override_threadpool(dataset, thread_pool):
    """The dataset, which is to run on the threads of `thread_pool`."""
    return _ThreadPoolDataset(dataset, thread_pool)
