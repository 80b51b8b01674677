"""Metrics of predictions and labels."""

import reflow.tensorflow as tf


class Metric:
    """A metric, which is made of tensors in `build`."""

    def __init__(self, name=None):
        self.name = name
        self.tensor = None
        self.built = False

    def build(self, predictions, targets, inputs):
        """Makes the tensor."""
        raise NotImplementedError

    def get_tensor(self):
        """The tensor."""
        if not self.built:
            raise Exception('Metric class Tensor hasn\'t be built. \'build\' method must be invoked before using '
                            '\'get_tensor\'.')
        return self.tensor


class Accuracy(Metric):
    """How often the largest prediction is that of the class, or a prediction above 0.5 is that of a 1."""

    def __init__(self, name=None):
        super().__init__(name)
        if not self.name:
            self.name = 'acc'

    def build(self, predictions, targets, inputs=None):
        """Makes the tensor."""
        self.built = True
        shape = predictions.get_shape()
        is_binary = len(shape) == 1 or len(shape) == 2 and int(shape[1]) == 1
        with tf.name_scope('Accuracy'):
            self.tensor = (binary_accuracy_op if is_binary else accuracy_op)(predictions, targets)
            self.tensor.m_name = 'binary_acc' if is_binary else self.name


class Top_k(Metric):
    """How often the class is among the k largest predictions."""

    def __init__(self, k=1, name=None):
        super().__init__(name)
        self.name = name or 'top' + str(k)
        self.k = k

    def build(self, predictions, targets, inputs=None):
        """Makes the tensor."""
        self.built = True
        with tf.name_scope('Top_' + str(self.k)):
            self.tensor = top_k_op(predictions, targets, self.k)
            self.tensor.m_name = self.name


class R2(Metric):
    """The coefficient of determination."""

    def __init__(self, name=None):
        super().__init__(name or 'R2')

    def build(self, predictions, targets, inputs=None):
        """Makes the tensor."""
        self.built = True
        with tf.name_scope('R2'):
            self.tensor = r2_op(predictions, targets)
            self.tensor.m_name = self.name


class WeightedR2(Metric):
    """How far predictions are from the inputs, in proportion to how far the targets are."""

    def __init__(self, name=None):
        super().__init__(name or 'R2')

    def build(self, predictions, targets, inputs):
        """Makes the tensor."""
        self.built = True
        self.tensor = weighted_r2_op(predictions, targets, inputs)
        self.tensor.m_name = self.name


class Prediction_Counts(Metric):
    """Another metric, which also prints how often each class was predicted."""

    def __init__(self, inner_metric, name=None):
        super().__init__(name)
        self.inner_metric = inner_metric

    def build(self, predictions, targets, inputs=None):
        """Makes the tensor."""
        self.built = True
        self.inner_metric.build(predictions, targets, inputs)
        shape = predictions.get_shape()
        is_binary = len(shape) == 1 or len(shape) == 2 and int(shape[1]) == 1
        with tf.name_scope(self.name):
            self.name = self.name or ('binary' if is_binary else 'categorical') + '_prediction_counts'
            classes, _, counts = tf.unique_with_counts(tf.argmax(predictions, axis=0 if is_binary else 1))
            self.tensor = tf.Print(self.inner_metric.tensor, [classes, counts], name=self.inner_metric.name)


def accuracy_op(predictions, targets):
    """How often the largest prediction is that of the class."""
    if not isinstance(targets, tf.Tensor):
        raise ValueError('mean_accuracy \'input\' argument only accepts type Tensor, \'%s\' given.' % type(targets))
    with tf.name_scope('Accuracy'):
        correct = tf.equal(tf.argmax(predictions, 1), tf.argmax(targets, 1))
        return tf.reduce_mean(tf.cast(correct, tf.float32))


def binary_accuracy_op(predictions, targets):
    """How often a prediction above 0.5 is that of a 1."""
    with tf.name_scope('BinaryAccuracy'):
        predicted = tf.cast(tf.greater(predictions, 0), tf.float32)
        return tf.reduce_mean(tf.cast(tf.equal(predicted, tf.cast(targets, tf.float32)), tf.float32))


def top_k_op(predictions, targets, k=1):
    """How often the class is among the k largest predictions."""
    with tf.name_scope('Top_' + str(k)):
        targets = tf.cast(targets, tf.int32)
        correct = tf.nn.in_top_k(predictions, tf.argmax(targets, 1), k)
        return tf.reduce_mean(tf.cast(correct, tf.float32))


def r2_op(predictions, targets):
    """The coefficient of determination."""
    with tf.name_scope('StandardError'):
        a = tf.reduce_sum(tf.square(predictions))
        b = tf.reduce_sum(tf.square(targets))
        return tf.divide(a, b)


def weighted_r2_op(predictions, targets, inputs):
    """How far predictions are from the inputs, in proportion to how far the targets are."""
    with tf.name_scope('WeightedStandardError'):
        if hasattr(inputs, '__len__'):
            inputs = tf.add_n(inputs)
        if inputs.get_shape().as_list() != targets.get_shape().as_list():
            raise Exception('Weighted R2 metric requires Inputs and Targets to have same shape.')
        a = tf.reduce_sum(tf.square(predictions - inputs))
        b = tf.reduce_sum(tf.square(targets - inputs))
        return tf.divide(a, b)


accuracy, top_k, r2, weighted_r2, prediction_counts = Accuracy, Top_k, R2, WeightedR2, Prediction_Counts


def get(identifier):
    """The metric of this name."""
    function = globals().get(identifier) if isinstance(identifier, str) else identifier
    if not callable(function):
        raise Exception('Invalid Metric: ' + str(identifier))
    return function
