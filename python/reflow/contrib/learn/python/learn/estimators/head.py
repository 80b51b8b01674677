"""The heads of tf.contrib.learn: they make ModelFnOps of logits."""

import abc

from reflow.contrib.learn.python.learn.estimators import constants
from reflow.contrib.learn.python.learn.estimators import model_fn
from reflow.contrib.learn.python.learn.estimators.metric_key import MetricKey
from reflow.contrib.learn.python.learn.estimators.prediction_key import PredictionKey
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.ops import metrics as metrics_lib
from reflow.util import deprecation
from reflow.util.shown_attributes import shown

_INSTRUCTIONS = 'Please switch to tf.contrib.estimator.*_head.'


@deprecation.deprecated(None, _INSTRUCTIONS)
def regression_head(label_name=None, weight_column_name=None, label_dimension=1, enable_centered_bias=False, head_name=None,
                    link_fn=None):
    """A head of numbers."""
    from reflow.ops import array_ops
    return _RegressionHead(label_dimension, link_fn or array_ops.identity, label_name, weight_column_name,
                           enable_centered_bias, head_name)


@deprecation.deprecated(None, _INSTRUCTIONS)
def multi_class_head(n_classes, label_name=None, weight_column_name=None, enable_centered_bias=False, head_name=None,
                     thresholds=None, metric_class_ids=None, loss_fn=None, label_keys=None):
    """A head of classes, of which each example has one."""
    if n_classes is None or n_classes < 2:
        raise ValueError('n_classes must be > 1 for classification: %s.' % n_classes)
    if metric_class_ids:
        raise NotImplementedError('multi_class_head takes no metric_class_ids yet')
    if n_classes == 2:
        if label_keys:
            raise ValueError('label_keys is not supported for n_classes=2.')
        return _BinaryLogisticHead(label_name, weight_column_name, enable_centered_bias, head_name, loss_fn, thresholds)
    return _MultiClassHead(n_classes, label_name, weight_column_name, enable_centered_bias, head_name, loss_fn, label_keys)


class Head(metaclass=abc.ABCMeta):
    """Makes ModelFnOps of logits."""

    @property
    @abc.abstractmethod
    def logits_dimension(self):
        """The size of the last dimension of logits."""

    @abc.abstractmethod
    def create_model_fn_ops(self, features, mode, labels=None, train_op_fn=None, logits=None, logits_input=None,
                            scope=None):
        """ModelFnOps of logits."""


