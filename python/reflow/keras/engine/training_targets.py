"""What a compiled model has for each output: target, loss, weights, metrics."""

import collections
import collections.abc

from reflow import tf2
from reflow.framework import constant_op
from reflow.keras import backend as K
from reflow.keras import losses
from reflow.keras import metrics as metrics_module
from reflow.keras.utils import generic_utils
from reflow.keras.utils import losses_utils
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.platform import tf_logging as logging


class Endpoint:
    """An output, and how it is trained."""

    def __init__(self, output, output_name, loss_fn):
        self.output = output
        self.output_name = output_name
        self.loss_fn = loss_fn
        self.loss_weight = None
        self.target = None
        self.is_fed = False
        self.sample_weight = None
        self.sample_weight_mode = None
        self.output_loss_metric = None

    @property
    def is_skipped(self):
        """Whether it has no loss, so that no target is given for it."""
        return self.loss_fn is None

    @property
    def loss_name(self):
        """The name of its loss among the metrics."""
        return self.output_name + '_loss'

    @property
    def shape(self):
        """The shape of the output."""
        return K.int_shape(self.output)

    @property
    def feed_shape(self):
        """The shape that targets must have; None: any."""
        shape = self.shape
        function = getattr(self.loss_fn, 'fn', None)
        if isinstance(self.loss_fn, losses.SparseCategoricalCrossentropy) or (
                function is losses.sparse_categorical_crossentropy):
            if K.image_data_format() == 'channels_first' and len(shape) in (4, 5):
                return (shape[0], 1) + shape[2:]
            return shape[:-1] + (1,)
        if not isinstance(self.loss_fn, losses.Loss) or (
                function is not None and getattr(losses, function.__name__, None) is None):
            return None
        return shape

    def make_target(self, target=None):
        """Makes the placeholder of the targets, or takes a tensor for them."""
        if self.is_skipped:
            return
        if target is not None and not K.is_placeholder(target):
            self.is_fed = False
        else:
            self.is_fed = True
        if target is None:
            target = K.placeholder(ndim=len(self.shape), name=self.output_name + '_target',
                                   sparse=K.is_sparse(self.output), dtype=K.dtype(self.output))
        self.target = target

    def make_sample_weight(self, mode):
        """Makes the placeholder of the samples' weights; None: there are none."""
        self.sample_weight_mode = mode
        self.sample_weight = None
        if mode is None or self.is_skipped:
            return
        default, shape = ([[1.]], [None, None]) if mode == 'temporal' else ([1.], [None])
        self.sample_weight = array_ops.placeholder_with_default(
            constant_op.constant(default, dtype=K.floatx()), shape=shape, name=self.output_name + '_sample_weights')


def loss_function(loss):
    """A loss as Loss, which says how it is reduced."""
    if loss is None or isinstance(loss, losses.Loss):
        return loss
    function = losses.get(loss)
    if isinstance(function, losses.Loss):
        return function
    return losses.LossFunctionWrapper(function, name=getattr(function, '__name__', None),
                                      reduction=losses.losses_utils.ReductionV2.SUM_OVER_BATCH_SIZE)


def loss_functions(loss, output_names):
    """The loss of each output."""
    if isinstance(loss, collections.abc.Mapping):
        generic_utils.check_for_unexpected_keys('loss', loss, output_names)
        for name in output_names:
            if name not in loss:
                logging.warning('Output {0} missing from loss dictionary. We assume this was done on purpose. The fit and '
                                'evaluate APIs will not be expecting any data to be passed to {0}.'.format(name))
        return [loss_function(loss.get(name)) for name in output_names]
    if isinstance(loss, str):
        return [loss_function(loss) for _ in output_names]
    if isinstance(loss, collections.abc.Sequence):
        if len(loss) != len(output_names):
            raise ValueError('When passing a list as loss, it should have one entry per model outputs. The model has {} '
                             'outputs, but you passed loss={}'.format(len(output_names), loss))
        return [loss_function(each) for each in loss]
    return [loss_function(loss) for _ in output_names]


def set_loss_weights(endpoints, loss_weights):
    """Gives each endpoint the weight of its loss."""
    names = [each.output_name for each in endpoints]
    if loss_weights is None:
        values = [1.] * len(endpoints)
    elif isinstance(loss_weights, collections.abc.Mapping):
        generic_utils.check_for_unexpected_keys('loss_weights', loss_weights, names)
        values = [loss_weights.get(name, 1.) for name in names]
    elif isinstance(loss_weights, (list, tuple)):
        if len(loss_weights) != len(endpoints):
            raise ValueError('When passing a list as loss_weights, it should have one entry per model output. The model has '
                             + str(len(endpoints)) + ' outputs, but you passed loss_weights=' + str(loss_weights))
        values = loss_weights
    else:
        raise TypeError('Could not interpret loss_weights argument: ' + str(loss_weights) + ' - expected a list of dicts.')
    for endpoint, value in zip(endpoints, values):
        endpoint.loss_weight = value


