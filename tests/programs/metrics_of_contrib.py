"""Metrics of tf.contrib.metrics: F1, covariance, correlation, rates, ranks."""
import numpy as np
import tensorflow as tf
tf.logging.set_verbosity(tf.logging.ERROR)
m = tf.contrib.metrics
r = np.random.RandomState(3)
lab = tf.placeholder(tf.int64, [None])
pr = tf.placeholder(tf.float32, [None])
w = tf.placeholder(tf.float32, [None])
p = tf.cast(pr > 0.5, tf.int64)
l = tf.to_float(lab)
ops = {'f1': m.f1_score(lab, pr), 'f1w': m.f1_score(lab, pr, w, 20), 'cov': m.streaming_covariance(pr, l), 'covw': m.streaming_covariance(pr, l, w), 'pearson': m.streaming_pearson_correlation(
    pr, l), 'fpr': m.streaming_false_positive_rate(p, lab), 'fnr': m.streaming_false_negative_rate(p, lab, w), 'count': m.count(pr), 'countw': m.count(pr, w), 'acc': m.streaming_accuracy(p, lab)}
logits = tf.constant(r.randn(5, 4), tf.float32)
y = tf.constant([[0], [1], [2], [3], [1]], tf.int64)
ks = [m.streaming_sparse_recall_at_k(logits, y, 2), m.streaming_sparse_precision_at_k(
    logits, y, 2), m.streaming_sparse_average_precision_at_k(logits, y, 3)]
with tf.Session() as s:
    s.run(tf.local_variables_initializer())
    for i in range(3):
        f = {lab: r.randint(0, 2, 20), pr: r.rand(20), w: r.rand(20)}
        u = s.run({k: v[1] for k, v in ops.items()}, f)
        print(sorted(u.items()))
    print(sorted(s.run({k: v[0] for k, v in ops.items()}).items()))
    print(s.run([k[1] for k in ks]))
    print(s.run([m.accuracy(p, lab), m.accuracy(p, lab, w)], f))
    print(s.run(m.confusion_matrix(tf.constant([0, 1]), tf.constant([1, 1]))))
