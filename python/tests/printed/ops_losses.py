"""Losses: values, nodes and errors."""
import tensorflow as tf
from show import show

labels, logits = 'tf.constant([[1., 0.], [0., 1.], [1., 1.]])', 'tf.constant([[2., -1.], [0.5, .25], [-3., 4.]])'
both = labels + ', ' + logits
for name in ('absolute_difference', 'mean_squared_error', 'hinge_loss', 'huber_loss', 'log_loss',
             'mean_pairwise_squared_error', 'sigmoid_cross_entropy', 'softmax_cross_entropy'):
    second = 'tf.nn.sigmoid(%s)' % logits if name == 'log_loss' else logits
    show('tf.losses.%s(%s, %s)' % (name, labels, second))
    show('tf.losses.%s(%s, %s, weights=2.0, scope="s", loss_collection=None)' % (name, labels, second))
show('tf.losses.sparse_softmax_cross_entropy([0, 1, 1], %s, weights=[1., 0., 2.])' % logits)
show('tf.losses.cosine_distance(%s, axis=1)' % both)
show('tf.losses.cosine_distance(%s)' % both)
show('tf.losses.huber_loss(%s, delta=0.5, weights=[[1.], [0.], [2.]])' % both)
show('tf.losses.softmax_cross_entropy(%s, label_smoothing=0.1, weights=[1., 2., 3.])' % both)
show('tf.losses.sigmoid_cross_entropy(%s, 1.0, 0.2)' % both)
for reduction in tf.losses.Reduction.all():
    show('tf.losses.mean_squared_error(%s, weights=[[1.], [0.], [2.]], reduction=%r)' % (both, reduction))
show('tf.losses.mean_squared_error(%s, reduction="none of these")' % both)
show('tf.losses.mean_squared_error(None, [1.])')
show('tf.losses.mean_squared_error([1.], None)')
show('tf.losses.mean_squared_error([1., 2.], [1., 2., 3.])')
show('tf.losses.mean_squared_error([1., 2.], [1., 2.], weights=[1., 2., 3.])')
show('tf.losses.mean_squared_error([1., 2.], [1., 2.], weights=None)')
show('tf.losses.compute_weighted_loss(tf.constant([1., 2., 3.]), [1., 0., 1.])')
show('tf.losses.get_total_loss()')
show('[tf.losses.add_loss(tf.constant(1.5)), tf.losses.absolute_difference([1.], [3.]), tf.losses.get_total_loss(name="t"), '
     'tf.losses.get_regularization_loss(), len(tf.losses.get_losses())][1:4]')
