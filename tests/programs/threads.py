"""Python threads that run steps of one session side by side, with a coordinator, locks and a queue of Python's own."""
import threading
import time

import numpy as np
import tensorflow as tf

graph = tf.get_default_graph()
counter = tf.Variable(0, name='counter', dtype=tf.int64)
total = tf.get_variable('total', [], tf.float64, initializer=tf.zeros_initializer(), use_resource=True)
value = tf.placeholder(tf.float64, [], name='value')
add = tf.group(tf.assign_add(counter, 1, use_locking=True), total.assign_add(value))
matrix = tf.placeholder(tf.float32, [None, None])
trace = tf.trace(tf.matmul(matrix, matrix, transpose_b=True))
init = tf.global_variables_initializer()
graph.finalize()

sess = tf.Session()
sess.run(init)
coord = tf.train.Coordinator()


def worker(coord, first):
    i = first
    while not coord.should_stop() and i < first + 50:
        sess.run(add, feed_dict={value: float(i)})
        i += 1


threads = [threading.Thread(target=worker, args=(coord, 100 * n)) for n in range(4)]
for t in threads:
    t.start()
coord.join(threads)
print(sess.run([counter, total]))

results = {}


def products(n):
    with sess.as_default(), graph.as_default():
        results[n] = trace.eval({matrix: np.full((n, n), 0.5)})


threads = [threading.Thread(target=products, args=(n,)) for n in range(1, 9)]
[t.start() for t in threads]
[t.join() for t in threads]
print([float(results[n]) for n in sorted(results)])


def failing(coord):
    with coord.stop_on_exception():
        while not coord.should_stop():
            time.sleep(0.001)
            sess.run(trace, {matrix: [[1., 2., 3.]]})
            raise ValueError('stopped on purpose')


second = tf.train.Coordinator()
thread = threading.Thread(target=failing, args=(second,))
thread.start()
try:
    second.join([thread])
except ValueError as error:
    print('ValueError:', error)

try:
    with graph.as_default():
        tf.constant(1)
except RuntimeError as error:
    print('RuntimeError:', error)


def own_graph(n, out):
    with tf.Graph().as_default() as g:
        tf.set_random_seed(n)
        x = tf.random_uniform([3])
        with tf.Session(graph=g) as own:
            out[n] = own.run(x)


outputs = {}
threads = [threading.Thread(target=own_graph, args=(n, outputs)) for n in range(3)]
[t.start() for t in threads]
[t.join() for t in threads]
for n in sorted(outputs):
    print(n, outputs[n])
print(tf.get_default_graph() is graph, len(graph.get_operations()))
looper = tf.train.LooperThread.loop(second, None, target=lambda: None)
looper.join()
sess.close()
try:
    sess.run(add, {value: 1.})
except RuntimeError as error:
    print(error)
