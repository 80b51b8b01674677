"""Sessions: options, metadata, partial runs, callables, timeouts, and closing while a run waits."""
import re
import threading
import time

import tensorflow as tf


def show(function):
    """Prints what a function gives or raises in a graph of its own."""
    with tf.Graph().as_default():
        attempt(function, function.__name__)


def attempt(function, *name):
    try:
        print(*name, function())
    except Exception as error:
        print(*name, type(error).__name__, str(error).split('\n')[0])


@show
def trace():
    x = tf.placeholder(tf.float32, [None], name='x')
    v = tf.Variable([1., 2.], name='v')
    y = tf.reduce_sum(x * v, name='y')
    sess, metadata = tf.Session(), tf.RunMetadata()
    sess.run(v.initializer)
    options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE, output_partition_graphs=True)
    print(sess.run(y, {x: [1, 2]}, options=options, run_metadata=metadata))
    stats = next(dev for dev in metadata.step_stats.dev_stats if dev.device.startswith('/job'))
    for name in ('v', 'v/read', 'y'):
        node = next(node for node in stats.node_stats if node.node_name == name)
        output = node.output[0].tensor_description
        print(stats.device, node.timeline_label.split('(')[0], output.dtype, [dim.size for dim in output.shape.dim],
              output.allocation_description.allocator_name, node.all_start_micros > 0)
    print(sorted(node.name for node in metadata.partition_graphs[0].node))
    plain = tf.RunMetadata()
    plain.step_stats.dev_stats.add(device='old')
    sess.run(y, {x: [1, 2]}, run_metadata=plain)
    return plain.ByteSize()


@show
def wrong_options():
    sess, one = tf.Session(), tf.constant(1)
    attempt(lambda: sess.run(one, options=3))
    attempt(lambda: sess.run(one, run_metadata=3))
    attempt(lambda: sess.run(one, options={'a': 1}))
    attempt(lambda: tf.Session(config=3))


@show
def partial_runs():
    sess = tf.Session()
    a, b, c = (tf.placeholder(tf.float32, [], name=name) for name in 'abc')
    total = a + b
    product = total * c
    handle = sess.partial_run_setup([total, product], [a, b, c])
    print(type(handle), sess.partial_run(handle, total, {a: 1, b: 2}), sess.partial_run(handle, [product], {c: 5}))
    attempt(lambda: sess.partial_run(handle, product, {c: 1}))
    handle = sess.partial_run_setup({'x': total, 'y': (product,)}, [a, b, c])
    print(sess.partial_run(handle, {'q': total}, {a: 1, b: 2}), sess.partial_run(handle, {'z': (product,)}, {c: 2}))
    handle = sess.partial_run_setup([total, product.op], [a, b, c])
    print(sess.partial_run(handle, [total], {a: 1, b: 2}))
    attempt(lambda: sess.partial_run(handle, [product.op], {c: 2}))


@show
def wrong_partial_runs():
    sess = tf.Session()
    a, b, c = (tf.placeholder(tf.float32, [], name=name) for name in 'abc')
    total = a + b
    product = total * c
    attempt(lambda: sess.partial_run('none', total, {a: 1}))
    attempt(lambda: sess.partial_run_setup([], [a]))
    attempt(lambda: sess.partial_run_setup([3], [a]))
    handle = sess.partial_run_setup([total, product], [a, b, c])
    attempt(lambda: sess.partial_run(handle, product, {a: 1, b: 2}))
    attempt(lambda: sess.partial_run(handle, total, {total: 1}))
    attempt(lambda: sess.partial_run(handle, a * 2., {a: 1, b: 2}))
    attempt(lambda: sess.partial_run(handle, total, {a: 1, b: 2}))
    attempt(lambda: sess.partial_run(handle, total, {a: 1, b: 2}))
    attempt(lambda: sess.partial_run(handle, product))


@show
def devices():
    sess = tf.Session(config=tf.ConfigProto(device_count={'CPU': 2}))
    return [re.sub(r', -?\d+\)$', '', repr(each)) for each in sess.list_devices() if 'XLA' not in each.name]


@show
def callables():
    sess = tf.Session()
    a, b = tf.placeholder(tf.float32, [], name='a'), tf.placeholder(tf.float32, [], name='b')
    add = sess.make_callable(a + b, [a, b])
    print(add(1, 2), sess.make_callable({'q': a * b}, [a, b])(2, 3), sess.make_callable(tf.no_op())())
    print(sess.make_callable([a + b, a * b], feed_list=[a, b])(1, 2), sess.make_callable(a + b, [a, a, b])(1, 2, 3))
    metadata, with_options = tf.RunMetadata(), sess.make_callable(a + b, [a, b], accept_options=True)
    print(with_options(1, 2), with_options(1, 2, options=tf.RunOptions(trace_level=3), run_metadata=metadata),
          len(metadata.step_stats.dev_stats) > 0)
    attempt(lambda: add(1))
    attempt(lambda: add(1, 2, 3))
    attempt(lambda: sess.make_callable(a, a))
    attempt(lambda: add([1, 2], 2))
    attempt(lambda: add('x', 1))
    attempt(lambda: sess.make_callable(3))
    attempt(lambda: sess.make_callable(tf.SparseTensor([[0]], [1.], [2]))())


@show
def timeouts():
    queue = tf.FIFOQueue(1, tf.int32)
    for sess, options in ((tf.Session(config=tf.ConfigProto(operation_timeout_in_ms=50)), None),
                          (tf.Session(), tf.RunOptions(timeout_in_ms=50))):
        try:
            sess.run(queue.dequeue(), options=options)
        except tf.errors.DeadlineExceededError as error:
            print(error.message, error.op, error.node_def)


@show
def closing_while_a_run_waits():
    queue, sess = tf.FIFOQueue(1, tf.int32), tf.Session()
    taken = queue.dequeue()

    def run():
        try:
            sess.run(taken)
        except tf.errors.CancelledError as error:
            print(error.message.split('\n')[0], error.op.name)

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(0.3)
    sess.close()
    thread.join()
    attempt(lambda: sess.run(taken))


@show
def config():
    proto = tf.ConfigProto(allow_soft_placement=True, inter_op_parallelism_threads=1, intra_op_parallelism_threads=1)
    proto.gpu_options.allow_growth = True
    proto.graph_options.optimizer_options.opt_level = -1
    proto.graph_options.rewrite_options.constant_folding = 2
    with tf.device('/gpu:1'):
        a = tf.constant(3)
    sess = tf.Session(config=proto)
    return sess.run(a), sess.sess_str, sess.graph is tf.get_default_graph()


@show
def reset():
    sess, one = tf.Session(), tf.constant(1)
    sess.run(one)
    tf.Session.reset('')
    attempt(lambda: sess.run(one))
    return tf.Session().run(one)
