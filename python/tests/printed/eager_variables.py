"""Variables, where operations run at once."""
import re

import numpy as np
import tensorflow as tf

tf.enable_eager_execution()


def show(f):
    try:
        print(re.sub(r'id=\d+', 'id=?', repr(f())))
    except Exception as error:
        print(type(error).__name__, '|', re.sub(r'id=\d+', 'id=?', str(error)))


v = tf.Variable([1., 2.])
w = tf.Variable(3, name='w')
show(lambda: v)
print(v, w)
for name in ('name', 'shape', 'dtype', 'device', 'op', 'graph', 'handle', 'initializer', 'initial_value', 'trainable',
             'constraint', 'create', 'aggregation', 'synchronization', '_shared_name', '_in_graph_mode'):
    show(lambda: getattr(v, name))
for f in (
        lambda: v.numpy(), lambda: w.numpy(), lambda: v.value(), lambda: v.read_value(), lambda: v.initialized_value(),
        lambda: v.eval(), lambda: v.is_initialized(), lambda: v.get_shape(), lambda: v.to_proto(),
        lambda: v.assign([3., 4.]), lambda: v, lambda: v.assign_add([1., 1.]), lambda: v.assign_sub([1., 1.]),
        lambda: v.assign([3., 4.], read_value=False), lambda: v.assign([1., 2., 3.]), lambda: v.assign('a'),
        lambda: v.assign([1, 2]), lambda: tf.assign(v, [5., 6.]), lambda: tf.assign_add(v, [5., 6.]),
        lambda: tf.assign_sub(v, [5., 6.]), lambda: v.assign([1., 2.]) + 1, lambda: v.assign([5., 6.]).numpy(),
        lambda: v + 1, lambda: v * v, lambda: v + v, lambda: -v, lambda: v[0], lambda: v[0:1], lambda: tf.reduce_sum(v),
        lambda: [each for each in v], lambda: len(v), lambda: np.add(v, 1), lambda: int(w), lambda: bool(w),
        lambda: tf.convert_to_tensor(v), lambda: v == v, lambda: hash(v) == hash(v), lambda: tf.gather(v, [0]),
        lambda: v.scatter_add(tf.IndexedSlices(tf.constant([1.]), tf.constant([0]))), lambda: tf.Variable(1).count_up_to(3),
        lambda: v.load([1., 1.]), lambda: v.sparse_read([0]), lambda: v.set_shape([2]),
        lambda: v.scatter_nd_add([[0]], [1.]), lambda: tf.scatter_update(v, [0], [9.]), lambda: tf.zeros_like(v)):
    show(f)
for f in (
        lambda: tf.Variable(lambda: tf.ones([2])), lambda: tf.Variable(tf.ones([2]), trainable=False).trainable,
        lambda: tf.Variable('abc'), lambda: tf.Variable([]), lambda: tf.Variable(1, dtype=tf.float32),
        lambda: tf.Variable(np.ones((2, 2))), lambda: tf.Variable(), lambda: tf.Variable(None),
        lambda: tf.Variable(1., use_resource=False), lambda: tf.contrib.eager.Variable(2.),
        lambda: tf.Variable(1., collections=['a']), lambda: tf.get_collection('variables'), lambda: tf.global_variables(),
        lambda: tf.trainable_variables(),
        lambda: tf.get_variable('a', [2], initializer=tf.zeros_initializer()),
        lambda: tf.get_variable('a', [2], initializer=tf.zeros_initializer()),
        lambda: tf.get_variable('b', initializer=3.), lambda: tf.global_variables_initializer(),
        lambda: tf.variables_initializer([v]), lambda: tf.local_variables_initializer(),
        lambda: tf.is_variable_initialized(v), lambda: tf.report_uninitialized_variables(),
        lambda: tf.train.get_global_step(), lambda: tf.train.get_or_create_global_step(), lambda: tf.train.get_global_step(),
        lambda: tf.train.global_step(None, tf.train.get_or_create_global_step())):
    show(f)
values = v.numpy()
values[0] = 99
print(v)
print(isinstance(v, tf.Variable), type(v).__name__, v.assign_add([1., 1.]).name)


def names():
    with tf.variable_scope('s'):
        with tf.name_scope('n') as n:
            return (tf.get_variable('c', [1], initializer=tf.ones_initializer()).name, tf.Variable(1.).name, n,
                    tf.Variable(1., name='q').name)


print(names(), names())
with tf.variable_scope('s', reuse=True):
    print(tf.get_variable('c', [1], initializer=tf.zeros_initializer()))
store = tf.contrib.eager.EagerVariableStore()
with store.as_default():
    with tf.variable_scope('z'):
        first = tf.get_variable('c', [1], initializer=tf.ones_initializer())
        tf.get_variable('d', [1], initializer=tf.zeros_initializer(), trainable=False)
    with tf.variable_scope('z', reuse=True):
        print(first is tf.get_variable('c', [1]))
print(store.variables(), store.trainable_variables(), store.non_trainable_variables())
