"""Variables that functions of datasets make are the graph's around them."""
import re

import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
D = tf.data.Dataset


def as_int64(variable):
    return tf.cast(variable, tf.int64)


def show(name, make):
    with tf.Graph().as_default() as graph:
        try:
            iterator = make(D.range(3)).make_initializable_iterator()
            element = iterator.get_next()
            print(name, [(v.name, type(v).__name__) for v in tf.global_variables()], len(tf.trainable_variables()),
                  [op.type + ':' + op.name for op in graph.get_operations() if 'Var' in op.type])
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
                session.run(iterator.initializer)
                print('  ', session.run(element), session.run(element))
        except Exception as error:
            print(name, type(error).__name__, re.sub(r'_\d+}}', '}}', str(error).split('\n')[0])[:160])


show('Variable', lambda d: d.map(lambda x: x + as_int64(tf.Variable(4))))
show('get_variable', lambda d: d.map(lambda x: x + as_int64(tf.get_variable('v', initializer=4))))
show('shape', lambda d: d.map(lambda x: tf.cast(x, tf.float32) + tf.get_variable('v', [2], initializer=tf.ones_initializer())))
show('layers', lambda d: d.map(lambda x: tf.layers.dense(
    tf.cast(tf.reshape(x, [1, 1]), tf.float32), 1, kernel_initializer=tf.ones_initializer())))
show('two', lambda d: d.map(lambda x: x + as_int64(tf.get_variable('v', initializer=4)) + as_int64(tf.Variable(1, name='w'))))
show('parallel', lambda d: d.map(lambda x: x + as_int64(tf.Variable(7)), num_parallel_calls=2))
show('filter', lambda d: d.filter(lambda x: x > as_int64(tf.Variable(0))))
show('nested', lambda d: d.flat_map(lambda x: D.range(2).map(lambda y: x * 10 + y + as_int64(tf.Variable(100)))))
show('same name', lambda d: d.map(lambda x: x + as_int64(tf.Variable(1))).map(lambda x: x + as_int64(tf.Variable(1))))
show('updated', lambda d: d.map(lambda x: tf.assign_add(tf.get_variable('n', initializer=0), 5)))
show('local', lambda d: d.map(lambda x: x + as_int64(tf.Variable(4, trainable=False, collections=['some']))))


def in_scope():
    with tf.variable_scope('s', reuse=tf.AUTO_REUSE):
        return as_int64(tf.get_variable('v', initializer=3))


show('scope', lambda d: d.map(lambda x: x + in_scope()))
show('twice', lambda d: d.map(lambda x: x + in_scope()).map(lambda x: x * in_scope()))


def around(d):
    with tf.variable_scope('outer'), tf.name_scope('names'):
        return d.map(lambda x: x + in_scope())


show('around', around)
