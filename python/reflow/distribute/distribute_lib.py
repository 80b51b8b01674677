"""Strategies: how a computation is spread over devices, and the contexts in which its parts run.

Replicas compute on devices of one address space. They share variables, where TensorFlow keeps a copy for each replica and
keeps the copies equal: what a replica reads is the same, and a variable is changed once, by what all replicas give.
"""

import enum

from reflow import _core
from reflow.distribute import distribution_strategy_context as contexts
from reflow.distribute import reduce_util
from reflow.distribute import values
from reflow.distribute.replica_context import ReplicaContext, require_cross_replica, require_replica_context  # noqa: F401
from reflow.distribute.replica_context import require_same
from reflow.framework import ops
from reflow.ops import variable_scope
from reflow.util.shown_attributes import shown

_REDUCTIONS = (reduce_util.ReduceOp.SUM, reduce_util.ReduceOp.MEAN)


def get_loss_reduction():
    """How losses of replicas become that of all: Estimators take the mean, unless the last loss of the graph was a sum."""
    if not contexts.get_strategy()._scale_loss_for_estimator:
        return reduce_util.ReduceOp.SUM
    from reflow.ops.losses import losses_impl
    last = getattr(ops.get_default_graph(), '_last_loss_reduction', None)
    is_sum = last in (losses_impl.Reduction.SUM, 'sum')
    return reduce_util.ReduceOp.SUM if is_sum else reduce_util.ReduceOp.MEAN


class InputReplicationMode(enum.Enum):
    """For what an input function is called: each worker."""
    PER_WORKER = 'PER_WORKER'


class InputContext:
    """What an input function may know of the pipelines there are."""

    def __init__(self, num_input_pipelines=1, input_pipeline_id=0, num_replicas_in_sync=1):
        self._num_input_pipelines = num_input_pipelines
        self._input_pipeline_id = input_pipeline_id
        self._num_replicas_in_sync = num_replicas_in_sync

    num_replicas_in_sync = shown('_num_replicas_in_sync', 'How many replicas there are.')
    input_pipeline_id = shown('_input_pipeline_id', 'The number of this pipeline.')
    num_input_pipelines = shown('_num_input_pipelines', 'How many pipelines there are.')

    def get_per_replica_batch_size(self, global_batch_size):
        """Each replica's share of a batch."""
        if global_batch_size % self._num_replicas_in_sync != 0:
            raise ValueError('The `global_batch_size` %r is not divisible by `num_replicas_in_sync` %r ' % (
                global_batch_size, self._num_replicas_in_sync))
        return global_batch_size // self._num_replicas_in_sync


class _StrategyScope:
    """What `strategy.scope()` enters; gives the strategy."""

    def __init__(self, strategy):
        self._strategy = strategy
        self._entered = []

    def __enter__(self):
        current = contexts.get_strategy()
        if contexts.has_strategy():
            require_same(self._strategy, current)
            require_cross_replica(self._strategy)
            self._entered.append(())
            return self._strategy
        entered = [contexts._Entered(self._strategy), *self._strategy.extended._scopes()]
        for each in entered:
            each.__enter__()
        self._entered.append(entered)
        return self._strategy

    def __exit__(self, *exception):
        for each in reversed(self._entered.pop()):
            each.__exit__(*exception)


