"""Variables on parameter servers; each worker has a graph of its own and changes them when it has gradients."""

from reflow.distribute import device_util
from reflow.distribute import distribute_lib
from reflow.distribute import mirrored_strategy
from reflow.platform import tf_logging
from reflow.training import device_setter
from reflow.training import server_lib

_LOCAL_CPU = '/device:CPU:0'


class ParameterServerStrategyExtended(distribute_lib.StrategyExtendedV1):
    """The parts of a worker; without a cluster, those of a process that keeps the variables too."""

    def __init__(self, container_strategy, cluster_resolver=None, compute_devices=None, parameter_device=None):
        super().__init__(container_strategy)
        self._cluster_spec, self._task_type, self._task_id = None, None, None
        self._parameter_device = parameter_device
        if cluster_resolver is not None and cluster_resolver.cluster_spec():
            self._enter_cluster(cluster_resolver.cluster_spec(), cluster_resolver.task_type, cluster_resolver.task_id)
            return
        devices = compute_devices or mirrored_strategy.all_local_devices()
        self._devices = tuple(device_util.canonicalize(each) for each in devices)
        self._parameter_device = device_util.canonicalize(parameter_device or _LOCAL_CPU)
        tf_logging.info('ParameterServerStrategy with compute_devices = %r, variable_device = %r', self._devices,
                        self._parameter_device)

    def _enter_cluster(self, cluster_spec, task_type, task_id):
        cluster_spec = server_lib.ClusterSpec(cluster_spec)
        if task_type not in cluster_spec.jobs:
            raise ValueError('`task_type` %r not found in cluster_spec.' % task_type)
        if 'ps' not in cluster_spec.jobs:
            raise ValueError('The cluster spec needs to have `ps` jobs.')
        self._cluster_spec, self._task_type, self._task_id = cluster_spec, task_type, task_id
        worker = '/job:%s/task:%d' % (task_type, task_id)
        self._devices = (worker + _LOCAL_CPU,)
        self._variable_setter = device_setter.replica_device_setter(worker_device=worker, cluster=cluster_spec)
        self._parameter_devices = tuple('/job:ps/task:%d' % i for i in range(cluster_spec.num_tasks('ps')))
        tf_logging.info('Multi-worker ParameterServerStrategy with cluster_spec = %r, task_type = %r, task_id = %r, '
                        'num_ps_replicas = %r, is_chief = %r, device_map = %r, variable_device = %r', cluster_spec.as_dict(),
                        task_type, task_id, len(self._parameter_devices), self._is_chief, self._devices,
                        self._variable_setter)

    @property
    def _is_chief(self):
        if self._cluster_spec is None or self._task_type in ('chief', 'master'):
            return True
        return not {'chief', 'master'} & set(self._cluster_spec.jobs) and self._task_id == 0

    def _configure(self, session_config=None, cluster_spec=None, task_type=None, task_id=None):
        if cluster_spec and self._cluster_spec is None:
            self._enter_cluster(cluster_spec, task_type, task_id)
        if session_config is not None and self._cluster_spec is not None:
            del session_config.device_filters[:]
            session_config.device_filters.extend(['/job:%s/task:%d' % (self._task_type, self._task_id), '/job:ps'])

    def _update_config_proto(self, config_proto):
        copy = super()._update_config_proto(config_proto)
        self._configure(copy)
        return copy

    def _variable_device(self):
        return self._variable_setter if self._cluster_spec is not None else self._parameter_device

    @property
    def parameter_devices(self):
        """The devices of variables."""
        return self._parameter_devices if self._cluster_spec is not None else (self._parameter_device,)

    @property
    def experimental_between_graph(self):
        """Each worker has a graph of its own."""
        return self._cluster_spec is not None

    @property
    def experimental_should_init(self):
        """The chief initializes variables."""
        return self._is_chief

    @property
    def should_checkpoint(self):
        """The chief writes checkpoints."""
        return self._is_chief

    @property
    def should_save_summary(self):
        """The chief writes summaries."""
        return self._is_chief


class ParameterServerStrategyV1(distribute_lib.StrategyV1):
    """Keeps variables on parameter servers, and computes on workers that don't wait for each other."""

    def __init__(self, cluster_resolver=None):
        if cluster_resolver is None:
            from reflow.distribute.cluster_resolver import tfconfig_cluster_resolver
            cluster_resolver = tfconfig_cluster_resolver.TFConfigClusterResolver()
        if not cluster_resolver.cluster_spec():
            raise ValueError('Cluster spec must be non-empty in `cluster_resolver`.')
        super().__init__(ParameterServerStrategyExtended(self, cluster_resolver=cluster_resolver))


class ParameterServerStrategy(distribute_lib.Strategy):
    """Keeps variables on parameter servers, and computes on workers that don't wait for each other."""

    def __init__(self, cluster_resolver=None):
        super().__init__(ParameterServerStrategyV1(cluster_resolver).extended)
