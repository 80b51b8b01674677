"""What a model exports, as signatures."""

import abc

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.saved_model import signature_def_utils
from reflow.util.shown_attributes import shown

_SEPARATOR = '/'


def _checked_key(key, label):
    if isinstance(key, tuple):
        key = _SEPARATOR.join(key)
    if not isinstance(key, str):
        raise ValueError('{} output key must be a string; got {}.'.format(label, key))
    return key


def _checked_outputs(outputs, default_name, label=None):
    """{name: tensor} of outputs or of the only one."""
    if not isinstance(outputs, dict):
        outputs = {default_name: outputs}
    result = {}
    label = label or default_name
    for key, value in outputs.items():
        key = _checked_key(key, label)
        if not isinstance(value, ops.Tensor):
            raise ValueError('{} output value must be a Tensor; got {}.'.format(label, value))
        result[key] = value
    return result


def _examples(receiver_tensors, kind):
    """The only input, serialized Examples."""
    if len(receiver_tensors) == 1:
        (examples,) = receiver_tensors.values()
        if dtypes.as_dtype(examples.dtype) == dtypes.string:
            return examples
    raise ValueError('{} input must be a single string Tensor; got {}'.format(kind, receiver_tensors))


class ExportOutput(metaclass=abc.ABCMeta):
    """An output of a model."""

    @abc.abstractmethod
    def as_signature_def(self, receiver_tensors):
        """The signature with these inputs. ValueError: it doesn't go with them."""


class ClassificationOutput(ExportOutput):
    """Scores, classes or both."""

    def __init__(self, scores=None, classes=None):
        if scores is not None and not (isinstance(scores, ops.Tensor) and scores.dtype.is_floating):
            raise ValueError('Classification scores must be a float32 Tensor; got {}'.format(scores))
        if classes is not None and not (isinstance(classes, ops.Tensor) and
                                        dtypes.as_dtype(classes.dtype) == dtypes.string):
            raise ValueError('Classification classes must be a string Tensor; got {}'.format(classes))
        if scores is None and classes is None:
            raise ValueError('At least one of scores and classes must be set.')
        self._scores = scores
        self._classes = classes

    scores = shown('_scores', '[batch_size, classes] of floating point, or None.')
    classes = shown('_classes', '[batch_size, classes] of strings, or None.')

    def as_signature_def(self, receiver_tensors):
        """The signature of a classifier of Examples."""
        return signature_def_utils.classification_signature_def(
            _examples(receiver_tensors, 'Classification'), self.classes, self.scores)


class RegressionOutput(ExportOutput):
    """A value."""

    def __init__(self, value):
        if not (isinstance(value, ops.Tensor) and value.dtype.is_floating):
            raise ValueError('Regression output value must be a float32 Tensor; got {}'.format(value))
        self._value = value

    value = shown('_value', 'The tensor.')

    def as_signature_def(self, receiver_tensors):
        """The signature of a regressor of Examples."""
        return signature_def_utils.regression_signature_def(_examples(receiver_tensors, 'Regression'), self.value)


class PredictOutput(ExportOutput):
    """Any tensors."""

    _SINGLE_OUTPUT_DEFAULT_NAME = 'output'

    def __init__(self, outputs):
        self._outputs = _checked_outputs(outputs, self._SINGLE_OUTPUT_DEFAULT_NAME, 'Prediction')

    outputs = shown('_outputs', '{name: tensor}')

    def as_signature_def(self, receiver_tensors):
        """The signature of a prediction."""
        return signature_def_utils.predict_signature_def(receiver_tensors, self.outputs)


def _with_prefix(key, prefix):
    return key if key.startswith(prefix) else prefix + _SEPARATOR + key


class _SupervisedOutput(ExportOutput):
    """Loss, predictions and metrics."""

    LOSS_NAME = 'loss'
    PREDICTIONS_NAME = 'predictions'
    METRICS_NAME = 'metrics'
    METRIC_VALUE_SUFFIX = 'value'
    METRIC_UPDATE_SUFFIX = 'update_op'

    def __init__(self, loss=None, predictions=None, metrics=None):
        self._loss = self._prefixed(loss, self.LOSS_NAME)
        self._predictions = self._prefixed(predictions, self.PREDICTIONS_NAME)
        self._metrics = None if metrics is None else self._metric_outputs(metrics)

    @staticmethod
    def _prefixed(outputs, name):
        if outputs is None:
            return None
        return {_with_prefix(key, name): value for key, value in _checked_outputs(outputs, name).items()}

    def _metric_outputs(self, metrics):
        if not isinstance(metrics, dict):
            metrics = {self.METRICS_NAME: metrics}
        outputs = {}
        for key, metric in metrics.items():
            value, update = metric if isinstance(metric, tuple) else (metric.result(), metric.updates[0])
            key = _with_prefix(_checked_key(key, self.METRICS_NAME), self.METRICS_NAME)
            if not isinstance(value, ops.Tensor):
                raise ValueError('{} output value must be a Tensor; got {}.'.format(key, value))
            if not isinstance(update, (ops.Tensor, ops.Operation)):
                raise ValueError('{} update_op must be a Tensor or Operation; got {}.'.format(key, update))
            outputs[key + _SEPARATOR + self.METRIC_VALUE_SUFFIX] = value
            outputs[key + _SEPARATOR + self.METRIC_UPDATE_SUFFIX] = _as_tensor(update)
        return outputs

    loss = shown('_loss', '{name: tensor}, or None.')
    predictions = shown('_predictions', '{name: tensor}, or None.')
    metrics = shown('_metrics', '{name: tensor}, or None.')

    @abc.abstractmethod
    def _get_signature_def_fn(self):
        """The function that makes the signature."""

    def as_signature_def(self, receiver_tensors):
        """The signature of training or evaluation."""
        return self._get_signature_def_fn()(receiver_tensors, self.loss, self.predictions, self.metrics)


def _as_tensor(update):
    """What an operation updates as a tensor: only tensors are in signatures."""
    from reflow.framework import constant_op
    if isinstance(update, ops.Tensor):
        return update
    with ops.control_dependencies([update]):
        return constant_op.constant([], name='metric_op_wrapper')


class TrainOutput(_SupervisedOutput):
    """What training gives."""

    def _get_signature_def_fn(self):
        return signature_def_utils.supervised_train_signature_def


class EvalOutput(_SupervisedOutput):
    """What evaluation gives."""

    def _get_signature_def_fn(self):
        return signature_def_utils.supervised_eval_signature_def