class Strategy:
    """Spreads computations over devices. What it does is in `extended`."""

    _scale_loss_for_estimator = False

    def __init__(self, extended):
        self._extended = extended

    extended = shown('_extended', 'The part for who writes strategies and libraries.')

    def scope(self):
        """A context in which the strategy is in force: variables are made as it wants."""
        return _StrategyScope(self)

    def colocate_vars_with(self, colocate_with_variable):
        """Deprecated: extended.colocate_vars_with."""
        return self._extended.colocate_vars_with(colocate_with_variable)

    def make_dataset_iterator(self, dataset):
        """An iterator over `dataset`, whose batches are cut into a part for each replica."""
        return self._extended._make_dataset_iterator(dataset)

    def make_input_fn_iterator(self, input_fn, replication_mode=InputReplicationMode.PER_WORKER):
        """An iterator over the dataset of input_fn(InputContext), of which each replica takes batches of its own."""
        if replication_mode != InputReplicationMode.PER_WORKER:
            raise ValueError('Input replication mode not supported: %r' % replication_mode)
        with self.scope():
            return self._extended._make_input_fn_iterator(input_fn)

    def experimental_make_numpy_dataset(self, numpy_input):
        """A dataset of the rows of nested arrays."""
        return self._extended.experimental_make_numpy_dataset(numpy_input)

    def experimental_run(self, fn, input_iterator=None):
        """Runs `fn` for each replica, with what the iterator has next."""
        with self.scope():
            args = (input_iterator.get_next(),) if input_iterator is not None else ()
        return self.experimental_run_v2(fn, args=args)

    def experimental_distribute_dataset(self, dataset):
        """`dataset`, each batch cut into a part for each replica."""
        return self._extended._experimental_distribute_dataset(dataset)

    def experimental_distribute_datasets_from_function(self, dataset_fn):
        """The dataset of dataset_fn(InputContext), of which each replica takes batches of its own."""
        return self._extended._experimental_distribute_datasets_from_function(dataset_fn)

    def experimental_run_v2(self, fn, args=(), kwargs=None):
        """Runs `fn` for each replica, with its parts of the arguments."""
        from reflow.autograph.core import ag_ctx
        status = ag_ctx.control_status_ctx()
        if status.status == ag_ctx.Status.ENABLED:
            from reflow.autograph.impl import api as autograph
            fn = autograph.tf_convert(fn, status)
        with self.scope():
            return self._extended.call_for_each_replica(fn, args=args, kwargs=kwargs)

    def reduce(self, reduce_op, value, axis=None):
        """The sum or mean of all replicas' values, over their axis `axis` too if it is given."""
        if isinstance(reduce_op, str):
            reduce_op = reduce_util.ReduceOp(reduce_op.upper())
        if not isinstance(reduce_op, reduce_util.ReduceOp):
            raise TypeError('Expected `reduce_op` to be a `tf.distribute.ReduceOp`, not: %r' % reduce_op)
        if axis is not None and not isinstance(axis, int):
            raise TypeError('Expected `axis` to be an integer not: %r' % axis)
        with self.scope():
            return self._reduce_over_axis(reduce_op, value, axis)

    def _reduce_over_axis(self, reduce_op, value, axis):
        from reflow.ops import array_ops, math_ops
        total = reduce_util.ReduceOp.SUM
        if axis is None:
            return self._extended._reduce(reduce_op, value)
        parts = [ops.convert_to_tensor(part) for part in values.local_values(value)]
        sums = [math_ops.reduce_sum(part, axis=axis) for part in parts]
        if reduce_op == total:
            return self._extended._reduce(total, values.regroup(sums))
        counts = [math_ops.cast(array_ops.shape(part)[axis], part.dtype) for part in parts]
        return self._extended._reduce(total, values.regroup(sums)) / self._extended._reduce(total, values.regroup(counts))

    def unwrap(self, value):
        """Deprecated: experimental_local_results."""
        return self._extended._local_results(value)

    def experimental_local_results(self, value):
        """The values of all replicas, as a tuple."""
        return self._extended._local_results(value)

    def group(self, value, name=None):
        """An operation that runs those of all replicas."""
        from reflow.ops import control_flow_ops
        parts = self._extended._local_results(value)
        if len(parts) == 1 and name is None:
            return parts[0]
        return control_flow_ops.group(list(parts), name=name)

    @property
    def num_replicas_in_sync(self):
        """How many replicas compute a step together."""
        return self._extended._num_replicas_in_sync

    def configure(self, session_config=None, cluster_spec=None, task_type=None, task_id=None):
        """Tells the strategy of the cluster; `session_config` becomes what its sessions need."""
        return self._extended._configure(session_config, cluster_spec, task_type, task_id)

    def update_config_proto(self, config_proto):
        """A copy of the ConfigProto as the strategy needs it."""
        return self._extended._update_config_proto(config_proto)

    def __deepcopy__(self, memo):
        return self

    def __copy__(self):
        raise RuntimeError('Must only deepcopy DistributionStrategy.')


