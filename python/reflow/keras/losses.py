"""Losses of Keras: functions of labels and predictions, and classes of them."""

from reflow.framework import ops
from reflow.framework import smart_cond
from reflow.framework import tensor_util
from reflow.keras import backend as K
from reflow.keras.utils import losses_utils
from reflow.keras.utils.generic_utils import deserialize_keras_object, serialize_keras_object
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn


class Loss:
    """A loss of labels and predictions, which subclasses compute in `call`."""

    def __init__(self, reduction=losses_utils.ReductionV2.AUTO, name=None):
        losses_utils.ReductionV2.validate(reduction)
        self.reduction = reduction
        self.name = name

    def __call__(self, y_true, y_pred, sample_weight=None):
        scope_name = 'lambda' if self.name == '<lambda>' else self.name
        with ops.name_scope(scope_name, format(type(self).__name__), (y_pred, y_true, sample_weight)):
            losses = self.call(y_true, y_pred)
            return losses_utils.compute_weighted_loss(losses, sample_weight, reduction=self._get_reduction())

    def _get_reduction(self):
        if self.reduction == losses_utils.ReductionV2.AUTO:
            return losses_utils.ReductionV2.SUM_OVER_BATCH_SIZE
        return self.reduction

    @classmethod
    def from_config(cls, config):
        """The loss with the arguments of get_config."""
        return cls(**config)

    def get_config(self):
        """The arguments of the constructor."""
        return {'reduction': self.reduction, 'name': self.name}

    def call(self, y_true, y_pred):
        """The losses of the samples."""
        raise NotImplementedError('Must be implemented in subclasses.')


class LossFunctionWrapper(Loss):
    """A function as a Loss."""

    def __init__(self, fn, reduction=losses_utils.ReductionV2.AUTO, name=None, **kwargs):
        super().__init__(reduction=reduction, name=name)
        self.fn = fn
        self._fn_kwargs = kwargs

    def call(self, y_true, y_pred):
        """The losses of the samples."""
        if tensor_util.is_tensor(y_pred) and tensor_util.is_tensor(y_true):
            y_pred, y_true = losses_utils.squeeze_or_expand_dimensions(y_pred, y_true)
        return self.fn(y_true, y_pred, **self._fn_kwargs)

    def get_config(self):
        """The arguments of the constructor."""
        config = {key: K.eval(value) if tensor_util.is_tensor(value) else value
                  for key, value in self._fn_kwargs.items()}
        return dict(super().get_config(), **config)


def _as_tensors(y_true, y_pred):
    y_pred = ops.convert_to_tensor(y_pred)
    return math_ops.cast(y_true, y_pred.dtype), y_pred


def mean_squared_error(y_true, y_pred):
    """mean(square(y_pred - y_true)) over the last dimension."""
    y_true, y_pred = _as_tensors(y_true, y_pred)
    return K.mean(math_ops.squared_difference(y_pred, y_true), axis=-1)


def mean_absolute_error(y_true, y_pred):
    """mean(abs(y_pred - y_true)) over the last dimension."""
    y_true, y_pred = _as_tensors(y_true, y_pred)
    return K.mean(math_ops.abs(y_pred - y_true), axis=-1)


def mean_absolute_percentage_error(y_true, y_pred):
    """100 * mean(abs((y_true - y_pred) / y_true)) over the last dimension."""
    y_true, y_pred = _as_tensors(y_true, y_pred)
    difference = math_ops.abs((y_true - y_pred) / K.clip(math_ops.abs(y_true), K.epsilon(), None))
    return 100. * K.mean(difference, axis=-1)


def mean_squared_logarithmic_error(y_true, y_pred):
    """mean(square(log(y_pred + 1) - log(y_true + 1))) over the last dimension."""
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = math_ops.cast(y_true, y_pred.dtype)
    logs = [math_ops.log(K.clip(values, K.epsilon(), None) + 1.) for values in (y_pred, y_true)]
    return K.mean(math_ops.squared_difference(*logs), axis=-1)


def _signs(y_true):
    """Labels that are 0 and 1 as -1 and 1; others as they are."""
    are_zeros = math_ops.equal(y_true, 0)
    are_ones = math_ops.equal(y_true, 1)
    is_binary = math_ops.reduce_all(math_ops.logical_or(are_zeros, are_ones))
    return smart_cond.smart_cond(is_binary, lambda: 2. * y_true - 1., lambda: y_true)


