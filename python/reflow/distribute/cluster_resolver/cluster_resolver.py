"""Where a program learns of its cluster."""

import abc
import collections

from reflow.training import server_lib
from reflow.util.shown_attributes import shown


def format_master_url(master, rpc_layer=None):
    """'grpc://host:port'."""
    return '%s://%s' % (rpc_layer, master) if rpc_layer else master


class ClusterResolver(abc.ABC):
    """Knows the tasks of a cluster."""

    @abc.abstractmethod
    def cluster_spec(self):
        """The ClusterSpec."""
        raise NotImplementedError()

    @abc.abstractmethod
    def master(self, task_type=None, task_id=None, rpc_layer=None):
        """The target of sessions."""
        raise NotImplementedError()

    def num_accelerators(self, task_type=None, task_id=None, config_proto=None):
        """{kind: number} of the accelerators of each task: none."""
        del task_type, task_id, config_proto
        return {}

    @property
    def environment(self):
        """'google' or ''."""
        return ''


def _address(resolver, task_type, task_id, rpc_layer):
    return format_master_url(resolver.cluster_spec().task_address(task_type, task_id), rpc_layer or resolver.rpc_layer)


class SimpleClusterResolver(ClusterResolver):
    """Knows what it is told."""

    def __init__(self, cluster_spec, master='', task_type=None, task_id=None, environment='', num_accelerators=None,
                 rpc_layer=None):
        if not isinstance(cluster_spec, server_lib.ClusterSpec):
            raise TypeError('cluster_spec must be a ClusterSpec.')
        self._cluster_spec, self._master = cluster_spec, master
        self._task_type, self._task_id, self._rpc_layer = task_type, task_id, rpc_layer
        self._environment, self._num_accelerators = environment, num_accelerators

    def cluster_spec(self):
        """The ClusterSpec."""
        return self._cluster_spec

    def master(self, task_type=None, task_id=None, rpc_layer=None):
        """The target of sessions: that of a task, or what was given."""
        if task_type is not None and task_id is not None:
            return _address(self, task_type, task_id, rpc_layer)
        return format_master_url(self._master, rpc_layer or self._rpc_layer)

    def num_accelerators(self, task_type=None, task_id=None, config_proto=None):
        """{kind: number} of the accelerators of each task."""
        del task_type, task_id, config_proto
        return self._num_accelerators or {}

    environment = shown('_environment', "'google' or ''.")
    task_type = shown('_task_type', 'The job of this task.')

    @task_type.setter
    def task_type(self, task_type):
        self._task_type = task_type

    task_id = shown('_task_id', 'The number of this task.')

    @task_id.setter
    def task_id(self, task_id):
        self._task_id = task_id

    rpc_layer = shown('_rpc_layer', 'The protocol.')

    @rpc_layer.setter
    def rpc_layer(self, rpc_layer):
        self._rpc_layer = rpc_layer


class UnionClusterResolver(ClusterResolver):
    """Knows what several resolvers know together; the first of them knows this task."""

    def __init__(self, *args, **kwargs):
        self._rpc_layer = kwargs.pop('rpc_layer', None)
        self._task_type = kwargs.pop('task_type', None)
        self._task_id = kwargs.pop('task_id', None)
        if kwargs:
            raise ValueError('Unexpected kwargs provided {!r}'.format(kwargs))
        if not args:
            raise ValueError('At least one ClusterResolver is required.')
        for resolver in args:
            if not isinstance(resolver, ClusterResolver):
                raise TypeError('All arguments must be a sub-class of `ClusterResolver.`')
        self._cluster_resolvers = args

    def cluster_spec(self):
        """The ClusterSpec of all. KeyError: two of them have the same task."""
        lists, dicts = collections.OrderedDict(), collections.OrderedDict()
        specs = [resolver.cluster_spec() for resolver in self._cluster_resolvers]
        for spec in specs:
            for job, tasks in spec.as_dict().items():
                (dicts if isinstance(tasks, dict) else lists).setdefault(job, [])
        merged = {job: [] for job in lists if job not in dicts}
        for spec in specs:
            for job, tasks in spec.as_dict().items():
                if job in merged:
                    merged[job] += [address for address in tasks if address not in merged[job]]
        for job in dicts:
            tasks = merged[job] = {}
            for spec in specs:
                known = spec.as_dict().get(job, {})
                for i, address in (known.items() if isinstance(known, dict) else enumerate(known)):
                    if tasks.setdefault(i, address) != address:
                        raise KeyError('Duplicate keys detected when merging two ClusterSpecs: %s' % repr(i))
        return server_lib.ClusterSpec(merged)

    def master(self, task_type=None, task_id=None, rpc_layer=None):
        """The target of sessions."""
        if task_type is not None and task_id is not None:
            return _address(self, task_type, task_id, rpc_layer)
        return self._cluster_resolvers[0].master(rpc_layer=rpc_layer)

    def num_accelerators(self, task_type=None, task_id=None, config_proto=None):
        """{kind: number} of the accelerators of each task."""
        return self._cluster_resolvers[0].num_accelerators(task_type, task_id, config_proto)

    @property
    def environment(self):
        """'google' or ''."""
        return self._cluster_resolvers[0].environment

    @property
    def task_type(self):
        """The job of this task."""
        return self._task_type or self._cluster_resolvers[0].task_type

    @task_type.setter
    def task_type(self, task_type):
        self._task_type = task_type

    @property
    def task_id(self):
        """The number of this task."""
        return self._task_id if self._task_id is not None else self._cluster_resolvers[0].task_id

    @task_id.setter
    def task_id(self, task_id):
        self._task_id = task_id

    @property
    def rpc_layer(self):
        """The protocol."""
        return self._rpc_layer or self._cluster_resolvers[0].rpc_layer

    @rpc_layer.setter
    def rpc_layer(self, rpc_layer):
        self._rpc_layer = rpc_layer
