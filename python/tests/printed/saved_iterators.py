"""Iterators that are saved by a Saver, by tf.train.Checkpoint and by a hook of an Estimator, and go on where they were."""
import glob
import os

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
D, X = tf.data.Dataset, tf.data.experimental


def elements(session, element, n=30):
    result = []
    try:
        for _ in range(n):
            result.append(np.asarray(session.run(element)).tolist())
    except tf.errors.OutOfRangeError:
        result.append('end')
    return result


def first_line(error):
    return '%s: %s' % (type(error).__name__, error.message.split('\n')[0])


def saved(name, make, n=3, compare=True):
    """Takes n elements, saves, takes the rest; restores in a new session, and takes that again."""
    with tf.Graph().as_default():
        iterator = make().make_initializable_iterator()
        element = iterator.get_next()
        saver = tf.train.Saver([X.make_saveable_from_iterator(iterator)])
        with tf.Session() as session:
            try:
                session.run(iterator.initializer)
                session.run(tf.tables_initializer())
                session.run(tf.global_variables_initializer())
                first = elements(session, element, n)
                path = saver.save(session, './' + name)
            except tf.errors.OpError as error:
                return print(name, first_line(error))
            rest = elements(session, element)
        with tf.Session() as session:
            session.run(iterator.initializer)
            session.run(tf.tables_initializer())
            saver.restore(session, path)
            restored = elements(session, element)
    print(name, rest == restored, *([first, rest, restored] if compare else []))


saved('range', lambda: D.range(8))
saved('range backwards', lambda: D.range(8, 0, -2))
saved('end', lambda: D.range(3))
saved('slices', lambda: D.from_tensor_slices([1, 2, 3, 4, 5]))
saved('batch', lambda: D.from_tensor_slices(np.arange(9)).batch(2))
saved('batch of batches', lambda: D.range(20).batch(3).batch(2), 2)
saved('dropped rest', lambda: D.range(8).batch(3, drop_remainder=True).repeat(2))
saved('repeated batch', lambda: D.range(5).batch(2).repeat(3), 4)
saved('repeat', lambda: D.range(3).repeat(3), 5)
saved('take and skip', lambda: D.range(20).skip(3).take(6))
saved('shard', lambda: D.range(12).shard(3, 1), 2)
saved('map', lambda: D.range(8).map(lambda x: x * 2))
saved('parallel map', lambda: D.range(8).map(lambda x: x * 2, num_parallel_calls=2).prefetch(3))
saved('map and batch', lambda: D.range(8).apply(X.map_and_batch(lambda x: x * 2, 3)), 1)
saved('filter', lambda: D.range(9).filter(lambda x: x % 2 < 1), 2)
saved('flat_map', lambda: D.range(3).flat_map(lambda x: D.range(x + 1)))
saved('interleave', lambda: D.range(3).interleave(lambda x: D.range(x + 1), 2))
saved('parallel interleave', lambda: D.range(3).interleave(lambda x: D.range(x + 1), 2, num_parallel_calls=2))
saved('zip', lambda: D.zip((D.range(9), D.range(3, 12))).map(lambda a, b: a * b), 2)
saved('concatenate', lambda: D.range(4).concatenate(D.range(3, 6)), 5)
saved('cache', lambda: D.range(5).cache().repeat(2))
saved('scan', lambda: D.range(6).apply(X.scan(np.int64(0), lambda s, x: (s + x, s))))
saved('group', lambda: D.range(9).apply(X.group_by_window(lambda x: x % 3, lambda k, w: w.batch(2), 2)), 2)
saved('random', lambda: X.RandomDataset(seed=3).take(6))
saved('sample', lambda: X.sample_from_datasets([D.range(5), D.range(10, 15)], seed=3))
saved('shuffle', lambda: D.range(8).shuffle(5, seed=3).repeat(2))
saved('shuffle each time alike', lambda: D.range(5).shuffle(5, seed=3, reshuffle_each_iteration=False).repeat(2), 7)
saved('shuffle without seeds', lambda: D.range(30).shuffle(20).repeat(3), 40, compare=False)
saved('random numbers', lambda: D.range(8).map(lambda x: tf.random_uniform([], maxval=9, dtype=tf.int32)))
saved('Python function', lambda: D.range(8).map(lambda x: tf.py_func(lambda v: v * 2, [x], tf.int64)))
saved('generator', lambda: D.from_generator(lambda: iter(range(8)), tf.int32))
saved('random in cond', lambda: D.range(5).map(
    lambda x: tf.cond(x > 1, lambda: x, lambda: x + tf.random_uniform([], maxval=9, dtype=tf.int64))))


def looked_up():
    table = tf.contrib.lookup.HashTable(tf.contrib.lookup.KeyValueTensorInitializer(np.int64([1]), np.int64([2])), 0)
    return D.range(4).map(table.lookup)


saved('table', looked_up, 1)

with tf.Graph().as_default() as graph:
    iterator = D.range(3).make_initializable_iterator()
    element = iterator.get_next()
    saveable = X.make_saveable_from_iterator(iterator)
    print(saveable.name, saveable.op is iterator._iterator_resource, [
        (spec.name, spec.slice_spec, spec.dtype) for spec in saveable.specs])
    saver = tf.train.Saver([saveable])
    with tf.Session() as session:
        for call in (lambda: saver.save(session, './none'), lambda: saver.restore(session, './range')):
            try:
                call()
            except tf.errors.OpError as error:
                print(first_line(error))
    print(tf.train.list_variables('./range'), tf.train.NewCheckpointReader('./range').get_variable_to_dtype_map())

with tf.Graph().as_default():
    iterator = D.range(9).make_one_shot_iterator()
    element = iterator.get_next()
    checkpoint = tf.train.Checkpoint(iterator=iterator)
    with tf.Session() as session:
        print(elements(session, element, 4))
        path = checkpoint.save('./objects', session=session)
        print(elements(session, element, 2))
        checkpoint.restore(path).run_restore_ops(session)
        print(elements(session, element))
    print(tf.train.list_variables(path))


def input_fn():
    return D.range(100).map(lambda x: ({'x': [tf.cast(x, tf.float32)]}, [0.])).make_one_shot_iterator().get_next()


def model_fn(features, labels, mode):
    step = tf.train.get_or_create_global_step()
    seen = tf.get_variable('seen', [], initializer=tf.zeros_initializer())
    train = tf.group(seen.assign(features['x'][0]), step.assign_add(1))
    return tf.estimator.EstimatorSpec(mode, loss=tf.reduce_sum(features['x']), train_op=train)


def estimator():
    return tf.estimator.Estimator(model_fn, 'model', tf.estimator.RunConfig(save_checkpoints_steps=4))


trained = estimator()
for steps in (3, 4):
    trained.train(input_fn, hooks=[X.CheckpointInputPipelineHook(trained)], steps=steps)
    print(trained.get_variable_value('seen'))
trained = estimator()
trained.train(input_fn, hooks=[X.CheckpointInputPipelineHook(trained)], steps=2)
print(trained.get_variable_value('seen'))
print(sorted(os.path.basename(name) for name in glob.glob('model/*') if 'input' in name))
print(open('model/checkpoint_input').read().split('\n')[0])
print(tf.train.list_variables(tf.train.latest_checkpoint('model', 'checkpoint_input')))
