"""Gradients of one's own, second derivatives, and what is made of operators: values, nodes and errors."""
import numpy as np
import tensorflow as tf
from show import rounded, show_nodes


def run(title, build):
    """Prints the values of what `build` gives in a new graph, or its error, and the nodes."""
    with tf.Graph().as_default() as graph:
        print(title)
        try:
            fetches = build()
            with tf.Session() as sess:
                sess.run(tf.global_variables_initializer())
                print('  =', rounded(sess.run(fetches)))
        except Exception as error:
            print('  !', type(error).__name__, str(error).split(' for op')[0])
            return
        show_nodes(graph)


@tf.custom_gradient
def doubled(x):
    """A gradient that isn't the function's."""
    def grad(dy):
        return dy * 7.
    return x * 2., grad


@tf.custom_gradient
def several(x, y):
    """A structure of results and arguments."""
    def grad(da, db):
        return [da * y, db * x]
    return {'a': x + y, 'b': (x * y)}, grad


def of_structure():
    x, y = tf.constant(3.), tf.constant(5.)
    results = several(x, y)
    return [results['a'], results['b']] + tf.gradients([results['a'], results['b']], [x, y], grad_ys=[2., 10.])


def with_variables(takes_variables, use_resource):
    @tf.custom_gradient
    def scaled(x):
        scale = tf.get_variable('scale', [], initializer=tf.constant_initializer(3.))

        def grad(dy):
            return dy * scale

        def grad_of_variables(dy, variables=None):
            return dy * scale, [dy * x * 100. for _ in variables]
        return x * scale, grad_of_variables if takes_variables else grad

    def build():
        with tf.variable_scope('s', use_resource=use_resource):
            x = tf.constant(2.)
            y = scaled(x)
            return [y] + tf.gradients(y, [x] + tf.trainable_variables())
    return build


def recomputed():
    f = tf.recompute_grad(lambda x: tf.tanh(x) * 2.)
    with tf.variable_scope('', use_resource=True):
        x = tf.constant([.5, 1.])
        y = f(x)
        return [y] + tf.gradients(y, x)


def passed_through():
    with tf.variable_scope('', use_resource=True):
        x = tf.constant([.5, 1.7])
        y = tf.grad_pass_through(tf.round)(x)
        return [y] + tf.gradients(y, x)


def second_derivatives():
    x = tf.constant([1., 2.])
    z = tf.constant([[3.]])
    return tf.hessians(tf.reduce_sum(x ** 3) * z[0, 0] ** 2, [x, z])


def wrong_number():
    @tf.custom_gradient
    def f(x, y):
        return x + y, lambda dy: dy
    x = tf.constant(1.)
    return tf.gradients(f(x, x), x)


run('doubled', lambda: [doubled(tf.constant(3.))] + tf.gradients(doubled(tf.constant(1.)), tf.constant(1.))[:0])
run('gradient', lambda: (lambda x: tf.gradients(doubled(x), x))(tf.constant(3.)))
run('structure', of_structure)
for takes in (True, False):
    for resource in (True, False):
        run('variables %s %s' % (takes, resource), with_variables(takes, resource))
run('pass through', passed_through)
run('hessians', second_derivatives)
run('wrong number', wrong_number)
run('keywords', lambda: doubled(x=1.))
run('unconnected', lambda: tf.gradients(tf.constant(1.), [tf.constant([1., 2.])], unconnected_gradients='zero'))
run('unknown unconnected', lambda: tf.gradients(tf.constant(1.), [tf.constant(1.)], unconnected_gradients='x'))
run('grad_ys', lambda: tf.gradients([tf.constant(1.)], [tf.constant(1.)], grad_ys=[1., 2.]))
run('integers', lambda: tf.gradients(tf.constant(1), tf.constant(1)))

m = [[1., 2.], [3., 4.]]
run('@', lambda: [tf.constant(m) @ m, np.array(m, np.float32) @ tf.constant(m), tf.Variable(m) @ tf.constant(m)])
run('abs', lambda: [abs(tf.constant(m)), abs(tf.Variable(m))])
v = tf.Variable([1., 2., 3.], name='v')
r = tf.Variable([[1., 2.], [3., 4.]], name='r', use_resource=True)
changes = [v[1:].assign([5., 6.]), r[0].assign([7., 8.]), tf.assign(v[0], 9.), r[:, 1].assign([0., 0.], name='column')]
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for change in changes:
        print(rounded(sess.run(change)), rounded(sess.run([v, r])))
show_nodes(tf.get_default_graph())
