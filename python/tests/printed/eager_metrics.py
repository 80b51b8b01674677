"""tf.contrib.eager.metrics: eagerly, in checkpoints, and their values in graphs."""
import os

import numpy as np
import tensorflow as tf

tfe = tf.contrib.eager

CASES = (('Mean()', [([1., 3., 5., 7.],), ([2., 4.],), ([1., 2.], [0., 3.])]), ('Mean(name="a mean", dtype=tf.float32)', [(4.,)]),
         ('Accuracy()', [([1, 2, 3, 4], [0, 2, 3, 4]), ([1, 2, 3, 4], [0, 2, 3, 4], [1., 1., 0., 0.])]),
         ('CategoricalAccuracy()', [([[0., 1.], [1., 0.]], [[.3, .7], [.4, .6]])]),
         ('BinaryAccuracy(0.5, name="b")', [([1., 0., 1.], [.9, .7, .8]), ([[1], [0]], [[.2], [.3]], [[1.], [0.5]])]),
         ('SparseAccuracy()', [([1], [[.1, .9]]), ([0], [[.1, .9]], [.5])]))


def in_graph():
    with tf.Graph().as_default(), tf.Session() as sess:
        for text, batches in CASES:
            metric = eval('tfe.metrics.' + text)
            updates = [metric(*map(tf.constant, batch)) for batch in batches]
            sess.run(metric.init_variables())
            results = [(np.round(sess.run(update)[0].astype(float), 4).tolist() if isinstance(update, (list, tuple)) else float(sess.run(update))) for update in updates]
            print(text, metric.name, results, [round(float(value), 4) for value in sess.run([metric.value()] + metric.variables)])
        print([each.name for each in tf.local_variables()], len(tf.get_collection(tf.GraphKeys.METRIC_VARIABLES)), tf.global_variables())


in_graph()
tf.enable_eager_execution()
for text, batches in CASES:
    metric = eval('tfe.metrics.' + text)
    for batch in batches:
        given = metric(*map(tf.constant, batch))
        print(text, metric.name, [np.round(each.numpy().astype(float), 4).tolist() for each in (given if isinstance(given, tuple) else (given,))],
              round(float(metric.result()), 4))
    print([(each.name, each.numpy(), each.trainable) for each in metric.variables])
    metric.init_variables()
    print([each.numpy() for each in metric.variables], np.isnan(metric.value()().numpy()))

first, second = tfe.metrics.Mean('m'), tfe.metrics.Mean('m')
first([1., 2.])
second([6.])
first.aggregate([second])
print(first.result().numpy(), first.name, second.name)
path = tfe.Checkpoint(metric=first).save(os.path.abspath('metric'))
restored = tfe.metrics.Mean('other')
tfe.Checkpoint(metric=restored).restore(path)
restored(10.)
print(restored.result().numpy())


class Never(tfe.metrics.Metric):
    pass


for mistake in (lambda: Never()(1), lambda: Never().call(), lambda: Never().result(), lambda: first.aggregate([tfe.metrics.Accuracy()]),
                lambda: first.add_variable('v'), lambda: tfe.metrics.Accuracy()([1, 2], [1, 2, 3])):
    try:
        mistake()
    except (NotImplementedError, TypeError, RuntimeError, tf.errors.InvalidArgumentError) as error:
        print(type(error).__name__, str(error).partition('\n')[0])
