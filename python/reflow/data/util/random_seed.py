"""The seeds of datasets."""
from reflow.framework import constant_op, dtypes, ops, random_seed
from reflow.ops import array_ops, math_ops


def get_seed(seed):
    """The int64 tensors `seed` and `seed2` of a dataset with the seed `seed`; both are 0 if there is no seed at all."""
    of_graph, of_op = random_seed.get_seed(0 if isinstance(seed, ops.Tensor) else seed)
    if isinstance(seed, ops.Tensor):
        of_op = seed % (2**31 - 1)

    def zero(name):
        return constant_op.constant(0, dtype=dtypes.int64, name=name)

    first = zero('seed') if of_graph is None else ops.convert_to_tensor(of_graph, dtype=dtypes.int64, name='seed')
    if of_op is None:
        return first, zero('seed2')
    # Seeds that are given as 0 and 0 are seeds all the same.
    with ops.name_scope('seed2') as scope:
        second = ops.convert_to_tensor(of_op, dtype=dtypes.int64)
        are_zero = math_ops.logical_and(math_ops.equal(first, 0), math_ops.equal(second, 0))
        largest = constant_op.constant(2**31 - 1, dtype=dtypes.int64)
        return first, array_ops.where(are_zero, largest, second, name=scope)
