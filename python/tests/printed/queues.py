"""Queues, accumulators and pipelines of queues: the nodes they make, what they give, and the errors of wrong use."""
import re

import tensorflow as tf

# What reports how full a queue is.
SUMMARY = re.compile(r'(batch|producer)\w*/(Cast|mul|sub|Maximum|fraction_)')


def show(build):
    """Prints the nodes and collections of what a function builds."""
    with tf.Graph().as_default() as graph:
        print('-----', build.__name__)
        build()
    for node in graph.as_graph_def().node:
        attrs = ['%s=%s' % (key, re.sub(r'\s+', ' ', str(value))) for key, value in sorted(node.attr.items())
                 if key not in ('T', 'dtype', 'value', 'timeout_ms', 'container')]
        if not SUMMARY.search(node.name):
            print(node.name, node.op, *list(node.input) + attrs)
    for key in ('local_variables', 'queue_runners'):
        print(key, [item.name for item in graph.get_collection(key)])


def attempt(function):
    """Prints the error of a call, without the number of a queue: it tells who came first, and threads race for that."""
    try:
        print('no error:', function())
    except Exception as error:
        print(type(error).__name__, re.sub(r"'_\d+_", "'_N_", str(error).split('\n')[0]))


@show
def queues():
    queue = tf.FIFOQueue(3, [tf.int32, tf.float32], shapes=[[], [2]], names=['a', 'b'], shared_name='shared')
    queue.enqueue({'a': 1, 'b': [1., 2.]})
    queue.enqueue_many({'a': [1], 'b': [[1., 2.]]})
    print(queue.dequeue(), queue.dequeue_many(4), queue.dequeue_up_to(3))
    queue.size(), queue.close(), queue.close(cancel_pending_enqueues=True), queue.is_closed()
    print(queue.name, queue.dtypes, queue.shapes, queue.names, queue.queue_ref)
    tf.RandomShuffleQueue(5, 2, tf.float32, seed=3).enqueue([1.])
    print(tf.PaddingFIFOQueue(5, [tf.float32], [[None]]).dequeue_many(3))
    by_priority = tf.PriorityQueue(5, [tf.string], [[]])
    by_priority.enqueue([tf.constant(1, tf.int64), 'x'])
    print(by_priority.dequeue())
    print(tf.QueueBase.from_list(tf.constant(1), [tf.FIFOQueue(3, tf.int32), tf.FIFOQueue(4, tf.int32)]).dequeue())


@show
def seeds():
    tf.set_random_seed(5)
    tf.RandomShuffleQueue(5, 2, tf.float32, seed=3, shared_name='x')
    tf.RandomShuffleQueue(5, 2, tf.float32, shared_name='y')
    tf.RandomShuffleQueue(5, 2, tf.float32)


@show
def accumulators():
    dense = tf.ConditionalAccumulator(tf.float32, shape=[2], reduction_type='SUM')
    dense.apply_grad([1., 2.], 1)
    print(dense.take_grad(3), dense.name, dense.dtype)
    dense.num_accumulated(), dense.set_global_step(4)
    sparse = tf.SparseConditionalAccumulator(tf.float32, shape=[3, 2])
    sparse.apply_grad([1], [[1., 2.]])
    sparse.apply_indexed_slices_grad(tf.IndexedSlices([[1., 2.]], [0]))
    print(sparse.take_grad(1), sparse.take_indexed_slices_grad(1))
    sparse.num_accumulated(), sparse.set_global_step(4)


@show
def producers():
    print(type(tf.train.string_input_producer(['a', 'b'], num_epochs=2, seed=4)).__name__)
    tf.train.range_input_producer(3, shuffle=False)
    tf.train.slice_input_producer([[1, 2], [3., 4.]])
    tf.train.input_producer(tf.constant([1, 2]), name='mine', capacity=4, shared_name='q')
    tf.train.limit_epochs(tf.constant(1), 3)