class _SingleHead(Head):
    """A head of one kind of labels."""

    _default_name = None
    _problem_type = constants.ProblemType.UNSPECIFIED

    def __init__(self, logits_dimension, label_name, weight_column_name, enable_centered_bias, head_name, loss_fn=None):
        if logits_dimension is None or logits_dimension < 1:
            raise ValueError('Invalid logits_dimension %s.' % logits_dimension)
        self._logits_dimension = logits_dimension
        self._label_name = label_name
        self._weight_column_name = weight_column_name
        self._enable_centered_bias = enable_centered_bias
        self._head_name = head_name
        self._custom_loss_fn = loss_fn

    logits_dimension = property(lambda self: self._logits_dimension)
    label_name = shown('_label_name', 'The name of the labels, where there are several.')
    weight_column_name = shown('_weight_column_name', 'The feature that weighs examples.')
    head_name = shown('_head_name', 'The name of the head, or None.')

    def _key(self, name):
        return '%s/%s' % (name, self._head_name) if self._head_name else name

    def create_model_fn_ops(self, features, mode, labels=None, train_op_fn=None, logits=None, logits_input=None,
                            scope=None):
        """ModelFnOps of logits."""
        from reflow.ops import array_ops
        from reflow.ops import nn
        from reflow.ops import variable_scope
        from reflow.summary import summary
        model_fn.ModeKeys.validate(mode)
        with variable_scope.variable_scope(scope, default_name=self._head_name or self._default_name,
                                           values=tuple(features.values()) + (labels, logits, logits_input)):
            label_ids = None
            if mode != model_fn.ModeKeys.INFER and labels is not None:
                labels = _labels_tensor(labels, self._label_name)
                label_ids = self._label_ids(labels)
            logits = self._logits(logits, logits_input)
            centered_bias = _centered_bias(self._logits_dimension, self._head_name) if self._enable_centered_bias else None
            if centered_bias is not None:
                logits = nn.bias_add(logits, centered_bias)
            predictions = self._predictions(logits)
            loss = train_op = metrics = None
            if label_ids is not None:
                weights = _weight_tensor(features, self._weight_column_name)
                loss, average_loss = self._loss(label_ids, logits, weights)
                with ops.name_scope(''):
                    summary.scalar(self._key(MetricKey.LOSS), array_ops.identity(average_loss))
                if mode == model_fn.ModeKeys.TRAIN:
                    train_op = self._train_op(loss, train_op_fn, centered_bias, logits, label_ids, weights)
                with ops.name_scope('metrics'):
                    metrics = {self._key(MetricKey.LOSS): metrics_lib.mean(average_loss)}
                    metrics.update({self._key(name): metric
                                    for name, metric in self._metrics(predictions, labels, weights).items()})
            return model_fn.ModelFnOps(mode=mode, predictions=predictions, loss=loss, train_op=train_op,
                                       eval_metric_ops=metrics, output_alternatives={
                                           self._head_name: (self._problem_type, self._output_alternative(predictions))})

    def _output_alternative(self, predictions):
        return predictions

    def _label_ids(self, labels):
        return labels

    def _logits(self, logits, logits_input):
        from reflow.contrib.layers.python.layers import layers
        if (logits is None) == (logits_input is None):
            raise ValueError('Neither logits nor logits_input supplied.' if logits is None else
                             'Both logits and logits_input supplied.')
        if logits is None:
            return layers.linear(logits_input, self._logits_dimension, scope='logits')
        logits = ops.convert_to_tensor(logits, name='logits')
        if logits.get_shape().dims is not None:
            logits.get_shape().dims[-1].assert_is_compatible_with(self._logits_dimension)
        return logits

    def _loss(self, label_ids, logits, weights):
        if self._custom_loss_fn is None:
            return self._default_loss(label_ids, logits, weights)
        args = (label_ids, logits) if weights is None else (label_ids, logits, weights)
        loss = self._custom_loss_fn(*args)
        return loss, loss

    def _train_op(self, loss, train_op_fn, centered_bias, logits, label_ids, weights):
        from reflow.ops import array_ops
        from reflow.ops import control_flow_ops
        if train_op_fn is None:
            raise ValueError('train_op_fn can not be None in TRAIN mode')
        batch_size = array_ops.shape(logits)[0]
        step = None
        if centered_bias is not None:
            step = self._centered_bias_step(centered_bias, batch_size, label_ids, weights)
        with ops.name_scope(None, 'train_op', (loss, label_ids)):
            train_op = train_op_fn(loss)
            return train_op if step is None else control_flow_ops.group(train_op, step)

    def _centered_bias_step(self, centered_bias, batch_size, label_ids, weights):
        from reflow.ops import array_ops
        from reflow.ops import math_ops
        from reflow.training import adagrad
        with ops.name_scope(None, 'centered_bias_step', (label_ids,)) as name:
            dimension = array_ops.shape(centered_bias)[0]
            logits = array_ops.reshape(array_ops.tile(centered_bias, (batch_size,)), (batch_size, dimension))
            with ops.name_scope(None, 'centered_bias', (label_ids, logits)):
                loss = math_ops.reduce_mean(self._loss(label_ids, logits, weights), name='training_loss')
        return adagrad.AdagradOptimizer(0.1).minimize(loss, var_list=(centered_bias,), name=name)


def _labels_tensor(labels, label_name):
    labels = labels[label_name] if isinstance(labels, dict) else labels
    labels = sparse_tensor.convert_to_tensor_or_sparse_tensor(labels)
    if isinstance(labels, sparse_tensor.SparseTensor):
        raise ValueError('SparseTensor is not supported.')
    return labels


def _centered_bias(logits_dimension, head_name):
    from reflow.ops import array_ops
    from reflow.ops import variable_scope
    from reflow.summary import summary
    bias = variable_scope.variable(
        name='centered_bias_weight', initial_value=array_ops.zeros(shape=(logits_dimension,)), trainable=True)
    for i in range(logits_dimension):
        summary.scalar('centered_bias/bias_%d' % i + ('/%s' % head_name if head_name else ''), bias[i])
    return bias


def _weight_tensor(features, name):
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    if not name:
        return None
    if name not in features:
        raise ValueError('Weights {} missing from features.'.format(name))
    with ops.name_scope(None, 'weight_tensor', tuple(features.values())):
        weights = math_ops.cast(features[name], dtypes.float32)
        return array_ops.reshape(weights, (-1, 1)) if weights.get_shape().ndims == 1 else weights


