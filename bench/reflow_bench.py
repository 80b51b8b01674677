#!/usr/bin/env python3
"""The workloads of the peer-benchmark protocol through Python: reflow_bench.py WORKLOAD...

It runs with the project's .venv and the release build where these are there. BENCH_THREADS (2): size of the thread pool;
BENCH_DATA: folder with mnist/ (default: the repository's data/).
"""
import os
import subprocess
import sys
import time

import harness
from harness import batches, cpu_seconds, emit, seconds_per_call

ENVIRONMENT_PYTHON = os.path.join(harness.ROOT, '.venv/bin/python')
BUILT_PACKAGE = os.path.join(harness.ROOT, 'build/release/python')


def run_in_project():
    """Begins again with the project's interpreter and its newest build."""
    if 'REFLOW_BENCH_STARTED' in os.environ or not os.path.exists(ENVIRONMENT_PYTHON):
        return
    paths = [BUILT_PACKAGE] if os.path.exists(os.path.join(BUILT_PACKAGE, 'reflow')) else []
    if 'PYTHONPATH' in os.environ:
        paths.append(os.environ['PYTHONPATH'])
    environment = dict(os.environ, REFLOW_BENCH_STARTED='1', PYTHONPATH=os.pathsep.join(paths))
    os.execve(ENVIRONMENT_PYTHON, [ENVIRONMENT_PYTHON, os.path.abspath(__file__), *sys.argv[1:]], environment)


def session():
    config = tf.ConfigProto(intra_op_parallelism_threads=harness.THREADS,
                            inter_op_parallelism_threads=harness.THREADS)
    return tf.Session(config=config)


def microseconds(samples):
    return [1e6 * sample for sample in samples]


def milliseconds(samples):
    return [1e3 * sample for sample in samples]


def import_time():
    """A new interpreter that imports the package and ends."""
    def run():
        start = time.perf_counter()
        subprocess.check_call([sys.executable, '-c', 'import reflow.tensorflow'])
        return time.perf_counter() - start
    harness.emit_processes('import', run)
    code = ('import resource, reflow.tensorflow\n'
            'print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)')
    emit('import', 'peak_rss', 'MB', [float(subprocess.check_output([sys.executable, '-c', code]))])


def null_run():
    a, b = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    total, constant = a + b, tf.constant(1.0)
    one, two = np.float32(1), np.float32(2)
    with session() as sess:
        get_constant, get_total = sess.make_callable(constant), sess.make_callable(total, [a, b])
        for metric, call in (
                ('const_fetch', lambda: sess.run(constant)),
                ('add_two_feeds', lambda: sess.run(total, {a: one, b: two})),
                ('add_two_feeds_python_floats', lambda: sess.run(total, {a: 1.0, b: 2.0})),
                ('const_fetch_make_callable', get_constant),
                ('add_two_feeds_make_callable', lambda: get_total(one, two))):
            emit('null_run', metric, 'us', microseconds(seconds_per_call(call)))


NUM_OPS = 10000


def per_op(metric, samples):
    emit('graph_build', metric, 'us', microseconds(sample / NUM_OPS for sample in samples))


def first_run(metric, fetch, feed, callable_metric):
    """The first run in a session, and later ones without the fetch."""
    with session() as sess:
        emit('graph_build', metric, 'ms', milliseconds([cpu_seconds(lambda: sess.run(fetch, feed))[0]]))
        run = sess.make_callable(fetch.op, list(feed))
        values = [np.float32(value) for value in feed.values()]
        per_op(callable_metric, seconds_per_call(lambda: run(*values)))


