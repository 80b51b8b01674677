"""Losses of predictions and labels."""

import reflow.tensorflow as tf

_EPSILON, _FLOATX = 1e-10, tf.float32


def _mean_in(scope, losses):
    """The mean of losses(), in a name scope."""
    with tf.name_scope(scope):
        return tf.reduce_mean(losses())


def softmax_categorical_crossentropy(y_pred, y_true):
    """The cross entropy of logits."""
    return _mean_in('SoftmaxCrossentropy',
                    lambda: tf.nn.softmax_cross_entropy_with_logits(labels=y_true, logits=y_pred))


def categorical_crossentropy(y_pred, y_true):
    """The cross entropy of probabilities."""
    def losses():
        classes = len(y_pred.get_shape()) - 1
        probs = y_pred / tf.reduce_sum(y_pred, axis=classes, keepdims=True)
        least, most = (tf.cast(limit, dtype=_FLOATX) for limit in (_EPSILON, 1. - _EPSILON))
        logs = tf.log(tf.clip_by_value(probs, least, most))
        return -tf.reduce_sum(y_true * logs, axis=classes)

    return _mean_in('Crossentropy', losses)


def binary_crossentropy(y_pred, y_true):
    """The cross entropy of logits for labels 0 and 1."""
    return _mean_in('BinaryCrossentropy', lambda: tf.nn.sigmoid_cross_entropy_with_logits(labels=y_true, logits=y_pred))


def weighted_crossentropy(y_pred, y_true, weight=1.):
    """The cross entropy of logits in which positive labels have a weight."""
    return _mean_in('WeightedCrossentropy', lambda: tf.nn.weighted_cross_entropy_with_logits(
        targets=y_true, logits=y_pred, pos_weight=weight))


def mean_square(y_pred, y_true):
    """The mean of squared errors."""
    return _mean_in('MeanSquare', lambda: tf.square(y_pred - y_true))


def hinge_loss(y_pred, y_true):
    """The hinge loss."""
    return _mean_in('HingeLoss', lambda: tf.maximum(1. - y_true * y_pred, 0.))


def roc_auc_score(y_pred, y_true):
    """An approximation of the area under the curve (Yan et al., ICML 2003)."""
    with tf.name_scope('RocAucScore'):
        positive = tf.boolean_mask(y_pred, tf.cast(y_true, tf.bool))
        negative = tf.boolean_mask(y_pred, ~tf.cast(y_true, tf.bool))
        difference = tf.expand_dims(positive, 0) - tf.expand_dims(negative, 1) - 0.2
        masked = tf.boolean_mask(difference, difference < 0.0)
        return tf.reduce_sum(tf.pow(-masked, 3))


def get(identifier):
    """The function of this name."""
    function = globals().get(identifier) if isinstance(identifier, str) else identifier
    if not callable(function):
        raise Exception('Invalid Objective: ' + str(identifier))
    return function


def weak_cross_entropy_2d(y_pred, y_true, num_classes=None, epsilon=0.0001, head=None):
    """The mean cross entropy of the classes of pixels; `head` weights the classes."""
    if num_classes is None:
        num_classes = y_true.get_shape().as_list()[-1]
        assert num_classes is not None
    with tf.name_scope('weakCrossEntropy2d'):
        y_pred = tf.reshape(y_pred, (-1, num_classes))
        y_pred = y_pred + tf.constant(epsilon, dtype=y_pred.dtype)
        y_true = tf.to_float(tf.reshape(y_true, (-1, num_classes)))
        each = y_true * tf.log(tf.nn.softmax(y_pred))
        if head is not None:
            each = tf.multiply(each, head)
        return tf.reduce_mean(-tf.reduce_sum(each, reduction_indices=[1]), name='xentropy_mean')


def contrastive_loss(y_pred, y_true, margin=1.0):
    """Half the sum of squared distances of pairs that belong together (y_true is 1), and of what others lack to `margin`."""
    with tf.name_scope('ContrastiveLoss'):
        together = y_true * tf.square(y_pred)
        apart = (1 - y_true) * tf.square(tf.maximum((margin - y_pred), 0))
        return tf.reduce_sum(together + apart) / 2.
