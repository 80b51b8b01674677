"""What the tasks of a cluster do, by the environment variable TF_CONFIG."""

import json
import os

from reflow.platform import tf_logging
from reflow.training import server_lib


def run_standard_tensorflow_server(session_config=None):
    """Starts the server of the task that TF_CONFIG describes, and gives it. ValueError: it describes none."""
    tf_config = json.loads(os.environ.get('TF_CONFIG', '{}'))
    if 'cluster' not in tf_config:
        raise ValueError('"cluster" is not found in TF_CONFIG.')
    if 'task' not in tf_config:
        raise ValueError('"task" is not found in TF_CONFIG.')
    cluster_spec = server_lib.ClusterSpec(tf_config['cluster'])
    task = tf_config['task']
    if 'type' not in task:
        raise ValueError('"task_type" is not found in the `task` part of TF_CONFIG.')
    tf_logging.info('Starting standard TensorFlow server, target = %r, session_config= %r', task, session_config)
    server = server_lib.Server(cluster_spec, job_name=task['type'], task_index=int(task.get('index', 0)),
                               protocol=tf_config.get('rpc_layer', 'grpc'), config=session_config)
    server.start()
    return server
