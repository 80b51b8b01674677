"""Gradients of what has run: tf.GradientTape and the functions of tf.contrib.eager."""
import re

import numpy as np
import tensorflow as tf

tf.enable_eager_execution()
tfe = tf.contrib.eager


def plain(value):
    if isinstance(value, tf.IndexedSlices):
        return 'IndexedSlices', plain(value.values), plain(value.indices), plain(value.dense_shape)
    if isinstance(value, (list, tuple)):
        return type(value)(plain(each) for each in value)
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return value


def show(f, *args):
    try:
        print(re.sub(r'id=\d+', 'id=?', repr(plain(f(*args)))))
    except Exception as error:
        print(type(error).__name__, '|', re.sub(r'id=\d+', 'id=?', str(error)))


x = tf.constant(3.)
v = tf.Variable(2.)
w = tf.Variable(5., trainable=False)


def once():
    with tf.GradientTape() as g:
        g.watch(x)
        y = x * x
    print(g.gradient(y, x))
    return g.gradient(y, x)


def persistent():
    with tf.GradientTape(persistent=True) as g:
        g.watch(x)
        y = x * x
        z = y * y
    return (g.gradient(z, x), g.gradient(y, x), g.gradient(z, [x, y]), g.gradient([y, z], x),
            g.gradient(z, x, output_gradients=tf.constant(2.)), g.watched_variables())


def second():
    with tf.GradientTape() as g:
        g.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = x * x * x
        dy = inner.gradient(y, x)
    return dy, g.gradient(dy, x)


def unwatched():
    with tf.GradientTape() as g:
        y = x * x
    return g.gradient(y, x)


def unconnected(kind):
    with tf.GradientTape() as g:
        g.watch(x)
        y = x * x
    return g.gradient(y, [x, tf.constant([1., 2.])], unconnected_gradients=kind)


def variables():
    with tf.GradientTape(persistent=True) as g:
        y = v * w
    return g.gradient(y, [v, w]), g.watched_variables()


def not_accessed():
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as g:
        g.watch(w)
        y = v * w
    return g.gradient(y, [v, w]), g.watched_variables()


def structure():
    with tf.GradientTape() as g:
        y = v * 3
    return g.gradient(y, {'a': v, 'b': (w,)})


def stopped():
    with tf.GradientTape() as g:
        g.watch(x)
        y = x * x
        with g.stop_recording():
            z = y * y
        q = y + z
    return g.gradient(q, x)


def reset():
    with tf.GradientTape() as g:
        g.watch(x)
        y = x * x
        g.reset()
    return g.gradient(y, x)


def twice():
    with tf.GradientTape() as g:
        with g:
            pass


def network():
    with tf.GradientTape() as g:
        a = tf.constant([[1., 2.], [3., 4.]])
        g.watch(a)
        s = tf.nn.softmax(tf.matmul(a, a))
        loss = tf.reduce_sum(s * a)
    return g.gradient(loss, a)


def jacobian():
    with tf.GradientTape() as g:
        a = tf.constant([1., 2.])
        g.watch(a)
        y = a * a
    return g.jacobian(y, a)


def batch_jacobian():
    with tf.GradientTape() as g:
        a = tf.constant([[1., 2.], [3., 4.]])
        g.watch(a)
        y = a * a
    return g.batch_jacobian(y, a)


def gathered():
    with tf.GradientTape() as g:
        a = tf.constant([[1., 2.], [3., 4.]])
        g.watch(a)
        y = tf.gather(a, [0, 0])
    return g.gradient(y, a)


table = tf.Variable([[1., 2.], [3., 4.]])


def embedded():
    with tf.GradientTape() as g:
        y = tf.nn.embedding_lookup(table, [0, 0])
    return g.gradient(y, table)


def embedded_twice():
    with tf.GradientTape() as g:
        y = tf.gather(table, [0, 1]) + tf.gather(table, [1, 1])
    return g.gradient(y, table)


