"""Sparsemax, resampling, differential equations, metrics at thresholds: values and errors."""
import numpy as np
import tensorflow as tf
from show import rounded, show


def quietly(expression):
    show(expression, with_nodes=False)


C = 'tf.contrib.'
show(C + 'sparsemax.sparsemax([[1., 2., 3.], [.1, .2, .15], [-1., float("inf"), 2.], [float("nan"), 1., 2.]])')
show('(lambda x: tf.contrib.sparsemax.sparsemax_loss(x, tf.contrib.sparsemax.sparsemax(x), [[0., 1., 0.], [.5, .5, 0.]]))(tf.constant([[1., 2., 3.], [.1, .2, .15]]))')
quietly('(lambda x: tf.gradients(tf.contrib.sparsemax.sparsemax_loss(x, tf.contrib.sparsemax.sparsemax(x), [[0., 1., 0.]]), x)[0])(tf.constant([[1., 2., 1.5]]))')
image = 'tf.constant(np.arange(24.).reshape(2, 3, 2, 2) ** .5, tf.float32)'
points = 'tf.constant([[[.5, .25], [1., 2.], [-.5, 1.]], [[1.5, 2.5], [-1.5, 0.], [.25, .75]]])'
quietly(C + 'resampler.resampler(%s, %s)' % (image, points))
quietly('(lambda d, w: tf.gradients(tf.square(tf.contrib.resampler.resampler(d, w)), [d, w]))(%s, tf.constant([[[.5, .25], [.7, 1.6], [-.5, 1.2]], [[1.5, 2.5], [-1.5, .3], [.25, .75]]]))' % image)
for method in ('rk4', 'midpoint'):
    quietly(C + 'integrate.odeint_fixed(lambda y, t: -y + tf.cast(t, y.dtype), [1., 2.], [0., .5, 2.], method=%r)' % method)
    quietly(C + 'integrate.odeint_fixed(lambda y, t: -y, 1., [0., .5, 2.], .1, method=%r)' % method)
quietly(C + 'integrate.odeint(lambda y, t: -y + tf.cast(t, y.dtype), [1., 2.], [0., .5, 2.])')
quietly(C + 'integrate.odeint(lambda y, t: 1j * y, tf.constant(1. + 0j, tf.complex128), np.linspace(0., 3., 4), rtol=1e-8)')
quietly('(lambda y, info: [y, info["num_func_evals"], tf.size(info["integrate_points"]), info["error_ratio"] < 1.])(*tf.contrib.integrate.odeint(lambda y, t: y, 1., [0., 1., 3.], full_output=True, method="dopri5", options={"first_step": .1}))')
for mistake in ('odeint(lambda y, t: y, 1., [0., 1.], method="x")', 'odeint(lambda y, t: y, 1., [0., 1.], options={})', 'odeint(lambda y, t: y, 1, [0., 1.])', 'odeint(lambda y, t: y, 1., [0, 1])',
                'odeint_fixed(lambda y, t: y, 1., [0., 1.], method="x")', 'odeint_fixed(lambda y, t: y, 1., [[0., 1.]])'):
    quietly(C + 'integrate.' + mistake)

labels, predictions = tf.constant([0, 1, 1, 0, 1, 0]), tf.constant([.1, .8, .4, .6, .9, .2])
M = tf.contrib.metrics
for metric in (lambda: M.streaming_curve_points(labels, predictions, num_thresholds=5), lambda: M.streaming_curve_points(labels, predictions, num_thresholds=5, curve='PR', weights=tf.constant([1., 2., 1., 1., 3., 1.])),
               lambda: M.streaming_false_positive_rate_at_thresholds(predictions, labels, [.15, .5]), lambda: M.streaming_false_negative_rate_at_thresholds(predictions, labels, [.15, .5]),
               lambda: M.recall_at_precision(labels, predictions, .7), lambda: M.recall_at_precision(labels, predictions, .7, strict_mode=True), lambda: M.precision_at_recall(labels, predictions, .8),
               lambda: M.cohen_kappa(labels, tf.constant([0, 1, 0, 1, 1, 0]), 2), lambda: M.cohen_kappa(labels, tf.constant([0, 1, 0, 1, 1, 0]), 3, weights=tf.constant([1., 2., 1., 1., 1., .5])),
               lambda: M.precision_recall_at_equal_thresholds(tf.cast(labels, tf.bool), predictions, num_thresholds=5),
               lambda: M.recall_at_precision(labels, predictions, 2.), lambda: M.precision_at_recall(labels, predictions, -1.), lambda: M.cohen_kappa(labels, labels, 1), lambda: M.streaming_curve_points(labels, predictions, curve='x')):
    try:
        value, update = metric()
        with tf.Session() as sess:
            sess.run(tf.local_variables_initializer())
            for _ in range(2):
                after = sess.run(update)
            print([] if after is None else rounded(after), [rounded(each) for each in sess.run(value)] if isinstance(value, tuple) else rounded(sess.run(value)))
    except ValueError as error:
        print(error)
best, classes = tf.constant([[2, 1], [3, 0]], tf.int64), tf.constant([[0, 2], [1, 3]], tf.int64)
flags, scores = tf.constant([0, 1, 1, 0, 1, 0, 1]), tf.constant([.1, .4, .35, .8, .8, .3, .9])
for metric in (lambda: M.sparse_recall_at_top_k(classes, best), lambda: M.sparse_recall_at_top_k(classes, best, class_id=2),
               lambda: M.streaming_sparse_precision_at_top_k(best, classes),
               lambda: M.streaming_sparse_precision_at_top_k(best, classes, class_id=3, weights=[.5, 1.]),
               lambda: M.streaming_sparse_average_precision_at_top_k(best, classes),
               lambda: M.streaming_dynamic_auc(flags, scores), lambda: M.streaming_dynamic_auc(flags, scores, curve='PR'),
               lambda: M.streaming_dynamic_auc(flags, scores, weights=tf.constant([1., 2., .5, 1., 1., 3., 1.])),
               lambda: M.auc_using_histogram(tf.cast(flags, tf.bool), scores, [0., 1.]),
               lambda: M.auc_using_histogram(tf.cast(flags, tf.bool), scores, [0., 1.], nbins=5, check_shape=False),
               lambda: M.streaming_concat(scores), lambda: M.streaming_concat(scores, max_size=10),
               lambda: M.streaming_dynamic_auc(flags, scores, curve='x'),
               lambda: M.auc_using_histogram(flags, scores, [0., 1.])):
    with tf.name_scope(None):
        try:
            value, update = metric()
            with tf.Session() as sess:
                sess.run(tf.local_variables_initializer())
                for _ in range(2):
                    sess.run(update)
                print(rounded(sess.run(value)), value.name, len(tf.local_variables()))
        except ValueError as error:
            print(error)
