"""MetricSpec: a metric, and which predictions, labels and weights it takes."""

import inspect

from reflow.util import deprecation
from reflow.util.shown_attributes import shown

_NAMES = {'labels': ('labels', 'label', 'targets', 'target'), 'predictions': ('predictions', 'prediction', 'logits', 'logit'),
          'weights': ('weights', 'weight')}


def _fn_name(fn):
    return getattr(fn, '__name__', None) or getattr(getattr(fn, 'func', None), '__name__', None) or str(fn)


def _matching_arg(fn_name, args, kind, is_required):
    """The argument of a function that takes labels, predictions or weights, or None."""
    from reflow.platform import tf_logging
    matching = [name for name in _NAMES[kind] if name in args]
    if len(matching) > 1:
        raise ValueError('Ambiguous arguments %s, must provide only one of %s.' % (set(matching), set(_NAMES[kind])))
    if matching and matching[0] != kind:
        tf_logging.warning('Canonical arg %s missing from %s(%s), using %s.', kind, fn_name, args, matching[0])
    if not matching and is_required:
        raise ValueError('%s missing from %s(%s).' % (set(_NAMES[kind]), fn_name, args))
    return matching[0] if matching else None


def _adapted(metric_fn, name, is_labels_required, is_weights_required):
    """`metric_fn` as a function of labels, predictions and weights."""
    args = tuple(inspect.signature(metric_fn).parameters)
    labels_arg = _matching_arg(name, args, 'labels', is_labels_required)
    predictions_arg = _matching_arg(name, args, 'predictions', False)
    weights_arg = _matching_arg(name, args, 'weights', is_weights_required)

    def adapted(_sentinel=None, labels=None, predictions=None, weights=None):
        if _sentinel is not None:
            raise ValueError('`metric_fn` requires named args: `labels`, `predictions`, and optionally `weights`.')
        kwargs = {} if weights is None else {weights_arg: weights}
        if predictions_arg:
            kwargs[predictions_arg] = predictions
            if labels_arg:
                kwargs[labels_arg] = labels
            return metric_fn(**kwargs)
        if labels_arg and labels_arg == args[0]:
            return metric_fn(labels, predictions, **kwargs)
        if labels_arg:
            kwargs[labels_arg] = labels
        return metric_fn(predictions, **kwargs)

    return adapted


def _chosen(name, dict_or_tensor, key):
    if not key:
        if not isinstance(dict_or_tensor, dict):
            return dict_or_tensor
        if len(dict_or_tensor) != 1:
            raise ValueError('MetricSpec without specified ' + name + '_key requires ' + name + 's tensor or single element '
                             'dict, got %s' % dict_or_tensor)
        return next(iter(dict_or_tensor.values()))
    if not isinstance(dict_or_tensor, dict):
        raise ValueError('MetricSpec with ' + name + '_key specified requires ' + name + 's dict, got %s.\n' % dict_or_tensor +
                         'You must not provide a %s_key if you only have a single Tensor as %ss.' % (name, name))
    if key not in dict_or_tensor:
        raise KeyError("Key '%s' missing from %s." % (key, dict_or_tensor.keys()))
    return dict_or_tensor[key]


class MetricSpec:
    """A metric, and which predictions, labels and weights it takes."""

    @deprecation.deprecated(None, 'Use tf.estimator.EstimatorSpec.eval_metric_ops.')
    def __init__(self, metric_fn, prediction_key=None, label_key=None, weight_key=None):
        self._metric_fn_name = _fn_name(metric_fn)
        self._metric_fn = _adapted(metric_fn, self._metric_fn_name, label_key is not None, weight_key is not None)
        self._prediction_key = prediction_key
        self._label_key = label_key
        self._weight_key = weight_key

    prediction_key = shown('_prediction_key', 'Which predictions.')
    label_key = shown('_label_key', 'Which labels.')
    weight_key = shown('_weight_key', 'Which feature weighs.')
    metric_fn = shown('_metric_fn', 'The metric, a function of labels, predictions and weights.')

    def __str__(self):
        return 'MetricSpec(metric_fn=%s, prediction_key=%s, label_key=%s, weight_key=%s)' % (
            self._metric_fn_name, self.prediction_key, self.label_key, self.weight_key)

    def create_metric_ops(self, inputs, labels, predictions):
        """The metric of features, labels and predictions."""
        from reflow.platform import tf_logging
        prediction = _chosen('prediction', predictions, self.prediction_key)
        label = _chosen('label', labels, self.label_key)
        try:
            return self.metric_fn(labels=label, predictions=prediction,
                                  weights=inputs[self.weight_key] if self.weight_key else None)
        except Exception as error:
            tf_logging.error('Could not create metric ops for %s, %s.', self, error)
            raise
