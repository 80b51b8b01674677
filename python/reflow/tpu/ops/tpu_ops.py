"""What replicas of a computation do together. Without TPUs there is one."""

from reflow.framework import indexed_slices
from reflow.ops import array_ops


def cross_replica_sum(x, group_assignment=None, name=None):
    """The sum of what the replicas of each group have: `x`, as there is one replica. Slices stay slices."""
    del group_assignment
    if isinstance(x, indexed_slices.IndexedSlices):
        return x
    return array_ops.identity(x, name=name or 'CrossReplicaSum')
