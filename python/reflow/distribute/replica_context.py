"""The context of code that runs for one replica, and what may be called where."""

from reflow.distribute import distribution_strategy_context as contexts
from reflow.distribute import reduce_util
from reflow.distribute import values

_NO_AGGREGATION = (
    'You must specify an aggregation method to update a MirroredVariable in Replica Context. You can do so by passing an '
    'explicit value for argument `aggregation` to tf.Variable(..).e.g. `tf.Variable(..., aggregation=tf.VariableAggregation.SUM)'
    '``tf.VariableAggregation` lists the possible aggregation methods.This is required because MirroredVariable should always '
    'be kept in sync. When updating them or assigning to them in a replica context, we automatically try to aggregate the '
    'values before updating the variable. For this aggregation, we need to know the aggregation method. Another alternative is '
    'to not try to update such MirroredVariable in replica context, but in cross replica context. You can enter cross replica '
    'context by calling `tf.distribute.get_replica_context().merge_call(merge_fn, ..)`.Inside `merge_fn`, you can then update '
    'the MirroredVariable using `tf.distribute.StrategyExtended.update()`.')


def update_in_replica(replica_context, variable, value, update):
    """update(value) of what all replicas give together, as the variable's aggregation says."""
    from reflow.ops import variables
    aggregation = variable.aggregation
    if aggregation == variables.VariableAggregation.NONE:
        raise ValueError(_NO_AGGREGATION)
    if aggregation in (variables.VariableAggregation.SUM, variables.VariableAggregation.MEAN):
        reduce_op = reduce_util.ReduceOp.from_variable_aggregation(aggregation)
        return replica_context.merge_call(lambda strategy, value: update(strategy.extended._reduce(reduce_op, value)), (value,))
    return replica_context.merge_call(lambda strategy, value: update(values.select_replica(0, value)), (value,))


def require_cross_replica(strategy):
    """RuntimeError: code of a replica, or of another strategy, is what runs."""
    current, replica_context = contexts.get_strategy_and_replica_context()
    if not contexts.has_strategy() or (replica_context is None and current is strategy):
        return
    require_same(strategy, current)
    raise RuntimeError('Method requires being in cross-replica context, use get_replica_context().merge_call()')


def require_same(strategy, current):
    if current is not strategy:
        raise RuntimeError('Mixing different tf.distribute.Strategy objects: %s is not %s' % (current, strategy))


def require_replica_context(replica_ctx):
    """RuntimeError: code of the replica of `replica_ctx` isn't what runs."""
    if contexts.get_replica_context() is replica_ctx:
        return
    if contexts.get_replica_context() is None:
        raise RuntimeError('Need to be inside `call_for_each_replica()`')
    if contexts.get_strategy() is replica_ctx.strategy:
        raise RuntimeError('Mismatching ReplicaContext.')
    raise RuntimeError('Mismatching tf.distribute.Strategy objects: %s is not %s.' % (
        contexts.get_strategy(), replica_ctx.strategy))


class ReplicaContext:
    """The context of code that runs for one replica."""

    def __init__(self, strategy, replica_id_in_sync_group):
        self._strategy, self._replica_id, self._replica = strategy, replica_id_in_sync_group, None

    @classmethod
    def _of(cls, strategy, replica_id, replica):
        """The context of a replica of several, which has a thread of its own."""
        context = cls(strategy, replica_id)
        context._replica = replica
        return context

    def merge_call(self, merge_fn, args=(), kwargs=None):
        """merge_fn(strategy, ...) for all replicas together, in a cross-replica context; this replica's part of the result."""
        require_replica_context(self)
        kwargs = {} if kwargs is None else kwargs
        if self._replica is not None:
            return self._replica.merge_call(merge_fn, args, kwargs)
        with contexts._Entered(self._strategy):
            return merge_fn(self._strategy, *args, **kwargs)

    @property
    def num_replicas_in_sync(self):
        """How many replicas compute a step together."""
        return self._strategy.num_replicas_in_sync

    @property
    def replica_id_in_sync_group(self):
        """The number of this replica."""
        require_replica_context(self)
        return self._replica_id

    @property
    def strategy(self):
        """The strategy."""
        return self._strategy

    @property
    def devices(self):
        """The device of the replica, in a list."""
        require_replica_context(self)
        return [self._strategy.extended.worker_devices[self._replica_id]]

    def all_reduce(self, reduce_op, value):
        """The sum or mean of all replicas' values, for each of them; of nested structures, of each value."""
        from reflow.ops import array_ops
        from reflow.util import nest
        if isinstance(reduce_op, str):
            reduce_op = reduce_util.ReduceOp(reduce_op.upper())
        flat = nest.flatten(value)

        def reduce_all(strategy, *parts):
            return [strategy.extended._reduce(reduce_op, part) for part in parts]

        # Each replica has values of its own, equal as they are.
        return nest.pack_sequence_as(value, [array_ops.identity(each) for each in self.merge_call(reduce_all, args=flat)])