class StrategyV1(Strategy):
    """Spreads computations over devices."""

    def experimental_make_numpy_dataset(self, numpy_input, session=None):
        """A dataset of the rows of nested arrays."""
        return self._extended.experimental_make_numpy_dataset(numpy_input, session)


class StrategyExtendedV2:
    """What a strategy does. Base of those of one process: replicas on `devices` that share variables."""

    def __init__(self, container_strategy):
        self._container_strategy_ = container_strategy
        self._devices = ('',)

    def _container_strategy(self):
        return self._container_strategy_

    def _replica_context(self, replica_id, replica):
        return ReplicaContext._of(self._container_strategy_, replica_id, replica)

    def _scopes(self):
        """The contexts that scope() enters."""
        return [variable_scope.variable_scope(variable_scope.get_variable_scope(), use_resource=True,
                                              auxiliary_name_scope=False),
                variable_scope.variable_creator_scope(self._create_variable)]

    def _create_variable(self, next_creator, **kwargs):
        kwargs['use_resource'] = True
        with ops.device(self._variable_device()):
            return next_creator(**kwargs)

    def _variable_device(self):
        return self._devices[0]

    @property
    def _num_replicas_in_sync(self):
        return len(self._devices)

    worker_devices = shown('_devices', 'The devices of the replicas.')
    parameter_devices = shown('_devices', 'The devices of variables.')

    @property
    def experimental_between_graph(self):
        """Has each worker a graph of its own?"""
        return False

    @property
    def experimental_should_init(self):
        """Does this process initialize variables?"""
        return True

    @property
    def experimental_require_static_shapes(self):
        """Must shapes be known?"""
        return False

    @property
    def should_checkpoint(self):
        """Does this process write checkpoints?"""
        return True

    @property
    def should_save_summary(self):
        """Does this process write summaries?"""
        return True

    def colocate_vars_with(self, colocate_with_variable):
        """A context in which variables are made where `colocate_with_variable` is."""
        return ops.colocate_with(colocate_with_variable)

    def variable_created_in_scope(self, v):
        """Was the variable made within the strategy's scope? Any may be used."""
        return isinstance(v, _core.Variable)

    def reduce_to(self, reduce_op, value, destinations):
        """The sum or mean of all replicas' values, where `destinations` is."""
        require_cross_replica(self._container_strategy_)
        if isinstance(reduce_op, str):
            reduce_op = reduce_util.ReduceOp(reduce_op.upper())
        assert reduce_op in _REDUCTIONS
        return self._reduce(reduce_op, value)

    def batch_reduce_to(self, reduce_op, value_destination_pairs):
        """reduce_to of several values."""
        return [self.reduce_to(reduce_op, value, destination) for value, destination in value_destination_pairs]

    def broadcast_to(self, tensor, destinations):
        """`tensor` for all replicas."""
        del destinations
        return tensor

    def call_for_each_replica(self, fn, args=(), kwargs=None):
        """Runs `fn` for each replica, with its parts of the arguments; the results, regrouped."""
        from reflow.distribute import replica_threads
        require_cross_replica(self._container_strategy_)
        kwargs = {} if kwargs is None else kwargs
        if len(self._devices) > 1:
            return replica_threads.call_for_each_replica(self._container_strategy_, self._devices, fn, args, kwargs)
        with ops.device(self._devices[0]), contexts._Entered(self._container_strategy_, self._replica_context(0, None)):
            return fn(*args, **kwargs)

    def _reduce(self, reduce_op, value):
        from reflow.distribute import cross_device_ops
        return cross_device_ops.reduced(reduce_op, values.local_values(value), self._num_replicas_in_sync)

    def update(self, var, fn, args=(), kwargs=None, group=True):
        """fn(var, ...), where the variable is."""
        require_cross_replica(self._container_strategy_)
        with ops.colocate_with(var), ops.name_scope('update'):
            result = fn(var, *values.select_replica(0, tuple(args)), **values.select_replica(0, kwargs or {}))
        return result if group else (result,)

    def update_non_slot(self, colocate_with, fn, args=(), kwargs=None, group=True):
        """fn(...), where `colocate_with` is."""
        del colocate_with
        require_cross_replica(self._container_strategy_)
        result = fn(*values.select_replica(0, tuple(args)), **values.select_replica(0, kwargs or {}))
        return result if group else (result,)

    def non_slot_devices(self, var_list):
        """Where what belongs to no variable is kept."""
        del var_list
        return self._devices[:1]

    def read_var(self, v):
        """The value of a variable."""
        return v.read_value()

    def value_container(self, value):
        """What a value of a replica is part of."""
        return value

    def _local_results(self, value):
        return values.local_values(value)

    def experimental_make_numpy_dataset(self, numpy_input, session=None):
        """A dataset of the rows of nested arrays."""
        del session
        from reflow.data.ops import dataset_ops
        return dataset_ops.Dataset.from_tensor_slices(numpy_input)

    def _input_context(self):
        return InputContext(1, 0, self._num_replicas_in_sync)

    def _make_dataset_iterator(self, dataset):
        from reflow.distribute import input_lib
        return input_lib.DatasetIterator(dataset, self._container_strategy_)

    def _make_input_fn_iterator(self, input_fn):
        from reflow.distribute import input_lib
        return input_lib.InputFunctionIterator(input_fn(self._input_context()), self._container_strategy_)

    def _experimental_distribute_dataset(self, dataset):
        from reflow.distribute import input_lib
        return input_lib.DistributedDataset(dataset, self._container_strategy_, is_global=True)

    def _experimental_distribute_datasets_from_function(self, dataset_fn):
        from reflow.distribute import input_lib
        return input_lib.DistributedDataset(dataset_fn(self._input_context()), self._container_strategy_, is_global=False)

    def _configure(self, session_config=None, cluster_spec=None, task_type=None, task_id=None):
        del session_config, cluster_spec, task_type, task_id

    def _update_config_proto(self, config_proto):
        copy = type(config_proto)()
        copy.CopyFrom(config_proto)
        return copy


