"""Servers of this process, for tests of several tasks."""

import socket


def create_local_cluster(num_workers, num_ps, protocol='grpc', worker_config=None, ps_config=None):
    """Starts servers of the jobs worker and ps. Returns the lists of both."""
    from reflow.training import server_lib
    addresses = _unused_addresses(num_workers + num_ps)
    cluster = server_lib.ClusterSpec({'worker': addresses[:num_workers], 'ps': addresses[num_workers:]})

    def servers(job_name, number, config):
        return [server_lib.Server(cluster, job_name=job_name, protocol=protocol, task_index=i, config=config, start=True)
                for i in range(number)]
    return servers('worker', num_workers, worker_config), servers('ps', num_ps, ps_config)


def _unused_addresses(number):
    """Addresses of this machine whose ports nobody listens to."""
    listeners = []
    try:
        for _ in range(number):
            listeners.append(socket.create_server(('localhost', 0)))
        return ['localhost:%d' % listener.getsockname()[1] for listener in listeners]
    finally:
        for listener in listeners:
            listener.close()
