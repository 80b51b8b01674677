"""The cluster of a job of the workload manager Slurm."""

import os
import subprocess

from reflow.distribute.cluster_resolver import cluster_resolver
from reflow.training import server_lib


def _tasks_of_environment():
    """(number of this process, number of all)."""
    if 'OMPI_COMM_WORLD_RANK' in os.environ:
        return int(os.environ['OMPI_COMM_WORLD_RANK']), int(os.environ['OMPI_COMM_WORLD_SIZE'])
    return int(os.environ['SLURM_PROCID']), int(os.environ['SLURM_NTASKS'])


class SlurmClusterResolver(cluster_resolver.ClusterResolver):
    """Gives the processes of a Slurm job, node by node, to the tasks of `jobs`, {name: number of tasks}."""

    def __init__(self, jobs, port_base=8888, gpus_per_node=1, gpus_per_task=1, tasks_per_node=None, auto_set_gpu=True,
                 rpc_layer='grpc'):
        self._rank, num_tasks = _tasks_of_environment()
        self._jobs = dict(sorted(jobs.items()))
        if tasks_per_node is None and 'SLURM_NTASKS_PER_NODE' not in os.environ:
            raise RuntimeError('Neither `tasks_per_node` or SLURM_NTASKS_PER_NODE is set.')
        self._tasks_per_node = int(os.environ['SLURM_NTASKS_PER_NODE']) if tasks_per_node is None else tasks_per_node
        self._port_base, self._gpus_per_node, self._gpus_per_task = port_base, gpus_per_node, gpus_per_task
        self._auto_set_gpu = auto_set_gpu
        self.task_type, self.task_id, self.rpc_layer = None, None, rpc_layer
        if self._tasks_per_node * gpus_per_task > gpus_per_node:
            raise RuntimeError('Requested more GPUs per node then available.')
        if sum(self._jobs.values()) != num_tasks:
            raise RuntimeError('Requested more tasks then assigned tasks.')

    def _resolve_hostnames(self):
        """The names of the job's nodes."""
        return subprocess.check_output(['scontrol', 'show', 'hostname']).decode('utf-8').strip().split('\n')

    def cluster_spec(self):
        """The ClusterSpec; task_type and task_id become those of this process, which then sees only its own GPUs."""
        addresses, gpus = [], []
        for host in self._resolve_hostnames():
            first_gpus = range(0, self._gpus_per_node, self._gpus_per_task)
            for i, first in zip(range(self._tasks_per_node), first_gpus):
                addresses.append('%s:%d' % (host, self._port_base + i))
                gpus.append(','.join(str(gpu) for gpu in range(first, first + self._gpus_per_task)))
        cluster, begin = {}, 0
        for job, count in self._jobs.items():
            cluster[job] = addresses[begin:begin + count]
            if begin <= self._rank < begin + count:
                self.task_type, self.task_id = job, self._rank - begin
            begin += count
        if self._auto_set_gpu is True:
            os.environ['CUDA_VISIBLE_DEVICES'] = gpus[self._rank]
        return server_lib.ClusterSpec(cluster)

    def get_task_info(self):
        """(job, number) of this process, once cluster_spec() was called."""
        return self.task_type, self.task_id

    def master(self, task_type=None, task_id=None, rpc_layer=None):
        """The target of sessions; '' as long as the task isn't known."""
        task_type = self.task_type if task_type is None else task_type
        task_id = self.task_id if task_id is None else task_id
        if task_type is None or task_id is None:
            return ''
        return cluster_resolver.format_master_url(self.cluster_spec().task_address(task_type, task_id),
                                                  rpc_layer or self.rpc_layer)

    def num_accelerators(self, task_type=None, task_id=None, config_proto=None):
        """{kind: number} of the accelerators of each node."""
        del task_type, task_id, config_proto
        return {'GPU': self._gpus_per_node}
