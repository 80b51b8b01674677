"""Modules of datasets that TensorFlow doesn't export, and that programs import all the same."""
import os

import tensorflow as tf
from tensorflow.contrib.data.python.ops import grouping, iterator_ops, prefetching_ops, unique
from tensorflow.contrib.data.python.ops import threadpool as contrib_threadpool
from tensorflow.contrib.data.python.ops.batching import map_and_batch
from tensorflow.contrib.data.python.ops.shuffle_ops import shuffle_and_repeat
from tensorflow.python.data.experimental.ops import matching_files, optimization, sleep, threadpool

tf.logging.set_verbosity(tf.logging.ERROR)
D = tf.data.Dataset
os.makedirs('files/inner')
for name in ('files/b', 'files/a', 'files/inner/a', 'files/c'):
    open(name, 'w').close()


def show(name, make):
    try:
        with tf.Graph().as_default() as graph, tf.Session() as session:
            iterator = tf.compat.v1.data.make_initializable_iterator(make())
            element = iterator.get_next()
            print(name, [op.type for op in graph.get_operations()])
            session.run(iterator.initializer)
            values = []
            try:
                while True:
                    values.append(session.run(element))
            except tf.errors.OutOfRangeError:
                print('  ', *[value.tolist() if hasattr(value, 'tolist') else value for value in values])
    except Exception as error:
        print(name, type(error).__name__, getattr(error, 'message', str(error)).split('\n')[0])


show('files', lambda: matching_files.MatchingFilesDataset('files/[ab]'))
show('some files', lambda: matching_files.MatchingFilesDataset(['files/b', 'files/inner/*']))
show('threads', lambda: threadpool.override_threadpool(
    D.range(3).map(lambda x: x * 2, 2), threadpool.PrivateThreadPool(2, display_name='some')))
show('no threads', lambda: threadpool.override_threadpool(D.range(3), threadpool.PrivateThreadPool(0, display_name='some')))
show('no name', lambda: threadpool.override_threadpool(D.range(3), threadpool.PrivateThreadPool(1)))
show('contrib threads', lambda: contrib_threadpool.override_threadpool(
    D.range(3), contrib_threadpool.PrivateThreadPool(2, display_name='some', max_intra_op_parallelism=1)))
show('sleep', lambda: D.range(3).apply(sleep.sleep(10)))
show('optimized', lambda: D.range(3).apply(optimization.optimize(['noop_elimination'])).apply(optimization.non_serializable()))
show('next', lambda: D.range(3).apply(optimization.assert_next(['Map'])).map(lambda x: x))
show('contrib', lambda: D.range(6).apply(map_and_batch(lambda x: x, 2)))
show('contrib shuffle', lambda: D.range(4).apply(shuffle_and_repeat(3, 2, seed=1)))
show('contrib groups', lambda: D.range(6).apply(grouping.group_by_window(lambda x: x % 2, lambda k, w: w.batch(3), 3)))
print(iterator_ops.make_saveable_from_iterator.__name__, prefetching_ops.prefetch_to_device.__name__, unique.unique.__name__)
