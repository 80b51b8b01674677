"""Functions of NumPy with gradients of their own, by override maps, as the recipe of gists goes; several ways beside it."""
import math
import numpy as np
import tensorflow as tf
from tensorflow.python.framework import ops

tf.logging.set_verbosity(tf.logging.ERROR)


def py_func(func, inp, Tout, stateful=True, name=None, grad=None):
    rnd_name = 'PyFuncGrad' + str(np.random.RandomState(len(name)).randint(0, 1E+8))
    tf.RegisterGradient(rnd_name)(grad)
    g = tf.get_default_graph()
    with g.gradient_override_map({"PyFunc": rnd_name}):
        return tf.py_func(func, inp, Tout, stateful=stateful, name=name)


def spiky(x):
    r = x % 1
    return r if r <= 0.5 else 0


def d_spiky(x):
    return 1 if x % 1 <= 0.5 else 0


np_spiky, np_d_spiky = np.vectorize(spiky), np.vectorize(d_spiky)
np_spiky_32 = lambda x: np_spiky(x).astype(np.float32)
np_d_spiky_32 = lambda x: np_d_spiky(x).astype(np.float32)


def tf_d_spiky(x, name=None):
    with ops.name_scope(name, "d_spiky", [x]) as name:
        return tf.py_func(np_d_spiky_32, [x], [tf.float32], name=name, stateful=False)[0]


def spikygrad(op, grad):
    x = op.inputs[0]
    return grad * tf_d_spiky(x)


def tf_spiky(x, name=None):
    with ops.name_scope(name, "spiky", [x]) as name:
        y = py_func(np_spiky_32, [x], [tf.float32], name=name, grad=spikygrad)
        y[0].set_shape(x.get_shape())
        return y[0]


class FlipGradientBuilder(object):
    def __init__(self):
        self.num_calls = 0

    def __call__(self, x, l=1.0):
        grad_name = "FlipGradient%d" % self.num_calls

        @ops.RegisterGradient(grad_name)
        def _flip_gradients(op, grad):
            return [tf.negative(grad) * l]

        g = tf.get_default_graph()
        with g.gradient_override_map({"Identity": grad_name}):
            y = tf.identity(x)
        self.num_calls += 1
        return y


flip_gradient = FlipGradientBuilder()


@tf.RegisterGradient("GuidedRelu")
def _GuidedReluGrad(op, grad):
    return tf.where(0. < grad, tf.nn.relu(grad * tf.cast(op.outputs[0] > 0, tf.float32)), tf.zeros(tf.shape(grad)))


@tf.custom_gradient
def log1pexp(x):
    e = tf.exp(x)

    def grad(dy):
        return dy * (1 - 1 / (1 + e))
    return tf.log(1 + e), grad


@ops.RegisterGradient("QuantizeGrad")
def sign_grad(op, grad):
    input = op.inputs[0]
    cond = (input >= -1) & (input <= 1)
    return tf.where(cond, grad, tf.zeros_like(grad))


def binary_tanh(x):
    with tf.get_default_graph().gradient_override_map({"Sign": 'QuantizeGrad'}):
        return tf.sign(x)


def straight_through_round(x):
    return x + tf.stop_gradient(tf.round(x) - x)


x = tf.constant([0.2, 0.7, 1.2, 1.7])
y = tf_spiky(x)
dy, = tf.gradients(y, [x])
v = tf.get_variable('v', initializer=tf.constant([-2., -0.5, 0.5, 3.]))
flipped = tf.reduce_sum(tf.square(flip_gradient(v, 0.5)))
with tf.get_default_graph().gradient_override_map({'Relu': 'GuidedRelu'}):
    guided = tf.nn.relu(v) * tf.constant([1., -1., 1., -1.])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run([x, y, dy]))
    print(y.op.name, y.shape, dy)
    print(sess.run(tf.gradients(flipped, v)))
    print(sess.run(tf.gradients(guided, v)))
    print(sess.run(tf.gradients(binary_tanh(v), v)))
    print(sess.run([straight_through_round(v * 1.3), tf.gradients(straight_through_round(v * 1.3), v)[0]]))
    print(sess.run(log1pexp(v)))
    z = tf.constant(100.)
    print(sess.run(tf.gradients(log1pexp(z), z)))

    calls = []

    def stateful(a, b):
        calls.append(a.dtype)
        return a.sum() + b, np.array([s + b'!' for s in [b'x', b'yz']], dtype=object), a > b

    out = tf.py_func(stateful, [tf.constant([[1., 2.]]), tf.constant(3, tf.float32)], [tf.float32, tf.string, tf.bool])
    print(out)
    print(sess.run(out), calls)
    print(sess.run(tf.py_func(lambda: None, [], [])), tf.py_func(lambda: np.int64(3), [], tf.int64).shape)
    for bad in [lambda a: a.astype(np.float64), lambda a: 'text', lambda a: (a, a), lambda a: 1 / 0]:
        try:
            sess.run(tf.py_func(bad, [tf.constant([1.])], tf.float32))
        except Exception as e:
            print(type(e).__name__, str(e).split('\n')[0].replace('pyfunc_', '')[-60:])

    def eager_fn(a):
        return tf.reduce_sum(a ** 2) + math.pi
    p = tf.placeholder(tf.float32, [2])
    e = tf.contrib.eager.py_func(eager_fn, [p], tf.float32)
    print(sess.run([e, tf.gradients(e, p)[0]], {p: [1., 2.]}))
    f = tf.py_function(lambda a, n: a * n, [p, 3.], tf.float32)
    print(sess.run([f] + tf.gradients(f, p), {p: [1., 2.]}))
    print(sess.run(tf.numpy_function(lambda a: a + 1, [p], tf.float32), {p: [1., 2.]}))