def squared_hinge(y_true, y_pred):
    """mean(square(max(1 - y_true * y_pred, 0))) over the last dimension."""
    y_true, y_pred = _as_tensors(y_true, y_pred)
    return K.mean(math_ops.square(math_ops.maximum(1. - _signs(y_true) * y_pred, 0.)), axis=-1)


def hinge(y_true, y_pred):
    """mean(max(1 - y_true * y_pred, 0)) over the last dimension."""
    y_true, y_pred = _as_tensors(y_true, y_pred)
    return K.mean(math_ops.maximum(1. - _signs(y_true) * y_pred, 0.), axis=-1)


def categorical_hinge(y_true, y_pred):
    """max(0, 1 + largest wrong score - right score)."""
    y_true, y_pred = _as_tensors(y_true, y_pred)
    right = math_ops.reduce_sum(y_true * y_pred, axis=-1)
    wrong = math_ops.reduce_max((1. - y_true) * y_pred, axis=-1)
    return math_ops.maximum(0., wrong - right + 1.)


def huber_loss(y_true, y_pred, delta=1.0):
    """The squared error, beyond `delta` the absolute one."""
    y_pred = math_ops.cast(y_pred, dtype=K.floatx())
    y_true = math_ops.cast(y_true, dtype=K.floatx())
    delta = math_ops.cast(delta, dtype=K.floatx())
    error = math_ops.subtract(y_pred, y_true)
    abs_error = math_ops.abs(error)
    quadratic = math_ops.minimum(abs_error, delta)
    linear = math_ops.subtract(abs_error, quadratic)
    half = ops.convert_to_tensor(0.5, dtype=quadratic.dtype)
    return math_ops.add(math_ops.multiply(half, math_ops.multiply(quadratic, quadratic)),
                        math_ops.multiply(delta, linear))


def logcosh(y_true, y_pred):
    """mean(log(cosh(y_pred - y_true))) over the last dimension."""
    y_true, y_pred = _as_tensors(y_true, y_pred)

    def log_of_cosh(x):
        return x + nn.softplus(-2. * x) - math_ops.cast(math_ops.log(2.), x.dtype)

    return K.mean(log_of_cosh(y_pred - y_true), axis=-1)


def _smoothed(label_smoothing, smooth, labels):
    return smart_cond.smart_cond(label_smoothing, smooth, lambda: labels)


def categorical_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0):
    """The cross entropy of distributions."""
    y_true, y_pred = _as_tensors(y_true, y_pred)
    label_smoothing = ops.convert_to_tensor(label_smoothing, dtype=K.floatx())

    def smooth():
        number = math_ops.cast(array_ops.shape(y_true)[1], y_pred.dtype)
        return y_true * (1.0 - label_smoothing) + (label_smoothing / number)

    y_true = _smoothed(label_smoothing, smooth, y_true)
    return K.categorical_crossentropy(y_true, y_pred, from_logits=from_logits)


def sparse_categorical_crossentropy(y_true, y_pred, from_logits=False, axis=-1):
    """The cross entropy of numbers of classes."""
    return K.sparse_categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)


def binary_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0):
    """The cross entropy of labels 0 and 1, the mean over the last dimension."""
    y_true, y_pred = _as_tensors(y_true, y_pred)
    label_smoothing = ops.convert_to_tensor(label_smoothing, dtype=K.floatx())
    y_true = _smoothed(label_smoothing, lambda: y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing, y_true)
    return K.mean(K.binary_crossentropy(y_true, y_pred, from_logits=from_logits), axis=-1)


def kullback_leibler_divergence(y_true, y_pred):
    """sum(y_true * log(y_true / y_pred)) over the last dimension."""
    y_true, y_pred = _as_tensors(y_true, y_pred)
    y_true = K.clip(y_true, K.epsilon(), 1)
    y_pred = K.clip(y_pred, K.epsilon(), 1)
    return math_ops.reduce_sum(y_true * math_ops.log(y_true / y_pred), axis=-1)


def poisson(y_true, y_pred):
    """mean(y_pred - y_true * log(y_pred)) over the last dimension."""
    y_true, y_pred = _as_tensors(y_true, y_pred)
    return K.mean(y_pred - y_true * math_ops.log(y_pred + K.epsilon()), axis=-1)


def cosine_proximity(y_true, y_pred, axis=-1):
    """The cosine of the angle between labels and predictions, which TensorFlow 1 does not negate."""
    y_true = nn.l2_normalize(y_true, axis=axis)
    y_pred = nn.l2_normalize(y_pred, axis=axis)
    return math_ops.reduce_sum(y_true * y_pred, axis=axis)


