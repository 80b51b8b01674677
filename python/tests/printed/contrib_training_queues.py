"""Batches by bucket, by class and at random, resampling: nodes, values, errors."""
import numpy as np
import tensorflow as tf
from show import show, show_nodes

T = tf.contrib.training
for arguments in (dict(dynamic_pad=True), dict(shapes=[[None]], dynamic_pad=True, allow_smaller_final_batch=True, num_threads=2, keep_input=tf.less),
                  dict(dynamic_pad=True, bucket_capacities=[5, 6], capacity=7, shared_name='s', name='n')):
    with tf.Graph().as_default() as graph:
        length = tf.train.input_producer(tf.constant([1, 4, 2, 5, 1, 6]), shuffle=False, num_epochs=1).dequeue()
        if 'keep_input' in arguments:
            arguments['keep_input'] = length < 6
        lengths, batch = T.bucket_by_sequence_length(length, [tf.range(length)], 2, [3], **arguments)
        print(lengths.shape, [each.shape for each in batch])
        show_nodes(graph)
        print(sorted(runner.name for runner in tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)), [each.name for each in tf.get_collection('summaries')])
        with tf.train.MonitoredSession() as sess:
            seen = []
            while not sess.should_stop():
                try:
                    values = [each.tolist() for each in sess.run([lengths] + batch)]
                    rows = sorted(zip(*values))  # threads bring them in any order
                    seen.append([list(column) for column in zip(*rows)])
                except tf.errors.OutOfRangeError:
                    break
        print(sorted(seen))

with tf.Graph().as_default() as graph:
    which, batch = T.bucket({'b': tf.constant([1., 2.]), 'a': tf.SparseTensor([[0]], [3], [4])}, tf.constant(1), [2, 3], 2)
    print(which, sorted(batch))
    show_nodes(graph)
    with tf.train.MonitoredSession() as sess:
        number, values = sess.run([which, batch])
        print(number, values['b'].tolist(), values['a'].values.tolist(), values['a'].dense_shape.tolist())

with tf.Graph().as_default() as graph:
    values, labels = T.stratified_sample([tf.constant([[1., 2.], [3., 4.]])], tf.constant([0, 1]), [0.5, 0.5], 4, init_probs=[.2, .8], enqueue_many=True)
    print(values, labels)
    show_nodes(graph)
    with tf.train.MonitoredSession() as sess:
        rows, classes = sess.run([values[0], labels])
        print(all((row == [[1, 2], [3, 4]][label]).all() for row, label in zip(rows, classes)), len(rows))
with tf.Graph().as_default() as graph:
    T.stratified_sample([tf.constant([1., 2.])], tf.constant(0), [0.5, 0.5], 4)
    show_nodes(graph)
with tf.Graph().as_default() as graph:
    rows, _ = T.rejection_sample([tf.constant([1., 2., 3.]), tf.constant([1, 2, 3])], lambda tensors: tf.cast(tensors[0] > 1.5, tf.float32), 3, enqueue_many=True, runtime_checks=True)
    print(rows)
    show_nodes(graph)
    with tf.train.MonitoredSession() as sess:
        print(set(sess.run(rows)) <= {2., 3.})
show('tf.contrib.training.resample_at_rate([tf.constant([1, 2, 3]), tf.constant([[1.], [2.], [3.]])], [0., 1., 3.], seed=5)')
show('tf.contrib.training.resample_at_rate([tf.constant([1, 2, 3])], [0., 0., 0.])')
show('tf.contrib.training.weighted_resample([tf.constant([1, 2, 3])], tf.constant([1., 2., 6.]), 3., seed=4)[0]')
for mistake in ('bucket([tf.constant(1)], 0, [1, 2], 3)', 'bucket([tf.constant(1)], 0, 1, 3, bucket_capacities=[1])', 'bucket([], 0, 1, 3)',
                'bucket_by_sequence_length(1, [tf.constant(1)], 1, [])', 'bucket_by_sequence_length(1, [tf.constant(1)], 1, 3)',
                'bucket_by_sequence_length(1, [tf.constant(1)], 1, [3, 2])', 'bucket_by_sequence_length(1, [tf.constant(1)], 1, [3, 4.])',
                'stratified_sample([tf.constant([1., 2.])], tf.constant(0), [0.5, 0.5], 4, init_probs=[1.])',
                'stratified_sample([tf.constant([1., 2.])], tf.constant([0]), [0.5, 0.5], 4, init_probs=[.5, .5])',
                'rejection_sample([tf.ones([2]), tf.ones([3])], lambda tensors: 1., 3, enqueue_many=True)'):
    show('tf.contrib.training.' + mistake, with_nodes=False)
print([T.RandomStrategy(4, seed)(tf.constant(1, name='some%d' % seed).op) for seed in range(6)])
balanced = T.GreedyLoadBalancingStrategy(3, T.byte_size_load_fn)
print([int(balanced(tf.Variable(tf.zeros([size])).op)) for size in (5, 3, 4, 1, 1, 9)])
print(T.byte_size_load_fn(tf.Variable(tf.zeros([3, 2], tf.float64)).op))
