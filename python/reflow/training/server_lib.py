"""The description of a cluster, and its servers."""
from reflow import _core
from reflow.framework import protos
from reflow.util import compat


class ClusterSpec:
    """Which jobs a cluster has, and the network addresses of their tasks.

    `cluster` maps names of jobs to lists of addresses, or to dicts from task numbers to addresses; or it is a ClusterDef
    or another ClusterSpec.
    """

    def __init__(self, cluster):
        if isinstance(cluster, dict):
            self._cluster_spec = {job_name: self._tasks(job_name, tasks) for job_name, tasks in cluster.items()}
            self._cluster_def = self._make_cluster_def()
            return
        if isinstance(cluster, ClusterSpec):
            self._cluster_def = protos.message('tensorflow.ClusterDef')()
            self._cluster_def.MergeFrom(cluster.as_cluster_def())
        elif type(cluster).__name__ == 'ClusterDef':
            self._cluster_def = cluster
        else:
            raise TypeError('`cluster` must be a dictionary mapping one or more job names to lists of network addresses,'
                            ' or a `ClusterDef` protocol buffer')
        self._cluster_spec = {job.name: dict(job.tasks.items()) for job in self._cluster_def.job}

    @staticmethod
    def _tasks(job_name, tasks):
        if isinstance(tasks, (list, tuple)):
            return dict(enumerate(tasks))
        if isinstance(tasks, dict):
            return dict(tasks)
        raise TypeError('The tasks for job %r must be a list or a dictionary from integers to strings.' % job_name)

    def _make_cluster_def(self):
        cluster_def = protos.message('tensorflow.ClusterDef')()
        for job_name, tasks in sorted(self._cluster_spec.items()):
            try:
                job = cluster_def.job.add(name=compat.as_text(job_name))
            except TypeError:
                raise TypeError('Job name %r must be bytes or unicode' % job_name)
            for i, address in sorted(tasks.items()):
                try:
                    job.tasks[i] = compat.as_text(address)
                except TypeError:
                    raise TypeError('Task address %r must be bytes or unicode' % address)
        return cluster_def

    def __bool__(self):
        return bool(self._cluster_spec)

    __nonzero__ = __bool__

    # Compares with what a ClusterSpec was made of, and with another by what that answers.
    def __eq__(self, other):
        return self._cluster_spec == other

    def __ne__(self, other):
        return self._cluster_spec != other

    def __str__(self):
        return 'ClusterSpec({%s})' % ', '.join('%r: %r' % item for item in sorted(self.as_dict().items()))

    def as_dict(self):
        """A dict from jobs to lists of addresses; of a job whose task numbers have gaps, to a dict."""
        jobs = {}
        for job, tasks in self._cluster_spec.items():
            if not tasks:
                jobs[job] = {}
            elif max(tasks) + 1 == len(tasks):
                jobs[job] = self.job_tasks(job)
            else:
                jobs[job] = {i: tasks[i] for i in sorted(tasks)}
        return jobs

    def as_cluster_def(self):
        """The ClusterDef."""
        return self._cluster_def

    @property
    def jobs(self):
        """The names of the jobs."""
        return list(self._cluster_spec)

    def _job(self, job_name):
        try:
            return self._cluster_spec[job_name]
        except KeyError:
            raise ValueError('No such job in cluster: %r' % job_name)

    def num_tasks(self, job_name):
        """How many tasks a job has."""
        return len(self._job(job_name))

    def task_indices(self, job_name):
        """The numbers of a job's tasks in order."""
        return sorted(self._job(job_name))

    def task_address(self, job_name, task_index):
        """The address of a task."""
        try:
            return self._job(job_name)[task_index]
        except KeyError:
            raise ValueError('No task with index %r in job %r' % (task_index, job_name))

    def job_tasks(self, job_name):
        """The addresses of a job's tasks by number, None where there is no such task."""
        tasks = self._job(job_name)
        return [tasks.get(i) for i in range(max(tasks) + 1)]


def _make_server_def(server_or_cluster_def, job_name, task_index, protocol, config):
    """The ServerDef of the arguments of Server. Raises ValueError if they leave open which task is meant."""
    server_def = protos.message('tensorflow.ServerDef')()
    if type(server_or_cluster_def).__name__ == 'ServerDef':
        server_def.MergeFrom(server_or_cluster_def)
        for field, value in (('job_name', job_name), ('task_index', task_index), ('protocol', protocol)):
            if value is not None:
                setattr(server_def, field, value)
    else:
        try:
            cluster_spec = ClusterSpec(server_or_cluster_def)
        except TypeError:
            raise TypeError('Could not convert `server_or_cluster_def` to a `tf.train.ServerDef` or '
                            '`tf.train.ClusterSpec`.')
        server_def.cluster.MergeFrom(cluster_spec.as_cluster_def())
        server_def.job_name = _only(cluster_spec.jobs, 'job_name') if job_name is None else job_name
        server_def.task_index = (_only(cluster_spec.task_indices(server_def.job_name), 'task_index')
                                 if task_index is None else task_index)
        server_def.protocol = 'grpc' if protocol is None else protocol
    if config is not None:
        server_def.default_session_config.MergeFrom(config)
    return server_def


def _only(choices, argument):
    if len(choices) != 1:
        raise ValueError('Must specify an explicit `%s`.' % argument)
    return choices[0]


class Server:
    """A task of a cluster: it serves sessions, and works together with the other tasks."""

    def __init__(self, server_or_cluster_def, job_name=None, task_index=None, protocol=None, config=None, start=True):
        self._server_def = _make_server_def(server_or_cluster_def, job_name, task_index, protocol, config)
        self._server = _core.Server.of_server_def(self._server_def.SerializeToString())
        if start:
            self.start()

    def start(self):
        """Starts to serve."""
        self._server.start()

    def join(self):
        """Waits until the server has ended, which it does not by itself."""
        self._server.join()

    @property
    def server_def(self):
        """The ServerDef."""
        return self._server_def

    @property
    def target(self):
        """What a session takes to use this server."""
        return self._server.target()

    @staticmethod
    def create_local_server(config=None, start=True):
        """A server of one job with one task in this process."""
        return Server({'local': ['localhost:0']}, protocol='grpc', config=config, start=start)
