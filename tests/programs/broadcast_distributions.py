"""Distributions whose values and parameters have shapes that are broadcast, and the operations that choose between cases."""
import numpy as np
import tensorflow as tf

ds = tf.distributions
x = tf.constant([[-0.5], [0.25], [1.5]])


def show(name, function):
    before = len(tf.get_default_graph().get_operations())
    try:
        value = function()
        gradient = tf.gradients(value, x)[0]
        with tf.Session() as sess:
            print(name, np.round(sess.run(value), 4).tolist(), None if gradient is None else np.round(sess.run(gradient), 4).ravel().tolist())
    except ValueError as error:
        print(name, str(error)[:60])
    print([op.type for op in tf.get_default_graph().get_operations()[before:] if 'Select' in op.type])


show('uniform prob', lambda: ds.Uniform([0., 1.], 2.).prob(x))
show('uniform cdf', lambda: ds.Uniform([0., 1.], 2.).cdf(x))
show('normal cdf', lambda: ds.Normal([0., 1.], 2.).cdf(x))
show('normal log_cdf', lambda: ds.Normal([0., -30.], 2.).log_cdf(x))
show('normal quantile', lambda: ds.Normal([0., 1.], 2.).quantile(tf.abs(x) / 2))
show('laplace log_cdf', lambda: ds.Laplace([0., 1.], 2.).log_cdf(x))
show('student mean', lambda: ds.StudentT([0.5, 3.], [[0.], [1.]], 2.).mean() + x[:2])
show('student variance', lambda: ds.StudentT([0.5, 1.5, 3.], 0., [[1.], [2.]]).variance() + x[:2])
show('beta mode', lambda: ds.Beta([0.5, 2.], [[2.], [3.]]).mode() + x[:2])
show('gamma mode', lambda: ds.Gamma([0.5, 2.], [[2.], [3.]]).mode() + x[:2])
show('dirichlet mode', lambda: ds.Dirichlet([[0.5, 2.], [3., 4.]]).mode() + x[:2])
for allow in (False,):
    show('beta mode', lambda: ds.Beta(tf.constant([1.5, 2.]), [[2.], [3.]], allow_nan_stats=allow).mode() + x[:2])
