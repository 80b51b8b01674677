"""Metrics over batches: rates, areas, thresholds, ranks, confusion."""
import numpy as np
import tensorflow as tf
tf.logging.set_verbosity(tf.logging.ERROR)
r = np.random.RandomState(3)
lab = tf.placeholder(tf.int64, [None])
pr = tf.placeholder(tf.float32, [None])
w = tf.placeholder(tf.float32, [None])
p = tf.cast(pr > 0.5, tf.int64)
ops = {
 'acc': tf.metrics.accuracy(lab, p), 'prec': tf.metrics.precision(lab, p), 'rec': tf.metrics.recall(lab, p, weights=w),
 'auc': tf.metrics.auc(lab, pr, num_thresholds=50), 'prauc': tf.metrics.auc(lab, pr, curve='PR', summation_method='careful_interpolation'),
 'mean': tf.metrics.mean(pr, w), 'mse': tf.metrics.mean_squared_error(tf.to_float(lab), pr), 'rmse': tf.metrics.root_mean_squared_error(tf.to_float(lab), pr),
 'mae': tf.metrics.mean_absolute_error(tf.to_float(lab), pr), 'iou': tf.metrics.mean_iou(lab, p, 2), 'fp': tf.metrics.false_positives(lab, p), 'fn': tf.metrics.false_negatives(lab, p),
 'tp': tf.metrics.true_positives(lab, p), 'tn': tf.metrics.true_negatives(lab, p), 'pct': tf.metrics.percentage_below(pr, 0.3), 'mpca': tf.metrics.mean_per_class_accuracy(lab, p, 2),
 'sens': tf.metrics.sensitivity_at_specificity(lab, pr, 0.5), 'spec': tf.metrics.specificity_at_sensitivity(lab, pr, 0.5),
 'pat': tf.metrics.precision_at_thresholds(lab, pr, [0.2, 0.5, 0.8]), 'rat': tf.metrics.recall_at_thresholds(lab, pr, [0.2, 0.5, 0.8]),
 'cos': tf.metrics.mean_cosine_distance(tf.nn.l2_normalize(tf.reshape(pr, [1, -1]), 1), tf.nn.l2_normalize(tf.reshape(w, [1, -1]), 1), 1), 'rel': tf.metrics.mean_relative_error(tf.to_float(lab), pr, pr)}
names, upd = tf.contrib.metrics.aggregate_metric_map(ops)
print([v.name for v in tf.local_variables()][:8], len(tf.local_variables()))
logits = tf.constant(r.randn(5, 4), tf.float32)
l2 = tf.constant([0, 1, 2, 3, 1], tf.int64)
k = tf.metrics.recall_at_k(l2, logits, 2)
pk = tf.metrics.precision_at_k(l2, logits, 2)
apk = tf.metrics.average_precision_at_k(l2, logits, 3)
intop = tf.nn.in_top_k(logits, l2, 2)
cm = tf.confusion_matrix(l2, tf.argmax(logits, 1), num_classes=4)
with tf.Session() as sess:
    sess.run(tf.local_variables_initializer())
    for i in range(3):
        f = {lab: r.randint(0, 2, 20), pr: r.rand(20), w: r.rand(20)}
        sess.run(upd, f)
    for n in sorted(names):
        print(n, sess.run(names[n]))
    print(sess.run([k[1], pk[1], apk[1], intop]))
    print(sess.run(cm))
    c, cu = tf.contrib.metrics.streaming_accuracy(tf.constant([1, 1, 0]), tf.constant([1, 0, 0]))
    f1 = tf.contrib.metrics.f1_score(lab, pr)
    sess.run(tf.local_variables_initializer())
    print(sess.run(cu), sess.run(c))
    print(sess.run(f1, f))
    running = [v for v in tf.get_collection(tf.GraphKeys.LOCAL_VARIABLES, scope='accuracy')]
    print([v.name for v in running])
    sess.run(tf.variables_initializer(var_list=running))
    try:
        print(sess.run(ops['acc'][0]))
    except Exception as e:
        print(type(e))
