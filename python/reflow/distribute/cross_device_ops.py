"""Sums and means of what replicas have."""

import enum

from reflow.distribute import reduce_util
from reflow.distribute import values
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops


class CollectiveCommunication(enum.Enum):
    """How collective operations between workers communicate."""
    AUTO = 'AUTO'
    RING = 'RING'
    NCCL = 'NCCL'


def reduced(reduce_op, parts, num_replicas):
    """The sum or mean of `parts`. What isn't one for each replica is the same for all of them."""
    is_mean = reduce_op == reduce_util.ReduceOp.MEAN
    if len(parts) == 1:
        if is_mean or num_replicas == 1:
            return parts[0]
        return parts[0] if isinstance(parts[0], (int, float)) and not parts[0] else parts[0] * num_replicas
    if all(isinstance(part, ops.IndexedSlices) for part in parts):
        gathered = array_ops.concat([part.values for part in parts], 0)
        gathered = gathered / len(parts) if is_mean else gathered
        return ops.IndexedSlices(gathered, array_ops.concat([part.indices for part in parts], 0), parts[0].dense_shape)
    total = math_ops.add_n([ops.convert_to_tensor(part) for part in parts])
    return total / len(parts) if is_mean else total


class CrossDeviceOps:
    """Sums, means and copies between devices."""

    def __init__(self):
        """Nothing to say."""

    def reduce(self, reduce_op, per_replica_value, destinations):
        """The sum or mean of all replicas' values."""
        return self.reduce_implementation(reduce_op, per_replica_value, destinations)

    def batch_reduce(self, reduce_op, value_destination_pairs):
        """reduce of several values."""
        return self.batch_reduce_implementation(reduce_op, value_destination_pairs)

    def broadcast(self, tensor, destinations):
        """`tensor` for all of `destinations`."""
        return self.broadcast_implementation(tensor, destinations)

    def reduce_implementation(self, reduce_op, per_replica_value, destinations):
        """What reduce does."""
        del destinations
        parts = values.local_values(per_replica_value)
        return reduced(reduce_op, parts, len(parts))

    def batch_reduce_implementation(self, reduce_op, value_destination_pairs):
        """What batch_reduce does."""
        return [self.reduce_implementation(reduce_op, value, destinations) for value, destinations in value_destination_pairs]

    def broadcast_implementation(self, tensor, destinations):
        """What broadcast does."""
        del destinations
        return tensor


class ReductionToOneDevice(CrossDeviceOps):
    """Computes sums on one device."""

    def __init__(self, reduce_to_device=None, accumulation_fn=None):
        super().__init__()
        self.reduce_to_device, self.accumulation_fn = reduce_to_device, accumulation_fn


class AllReduceCrossDeviceOps(CrossDeviceOps):
    """Computes sums on all devices together, where these have a way to do so."""

    def __init__(self, all_reduce_alg='nccl', num_packs=1, agg_small_grads_max_bytes=0, agg_small_grads_max_group=10):
        super().__init__()
        self._all_reduce_alg, self._num_packs = all_reduce_alg, num_packs
        self._agg_small_grads_max_bytes, self._agg_small_grads_max_group = agg_small_grads_max_bytes, agg_small_grads_max_group


class NcclAllReduce(AllReduceCrossDeviceOps):
    """All-reduce of GPUs by NCCL."""

    def __init__(self, num_packs=1):
        if num_packs < 0:
            raise ValueError('NCCL all-reduce requires num_packs >= 0, but {} is specified'.format(num_packs))
        super().__init__('nccl', num_packs)


class HierarchicalCopyAllReduce(AllReduceCrossDeviceOps):
    """All-reduce by copies between pairs of GPUs."""

    def __init__(self, num_packs=1):
        if num_packs < 0:
            raise ValueError('HierarchicalCopy requires num_packs >= 0, but {} is specified'.format(num_packs))
        super().__init__('hierarchical_copy', num_packs)
