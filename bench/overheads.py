"""What a run, and making a node, costs beside the kernels."""
import numpy as np
import reflow.tensorflow as tf

from harness import cpu_seconds, emit, microseconds, milliseconds, seconds_per_call
from sessions import session


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