@show
def batches():
    a, b = tf.constant([1., 2.]), tf.constant('x')
    print(tf.train.batch([a, b], 3))
    print(tf.train.batch({'a': a, 'b': b}, 3, num_threads=2, allow_smaller_final_batch=True))
    print(tf.train.batch({'a': a}, 3))
    print(tf.train.batch([tf.placeholder(tf.float32, [None])], 3, dynamic_pad=True))
    print(tf.train.batch([tf.placeholder(tf.float32, [4, 2])], 3, enqueue_many=True))
    print(tf.train.shuffle_batch([a], 2, 10, 5, seed=1, num_threads=2))
    print(tf.train.shuffle_batch([a], 2, 10, 5, allow_smaller_final_batch=True))
    print(tf.train.batch_join([[a], [a]], 2))
    print(tf.train.shuffle_batch_join([[a], [a]], 2, 10, 5))


@show
def batches_of_some():
    a, keep = tf.constant([1., 2.]), tf.placeholder(tf.bool, [])
    print(tf.train.maybe_batch([a], keep, 2))
    print(tf.train.maybe_shuffle_batch([a], 2, 10, 5, keep))
    print(tf.train.maybe_batch_join([[a]], keep, 2))
    print(tf.train.maybe_shuffle_batch_join([[a]], 2, 10, 5, keep))
    print(tf.train.maybe_batch([tf.placeholder(tf.float32, [4, 2])], tf.placeholder(tf.bool, [4]), 2, enqueue_many=True))


@show
def sparse_tensors():
    a, keep, sparse = tf.constant([1., 2.]), tf.placeholder(tf.bool, []), tf.SparseTensor([[0]], [1.], [3])
    for batch in (tf.train.batch([sparse, a], 2), tf.train.maybe_batch([sparse, a], keep, 2),
                  tf.train.batch_join([[sparse, a], [sparse, a]], 2)):
        print(batch[0].indices, batch[0].values, batch[0].dense_shape, batch[1])
    print(tf.train.batch([tf.SparseTensor([[0, 0]], [1.], [1, 3])], 2, enqueue_many=True))


@show
def errors():
    named = tf.FIFOQueue(3, [tf.int32, tf.float32], shapes=[[], [2]], names=['a', 'b'])
    plain = tf.FIFOQueue(3, tf.float32, [[2]])
    zero = tf.zeros([])
    attempt(lambda: named.enqueue([1, 2.]))
    attempt(lambda: named.enqueue({'a': 1}))
    attempt(lambda: plain.enqueue({'a': 1}))
    attempt(lambda: plain.enqueue([3.]))
    attempt(lambda: plain.enqueue(['x']))
    attempt(lambda: plain.enqueue_many([1.]))
    attempt(lambda: tf.FIFOQueue(3, tf.int32, [[None]]))
    attempt(lambda: tf.FIFOQueue(3, tf.int32, 4))
    attempt(lambda: tf.FIFOQueue(3, [tf.int32], [[1], [2]]))
    attempt(lambda: tf.FIFOQueue(3, [tf.int32], names=['a', 'b']))
    attempt(lambda: tf.PaddingFIFOQueue(3, [tf.int32], [None]))
    attempt(lambda: tf.PaddingFIFOQueue(3, [tf.int32], [[1], [2]]))
    attempt(lambda: tf.QueueBase.from_list(0, []))
    attempt(lambda: tf.QueueBase.from_list(0, [named, plain]))
    attempt(lambda: tf.train.batch([], 3))
    attempt(lambda: tf.train.batch([tf.placeholder(tf.float32)], 3))
    attempt(lambda: tf.train.shuffle_batch([zero], 3, 4, 5))
    attempt(lambda: tf.train.batch_join([], 3))
    attempt(lambda: tf.train.batch_join([[zero], [tf.zeros([], tf.int32)]], 3))
    attempt(lambda: tf.train.batch_join([[zero], [tf.zeros([2])]], 3))
    attempt(lambda: tf.train.batch_join([{'a': 1}, {'b': 1}], 3))
    attempt(lambda: tf.train.maybe_batch([zero], [True, False], 3))
    attempt(lambda: tf.train.limit_epochs(zero, 0))
    attempt(lambda: tf.train.input_producer(tf.placeholder(tf.float32, [2, None])))
    attempt(lambda: tf.train.string_input_producer([]))
    attempt(lambda: tf.train.slice_input_producer([]))


