"""Values that each replica has its own of."""

from reflow.framework import ops


class DistributedValues:
    """A value for each replica."""

    def __init__(self, values):
        self._values = tuple(values)

    def get(self, device=None):
        """The value of the replica whose code runs, or of a replica by its number."""
        from reflow.distribute import distribution_strategy_context as contexts
        if device is None:
            replica = contexts.get_replica_context()
            if replica is None:
                raise ValueError('`get()` needs a replica context')
            device = replica.replica_id_in_sync_group
        return self._values[device]

    @property
    def values(self):
        """All of them, as a tuple."""
        return self._values

    def __repr__(self):
        return '%s:{%s}' % (type(self).__name__, ',\n'.join('\n  %d: %r' % each for each in enumerate(self._values)))

    __str__ = __repr__


class PerReplica(DistributedValues):
    """Values of replicas that differ."""


class Mirrored(DistributedValues):
    """Values of replicas that are equal."""


def select_replica(replica_id, structure):
    """What replica `replica_id` has of a nested structure."""
    if isinstance(structure, DistributedValues):
        return structure.values[replica_id]
    if isinstance(structure, (list, tuple)) or type(structure) in (dict,):
        return _rebuild(structure, [select_replica(replica_id, each) for each in _items(structure)])
    return structure


def regroup(per_replica):
    """The structures of all replicas as one, with PerReplica where they differ."""
    first = per_replica[0]
    if len(per_replica) == 1:
        return first
    if isinstance(first, (list, tuple, dict)) and not isinstance(first, ops.IndexedSlices):
        columns = zip(*[_items(structure) for structure in per_replica])
        return _rebuild(first, [regroup(column) for column in columns])
    if all(each is first for each in per_replica):
        return first
    return PerReplica(per_replica)


def _items(structure):
    return [structure[key] for key in structure] if isinstance(structure, dict) else list(structure)


def _rebuild(structure, items):
    if isinstance(structure, dict):
        return type(structure)(zip(structure, items))
    if isinstance(structure, tuple) and hasattr(structure, '_fields'):
        return type(structure)._make(items)
    return type(structure)(items)


def local_values(value):
    """The values of all replicas as a tuple; of what is no value of replicas, that alone."""
    return value.values if isinstance(value, DistributedValues) else (value,)
