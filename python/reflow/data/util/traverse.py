"""The operations that a dataset is made of."""
from reflow.framework import dtypes


def obtain_all_variant_tensor_ops(dataset):
    """The operations that make the variant tensors which the dataset is made of."""
    found, waiting = [], [dataset._variant_tensor.op]
    seen = set(waiting)
    while waiting:
        operation = waiting.pop(0)
        found.append(operation)
        for tensor in operation.inputs:
            if tensor.dtype == dtypes.variant and tensor.op not in seen:
                seen.add(tensor.op)
                waiting.append(tensor.op)
    return found