def sample_weight_modes(mode, output_names):
    """The sample weight mode of each output."""
    if isinstance(mode, collections.abc.Mapping):
        generic_utils.check_for_unexpected_keys('sample_weight_mode', mode, output_names)
        return [mode.get(name) for name in output_names]
    if isinstance(mode, (list, tuple)):
        if len(mode) != len(output_names):
            raise ValueError('When passing a list as sample_weight_mode, it should have one entry per model output. The '
                             'model has ' + str(len(output_names)) + ' outputs, but you passed ' + str(len(mode)) +
                             'sample_weight_modes.')
        return list(mode)
    return [mode] * len(output_names)


def _accuracies(metric, output_shape, loss_fn):
    """The function that 'accuracy' or 'crossentropy' stand for."""
    function = getattr(loss_fn, 'fn', None)
    is_sparse = function is losses.sparse_categorical_crossentropy
    is_binary = function is losses.binary_crossentropy
    is_accuracy = metric in ('accuracy', 'acc')
    if output_shape[-1] == 1 or is_binary:
        return metrics_module.binary_accuracy if is_accuracy else metrics_module.binary_crossentropy
    if is_sparse:
        return metrics_module.sparse_categorical_accuracy if is_accuracy else (
            metrics_module.sparse_categorical_crossentropy)
    return metrics_module.categorical_accuracy if is_accuracy else metrics_module.categorical_crossentropy


def metric_function(metric, output_shape=None, loss_fn=None):
    """The function, or Metric, that a metric's name stands for."""
    if metric not in ('accuracy', 'acc', 'crossentropy', 'ce'):
        return metrics_module.get(metric)
    return _accuracies(metric, output_shape, loss_fn)


def metric_name(metric, weighted=False):
    """The name of a metric in TensorFlow's Keras."""
    if tf2.enabled() and isinstance(metric, str):
        return metric
    prefix = 'weighted_' if weighted and not tf2.enabled() else ''
    if metric in ('accuracy', 'acc'):
        return prefix + 'acc'
    if metric in ('crossentropy', 'ce'):
        return prefix + 'ce'
    function = metrics_module.get(metric)
    return prefix + (function.name if hasattr(function, 'name') else function.__name__)


def metrics_of_outputs(metrics, endpoints, name_of, weighted=False):
    """For each output a dictionary {name: Metric}."""
    names = [each.output_name for each in endpoints]
    if not metrics:
        return [{} for _ in names]
    if isinstance(metrics, (list, tuple)):
        if any(isinstance(each, (list, tuple)) for each in metrics):
            if len(metrics) != len(names):
                raise ValueError('When passing a list of lists as `metrics`, it should have one entry per model output. The '
                                 'model has ' + str(len(names)) + ' outputs, but you passed metrics=' + str(metrics))
            nested = [list(each) if isinstance(each, (list, tuple)) else [each] for each in metrics]
        elif len(names) > 1:
            nested = [[metrics_module.clone_metric(each) for each in metrics] for _ in names]
        else:
            nested = [list(metrics)]
    elif isinstance(metrics, collections.abc.Mapping):
        generic_utils.check_for_unexpected_keys('metrics', metrics, names)
        nested = []
        for name in names:
            of_output = metrics.get(name, [])
            nested.append(list(of_output) if isinstance(of_output, (list, tuple)) else [of_output])
    else:
        raise TypeError('Type of `metrics` argument not understood. Expected a list or dictionary, found: ' + str(metrics))
    result = []
    for endpoint, of_output in zip(endpoints, nested):
        named = collections.OrderedDict()
        for metric in of_output:
            name = name_of(metric, weighted)
            function = metric_function(metric, output_shape=endpoint.shape, loss_fn=endpoint.loss_fn)
            if not isinstance(function, metrics_module.Metric):
                function = metrics_module.MeanMetricWrapper(function, name=name)
            named[name] = function
        result.append(named)
    return result


def _weights_where(mask, y_pred, weights):
    """The weights of an output's samples, 0 where the mask is false."""
    if mask is None:
        return weights
    mask = math_ops.cast(mask, y_pred.dtype)
    if weights is None:
        return mask
    mask, _, weights = losses_utils.squeeze_or_expand_dimensions(mask, sample_weight=weights)
    return weights * mask


def loss_of(loss_fn, y_true, y_pred, sample_weight, mask):
    """The loss of an output."""
    weights = _weights_where(mask, y_pred, sample_weight)
    if not hasattr(loss_fn, 'reduction'):
        return loss_fn(y_true, y_pred, sample_weight=weights)
    losses_of_samples = loss_fn.call(y_true, y_pred)
    weighted = losses_utils.compute_weighted_loss(losses_of_samples, sample_weight=weights,
                                                  reduction=losses_utils.ReductionV2.NONE)
    reduction = loss_fn.reduction
    if reduction == losses_utils.ReductionV2.AUTO:
        reduction = losses_utils.ReductionV2.SUM_OVER_BATCH_SIZE
    return losses_utils.reduce_weighted_loss(weighted, reduction=reduction)


def call_metric(metric, y_true, y_pred, weights, mask):
    """Adds an output to a metric."""
    return metric(y_true, y_pred, sample_weight=_weights_where(mask, y_pred, weights))
