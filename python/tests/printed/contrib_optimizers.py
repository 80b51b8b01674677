"""Optimizers of tf.contrib.opt: nodes, slots and variables after three steps."""
import numpy as np
import tensorflow as tf
from show import show_nodes

O = tf.contrib.opt


def run(make, use_resource, sparse, several_steps=3):
    with tf.Graph().as_default() as graph:
        v = tf.get_variable('v', initializer=[[1., 2.], [3., -4.], [5., 6.]], use_resource=use_resource)
        w = tf.get_variable('w', initializer=[1., -1.], use_resource=use_resource)
        rows = tf.gather(v, [0, 2]) if sparse else v
        loss = tf.reduce_sum(tf.square(rows - 1.5) * w)
        step = tf.train.get_or_create_global_step()
        optimizer = make(v)
        train = optimizer.minimize(loss, global_step=step)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            for _ in range(several_steps):
                sess.run(train)
            print([np.round(each, 4).tolist() for each in sess.run([v, w, step])], sorted(each.name for each in tf.global_variables()))
        show_nodes(graph)


for name, make, also_sparse in (
        ('AdaMax', lambda v: O.AdaMaxOptimizer(.1), True), ('AddSign', lambda v: O.AddSignOptimizer(.1), False), ('PowerSign', lambda v: O.PowerSignOptimizer(.1), False),
        ('AddSign with decay', lambda v: O.AddSignOptimizer(.1, sign_decay_fn=lambda step: 1. / (1. + tf.cast(step, tf.float32))), False),
        ('LARS', lambda v: O.LARSOptimizer(10.), True), ('LARS skipping', lambda v: O.LARSOptimizer(.1, skip_list=['v'], use_nesterov=True), False),
        ('RegAdagrad', lambda v: O.RegAdagradOptimizer(.1), True),
        ('VariableClipping', lambda v: O.VariableClippingOptimizer(tf.train.GradientDescentOptimizer(.1), {v: [1]}, 2.), True),
        ('VariableClipping colocated', lambda v: O.VariableClippingOptimizer(tf.train.GradientDescentOptimizer(.1), {v: [0, 1]}, 2., colocate_clip_ops_with_vars=True), False),
        ('DropStaleGradient', lambda v: O.DropStaleGradientOptimizer(tf.train.GradientDescentOptimizer(.1), 1), False)):
    for use_resource in (False, True):
        for sparse in (False, True)[:2 if also_sparse else 1]:
            print(name, use_resource, sparse)
            run(make, use_resource, sparse)

from tensorflow.contrib.opt.python.training import sign_decay
with tf.Session() as sess:
    for decay in (sign_decay.get_linear_decay_fn(10), sign_decay.get_cosine_decay_fn(10, 1.5, .4), sign_decay.get_restart_decay_fn(10, 2, 1.)):
        print([round(float(sess.run(decay(tf.constant(step)))), 4) for step in (0, 3, 7, 12)])

with tf.Graph().as_default():
    v, w = tf.Variable([1., 2.]), tf.Variable(3.)
    optimizer = O.MultitaskOptimizerWrapper(tf.train.MomentumOptimizer(.1, .9))
    gradients, norm = O.clip_gradients_by_global_norm([(tf.constant([3., 4.]), v), (tf.constant(0.), w)], 2.)
    train = optimizer.apply_gradients(gradients)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(train)
        print(sess.run([v, w, norm]), optimizer.get_slot_names())

with tf.Graph().as_default() as graph:
    v, w = tf.get_variable('v', initializer=[1., 2.]), tf.get_variable('w', initializer=[[3.]])

    class Descent(O.ExternalOptimizerInterface):
        def _minimize(self, initial_val, loss_grad_func, equality_funcs, equality_grad_funcs, inequality_funcs, inequality_grad_funcs, packed_bounds, step_callback, optimizer_kwargs):
            print(initial_val, packed_bounds, optimizer_kwargs, [f(initial_val) for f in equality_funcs + equality_grad_funcs + inequality_funcs + inequality_grad_funcs])
            x = initial_val
            for _ in range(3):
                loss, gradient = loss_grad_func(x)
                x = x - optimizer_kwargs['rate'] * gradient
                step_callback(x)
            return x

    optimizer = Descent(tf.reduce_sum(v * v) + tf.reduce_sum(w), equalities=[v[0] - 1.], inequalities=[w[0, 0]], var_to_bounds={v: (0., [5., 6.])}, rate=.1)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        seen = []
        optimizer.minimize(sess, fetches=[v], loss_callback=lambda value: seen.append(value.tolist()), step_callback=lambda x: seen.append(np.round(x, 3).tolist()))
        print(sess.run([v, w]), len(seen), np.round(seen[-1], 3))
    show_nodes(graph)
    for mistake in (lambda: O.ExternalOptimizerInterface(v[0], [v]).minimize(tf.Session()), lambda: O.ScipyOptimizerInterface(v[0], [v], bounds=3), lambda: O.MultitaskOptimizerWrapper(3), lambda: O.LARSOptimizer(1., momentum=-1.)):
        try:
            print(type(mistake()).__name__)
        except Exception as error:
            print(type(error).__name__, str(error).split('\n')[0])