def graph_build():
    x, a, b = (tf.placeholder(tf.float32, []) for _ in range(3))

    def chain():
        y = x
        for _ in range(NUM_OPS // 2):
            y = tf.add(tf.multiply(y, a), b)
        return y

    seconds, y = cpu_seconds(chain)
    per_op('build_per_op', [seconds])
    feed = {x: 1, a: 0.999, b: 0.001}
    first_run('first_run_10k_ops', y, feed, 'chain_run_per_op')
    seconds, gradients = cpu_seconds(lambda: tf.gradients(y, x))
    per_op('gradients_per_forward_op', [seconds])
    first_run('first_run_gradient', gradients[0], feed, 'gradient_run_per_forward_op')
    tf.reset_default_graph()
    x = tf.placeholder(tf.float32, [])
    small = [tf.maximum(x, tf.constant(float(i))) for i in range(NUM_OPS)]
    groups = [tf.reduce_max(tf.stack(small[i:i + 100])) for i in range(0, NUM_OPS, 100)]
    first_run('first_run_wide', tf.reduce_sum(tf.stack(groups)), {x: 5}, 'wide_run_per_op')


class Mlp:
    """784-HIDDEN-10 on MNIST: a step of descent and one of the variables' averages."""

    def __init__(self, hidden):
        self.x, self.labels = tf.placeholder(tf.float32, [None, 784]), tf.placeholder(tf.float32, [None, 10])
        step = tf.Variable(0, trainable=False, dtype=tf.int64)
        w1 = tf.Variable(tf.truncated_normal([784, hidden], stddev=0.1))
        b1 = tf.Variable(tf.constant(0.1, shape=[hidden]))
        w2 = tf.Variable(tf.truncated_normal([hidden, 10], stddev=0.1))
        b2 = tf.Variable(tf.constant(0.1, shape=[10]))
        logits = tf.matmul(tf.nn.relu(tf.matmul(self.x, w1) + b1), w2) + b2
        entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.argmax(self.labels, 1), logits=logits)
        self.loss = tf.reduce_mean(entropy) + 1e-4 * (tf.nn.l2_loss(w1) + tf.nn.l2_loss(w2))
        rate = tf.train.exponential_decay(0.8, step, 550, 0.99)
        descent = tf.train.GradientDescentOptimizer(rate).minimize(self.loss, global_step=step)
        averages = tf.train.ExponentialMovingAverage(0.99, step).apply(tf.trainable_variables())
        self.train = tf.group(descent, averages)

    def feed(self, images, labels):
        return {self.x: images, self.labels: labels}

    def step_seconds(self, data):
        batch = batches(100, *data)
        with session() as sess:
            sess.run(tf.global_variables_initializer())
            samples = seconds_per_call(lambda: sess.run(self.train, self.feed(*next(batch))), 2)
            if not sess.run(self.loss, self.feed(*next(batch))) < 1.0:
                sys.exit('the network does not learn')
        return samples


def mnist_mlp():
    samples = Mlp(500).step_seconds(harness.mnist())
    emit('mnist_mlp', 'train', 'steps/s', [1 / sample for sample in samples])
    harness.emit_peak_memory('mnist_mlp')


def mlp_width():
    data = harness.mnist()
    for hidden in (500, 1000, 2000, 4000):
        tf.reset_default_graph()
        emit('mlp_width', 'step_hidden_%d' % hidden, 'ms', milliseconds(Mlp(hidden).step_seconds(data)))


def one_step():
    """What first_step runs in a process of its own."""
    network = Mlp(500)
    with session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(network.train, network.feed(np.zeros([100, 784], np.float32), np.eye(10)[[3] * 100]))
        print('STEP', flush=True)
    os._exit(0)


def first_step():
    """From starting a process to the end of its first training step."""
    def run():
        start = time.perf_counter()
        child = subprocess.Popen([sys.executable, os.path.abspath(__file__), '_first_step'], stdout=subprocess.PIPE)
        child.stdout.readline()
        taken = time.perf_counter() - start
        child.stdout.close()
        child.wait()
        return taken
    harness.emit_processes('first_step', run)


WORKLOADS = {'import': import_time, 'null_run': null_run, 'graph_build': graph_build, 'mnist_mlp': mnist_mlp,
             'mlp_width': mlp_width, 'first_step': first_step, '_first_step': one_step}

if __name__ == '__main__':
    run_in_project()
    if sys.argv[1:2] not in (['import'], ['first_step']):
        import numpy as np

        import reflow.tensorflow as tf
    harness.main(WORKLOADS)
