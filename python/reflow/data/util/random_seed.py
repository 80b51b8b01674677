"""The seeds of datasets."""
from reflow.framework import constant_op, dtypes, ops, random_seed
from reflow.ops import array_ops, math_ops


def get_seed(seed):
    """The int64 tensors `seed` and `seed2` of a dataset with the seed `seed`; both are 0 if there is no seed at all."""
    seed, seed2 = random_seed.get_seed(seed)
    if seed is None:
        seed = constant_op.constant(0, dtype=dtypes.int64, name='seed')
    else:
        seed = ops.convert_to_tensor(seed, dtype=dtypes.int64, name='seed')
    if seed2 is None:
        seed2 = constant_op.constant(0, dtype=dtypes.int64, name='seed2')
    else:
        # Seeds that are given as 0 and 0 are seeds all the same.
        with ops.name_scope('seed2') as scope:
            seed2 = ops.convert_to_tensor(seed2, dtype=dtypes.int64)
            seed2 = array_ops.where(
                math_ops.logical_and(math_ops.equal(seed, 0), math_ops.equal(seed2, 0)),
                constant_op.constant(2**31 - 1, dtype=dtypes.int64), seed2, name=scope)
    return seed, seed2
