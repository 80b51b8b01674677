"""Gradients of one's own: tf.custom_gradient, gradient_override_map, py_func with a gradient, and stop_gradient."""
import numpy as np
import tensorflow as tf
from tensorflow.python.framework import ops

tf.set_random_seed(0)


@tf.custom_gradient
def log1pexp(x):
    e = tf.exp(x)

    def grad(dy):
        return dy * (1 - 1 / (1 + e))
    return tf.log(1 + e), grad


def naive_log1pexp(x):
    return tf.log(1 + tf.exp(x))


x = tf.constant([0., 1., 100.])
y, z = log1pexp(x), naive_log1pexp(x)
dy, = tf.gradients(y, x)
dz, = tf.gradients(z, x)


@tf.RegisterGradient('StraightThrough')
def straight_through(op, grad):
    return grad


def binarize(values):
    with tf.get_default_graph().gradient_override_map({'Sign': 'StraightThrough'}):
        return tf.sign(values, name='binarized')


@tf.custom_gradient
def clipped(values, limit):
    def grad(upstream):
        return tf.clip_by_norm(upstream, limit), None
    return tf.identity(values), grad


@tf.custom_gradient
def scaled(values):
    with tf.variable_scope('scaled', reuse=tf.AUTO_REUSE, use_resource=True):
        scale = tf.get_variable('scale', [], initializer=tf.constant_initializer(3.0))
    result = values * scale

    def grad(upstream, variables=None):
        return upstream * scale, [tf.reduce_sum(upstream * values) for _ in variables]
    return result, grad


def np_square(values):
    return np.square(values).astype(np.float32)


def square_with_gradient(values, name=None):
    rnd_name = 'PyFuncGrad%d' % 12345
    tf.RegisterGradient(rnd_name)(lambda op, grad: grad * 2 * op.inputs[0])
    with ops.name_scope(name, 'MySquare', [values]) as name:
        with tf.get_default_graph().gradient_override_map({'PyFunc': rnd_name}):
            return tf.py_func(np_square, [values], [tf.float32], stateful=True, name=name)[0]


w = tf.Variable([0.5, -1.5, 2.0], name='w')
bits = binarize(w)
bit_grad, = tf.gradients(tf.reduce_sum(bits * [1., 2., 3.]), w)
plain_grad, = tf.gradients(tf.reduce_sum(tf.sign(w) * [1., 2., 3.]), w)
clip_grad, = tf.gradients(10. * tf.reduce_sum(clipped(w, 2.0)), w)
scaled_w = scaled(w)
scale = [v for v in tf.trainable_variables() if 'scale' in v.name][0]
scaled_grads = tf.gradients(scaled_w, [w, scale])
squared = square_with_gradient(w)
squared_grad, = tf.gradients(squared, w)
stopped, = tf.gradients(w * tf.stop_gradient(w), w)
blocked = tf.gradients(tf.stop_gradient(w), w)
hessian, = tf.hessians(tf.reduce_sum(w ** 3), w)
partial = tf.gradients(w * x[:3], [w, x], grad_ys=tf.constant([1., 10., 100.]), stop_gradients=[w])

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print('y ', sess.run(y), 'dy', sess.run(dy))
    print('z ', sess.run(z), 'dz', sess.run(dz))
    print('bits', *sess.run([bits, bit_grad, plain_grad]))
    print('clipped', sess.run(clip_grad))
    print('scaled', sess.run(scaled_w), sess.run(scaled_grads))
    print('squared', squared.op.type, sess.run([squared, squared_grad]))
    print('stopped', sess.run(stopped), blocked)
    print('hessian', sess.run(hessian), sep='\n')
    print('partial', sess.run(partial))
    steps = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(tf.square(scaled(w) - 1.)))
    for _ in range(3):
        sess.run(steps)
    print('trained', w.eval(), scale.eval())