def through_int():
    with tf.GradientTape() as g:
        g.watch(x)
        y = tf.cast(tf.cast(x, tf.int32), tf.float32) * x
    return g.gradient(y, x)


def constant():
    with tf.GradientTape() as g:
        g.watch(x)
        y = tf.constant(1.)
    return g.gradient(y, x)


def stop_gradient():
    with tf.GradientTape() as g:
        g.watch(x)
        y = tf.stop_gradient(x) * x
    return g.gradient(y, x)


def of_loop():
    with tf.GradientTape() as g:
        g.watch(x)
        y = x
        for _ in range(3):
            if y > 5:
                y = y * x
            else:
                y = y + x
    return y, g.gradient(y, x)


def variable_itself():
    with tf.GradientTape() as g:
        y = v * v
    return g.gradient(v, v), g


def of_py_function():
    with tf.GradientTape() as g:
        g.watch(x)
        y = tf.py_function(lambda a: a * a, [x], tf.float32)
    return y, g.gradient(y, x)


def of_py_func():
    with tf.GradientTape() as g:
        g.watch(x)
        y = tf.py_func(lambda a: a * a, [x], tf.float32)
    return y, g.gradient(y, x)


def of_map_fn():
    with tf.GradientTape() as g:
        a = tf.constant([1., 2., 3.])
        g.watch(a)
        y = tf.reduce_sum(tf.map_fn(lambda e: e * e, a))
    return g.gradient(y, a)


def not_a_tensor():
    with tf.GradientTape() as g:
        g.watch(3.)


for f in (once, persistent, second, unwatched, variables, not_accessed, structure, stopped, reset, twice, network, jacobian,
          batch_jacobian, gathered, embedded, embedded_twice, through_int, constant, stop_gradient, of_loop, of_py_function,
          of_py_func, of_map_fn, not_a_tensor):
    print(f.__name__)
    show(f)
for kind in ('zero', 'none', 'zzz', tf.UnconnectedGradients.ZERO):
    show(unconnected, kind)



show(lambda: tfe.gradients_function(lambda a, b: a * b)(2., 3.))
show(lambda: tfe.gradients_function(lambda a, b: a * b, params=[0])(2., 3.))
show(lambda: tfe.gradients_function(lambda a, b: a * b, params=['b'])(2., 3.))
show(lambda: tfe.value_and_gradients_function(lambda a, b: a * b)(2., 3.))
show(lambda: tfe.value_and_gradients_function(lambda a: a * a)(2., dy=10.))
show(lambda: tfe.implicit_gradients(lambda a: v * a)(2.))
show(lambda: tfe.implicit_value_and_gradients(lambda a: v * a)(2.))
show(lambda: tfe.implicit_gradients(lambda a: a)(2.))
show(lambda: tfe.gradients_function(lambda a: a * a)(2))
show(lambda: tfe.gradients_function(lambda a: None)(2.))
show(lambda: tfe.gradients_function(lambda a: tfe.gradients_function(lambda b: b * b * b)(a)[0])(3.))
show(lambda: (tfe.num_gpus(), tfe.in_eager_mode(), tfe.executing_eagerly()))


@tf.RegisterGradient('HalfGradient')
def half(op, dy):
    print(type(op).__name__, op.type, [i.numpy() for i in op.inputs], [o.numpy() for o in op.outputs])
    return dy / 2


# In a graph the tape reads the graph.
with tf.Graph().as_default():
    with tf.GradientTape() as g:
        p = tf.constant(2.)
        g.watch(p)
        q = p * p * p
    print(tf.Session().run(g.gradient(q, p)))
    with tf.GradientTape() as g:
        q = p * p
    print(g.gradient(q, p))
    with tf.GradientTape(persistent=True) as g:
        r = tf.Variable(3., use_resource=True)
        q = r * r
    print(g.watched_variables() == (r,))
    dr = g.gradient(q, r)
    with tf.Session() as sess:
        sess.run(r.initializer)
        print(sess.run(dr))
