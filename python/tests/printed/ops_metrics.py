"""Streaming metrics: values, updates, nodes and errors."""
from show import show

labels, predictions = 'tf.constant([1, 0, 1, 1])', 'tf.constant([1, 1, 0, 1])'
floats = 'tf.constant([1., 0., 1., 1.]), tf.constant([.9, .6, .3, .8])'
bools = 'tf.constant([True, False, True, True])'
for name in ('accuracy', 'precision', 'recall', 'true_positives', 'true_negatives', 'false_positives', 'false_negatives',
             'mean_absolute_error', 'mean_squared_error', 'root_mean_squared_error'):
    show('tf.metrics.%s(%s, %s)[::-1]' % (name, labels, predictions), name in ('accuracy', 'precision'))
    show('tf.metrics.%s(%s, %s, weights=[1., 2., 0., 1.], name="m")[::-1]' % (name, labels, predictions), name == 'recall')
show('tf.metrics.mean([1., 2., 6.])[::-1]')
show('tf.metrics.mean_tensor([[1., 2.], [3., 6.]])[::-1]')
show('tf.metrics.percentage_below([1., 2., 6.], 3.)[::-1]')
show('tf.metrics.mean_relative_error(%s, [1., 2., 0., 1.])[::-1]' % floats, False)
show('tf.metrics.mean_cosine_distance(tf.constant([[1., 0.]]), tf.constant([[.6, .8]]), 1)[::-1]', False)
show('tf.metrics.mean_iou(%s, %s, 2)[::-1]' % (labels, predictions))
show('tf.metrics.mean_per_class_accuracy(%s, %s, 2)[::-1]' % (labels, predictions), False)
show('tf.metrics.auc(%s, tf.constant([.9, .6, .3, .8]))[::-1]' % bools, False)
show('tf.metrics.auc(%s, tf.constant([.9, .6, .3, .8]), num_thresholds=5, curve="PR", '
     'summation_method="careful_interpolation")[::-1]' % bools)
show('tf.metrics.auc(%s, tf.constant([.9, .6, .3, .8]), curve="XY")' % bools, False)
for name in ('precision', 'recall', 'true_positives', 'false_negatives'):
    show('tf.metrics.%s_at_thresholds(%s, tf.constant([.9, .6, .3, .8]), [0.2, 0.5, 0.7])[::-1]' % (name, bools), False)
show('tf.metrics.sensitivity_at_specificity(%s, tf.constant([.9, .6, .3, .8]), 0.7)[::-1]' % bools, False)
show('tf.metrics.specificity_at_sensitivity(%s, [.9, .6, .3, .8], 2.)' % bools, False)
show('[tf.metrics.mean([1.], metrics_collections=["a"], updates_collections="b")[1], tf.get_collection("a")[0], '
     'tf.get_collection("b")[0], len(tf.local_variables()), len(tf.get_collection("metric_variables"))][:3]')
show('tf.metrics.accuracy([1, 2], [1, 2, 3])', False)
show('tf.metrics.mean([1., 2.], weights=[1., 2., 3.])', False)

predictions = 'tf.constant([[.1, .6, .2, .1], [.4, .1, .3, .2], [.3, .3, .1, .5]])'
dense, sparse = 'tf.constant([[1, 3], [2, 0], [0, 1]], tf.int64)', (
    'tf.SparseTensor([[0, 0], [0, 1], [2, 0]], tf.constant([1, 3, 0], tf.int64), [3, 2])')
for given in (dense, sparse, 'tf.constant([1, 2, 0], tf.int64)'):
    for name in ('recall_at_k', 'precision_at_k', 'average_precision_at_k'):
        show('tf.metrics.%s(%s, %s, 2)[::-1]' % (name, given, predictions), name[0] != 'a' or given != sparse)
for name in ('recall_at_k', 'precision_at_k'):
    show('tf.metrics.%s(%s, %s, 2, class_id=1)[::-1]' % (name, dense, predictions))
    show('tf.metrics.%s(%s, %s, 2, weights=[1., 0., 2.], name="n")[::-1]' % (name, sparse, predictions))
show('tf.metrics.average_precision_at_k(%s, %s, 3, weights=[1., 0., 2.])[::-1]' % (dense, predictions))
show('tf.metrics.precision_at_top_k(%s, tf.constant([[0, 1], [2, 3], [1, 0]], tf.int64))[::-1]' % dense)
show('tf.metrics.recall_at_top_k(%s, tf.constant([[0, 1], [2, 3], [1, 0]], tf.int64), k=2)[::-1]' % dense)
show('tf.metrics.average_precision_at_k(%s, %s, 0)' % (dense, predictions), False)
show('tf.metrics.precision_at_k(tf.constant([[[1]]], tf.int64), %s, 1)' % predictions, False)
