"""The cluster of the environment variable TF_CONFIG."""

import json
import os

from reflow.distribute.cluster_resolver import cluster_resolver
from reflow.training import server_lib


def _tf_config():
    return json.loads(os.environ.get('TF_CONFIG', '{}'))


class TFConfigClusterResolver(cluster_resolver.ClusterResolver):
    """Knows what TF_CONFIG says."""

    def __init__(self, task_type=None, task_id=None, rpc_layer=None, environment=None):
        self._task_type, self._task_id = task_type, task_id
        self._rpc_layer, self._environment = rpc_layer, environment

    @property
    def task_type(self):
        """The job of this task."""
        if self._task_type is not None:
            return self._task_type
        known = _tf_config().get('task', {}).get('type')
        return None if known is None else str(known)

    @task_type.setter
    def task_type(self, task_type):
        self._task_type = task_type

    @property
    def task_id(self):
        """The number of this task."""
        if self._task_id is not None:
            return self._task_id
        known = _tf_config().get('task', {}).get('index')
        return None if known is None else int(known)

    @task_id.setter
    def task_id(self, task_id):
        self._task_id = task_id

    @property
    def environment(self):
        """'google' or ''."""
        return _tf_config().get('environment', '') if self._environment is None else self._environment

    @property
    def rpc_layer(self):
        """The protocol."""
        return _tf_config().get('rpc_layer') if self._rpc_layer is None else self._rpc_layer

    @rpc_layer.setter
    def rpc_layer(self, rpc_layer):
        self._rpc_layer = rpc_layer

    def cluster_spec(self):
        """The ClusterSpec."""
        return server_lib.ClusterSpec(_tf_config().get('cluster', {}))

    def master(self, task_type=None, task_id=None, rpc_layer=None):
        """The target of sessions; '' without a cluster."""
        master = _tf_config().get('session_master')
        if master is not None:
            return master
        spec = self.cluster_spec()
        if not spec.jobs or (len(spec.jobs) == 1 and len(spec.job_tasks(spec.jobs[0])) == 1):
            return ''
        task_type = self.task_type if task_type is None else task_type
        task_id = self.task_id if task_id is None else task_id
        return cluster_resolver.format_master_url(spec.task_address(task_type, task_id), rpc_layer or self.rpc_layer)
