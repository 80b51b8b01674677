"""Clusters of Reflow and a real TensorFlow: each as client, as master, as worker and as parameter server of the other."""
import os
import pathlib
import socket
import subprocess
import sys

import pytest
from peer import BUILT, PEER, PRELUDE, needs_build, needs_peer

pytestmark = [needs_peer, needs_build]

SERVE = '''
cluster = tf.train.ClusterSpec({'ps': [sys.argv[1]], 'worker': [sys.argv[2]]})
server = tf.train.Server(cluster, job_name=sys.argv[3], task_index=0)
print('serving', flush=True)
server.join()
'''
# Trains on the worker with its variables on the parameter server, and shows what comes of it.
TRAIN = '''
target = 'grpc://' + sys.argv[2]
with tf.device(tf.train.replica_device_setter(cluster=tf.train.ClusterSpec({'ps': [sys.argv[1]], 'worker': [sys.argv[2]]}))):
    x = tf.placeholder(tf.float32, [None, 3], name='x')
    w = tf.get_variable('w', [3, 1], initializer=tf.ones_initializer())
    b = tf.get_variable('b', [1], initializer=tf.zeros_initializer(), use_resource=True)
    step = tf.train.get_or_create_global_step()
    big = tf.get_variable('big', [500, 100], initializer=tf.constant_initializer(2.0))
    loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b - 3.0))
    train = tf.train.AdamOptimizer(0.1).minimize(loss, global_step=step)
    names = tf.constant(['a', 'bc'])
    queue = tf.FIFOQueue(10, tf.string, shapes=[[]], shared_name='q')
    put, take = queue.enqueue_many([names]), queue.dequeue()
    branch = tf.cond(tf.reduce_sum(x) > 0, lambda: tf.reduce_sum(w), lambda: -tf.reduce_sum(w))
with tf.Session(target) as sess:
    sess.run(tf.global_variables_initializer())
    data = np.arange(12, dtype=np.float32).reshape(4, 3) / 10
    for _ in range(20):
        value, at, _ = sess.run([loss, step, train], {x: data})
    print('%.4f' % value, sess.run(step), sess.run(tf.reduce_sum(big * 1.0)))
    print(np.round(sess.run(w), 3).tolist(), np.round(sess.run(b), 3).tolist())
    sess.run(put)
    print(sess.run(take), sess.run(take), np.round(sess.run([branch, branch], {x: data}), 3).tolist())
    with tf.device('/job:ps/task:0'):
        bad = tf.check_numerics(tf.log(tf.zeros([])), 'bad')
    try:
        sess.run(bad)
    except tf.errors.InvalidArgumentError as error:
        message = error.message  # TensorFlow 2 puts more before it
        print(message[max(message.find('From /job:ps'), 0):].splitlines()[:2])
    options, metadata = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), tf.RunMetadata()
    sess.run(loss, {x: data}, options=options, run_metadata=metadata)
    devices = {stats.device.rpartition('/device')[0] for stats in metadata.step_stats.dev_stats}
    print('/job:ps/replica:0/task:0' in devices, '/job:worker/replica:0/task:0' in devices)
'''


def free_address():
    with socket.socket() as s:
        s.bind(('localhost', 0))
        return 'localhost:%d' % s.getsockname()[1]


def start(kind, folder, program, *arguments):
    path = pathlib.Path(folder) / ('%s.%d.py' % (kind, len(os.listdir(folder))))
    path.write_text(PRELUDE + program)
    command = [PEER] if kind == 'tensorflow' else [sys.executable, '-m', 'reflow']
    environment = {**os.environ, 'TF_CPP_MIN_LOG_LEVEL': '3', 'PYTHONPATH': '' if kind == 'tensorflow' else str(BUILT)}
    return subprocess.Popen([*command, str(path), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env=environment, cwd=folder)


def train(folder, ps, worker, client):
    """What the client prints."""
    addresses = [free_address(), free_address()]
    servers = [start(kind, folder, SERVE, *addresses, job) for kind, job in ((ps, 'ps'), (worker, 'worker'))]
    try:
        for server in servers:
            assert server.stdout.readline() == 'serving\n', server.stderr.read()[-3000:]
        process = start(client, folder, TRAIN, *addresses)
        try:
            output, errors = process.communicate(timeout=120)
        finally:
            process.kill()
        assert process.returncode == 0, errors[-3000:]
        return output
    finally:
        for server in servers:
            server.kill()
            server.communicate()


@pytest.fixture(scope='module')
def expected(tmp_path_factory):
    return train(tmp_path_factory.mktemp('expected'), 'tensorflow', 'tensorflow', 'tensorflow')


@pytest.mark.parametrize('ps, worker, client', [
    ('reflow', 'reflow', 'reflow'),
    ('reflow', 'reflow', 'tensorflow'),
    ('tensorflow', 'tensorflow', 'reflow'),
    ('tensorflow', 'reflow', 'reflow'),
    ('reflow', 'tensorflow', 'tensorflow')])
def test_train(tmp_path, expected, ps, worker, client):
    assert train(tmp_path, ps, worker, client) == expected