def _weighted_losses(losses, weights):
    """(the mean of the losses times weights, their sum over that of the weights)"""
    from reflow.ops import math_ops
    from reflow.ops import weights_broadcast_ops
    with ops.name_scope('loss', values=(losses, weights)) as scope:
        if weights is None:
            loss = math_ops.reduce_mean(losses, name=scope)
            return loss, loss
        weights = weights_broadcast_ops.broadcast_weights(weights, losses)
        with ops.name_scope(None, 'weighted_loss', (losses, weights)) as name:
            weighted = math_ops.multiply(losses, weights, name=name)
        mean = math_ops.reduce_mean(weighted, name=scope)
        return mean, math_ops.div(math_ops.reduce_sum(weighted),
                                  math_ops.cast(math_ops.reduce_sum(weights), dtypes.float32), name='weighted_average_loss')


def _as_column(tensor):
    from reflow.ops import array_ops
    return array_ops.expand_dims(tensor, axis=1) if len(tensor.get_shape()) == 1 else tensor


def _classes_and_probabilities(predictions, label_keys=None):
    """What is served of a classification: the probabilities, and the class of each of them as a string."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    from reflow.ops import string_ops
    with ops.name_scope(None, '_classification_output_alternatives', tuple(predictions.values())):
        probabilities = predictions[PredictionKey.PROBABILITIES]
        batch_size = array_ops.shape(probabilities)[0]
        if label_keys:
            classes = array_ops.tile(array_ops.expand_dims(label_keys, axis=0), [batch_size, 1], name='classes_tensor')
        else:
            ids = math_ops.range(array_ops.shape(probabilities)[1])
            classes = string_ops.as_string(array_ops.tile(array_ops.expand_dims(ids, 0), [batch_size, 1]),
                                           name='classes_tensor')
        return {PredictionKey.PROBABILITIES: probabilities, PredictionKey.CLASSES: classes}


class _RegressionHead(_SingleHead):
    """A head of numbers."""

    _default_name = 'regression_head'
    _problem_type = constants.ProblemType.LINEAR_REGRESSION

    def __init__(self, label_dimension, link_fn, label_name, weight_column_name, enable_centered_bias, head_name):
        super().__init__(label_dimension, label_name, weight_column_name, enable_centered_bias, head_name)
        self._link_fn = link_fn

    def _default_loss(self, labels, logits, weights):
        from reflow.ops import math_ops
        with ops.name_scope(None, 'mean_squared_loss', (logits, labels)) as name:
            labels, logits = _as_column(labels), _as_column(logits)
            logits.get_shape().assert_is_compatible_with(labels.get_shape())
            losses = math_ops.squared_difference(logits, math_ops.cast(labels, dtypes.float32), name=name)
            return _weighted_losses(losses, weights)

    def _predictions(self, logits):
        from reflow.ops import array_ops
        with ops.name_scope(None, 'predictions', (logits,)):
            if self._logits_dimension == 1:
                logits = array_ops.squeeze(logits, axis=(1,), name=PredictionKey.SCORES)
            return {PredictionKey.SCORES: self._link_fn(logits)}

    def _metrics(self, predictions, labels, weights):
        return {}


class _MultiClassHead(_SingleHead):
    """A head of more than two classes."""

    _default_name = 'multi_class_head'
    _problem_type = constants.ProblemType.CLASSIFICATION

    def __init__(self, n_classes, label_name, weight_column_name, enable_centered_bias, head_name, loss_fn, label_keys):
        super().__init__(n_classes, label_name, weight_column_name, enable_centered_bias, head_name, loss_fn)
        if label_keys and len(label_keys) != n_classes:
            raise ValueError('Length of label_keys must equal n_classes.')
        self._label_keys = label_keys

    def _label_ids(self, labels):
        from reflow.ops import lookup_ops
        if not self._label_keys:
            return labels
        return lookup_ops.index_table_from_tensor(self._label_keys, name='label_id_lookup').lookup(labels)

    def _default_loss(self, labels, logits, weights):
        from reflow.ops import array_ops
        from reflow.ops import nn
        with ops.name_scope(None, 'softmax_cross_entropy_loss', (logits, labels)) as name:
            if not labels.dtype.is_integer:
                raise ValueError('Labels dtype should be integer Instead got %s.' % labels.dtype)
            is_column = len(labels.get_shape()) == 2
            if is_column:
                labels = array_ops.squeeze(labels, axis=(1,))
            losses = nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name=name)
            return _weighted_losses(array_ops.expand_dims(losses, axis=(1,)) if is_column else losses, weights)

    def _predictions(self, logits):
        from reflow.ops import lookup_ops
        from reflow.ops import math_ops
        from reflow.ops import nn
        with ops.name_scope(None, 'predictions', (logits,)):
            classes = math_ops.argmax(logits, 1, name=PredictionKey.CLASSES)
            if self._label_keys:
                classes = lookup_ops.index_to_string_table_from_tensor(
                    self._label_keys, name='class_string_lookup').lookup(classes)
            return {PredictionKey.LOGITS: logits,
                    PredictionKey.PROBABILITIES: nn.softmax(logits, name=PredictionKey.PROBABILITIES),
                    PredictionKey.CLASSES: classes}

    def _metrics(self, predictions, labels, weights):
        return {MetricKey.ACCURACY: metrics_lib.accuracy(labels, predictions[PredictionKey.CLASSES], weights)}

    def _output_alternative(self, predictions):
        return _classes_and_probabilities(predictions, self._label_keys)


class _BinaryLogisticHead(_SingleHead):
    """A head of two classes."""

    _default_name = 'binary_logistic_head'
    _problem_type = constants.ProblemType.LOGISTIC_REGRESSION

    def __init__(self, label_name, weight_column_name, enable_centered_bias, head_name, loss_fn, thresholds):
        super().__init__(1, label_name, weight_column_name, enable_centered_bias, head_name, loss_fn)
        self._thresholds = thresholds or (.5,)

    def _default_loss(self, labels, logits, weights):
        from reflow.ops import math_ops
        from reflow.ops import nn
        with ops.name_scope(None, 'log_loss_with_two_classes', (logits, labels)) as name:
            labels = _as_column(math_ops.cast(labels, dtypes.float32))
            return _weighted_losses(
                nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name=name), weights)

    def _predictions(self, logits):
        from reflow.ops import array_ops
        from reflow.ops import math_ops
        from reflow.ops import nn
        with ops.name_scope(None, 'predictions', (logits,)):
            two_class_logits = array_ops.concat((array_ops.zeros_like(logits), logits), 1)
            return {PredictionKey.LOGITS: logits,
                    PredictionKey.LOGISTIC: math_ops.sigmoid(logits, name=PredictionKey.LOGISTIC),
                    PredictionKey.PROBABILITIES: nn.softmax(two_class_logits, name=PredictionKey.PROBABILITIES),
                    PredictionKey.CLASSES: math_ops.argmax(two_class_logits, 1, name=PredictionKey.CLASSES)}

    def _metrics(self, predictions, labels, weights):
        from reflow.ops import array_ops
        from reflow.ops import math_ops
        logistic = predictions[PredictionKey.LOGISTIC]
        label_mean = lambda: metrics_lib.mean(math_ops.cast(labels, dtypes.float32), weights)
        metrics = {
            MetricKey.ACCURACY: metrics_lib.accuracy(labels, predictions[PredictionKey.CLASSES], weights),
            MetricKey.PREDICTION_MEAN: metrics_lib.mean(logistic, weights),
            MetricKey.LABEL_MEAN: label_mean(), MetricKey.ACCURACY_BASELINE: label_mean(),
            MetricKey.AUC: metrics_lib.auc(math_ops.cast(labels, dtypes.bool), logistic, weights),
            MetricKey.AUC_PR: metrics_lib.auc(math_ops.cast(labels, dtypes.bool), logistic, weights, curve='PR')}
        for threshold in self._thresholds:
            above = math_ops.cast(math_ops.greater_equal(logistic, threshold), dtypes.float32)
            metrics[MetricKey.ACCURACY_MEAN % threshold] = metrics_lib.accuracy(labels, above, weights)
            for key, metric in ((MetricKey.PRECISION_MEAN, metrics_lib.precision_at_thresholds),
                                (MetricKey.RECALL_MEAN, metrics_lib.recall_at_thresholds)):
                value, update = metric(labels, logistic, (threshold,), weights)
                metrics[key % threshold] = array_ops.squeeze(value), array_ops.squeeze(update)
        return metrics

    def _output_alternative(self, predictions):
        return _classes_and_probabilities(predictions)
