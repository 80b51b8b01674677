"""Functions of tensors, where operations run at once."""
import re

import numpy as np
import tensorflow as tf

tf.enable_eager_execution()


def show(f):
    try:
        print(re.sub(r'id=\d+', 'id=?', repr(f())))
    except Exception as error:
        print(type(error).__name__, '|', re.sub(r'id=\d+', 'id=?', str(error)))


x = tf.constant([[1., 2.], [3., 4.]])
for f in (
        lambda: tf.add(x, [1, 2]), lambda: tf.matmul(x, x, transpose_b=True), lambda: tf.reduce_sum(x),
        lambda: tf.reduce_mean(x, axis=0), lambda: tf.reduce_max(x, 1, keepdims=True), lambda: tf.zeros([2, 3]),
        lambda: tf.ones_like(x), lambda: tf.cast(x, tf.int32), lambda: tf.split(x, 2), lambda: tf.unstack(x),
        lambda: tf.stack([x, x], axis=1), lambda: tf.concat([x, x], 0), lambda: tf.shape(x), lambda: tf.size(x),
        lambda: tf.rank(x), lambda: tf.nn.top_k(x), lambda: tf.where(x > 2), lambda: tf.unique([1, 1, 2]),
        lambda: tf.argmax(x), lambda: tf.transpose(x), lambda: tf.reshape(x, [-1]), lambda: tf.expand_dims(x, 0),
        lambda: tf.squeeze([[1]]), lambda: tf.range(5), lambda: tf.linspace(0., 1., 3), lambda: tf.fill([2], 7),
        lambda: tf.one_hot([0, 2], 3), lambda: tf.gather(x, [1]), lambda: tf.boolean_mask(x, [True, False]),
        lambda: tf.tile(x, [1, 2]), lambda: tf.pad(x, [[0, 0], [1, 0]]), lambda: tf.nn.softmax(x), lambda: tf.nn.relu(x - 2),
        lambda: tf.nn.moments(x, [0]), lambda: tf.nn.l2_loss(x), lambda: tf.clip_by_value(x, 1.5, 3),
        lambda: tf.clip_by_global_norm([x], 1.),
        lambda: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[0, 1], logits=x), lambda: tf.add_n([x, x]),
        lambda: tf.cumsum(x), lambda: tf.sequence_mask([1, 2]), lambda: tf.string_join(['a', 'b']),
        lambda: tf.as_string([1, 2]), lambda: tf.dynamic_partition([1, 2, 3], [0, 1, 0], 2), lambda: tf.no_op(),
        lambda: tf.group(x), lambda: tf.tuple([x])[0] is x, lambda: tf.identity(x),
        lambda: tf.nn.conv2d(tf.ones([1, 2, 2, 1]), tf.ones([2, 2, 1, 1]), [1, 1, 1, 1], 'VALID')):
    show(f)

# Python's control flow, and TensorFlow's.
total = tf.constant(0)
for i in tf.range(4):
    if i > 1:
        total += i
print(total)
while total > 0:
    total -= 2
print(total)
show(lambda: tf.cond(tf.constant(True), lambda: x, lambda: 2 * x))
show(lambda: tf.cond(x[0, 0] > 5, lambda: 'a', lambda: 'b'))
show(lambda: tf.while_loop(lambda i: i < 3, lambda i: i + 1, [tf.constant(0)]))
show(lambda: tf.while_loop(lambda i, j: i < 3, lambda i, j: (i + 1, j * 2), [0, 1]))
show(lambda: tf.while_loop(lambda i, j: i < 3, lambda i, j: [i + 1, j * 2], [0, 1], maximum_iterations=2))
show(lambda: tf.case([(tf.constant(False), lambda: 1), (tf.constant(True), lambda: 2)]))
show(lambda: tf.case([(tf.constant(False), lambda: 1)], default=lambda: 3))
show(lambda: tf.map_fn(lambda v: v * 2, x))
show(lambda: tf.map_fn(lambda v: (v[0], v[1] * 2), (x, x))[1])
show(lambda: tf.scan(lambda a, b: a + b, x))
show(lambda: tf.foldl(lambda a, b: a + b, x))
show(lambda: tf.foldr(lambda a, b: a - b, x))
show(lambda: tf.py_func(lambda a: a + 1, [x], tf.float32))
show(lambda: tf.py_func(lambda a, b: (a + b, a - b), [x, x], [tf.float32, tf.float32]))
show(lambda: tf.py_function(lambda a: tf.reduce_sum(a), [x], tf.float32))
show(lambda: tf.TensorArray(tf.float32, 2).write(0, 1.).write(1, 2.).stack())
show(lambda: tf.TensorArray(tf.float32, 2).unstack([1., 2.]).read(1))
show(lambda: tf.TensorArray(tf.float32, 1).read(3))
show(lambda: tf.TensorArray(tf.float32, 1).write(3, 1.))
show(lambda: tf.TensorArray(tf.int32, 0, dynamic_size=True).write(2, 5).size())

# What can't be computed.
for f in (
        lambda: tf.add(x, [1, 2, 3]), lambda: tf.add(x, [1, 2, 3], name='foo'), lambda: x + tf.ones([3]),
        lambda: tf.matmul(x, tf.ones([3, 3])), lambda: tf.add(x, tf.constant(1)), lambda: tf.add(tf.constant(1), 'a'),
        lambda: tf.reshape(x, [3]), lambda: tf.logical_and(1., True), lambda: tf.matmul(tf.constant([1]), tf.constant('a')),
        lambda: tf.Assert(False, ['x', 1]), lambda: tf.gather(x, [7]), lambda: tf.placeholder(tf.float32),
        lambda: tf.gradients(x, x), lambda: tf.concat([x, tf.ones([3, 3])], 0), lambda: tf.constant(1) // 0):
    show(f)

# Names and scopes change nothing; devices have to be there.
with tf.name_scope('a') as a, tf.name_scope('b') as b:
    print(a, b, tf.add(1, 2).numpy())
with tf.control_dependencies([x]), tf.device('/cpu:0'), tf.colocate_with(x):
    print((x + 1).device)
for device in ('/gpu:0', '/cpu:1', 'blah'):
    def on_device():
        with tf.device(device):
            return x + 1
    show(on_device)

# Graphs can still be built.
with tf.Graph().as_default() as graph:
    print(tf.executing_eagerly())
    c = tf.constant(1)
    print(c, [op.name for op in graph.get_operations()], tf.Session().run(c + 1))
    show(lambda: c + x)
    show(lambda: tf.add(x, x))
print(tf.executing_eagerly(), tf.get_default_graph() is graph)
show(lambda: c + 1)
show(lambda: tf.enable_eager_execution())
