"""Metrics of Keras: functions of labels and predictions, and classes that add up what batches say."""

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.keras import backend as K
from reflow.keras import losses as losses_module
from reflow.keras.engine import metric as metric_module
from reflow.keras.engine.metric import Metric, Reduce
from reflow.keras.losses import (binary_crossentropy, categorical_crossentropy, categorical_hinge,  # noqa: F401
                                 cosine_proximity, cosine_similarity, hinge,
                                 kullback_leibler_divergence, logcosh, mean_absolute_error, mean_absolute_percentage_error,
                                 mean_squared_error, mean_squared_logarithmic_error, poisson,
                                 sparse_categorical_crossentropy, squared_hinge)
from reflow.keras.metrics_confusion import (AUC, FalseNegatives, FalsePositives, Precision, Recall,  # noqa: F401
                                            SensitivityAtSpecificity, SpecificityAtSensitivity, TrueNegatives,
                                            TruePositives)
from reflow.keras.utils import losses_utils
from reflow.keras.utils.generic_utils import deserialize_keras_object, serialize_keras_object
from reflow.ops import array_ops
from reflow.ops import confusion_matrix
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn


class Sum(Reduce):
    """The sum of all values."""

    def __init__(self, name='sum', dtype=None):
        super().__init__('sum', name, dtype=dtype)


class Mean(Reduce):
    """The mean of all values."""

    def __init__(self, name='mean', dtype=None):
        super().__init__('weighted_mean', name, dtype=dtype)


