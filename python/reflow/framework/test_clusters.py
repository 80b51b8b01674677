"""Clusters of servers in this process, for tests."""

import socket

from reflow.training import server_lib


def _free_addresses(count):
    """Addresses whose ports are free, as far as nobody else takes them meanwhile."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(('localhost', 0))
    addresses = ['localhost:%d' % each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return addresses


def create_local_cluster(num_workers, num_ps, protocol='grpc', worker_config=None, ps_config=None):
    """Starts the servers of a cluster in this process: (those of the workers, those of the parameter servers)."""
    addresses = _free_addresses(num_workers + num_ps)
    cluster = server_lib.ClusterSpec({'worker': addresses[:num_workers], 'ps': addresses[num_workers:]})

    def servers(job, count, config):
        return [server_lib.Server(cluster, job_name=job, task_index=i, protocol=protocol, config=config, start=True)
                for i in range(count)]

    return servers('worker', num_workers, worker_config), servers('ps', num_ps, ps_config)