def _loss_class(function, class_name, default_name, documentation, extra=''):
    """A subclass of LossFunctionWrapper with TensorFlow's signature; `extra` are further arguments with defaults."""
    names = [each.partition('=')[0].strip() for each in extra.split(',') if each.strip()]
    passed = ''.join(', %s=%s' % (name, name) for name in names)
    first = ''.join(each.strip() + ', ' for each in extra.split(',') if each.strip())
    source = ("def __init__(self, %sreduction='auto', name=%r):\n"
              "    LossFunctionWrapper.__init__(self, function, reduction=reduction, name=name%s)\n"
              % (first, default_name, passed))
    namespace = {'LossFunctionWrapper': LossFunctionWrapper, 'function': function}
    exec(source, namespace)
    return type(class_name, (LossFunctionWrapper,), {
        '__init__': namespace['__init__'], '__doc__': documentation, '__module__': 'tensorflow.python.keras.losses'})


MeanSquaredError = _loss_class(mean_squared_error, 'MeanSquaredError', 'mean_squared_error', 'Squared errors.')
MeanAbsoluteError = _loss_class(mean_absolute_error, 'MeanAbsoluteError', 'mean_absolute_error', 'Absolute errors.')
MeanAbsolutePercentageError = _loss_class(mean_absolute_percentage_error, 'MeanAbsolutePercentageError',
                                          'mean_absolute_percentage_error', 'Absolute errors in percent.')
MeanSquaredLogarithmicError = _loss_class(mean_squared_logarithmic_error, 'MeanSquaredLogarithmicError',
                                          'mean_squared_logarithmic_error', 'Squared errors of logarithms.')
BinaryCrossentropy = _loss_class(binary_crossentropy, 'BinaryCrossentropy', 'binary_crossentropy',
                                 'The cross entropy of labels 0 and 1.', 'from_logits=False, label_smoothing=0')
CategoricalCrossentropy = _loss_class(categorical_crossentropy, 'CategoricalCrossentropy', 'categorical_crossentropy',
                                      'The cross entropy of distributions.', 'from_logits=False, label_smoothing=0')
SparseCategoricalCrossentropy = _loss_class(sparse_categorical_crossentropy, 'SparseCategoricalCrossentropy',
                                            'sparse_categorical_crossentropy',
                                            'The cross entropy of numbers of classes.', 'from_logits=False')
Hinge = _loss_class(hinge, 'Hinge', 'hinge', 'The hinge loss.')
SquaredHinge = _loss_class(squared_hinge, 'SquaredHinge', 'squared_hinge', 'The squared hinge loss.')
CategoricalHinge = _loss_class(categorical_hinge, 'CategoricalHinge', 'categorical_hinge',
                               'The hinge loss of several classes.')
Poisson = _loss_class(poisson, 'Poisson', 'poisson', 'The Poisson loss.')
LogCosh = _loss_class(logcosh, 'LogCosh', 'logcosh', 'The logarithm of the hyperbolic cosine of errors.')
KLDivergence = _loss_class(kullback_leibler_divergence, 'KLDivergence', 'kullback_leibler_divergence',
                           'The divergence of Kullback and Leibler.')
Huber = _loss_class(huber_loss, 'Huber', 'huber_loss', 'The Huber loss.', 'delta=1.0')
CosineSimilarity = _loss_class(cosine_proximity, 'CosineSimilarity', 'cosine_similarity',
                               'The cosine of angles.', 'axis=-1')
Loss.__module__ = LossFunctionWrapper.__module__ = 'tensorflow.python.keras.losses'

bce = BCE = binary_crossentropy
mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
kld = KLD = kullback_leibler_divergence
cosine_similarity = cosine_proximity


def is_categorical_crossentropy(loss):
    """Whether the loss is the cross entropy of distributions."""
    return (isinstance(loss, CategoricalCrossentropy) or loss == 'categorical_crossentropy' or
            loss is categorical_crossentropy or getattr(loss, 'fn', None) is categorical_crossentropy)


def serialize(loss):
    """The name, or class and arguments, of a loss."""
    return serialize_keras_object(loss)


def deserialize(name, custom_objects=None):
    """The loss of what serialize gives."""
    return deserialize_keras_object(name, module_objects=globals(), custom_objects=custom_objects,
                                    printable_module_name='loss function')


def get(identifier):
    """The loss: a name, a configuration, or a function."""
    if identifier is None:
        return None
    if isinstance(identifier, str):
        return deserialize(str(identifier))
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if callable(identifier):
        return identifier
    raise ValueError('Could not interpret loss function identifier:', identifier)
