"""How many elements a dataset has."""
from reflow.ops import gen_experimental_dataset_ops

INFINITE = -1
UNKNOWN = -2


def cardinality(dataset):
    """The number of elements as an int64 tensor; INFINITE or UNKNOWN."""
    return gen_experimental_dataset_ops.dataset_cardinality(dataset._variant_tensor)
