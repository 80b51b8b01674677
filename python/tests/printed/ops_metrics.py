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