class StrategyExtendedV1(StrategyExtendedV2):
    """What a strategy does."""

    def experimental_run_steps_on_iterator(self, fn, iterator, iterations=1, initial_loop_values=None):
        """Calls fn(context, inputs) `iterations` times in one run; the context has the last outputs."""
        del initial_loop_values
        from reflow.distribute import input_lib
        require_cross_replica(self._container_strategy_)
        return input_lib.run_steps(self._container_strategy_, fn, iterator, iterations)


class _DefaultDistributionExtended(StrategyExtendedV1):
    """One replica, wherever it is."""

    @property
    def worker_devices(self):
        """Unsupported."""
        raise RuntimeError('worker_devices() method unsupported by default tf.distribute.Strategy.')

    @property
    def parameter_devices(self):
        """Unsupported."""
        raise RuntimeError('parameter_devices() method unsupported by default tf.distribute.Strategy.')

    def _scopes(self):
        return []

    def _make_dataset_iterator(self, dataset):
        from reflow.data.ops import dataset_ops
        return dataset_ops.make_one_shot_iterator(dataset)

    def _experimental_distribute_dataset(self, dataset):
        return dataset


class _DefaultDistributionStrategy(StrategyV1):
    """The strategy where no other is in force."""

    def __init__(self):
        super().__init__(_DefaultDistributionExtended(self))

    def scope(self):
        """A context that changes nothing."""
        if contexts.has_strategy():
            raise RuntimeError('Must not nest tf.distribute.Strategy scopes.')
        return contexts._Entered(self)
