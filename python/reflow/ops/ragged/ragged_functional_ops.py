"""map_flat_values: ops on tensors, applied to the values of ragged ones."""

from reflow.framework import ops
from reflow.ops import check_ops
from reflow.ops.ragged import ragged_tensor


def map_flat_values(op, *args, **kwargs):
    """`op` of the arguments with each ragged one replaced by its flat values, as a ragged tensor with the same rows."""
    splits = []

    def flat(value):
        if ragged_tensor.is_ragged(value):
            value = ragged_tensor.convert_to_tensor_or_ragged_tensor(value)
            splits.append(value.nested_row_splits)
            return value.flat_values
        if isinstance(value, (list, tuple)):
            return [flat(element) for element in value]
        return value
    inner_args = [flat(value) for value in args]
    inner_kwargs = {name: flat(value) for name, value in kwargs.items()}
    if not splits:
        return op(*args, **kwargs)
    if len({len(s) for s in splits}) > 1:
        raise ValueError('Input ragged_ranks do not match')
    checks = [check_ops.assert_equal(a, b, message='Inputs must have identical ragged splits')
              for other in splits[1:] for a, b in zip(splits[0], other) if a is not b]
    with ops.control_dependencies(checks):
        return ragged_tensor.RaggedTensor.from_nested_row_splits(op(*inner_args, **inner_kwargs), splits[0], validate=False)