class MeanRelativeError(Mean):
    """The mean of errors divided by `normalizer`."""

    def __init__(self, normalizer, name=None, dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.normalizer = math_ops.cast(normalizer, self._dtype)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds values."""
        y_true = math_ops.cast(y_true, self._dtype)
        y_pred = math_ops.cast(y_pred, self._dtype)
        y_pred, y_true = losses_utils.squeeze_or_expand_dimensions(y_pred, y_true)
        y_pred, self.normalizer = confusion_matrix.remove_squeezable_dimensions(y_pred, self.normalizer)
        y_pred.shape.assert_is_compatible_with(y_true.shape)
        errors = math_ops.div_no_nan(math_ops.abs(y_true - y_pred), self.normalizer)
        return super().update_state(errors, sample_weight=sample_weight)

    def get_config(self):
        """The arguments of the constructor."""
        return dict(super().get_config(), normalizer=K.eval(self.normalizer))


class MeanMetricWrapper(Mean):
    """The mean of a function of labels and predictions."""

    def __init__(self, fn, name=None, dtype=None, **kwargs):
        super().__init__(name=name, dtype=dtype)
        self._fn = fn
        self._fn_kwargs = kwargs

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds values."""
        y_true = math_ops.cast(y_true, self._dtype)
        y_pred = math_ops.cast(y_pred, self._dtype)
        y_pred, y_true = losses_utils.squeeze_or_expand_dimensions(y_pred, y_true)
        return super().update_state(self._fn(y_true, y_pred, **self._fn_kwargs), sample_weight=sample_weight)

    def get_config(self):
        """The arguments of the constructor."""
        config = {key: K.eval(value) if tensor_util.is_tensor(value) else value
                  for key, value in self._fn_kwargs.items()}
        return dict(super().get_config(), **config)


class SumOverBatchSizeMetricWrapper(MeanMetricWrapper):
    """The mean over samples of a function of labels and predictions."""


def accuracy(y_true, y_pred):
    """Whether labels and predictions are equal."""
    y_pred.shape.assert_is_compatible_with(y_true.shape)
    if y_true.dtype != y_pred.dtype:
        y_pred = math_ops.cast(y_pred, y_true.dtype)
    return math_ops.cast(math_ops.equal(y_true, y_pred), K.floatx())


def binary_accuracy(y_true, y_pred, threshold=0.5):
    """How many labels 0 and 1 the predictions tell, by a threshold."""
    threshold = math_ops.cast(threshold, y_pred.dtype)
    y_pred = math_ops.cast(y_pred > threshold, y_pred.dtype)
    return K.mean(math_ops.equal(y_true, y_pred), axis=-1)


def categorical_accuracy(y_true, y_pred):
    """Whether the largest prediction is that of the class."""
    return math_ops.cast(math_ops.equal(math_ops.argmax(y_true, axis=-1), math_ops.argmax(y_pred, axis=-1)), K.floatx())


def _numbers(y_true, y_pred):
    """Numbers of classes without a last dimension of 1."""
    y_pred_rank = ops.convert_to_tensor(y_pred).shape.ndims
    y_true_rank = ops.convert_to_tensor(y_true).shape.ndims
    if y_true_rank is not None and y_pred_rank is not None and y_true_rank == y_pred_rank:
        y_true = array_ops.squeeze(y_true, [-1])
    return y_true


def sparse_categorical_accuracy(y_true, y_pred):
    """Whether the largest prediction is that of the class, given by its number."""
    y_true = _numbers(y_true, y_pred)
    classes = math_ops.cast(math_ops.argmax(y_pred, axis=-1), K.dtype(y_true))
    return math_ops.cast(math_ops.equal(y_true, classes), K.floatx())


def top_k_categorical_accuracy(y_true, y_pred, k=5):
    """Whether the class is among the k largest predictions."""
    return math_ops.cast(nn.in_top_k(y_pred, math_ops.argmax(y_true, axis=-1), k), K.floatx())


def sparse_top_k_categorical_accuracy(y_true, y_pred, k=5):
    """Whether the class, given by its number, is among the k largest predictions."""
    y_true = _numbers(y_true, y_pred)
    return math_ops.cast(nn.in_top_k(y_pred, math_ops.cast(y_true, 'int32'), k), K.floatx())


def _metric_class(function, class_name, default_name, documentation, extra=''):
    """A subclass of MeanMetricWrapper with TensorFlow's signature; `extra` are further arguments with defaults."""
    arguments = [each.strip() for each in extra.split(',') if each.strip()]
    names = [each.partition('=')[0] for each in arguments]
    source = ('def __init__(self, name=%r, dtype=None%s):\n'
              '    MeanMetricWrapper.__init__(self, function, name, dtype=dtype%s)\n'
              % (default_name, ''.join(', ' + each for each in arguments),
                 ''.join(', %s=%s' % (name, name) for name in names)))
    if class_name.startswith('Top') or class_name.startswith('SparseTop'):  # whose own argument comes first
        source = source.replace("self, name=%r, dtype=None, k=5" % default_name, "self, k=5, name=%r, dtype=None" % default_name)
    namespace = {'MeanMetricWrapper': MeanMetricWrapper, 'function': function}
    exec(source, namespace)
    return type(class_name, (MeanMetricWrapper,), {
        '__init__': namespace['__init__'], '__doc__': documentation, '__module__': 'tensorflow.python.keras.metrics',
        'from_config': classmethod(lambda cls, config: cls(**config))})


Accuracy = _metric_class(accuracy, 'Accuracy', 'accuracy', 'How often predictions are the labels.')
BinaryAccuracy = _metric_class(binary_accuracy, 'BinaryAccuracy', 'binary_accuracy',
                               'How often predictions tell labels 0 and 1.', 'threshold=0.5')
CategoricalAccuracy = _metric_class(categorical_accuracy, 'CategoricalAccuracy', 'categorical_accuracy',
                                    'How often the largest prediction is that of the class.')
SparseCategoricalAccuracy = _metric_class(sparse_categorical_accuracy, 'SparseCategoricalAccuracy',
                                          'sparse_categorical_accuracy',
                                          'How often the largest prediction is that of the class, given by its number.')
TopKCategoricalAccuracy = _metric_class(top_k_categorical_accuracy, 'TopKCategoricalAccuracy',
                                        'top_k_categorical_accuracy',
                                        'How often the class is among the k largest predictions.', 'k=5')
SparseTopKCategoricalAccuracy = _metric_class(sparse_top_k_categorical_accuracy, 'SparseTopKCategoricalAccuracy',
                                              'sparse_top_k_categorical_accuracy',
                                              'How often the class is among the k largest predictions.', 'k=5')
CosineSimilarity = _metric_class(cosine_proximity, 'CosineSimilarity', 'cosine_similarity', 'The mean cosine of angles.',
                                 'axis=-1')
MeanAbsoluteError = _metric_class(mean_absolute_error, 'MeanAbsoluteError', 'mean_absolute_error',
                                  'The mean absolute error.')
MeanAbsolutePercentageError = _metric_class(mean_absolute_percentage_error, 'MeanAbsolutePercentageError',
                                            'mean_absolute_percentage_error', 'The mean absolute error in percent.')
MeanSquaredError = _metric_class(mean_squared_error, 'MeanSquaredError', 'mean_squared_error', 'The mean squared error.')
MeanSquaredLogarithmicError = _metric_class(mean_squared_logarithmic_error, 'MeanSquaredLogarithmicError',
                                            'mean_squared_logarithmic_error', 'The mean squared error of logarithms.')
Hinge = _metric_class(hinge, 'Hinge', 'hinge', 'The mean hinge loss.')
SquaredHinge = _metric_class(squared_hinge, 'SquaredHinge', 'squared_hinge', 'The mean squared hinge loss.')
CategoricalHinge = _metric_class(categorical_hinge, 'CategoricalHinge', 'categorical_hinge',
                                 'The mean hinge loss of several classes.')
LogCoshError = _metric_class(logcosh, 'LogCoshError', 'logcosh', 'The mean logarithm of the hyperbolic cosine of errors.')
Poisson = _metric_class(poisson, 'Poisson', 'poisson', 'The mean Poisson loss.')
KLDivergence = _metric_class(kullback_leibler_divergence, 'KLDivergence', 'kullback_leibler_divergence',
                             'The mean divergence of Kullback and Leibler.')
BinaryCrossentropy = _metric_class(binary_crossentropy, 'BinaryCrossentropy', 'binary_crossentropy',
                                   'The mean cross entropy of labels 0 and 1.', 'from_logits=False, label_smoothing=0')
CategoricalCrossentropy = _metric_class(categorical_crossentropy, 'CategoricalCrossentropy', 'categorical_crossentropy',
                                        'The mean cross entropy of distributions.',
                                        'from_logits=False, label_smoothing=0')
SparseCategoricalCrossentropy = _metric_class(sparse_categorical_crossentropy, 'SparseCategoricalCrossentropy',
                                              'sparse_categorical_crossentropy',
                                              'The mean cross entropy of numbers of classes.',
                                              'from_logits=False, axis=-1')


class RootMeanSquaredError(Mean):
    """The root of the mean squared error."""

    def __init__(self, name='root_mean_squared_error', dtype=None):
        super().__init__(name, dtype=dtype)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds values."""
        y_true = math_ops.cast(y_true, self._dtype)
        y_pred = math_ops.cast(y_pred, self._dtype)
        y_pred, y_true = losses_utils.squeeze_or_expand_dimensions(y_pred, y_true)
        return super().update_state(math_ops.squared_difference(y_pred, y_true), sample_weight=sample_weight)

    def result(self):
        """The root."""
        return math_ops.sqrt(math_ops.div_no_nan(self.total, self.count))


class MeanIoU(Metric):
    """The mean, over classes, of the intersection of labels and predictions by their union."""

    def __init__(self, num_classes, name=None, dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.num_classes = num_classes
        self.total_cm = self.add_weight('total_confusion_matrix', shape=(num_classes, num_classes),
                                        initializer=init_ops.Zeros(), dtype=dtypes.float64)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds values."""
        y_true = math_ops.cast(y_true, self._dtype)
        y_pred = math_ops.cast(y_pred, self._dtype)
        flat = [each if each is None or each.shape.ndims <= 1 else array_ops.reshape(each, [-1])
                for each in (y_true, y_pred, sample_weight)]
        current = confusion_matrix.confusion_matrix(flat[0], flat[1], self.num_classes, weights=flat[2],
                                                    dtype=dtypes.float64)
        return self.total_cm.assign_add(current)

    def result(self):
        """The mean."""
        matrix = ops.convert_to_tensor(self.total_cm)
        rows = math_ops.cast(math_ops.reduce_sum(matrix, axis=0), dtype=self._dtype)
        columns = math_ops.cast(math_ops.reduce_sum(matrix, axis=1), dtype=self._dtype)
        true_positives = math_ops.cast(array_ops.diag_part(matrix), dtype=self._dtype)
        union = rows + columns - true_positives
        number = math_ops.reduce_sum(math_ops.cast(math_ops.not_equal(union, 0), dtype=self._dtype))
        iou = math_ops.div_no_nan(true_positives, union)
        return math_ops.div_no_nan(math_ops.reduce_sum(iou, name='mean_iou'), number)

    def reset_states(self):
        """Sets the matrix to 0."""
        K.set_value(self.total_cm, np.zeros((self.num_classes, self.num_classes)))

    def get_config(self):
        """The arguments of the constructor."""
        return dict(super().get_config(), num_classes=self.num_classes)


class MeanTensor(Metric):
    """The mean of tensors, element by element."""

    def __init__(self, name='mean_tensor', dtype=None):
        super().__init__(name=name, dtype=dtype)
        self._shape = None
        self._total = None
        self._count = None

    @property
    def total(self):
        """The sum of all tensors; None before the first."""
        return self._total

    @property
    def count(self):
        """The number of tensors, or the sum of their weights; None before the first."""
        return self._count

    def _build(self, shape):
        self._shape = tensor_shape.TensorShape(shape)
        self._total = self.add_weight('total', shape=shape, initializer=init_ops.Zeros())
        self._count = self.add_weight('count', shape=shape, initializer=init_ops.Zeros())

    def update_state(self, values, sample_weight=None):
        """Adds values."""
        values = math_ops.cast(values, self._dtype)
        if self._shape is None:
            self._build(values.shape)
        elif values.shape != self._shape:
            raise ValueError('MeanTensor input values must always have the same shape. Expected shape (set during the first '
                             'call): {}. Got: {}'.format(self._shape, values.shape))
        number = array_ops.ones_like(values)
        if sample_weight is not None:
            from reflow.ops import weights_broadcast_ops
            sample_weight = math_ops.cast(sample_weight, self._dtype)
            values, _, sample_weight = losses_utils.squeeze_or_expand_dimensions(values, sample_weight=sample_weight)
            sample_weight = weights_broadcast_ops.broadcast_weights(sample_weight, values)
            number = math_ops.multiply(number, sample_weight)
            values = math_ops.multiply(values, sample_weight)
        update_total_op = self._total.assign_add(values)
        with metric_module._after(update_total_op):
            return self._count.assign_add(number)

    def result(self):
        """The means."""
        if self._shape is None:
            raise ValueError('MeanTensor does not have any result yet. Please call the MeanTensor instance or use '
                             '`.update_state(value)` before retrieving the result.')
        return math_ops.div_no_nan(self._total, self._count)

    def reset_states(self):
        """Sets the variables to 0."""
        if self._shape is not None:
            K.batch_set_value([(each, np.zeros(self._shape.as_list())) for each in self.variables])


for _class in (Sum, Mean, MeanRelativeError, MeanMetricWrapper, RootMeanSquaredError, MeanIoU, MeanTensor):
    _class.__module__ = 'tensorflow.python.keras.metrics'

mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
acc = accuracy
bce = BCE = binary_crossentropy
kld = KLD = losses_module.kullback_leibler_divergence


def clone_metric(metric):
    """Another metric like this one; functions are themselves."""
    return type(metric).from_config(metric.get_config()) if isinstance(metric, Metric) else metric


def clone_metrics(metrics):
    """Other metrics like these."""
    if metrics is None:
        return None
    if isinstance(metrics, dict):
        return {key: clone_metric(value) for key, value in metrics.items()}
    return [clone_metric(metric) for metric in metrics]


def serialize(metric):
    """The name, or class and arguments, of a metric."""
    return serialize_keras_object(metric)


def deserialize(config, custom_objects=None):
    """The metric of what serialize gives."""
    return deserialize_keras_object(config, module_objects=globals(), custom_objects=custom_objects,
                                    printable_module_name='metric function')


def get(identifier):
    """The metric: a name, a configuration, or a function."""
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        return deserialize(str(identifier))
    if callable(identifier):
        return identifier
    raise ValueError('Could not interpret metric function identifier: %s' % identifier)
