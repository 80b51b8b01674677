"""tf.contrib.losses.metric_learning: values, gradients, nodes and errors. What scikit-learn would count a stand-in counts."""
import sys
import types

import numpy as np

sys.modules['sklearn'] = types.ModuleType('sklearn')
sys.modules['sklearn'].metrics = types.SimpleNamespace(
    **{name: lambda labels, predictions: np.mean(labels == predictions) - .2 for name in (
        'normalized_mutual_info_score', 'adjusted_mutual_info_score', 'adjusted_rand_score', 'v_measure_score')})

import tensorflow as tf  # noqa: E402
from show import rounded, show_nodes  # noqa: E402

M = tf.contrib.losses.metric_learning
random = np.random.RandomState(0)
anchors, positives = random.rand(2, 8, 3).astype(np.float32)
CLASSES = [0, 1, 2, 0, 1, 2, 0, 0]
SETS = 'tf.SparseTensor([[0], [3]], [1, 1], [4]), tf.SparseTensor([[1]], [1], [4]), tf.SparseTensor([[3]], [1], [4])'

for expression in (
        'triplet_semihard_loss(labels, x)', 'triplet_semihard_loss(fed, x, margin=.3)', 'triplet_semihard_loss(labels[:, None], x)',
        'contrastive_loss(labels % 2, x, y)', 'contrastive_loss(labels % 2, x, y, margin=.3)', 'npairs_loss(labels, x, y)',
        'npairs_loss(fed, x, y, reg_lambda=.5)', 'lifted_struct_loss(labels, x)', 'lifted_struct_loss(fed, x, margin=.2)',
        'npairs_loss_multilabel([%s], x[:3], y[:3])' % SETS, 'npairs_loss_multilabel([3], x, y)',
        'cluster_loss(labels[:, None], x, .5, margin_type="none of these")',
        *('cluster_loss(labels[:, None], x, .5, %s, %r)' % (name != 'ami', name) for name in ('const', 'nmi', 'ami', 'ari', 'vmeasure'))):
    print(expression)
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        x, y, labels = tf.constant(anchors), tf.constant(positives), tf.constant(CLASSES, tf.int64)
        fed = tf.placeholder_with_default(labels, [None])
        try:
            loss = eval('M.' + expression)
            show_nodes(graph)
            gradients = [each for each in tf.gradients(loss, [x, y]) if each is not None]
            print('  =', loss.name, rounded(sess.run([loss] + gradients)), [each.name for each in tf.get_collection('summaries')])
        except (AssertionError, TypeError, ValueError) as error:
            print('  !', type(error).__name__, error)