def rows_of(tensor, sess, coord):
    """All that a pipeline gives until its end."""
    rows = []
    try:
        while not coord.should_stop():
            rows.append(sess.run(tensor).tolist())
    except tf.errors.OutOfRangeError:
        coord.request_stop()
    return rows


def pipeline():
    """Five epochs of rows in batches of four, the last one smaller; then the threads end."""
    with tf.Graph().as_default(), tf.Session() as sess:
        row = tf.train.slice_input_producer([tf.range(6)], num_epochs=3, shuffle=False)[0]
        batch = tf.train.batch([row * 10], 4, allow_smaller_final_batch=True)
        sess.run(tf.local_variables_initializer())
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(coord=coord)
        print(len(threads), rows_of(batch, sess, coord))
        coord.join(threads)
        attempt(lambda: sess.run(batch))


def shuffled():
    """Each row of two epochs once in each, in another order."""
    with tf.Graph().as_default(), tf.Session() as sess:
        row = tf.train.range_input_producer(20, num_epochs=2, seed=1).dequeue()
        batch = tf.train.shuffle_batch([row], 10, 30, 10, seed=2, num_threads=2)
        sess.run(tf.local_variables_initializer())
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(coord=coord)
        rows = sum(rows_of(batch, sess, coord), [])
        coord.join(threads)
        print(sorted(rows), rows == sorted(rows))


def kinds():
    """What comes out of each kind of queue."""
    with tf.Graph().as_default(), tf.Session() as sess:
        first_in = tf.FIFOQueue(10, [tf.int32, tf.string], [[], []])
        sess.run(first_in.enqueue_many([[1, 2, 3], ['a', 'b', 'c']]))
        print(sess.run([first_in.size(), first_in.is_closed()]), sess.run(first_in.dequeue()))
        print(sess.run(first_in.dequeue_many(2)))
        padded = tf.PaddingFIFOQueue(10, [tf.float32], [[None]])
        for values in ([1.], [2., 3., 4.], [5., 6.]):
            sess.run(padded.enqueue([values]))
        print(sess.run(padded.dequeue_many(3)).tolist())
        by_priority = tf.PriorityQueue(10, [tf.string], [[]])
        sess.run(by_priority.enqueue_many([tf.constant([5, 1, 3], tf.int64), ['low', 'high', 'middle']]))
        print([sess.run(by_priority.dequeue()) for _ in range(3)])
        random = tf.RandomShuffleQueue(100, 0, tf.int32, [[]], seed=1)
        sess.run(random.enqueue_many([list(range(20))]))
        print(sorted(sess.run(random.dequeue_many(20)).tolist()))
        chosen = tf.QueueBase.from_list(tf.constant(1), [first_in, tf.FIFOQueue(10, [tf.int32, tf.string], [[], []])])
        sess.run(chosen.enqueue([7, 'chosen']))
        print(sess.run(chosen.dequeue()))


def gradients():
    """A mean of gradients that are given in time."""
    with tf.Graph().as_default(), tf.Session() as sess:
        dense = tf.ConditionalAccumulator(tf.float32, shape=[2])
        sess.run([dense.set_global_step(2)])
        sess.run(dense.apply_grad([100., 100.], local_step=1))
        sess.run(dense.apply_grad([1., 2.], local_step=2))
        sess.run(dense.apply_grad([3., 4.], local_step=3))
        print(sess.run(dense.num_accumulated()), sess.run(dense.take_grad(2)).tolist())
        sparse = tf.SparseConditionalAccumulator(tf.float32, shape=[3, 2])
        sess.run(sparse.apply_grad([1], [[1., 2.]]))
        sess.run(sparse.apply_grad([0, 1], [[8., 8.], [1., 4.]]))
        print([part.tolist() for part in sess.run(sparse.take_grad(2))])


pipeline()
shuffled()
kinds()
gradients()
