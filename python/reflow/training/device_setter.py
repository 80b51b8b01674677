"""replica_device_setter: variables on parameter servers, all else on the worker."""
from reflow.framework import device_spec
from reflow.training import server_lib

# The state of training, which goes to parameter servers.
STANDARD_PS_OPS = ('Variable', 'VariableV2', 'AutoReloadVariable', 'MutableHashTable', 'MutableHashTableV2',
                   'MutableHashTableOfTensors', 'MutableHashTableOfTensorsV2', 'MutableDenseHashTable',
                   'MutableDenseHashTableV2', 'VarHandleOp', 'BoostedTreesEnsembleResourceHandleOp',
                   'BoostedTreesQuantileStreamResourceHandleOp', 'ResourceConditionalAccumulator')


class _RoundRobinStrategy:
    """Takes the tasks in turn."""

    def __init__(self, num_tasks):
        self._num_tasks = num_tasks
        self._next_task = 0

    def __call__(self, unused_op):
        task = self._next_task
        self._next_task = (self._next_task + 1) % self._num_tasks
        return task


class _ReplicaDeviceChooser:
    """Chooses the devices of ops; what they say themselves counts first."""

    def __init__(self, ps_tasks, ps_device, worker_device, merge_devices, ps_ops, ps_strategy):
        self._ps_tasks = ps_tasks
        self._ps_device = ps_device
        self._worker_device = worker_device
        self._merge_devices = merge_devices
        self._ps_ops = ps_ops
        self._ps_strategy = ps_strategy

    def device_function(self, op):
        """The device of an op."""
        if not self._merge_devices and op.device:
            return op.device
        own = device_spec.DeviceSpecV2.from_string(op.device or '')
        chosen = device_spec.DeviceSpecV2.from_string(self._worker_device or '')
        if self._ps_tasks and self._ps_device and (op.type if hasattr(op, 'type') else op.op) in self._ps_ops:
            chosen = device_spec.DeviceSpecV2.from_string(self._ps_device)
            if chosen.job and own.job in (None, '', chosen.job):
                chosen = chosen.replace(task=self._ps_strategy(op))
        return chosen.make_merged_spec(own).to_string()


def replica_device_setter(ps_tasks=0, ps_device='/job:ps', worker_device='/job:worker', merge_devices=True, cluster=None,
                          ps_ops=None, ps_strategy=None):
    """A device function that spreads variables over the parameter servers; None where there are no such servers.

    `cluster` says how many there are, else `ps_tasks`. ps_strategy(op) gives the task of an op of a type in `ps_ops`, by
    default the servers' turn.
    """
    if cluster is not None:
        jobs = (cluster if isinstance(cluster, server_lib.ClusterSpec) else server_lib.ClusterSpec(cluster)).as_dict()
        servers = jobs.get(device_spec.DeviceSpecV2.from_string(ps_device).job)
        if servers is None:
            return None
        ps_tasks = len(servers)
    if ps_tasks == 0:
        return None
    if not merge_devices:
        from reflow.platform import tf_logging
        tf_logging.warning('DEPRECATION: It is recommended to set merge_devices=true in replica_device_setter')
    if ps_strategy is None:
        ps_strategy = _RoundRobinStrategy(ps_tasks)
    if not callable(ps_strategy):
        raise TypeError('ps_strategy must be callable')
    return _ReplicaDeviceChooser(ps_tasks, ps_device, worker_device, merge_devices, ps_ops or list(STANDARD_PS_OPS),
                                 ps_strategy).device_function
