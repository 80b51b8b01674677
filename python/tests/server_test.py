"""tf.train.Server, sessions on it, and clusters of several processes."""
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf

PRELUDE = '''
import os, sys, time
import reflow.tensorflow as tf
cluster = tf.train.ClusterSpec({'ps': [sys.argv[1]], 'worker': [sys.argv[2]]})
'''
SERVE = PRELUDE + '''
server = tf.train.Server(cluster, job_name=sys.argv[3], task_index=0)
print('serving', flush=True)
server.join()
'''


@pytest.fixture
def server():
    with tf.Graph().as_default():
        yield tf.train.Server.create_local_server()


def free_addresses(n):
    sockets = [socket.socket() for _ in range(n)]
    for s in sockets:
        s.bind(('localhost', 0))
    addresses = ['localhost:%d' % s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return addresses


class Cluster:
    """A parameter server and a worker, each a process."""

    def __init__(self):
        self.addresses = free_addresses(2)
        self.processes = {job: self.start(SERVE, job) for job in ('ps', 'worker')}
        for process in self.processes.values():
            assert process.stdout.readline() == 'serving\n'

    def start(self, program, *arguments):
        return subprocess.Popen([sys.executable, '-u', '-c', program, *self.addresses, *arguments], stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, env={**os.environ, 'TF_CPP_MIN_LOG_LEVEL': '1'})

    def session(self):
        return tf.Session('grpc://' + self.addresses[1])

    def stop(self):
        for process in self.processes.values():
            process.kill()
            process.communicate()


@pytest.fixture
def cluster():
    made = Cluster()
    with tf.Graph().as_default():
        yield made
    made.stop()


def test_a_session_on_a_server_of_this_process(server):
    assert server.target.startswith('grpc://localhost:')
    x = tf.placeholder(tf.float32, [None])
    with tf.Session(server.target) as sess:
        assert sess.run(x * 2.0, {x: [1, 2]}).tolist() == [2, 4]
        assert sess.run(tf.constant('Hello')) == b'Hello'
        assert sess.make_callable(x + 1.0, [x])([1]).tolist() == [2]
        device, = sess.list_devices()
    assert (device.name, device.device_type) == ('/job:local/replica:0/task:0/device:CPU:0', 'CPU')
    assert device.incarnation


def test_sessions_share_variables_until_the_server_is_reset(server):
    v = tf.Variable(3.0, name='v')
    first = tf.Session(server.target)
    first.run(v.initializer)
    assert tf.Session(server.target).run(v) == 3
    tf.Session.reset(server.target)
    with pytest.raises(tf.errors.AbortedError, match='Session .* is not found.'):
        first.run(v)
    with pytest.raises(tf.errors.FailedPreconditionError, match='uninitialized value v'):
        tf.Session(server.target).run(v)


def test_what_a_server_cannot_be(server):
    with pytest.raises(tf.errors.UnknownError, match='Could not start gRPC server'):
        tf.train.Server({'local': [server.target[len('grpc://'):]]})
    with pytest.raises(tf.errors.InvalidArgumentError, match='Could not parse port for local server from "foo".'):
        tf.train.Server({'local': ['foo']})
    with pytest.raises(tf.errors.InvalidArgumentError, match='Task 9 was not defined in job "local"'):
        tf.train.Server({'local': ['localhost:0']}, task_index=9)
    with pytest.raises(tf.errors.NotFoundError, match='No server factory registered for the given ServerDef: cluster'):
        tf.train.Server({'local': ['localhost:0']}, protocol='grpc+verbs')
    with pytest.raises(tf.errors.NotFoundError, match='No session factory registered .*{DIRECT_SESSION, GRPC_SESSION}'):
        tf.Session('foo://localhost:1')


def test_training_with_variables_on_a_parameter_server(cluster):
    spec = tf.train.ClusterSpec({'ps': cluster.addresses[:1], 'worker': cluster.addresses[1:]})
    with tf.device(tf.train.replica_device_setter(cluster=spec)):
        w, r = tf.Variable(5.0, name='w'), tf.get_variable('r', initializer=5.0, use_resource=True)
        step = tf.train.get_or_create_global_step()
        loss = tf.square(w - 1.0) + tf.square(r + 1.0)
        train = tf.train.MomentumOptimizer(0.05, 0.5).minimize(loss, global_step=step)
    with tf.train.MonitoredTrainingSession(cluster.session().sess_str.decode(), hooks=[tf.train.StopAtStepHook(60)]) as sess:
        while not sess.should_stop():
            values = sess.run([w, r, train])
    assert abs(values[0] - 1) < 0.01 and abs(values[1] + 1) < 0.01
    assert cluster.session().run(step) == 60


def test_queues_are_shared_by_clients(cluster):
    with tf.device('/job:ps/task:0'):
        queue = tf.FIFOQueue(10, tf.int32, shapes=[[]], shared_name='q')
        put, take = queue.enqueue(7), queue.dequeue()
    cluster.session().run(put)
    assert cluster.session().run(take) == 7
    with pytest.raises(tf.errors.DeadlineExceededError):
        cluster.session().run(take, options=tf.RunOptions(timeout_in_ms=300))


def test_a_cluster_of_servers_for_tests():
    workers, (ps,) = tf.test.create_local_cluster(num_workers=2, num_ps=1)
    with tf.device('/job:ps/task:0'):
        v = tf.Variable(1., name='v')
    with tf.device('/job:worker/task:1'):
        change = v.assign_add(2.)
    with tf.Session(workers[0].target) as sess:
        sess.run(v.initializer)
        assert sess.run(change) == 3
    assert tf.Session(ps.target).run(v) == 3


def test_a_worker_begins_soon_after_the_chief(server):
    v = tf.Variable(3., name='v')
    late = threading.Timer(0.5, lambda: tf.Session(server.target, graph=v.graph).run(v.initializer))
    late.start()
    began = time.time()
    manager = tf.train.SessionManager(ready_op=tf.report_uninitialized_variables(), recovery_wait_secs=30)
    assert manager.wait_for_session(server.target, max_wait_secs=60).run(v) == 3
    assert time.time() - began < 20
    late.join()


def on_ps(function, *arguments):
    with tf.device('/job:ps/task:0'):
        return function(*arguments)


def test_the_body_of_a_loop_may_be_on_another_task(cluster):
    with tf.device('/job:worker/task:0'):
        start = tf.constant(1.5)
        loop = tf.while_loop(lambda i, x: i < 3, lambda i, x: [i + 1, on_ps(tf.multiply, x, start) * 2.], [0, start])
        gradient = tf.gradients(loop[1], start)[0]
    assert cluster.session().run([loop, gradient]) == [[3, 40.5], 108]


def test_loops_and_conds_within_a_loop_may_be_on_other_tasks(cluster):
    def inner(j, total):
        return on_ps(lambda: (j + 1, total + tf.to_float(j)))

    def body(i, x):
        _, nested = tf.while_loop(lambda j, total: j < i, inner, [0, on_ps(tf.multiply, x, 2.)])
        return i + 1, tf.cond(tf.equal(i % 2, 0), lambda: on_ps(tf.add, nested, 10.), lambda: nested * 2.)

    with tf.device('/job:worker/task:0'):
        run = tf.placeholder(tf.bool)
        loop = tf.while_loop(lambda i, x: i < 5, body, [0, 1.])
        maybe = tf.cond(run, lambda: tf.while_loop(lambda i, x: i < 2, body, [0, 1.])[1], lambda: -1.)
    assert tuple(cluster.session().run(loop)) == (5, 884)
    assert [cluster.session().run(maybe, {run: value}) for value in (True, False)] == [48, -1]


def test_a_loop_changes_a_variable_of_a_parameter_server(cluster):
    v = on_ps(lambda: tf.get_variable('v', initializer=0., use_resource=True))

    def body(i):
        with tf.control_dependencies([v.assign_add(1.)]):
            return i + 1

    with tf.device('/job:worker/task:0'):
        loop = tf.while_loop(lambda i: i < 7, body, [0])
    with cluster.session() as sess:
        sess.run(v.initializer)
        assert (sess.run(loop), sess.run(v)) == (7, 7)


def test_a_variable_of_another_task_is_read_after_what_its_reader_waits_for(cluster):
    with tf.Graph().as_default(), cluster.session() as session:
        with tf.device('/job:ps'):
            v = tf.Variable([1., 2.])
        with tf.device('/job:worker'):
            delta = tf.constant([10., 10.])
            with tf.control_dependencies([v.assign_add(delta).op]):
                after = v.read_value()
            product = tf.multiply(v._variable, after)
        session.run(v.initializer)
        assert session.run(after).tolist() == [11, 12]
        assert session.run([after, product])[1].tolist() == [21 * 21, 22 * 22]  # both inputs are read after the update


def test_errors_name_the_task_and_the_op(cluster):
    with tf.device('/job:ps/task:0'):
        x = tf.placeholder(tf.float32, name='x')
    with tf.device('/job:worker/task:0'):
        y = x + 1.0
    with pytest.raises(tf.errors.InvalidArgumentError) as raised:
        cluster.session().run(y)
    assert raised.value.message.startswith('From /job:ps/replica:0/task:0:\nYou must feed a value')
    assert raised.value.op.name == 'x'


def test_the_trace_has_the_nodes_of_all_tasks(cluster):
    with tf.device('/job:ps/task:0'):
        v = tf.Variable(2.0, name='v')
    with tf.device('/job:worker/task:0'):
        y = v * 3.0
    sess, metadata = cluster.session(), tf.RunMetadata()
    sess.run(v.initializer)
    assert sess.run(y, options=tf.RunOptions(trace_level=3, output_partition_graphs=True), run_metadata=metadata) == 6
    nodes = {node.node_name: stats.device for stats in metadata.step_stats.dev_stats for node in stats.node_stats}
    assert nodes['mul'].startswith('/job:worker') and nodes['v'].startswith('/job:ps')
    ops = [node.op for graph in metadata.partition_graphs for node in graph.node]
    assert '_Send' in ops and '_Recv' in ops


def test_a_killed_task_ends_runs_that_wait_for_it(cluster):
    with tf.device('/job:ps/task:0'):
        take = tf.FIFOQueue(10, tf.int32, shapes=[[]], shared_name='q').dequeue()
    with tf.device('/job:worker/task:0'):
        waiting = take + 1
    sess = cluster.session()
    sess.run(tf.constant(1))
    process = cluster.start(PRELUDE + '''
with tf.device('/job:ps/task:0'):
    take = tf.FIFOQueue(10, tf.int32, shapes=[[]], shared_name='q').dequeue()
with tf.Session('grpc://' + sys.argv[2]) as sess:
    sess.run(tf.constant(1))
    print('waiting', flush=True)
    try:
        sess.run(take)
    except (tf.errors.UnavailableError, tf.errors.AbortedError) as error:
        print(type(error).__name__)
''')
    assert process.stdout.readline() == 'waiting\n'
    time.sleep(0.5)
    cluster.processes['ps'].send_signal(signal.SIGKILL)
    assert process.communicate(timeout=30)[0] in ('UnavailableError\n', 'AbortedError\n')
    with pytest.raises((tf.errors.UnavailableError, tf.errors.AbortedError)):
        sess.run(waiting)


def test_a_session_waits_for_tasks_that_are_not_there():
    addresses = free_addresses(2)
    with tf.Graph().as_default():
        server = tf.train.Server({'ps': addresses[:1], 'worker': addresses[1:]}, job_name='worker', task_index=0)
        with pytest.raises(tf.errors.DeadlineExceededError):
            tf.Session(server.target, config=tf.ConfigProto(operation_timeout_in_ms=300)).run(tf.constant(1))
        alone = tf.ConfigProto(device_filters=['/job:worker'])
        assert tf.Session(server.target, config=alone).run(tf.constant(1)) == 1


def test_joining_ends_with_ctrl_c():
    process = subprocess.Popen([sys.executable, '-u', '-c', '''
import signal
import reflow.tensorflow as tf
signal.signal(signal.SIGINT, signal.default_int_handler)
server = tf.train.Server.create_local_server()
print('joining', flush=True)
try:
    server.join()
except KeyboardInterrupt:
    print('interrupted')
'''], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout.readline() == 'joining\n'
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30)[0] == 'interrupted\n'
    assert process.returncode == 0
