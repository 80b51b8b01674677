"""Optimizers of tf.contrib.opt on dense and sparse gradients, of variables of both kinds."""
import numpy as np
import tensorflow as tf
tf.logging.set_verbosity(tf.logging.ERROR)
opt = tf.contrib.opt
makers = {
    'lazy_adam': lambda: opt.LazyAdamOptimizer(0.1), 'nadam': lambda: opt.NadamOptimizer(0.1), 'adam_w': lambda: opt.AdamWOptimizer(0.01, learning_rate=0.1),
    'momentum_w': lambda: opt.MomentumWOptimizer(0.01, 0.01, 0.9), 'extended': lambda: opt.extend_with_decoupled_weight_decay(tf.train.AdagradOptimizer)(weight_decay=0.01, learning_rate=0.1),
    'averaged': lambda: opt.MovingAverageOptimizer(tf.train.GradientDescentOptimizer(0.01), 0.9)}
for name in sorted(makers):
    # a ref variable may shrink before it is read
    for resource in {'nadam': [False], 'averaged': [False, True], 'lazy_adam': [False, True]}.get(name, [True]):
        with tf.Graph().as_default(), tf.Session() as sess:
            table = tf.get_variable('table', initializer=np.arange(
                8, dtype=np.float32).reshape(4, 2), use_resource=resource)
            w = tf.get_variable('w', initializer=[[1.], [-2.]], use_resource=resource)
            loss = tf.reduce_mean(tf.square(tf.matmul(tf.nn.embedding_lookup(table, [1, 3, 1]), w) - 1.))
            optimizer = makers[name]()
            train = optimizer.minimize(loss)
            sess.run(tf.global_variables_initializer())
            for _ in range(3):
                sess.run(train)
            print(name, resource, sess.run(loss))
            print(sess.run(table))
            print(sess.run(w))
            print(sorted(v.name for v in tf.global_variables()))
            if name == 'averaged' and not resource:
                saver = optimizer.swapping_saver()
                print(saver is not None, sess.run([v for v in tf.global_variables() if 'Average' in v.name]))
with tf.Graph().as_default(), tf.Session() as sess:
    a = tf.Variable([1., 2.])
    b = tf.Variable([1., 2.])
    o = opt.AdamWOptimizer(0.1, 0.01)
    loss = tf.reduce_sum(a * a) + tf.reduce_sum(b * b)
    t = o.apply_gradients(o.compute_gradients(loss), decay_var_list=[a])
    sess.run(tf.global_variables_initializer())
    sess.run(t)
    print(sess.run([a, b]))
print(tf.contrib.util.make_ndarray(tf.contrib.util.make_tensor_proto(
    [1, 2])), tf.contrib.util.constant_value(tf.constant(3)))
