"""Metrics of true and false positives and negatives, at thresholds."""

import enum

import numpy as np

from reflow import _core
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.keras import backend as K
from reflow.keras.engine.metric import Metric
from reflow.keras.utils import losses_utils
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops

_NEG_INF = -1e10
_COUNTS = ('true_positives', 'true_negatives', 'false_positives', 'false_negatives')


class AUCCurve(enum.Enum):
    """The curves that there is an area under."""

    ROC = 'ROC'
    PR = 'PR'

    @staticmethod
    def from_str(key):
        """The curve of this name."""
        if key in ('pr', 'PR'):
            return AUCCurve.PR
        if key in ('roc', 'ROC'):
            return AUCCurve.ROC
        raise ValueError('Invalid AUC curve value "%s".' % key)


class AUCSummationMethod(enum.Enum):
    """How the area is added up."""

    INTERPOLATION = 'interpolation'
    MAJORING = 'majoring'
    MINORING = 'minoring'

    @staticmethod
    def from_str(key):
        """The method of this name."""
        for method in AUCSummationMethod:
            if key in (method.value, method.value.capitalize()):
                return method
        raise ValueError('Invalid AUC summation method value "%s".' % key)


def _checked_thresholds(thresholds, default):
    if thresholds is not None:
        thresholds = list(thresholds) if isinstance(thresholds, (list, tuple)) else [thresholds]
        invalid = [each for each in thresholds if each is None or each < 0 or each > 1]
        if invalid:
            raise ValueError('Threshold values must be in [0, 1]. Invalid values: {}'.format(invalid))
    return [default] if thresholds is None else thresholds


class _ConfusionMetric(Metric):
    """Counts of positives and negatives at each of `self.thresholds`."""

    def _add_counts(self, names):
        self._counts = {name: self.add_weight(name, shape=(len(self.thresholds),), initializer=init_ops.Zeros())
                        for name in names}
        for name in names:
            setattr(self, name, self._counts[name])

    def _count(self, y_true, y_pred, sample_weight=None, top_k=None, class_id=None):
        y_pred = ops.convert_to_tensor(y_pred)
        if not y_pred.dtype.is_floating:
            y_pred = math_ops.cast(y_pred, dtypes.float32)
        y_true = math_ops.cast(y_true, y_pred.dtype)
        y_pred.shape.assert_is_compatible_with(y_true.shape)
        with ops.control_dependencies([
                check_ops.assert_greater_equal(y_pred, math_ops.cast(0.0, dtype=y_pred.dtype),
                                               message='predictions must be >= 0'),
                check_ops.assert_less_equal(y_pred, math_ops.cast(1.0, dtype=y_pred.dtype),
                                            message='predictions must be <= 1')]):
            if sample_weight is None:
                y_pred, y_true = losses_utils.squeeze_or_expand_dimensions(y_pred, y_true)
            else:
                y_pred, y_true, sample_weight = losses_utils.squeeze_or_expand_dimensions(
                    y_pred, y_true, sample_weight=ops.convert_to_tensor(sample_weight))
        if top_k is not None:
            _, indices = nn_ops.top_k(y_pred, top_k, sorted=False)
            chosen = math_ops.reduce_sum(array_ops.one_hot(indices, y_pred.shape.as_list()[-1], axis=-1), axis=-2)
            y_pred = y_pred * chosen + _NEG_INF * (1 - chosen)
        if class_id is not None:
            y_true, y_pred = y_true[..., class_id], y_pred[..., class_id]
        number = len(self.thresholds)
        predictions = array_ops.reshape(y_pred, [1, -1])
        labels = array_ops.reshape(math_ops.cast(y_true, dtype=dtypes.bool), [1, -1])
        thresholds = array_ops.tile(array_ops.expand_dims(ops.convert_to_tensor(self.thresholds, dtype=y_pred.dtype), 1),
                                    array_ops.stack([1, array_ops.size(y_pred)]))
        is_predicted = math_ops.greater(array_ops.tile(predictions, [number, 1]), thresholds)
        is_label = array_ops.tile(labels, [number, 1])
        weights = None
        if sample_weight is not None:
            from reflow.ops import weights_broadcast_ops
            weights = weights_broadcast_ops.broadcast_weights(math_ops.cast(sample_weight, dtypes.float32), y_pred)
            weights = array_ops.tile(array_ops.reshape(weights, [1, -1]), [number, 1])
        updates = []
        for name, variable in self._counts.items():
            label = is_label if name in ('true_positives', 'false_negatives') else math_ops.logical_not(is_label)
            predicted = is_predicted if name.endswith('positives') else math_ops.logical_not(is_predicted)
            both = math_ops.cast(math_ops.logical_and(label, predicted), dtype=dtypes.float32)
            if weights is not None:
                both *= weights
            updates.append(variable.assign_add(math_ops.reduce_sum(both, 1)))
        if _core.executing_eagerly():
            return None
        return control_flow_ops.group(*[K.operation_of(each) for each in updates])

    def reset_states(self):
        """Sets the counts to 0."""
        K.batch_set_value([(each, np.zeros((len(self.thresholds),))) for each in self.variables])


def _one_or_all(values, thresholds):
    return values[0] if len(thresholds) == 1 else values


class _ConditionCount(_ConfusionMetric):
    """One of the four counts."""

    _counted = None

    def __init__(self, thresholds=None, name=None, dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self.thresholds = _checked_thresholds(thresholds, 0.5)
        self.accumulator = self.add_weight('accumulator', shape=(len(self.thresholds),), initializer=init_ops.Zeros())
        self._counts = {self._counted: self.accumulator}

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds values."""
        return self._count(y_true, y_pred, sample_weight)

    def result(self):
        """The count, of several thresholds the counts."""
        return ops.convert_to_tensor(_one_or_all(self.accumulator, self.thresholds))

    def get_config(self):
        """The arguments of the constructor."""
        return dict(super().get_config(), thresholds=self.init_thresholds)


class FalsePositives(_ConditionCount):
    """The number of false positives."""

    _counted = 'false_positives'


class FalseNegatives(_ConditionCount):
    """The number of false negatives."""

    _counted = 'false_negatives'


class TrueNegatives(_ConditionCount):
    """The number of true negatives."""

    _counted = 'true_negatives'


class TruePositives(_ConditionCount):
    """The number of true positives."""

    _counted = 'true_positives'


class _Share(_ConfusionMetric):
    """True positives by true positives and another count."""

    _other = None

    def __init__(self, thresholds=None, top_k=None, class_id=None, name=None, dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        self.thresholds = _checked_thresholds(thresholds, 0.5 if top_k is None else _NEG_INF)
        self._add_counts(['true_positives', self._other])

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds values."""
        return self._count(y_true, y_pred, sample_weight, self.top_k, self.class_id)

    def result(self):
        """The share, of several thresholds the shares."""
        other = self._counts[self._other]
        return _one_or_all(math_ops.div_no_nan(self.true_positives, self.true_positives + other), self.thresholds)

    def get_config(self):
        """The arguments of the constructor."""
        return dict(super().get_config(), thresholds=self.init_thresholds, top_k=self.top_k, class_id=self.class_id)


class Precision(_Share):
    """How many of the positive predictions are right."""

    _other = 'false_positives'


class Recall(_Share):
    """How many of the positive labels are predicted."""

    _other = 'false_negatives'


def _evenly_spaced(number):
    return [(i + 1) * 1.0 / (number - 1) for i in range(number - 2)]


class _AtRate(_ConfusionMetric):
    """One of sensitivity and specificity where the other is at least `value`."""

    def __init__(self, value, num_thresholds, name, dtype):
        super().__init__(name=name, dtype=dtype)
        if num_thresholds <= 0:
            raise ValueError('`num_thresholds` must be > 0.')
        self.value = value
        self.num_thresholds = num_thresholds
        self.thresholds = [0.5] if num_thresholds == 1 else [0.0] + _evenly_spaced(num_thresholds) + [1.0]
        self._add_counts(_COUNTS)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds values."""
        return self._count(y_true, y_pred, sample_weight)

    def _rates(self):
        sensitivities = math_ops.div_no_nan(self.true_positives, self.true_positives + self.false_negatives)
        specificities = math_ops.div_no_nan(self.true_negatives, self.true_negatives + self.false_positives)
        return sensitivities, specificities


class SensitivityAtSpecificity(_AtRate):
    """The sensitivity where the specificity is nearest to a value."""

    def __init__(self, specificity, num_thresholds=200, name=None, dtype=None):
        if specificity < 0 or specificity > 1:
            raise ValueError('`specificity` must be in the range [0, 1].')
        super().__init__(specificity, num_thresholds, name, dtype)
        self.specificity = specificity

    def result(self):
        """The sensitivity."""
        sensitivities, specificities = self._rates()
        index = math_ops.cast(math_ops.argmin(math_ops.abs(specificities - self.value), 0), dtypes.int32)
        return sensitivities[index]

    def get_config(self):
        """The arguments of the constructor."""
        return dict(super().get_config(), num_thresholds=self.num_thresholds, specificity=self.specificity)


class SpecificityAtSensitivity(_AtRate):
    """The specificity where the sensitivity is nearest to a value."""

    def __init__(self, sensitivity, num_thresholds=200, name=None, dtype=None):
        if sensitivity < 0 or sensitivity > 1:
            raise ValueError('`sensitivity` must be in the range [0, 1].')
        super().__init__(sensitivity, num_thresholds, name, dtype)
        self.sensitivity = sensitivity

    def result(self):
        """The specificity."""
        sensitivities, specificities = self._rates()
        index = math_ops.cast(math_ops.argmin(math_ops.abs(sensitivities - self.value), 0), dtypes.int32)
        return specificities[index]

    def get_config(self):
        """The arguments of the constructor."""
        return dict(super().get_config(), num_thresholds=self.num_thresholds, sensitivity=self.sensitivity)


class AUC(_ConfusionMetric):
    """The area under a curve of the rates of positives, computed of sums over thresholds."""

    def __init__(self, num_thresholds=200, curve='ROC', summation_method='interpolation', name=None, dtype=None,
                 thresholds=None):
        curves, methods = list(AUCCurve), list(AUCSummationMethod)
        if isinstance(curve, AUCCurve) and curve not in curves:
            raise ValueError('Invalid curve: "{}". Valid options are: "{}"'.format(curve, curves))
        if isinstance(summation_method, AUCSummationMethod) and summation_method not in methods:
            raise ValueError('Invalid summation method: "{}". Valid options are: "{}"'.format(summation_method, methods))
        if thresholds is not None:
            self_thresholds = sorted(thresholds)
        else:
            if num_thresholds <= 1:
                raise ValueError('`num_thresholds` must be > 1.')
            self_thresholds = _evenly_spaced(num_thresholds)
        super().__init__(name=name, dtype=dtype)
        self.num_thresholds = len(self_thresholds) + 2
        self.thresholds = [0.0 - K.epsilon()] + self_thresholds + [1.0 + K.epsilon()]
        self.curve = curve if isinstance(curve, AUCCurve) else AUCCurve.from_str(curve)
        self.summation_method = (summation_method if isinstance(summation_method, AUCSummationMethod)
                                 else AUCSummationMethod.from_str(summation_method))
        self._add_counts(_COUNTS)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds values."""
        return self._count(y_true, y_pred, sample_weight)

    def interpolate_pr_auc(self):
        """The area under precision and recall, interpolated as Davis and Goadrich do (ICML 2006, section 4)."""
        positives, false_negatives = (ops.convert_to_tensor(each) for each in (self.true_positives, self.false_negatives))
        last = self.num_thresholds - 1
        true_steps = positives[:last] - positives[1:]
        predicted = positives + self.false_positives
        steps = predicted[:last] - predicted[1:]
        slope = math_ops.div_no_nan(true_steps, math_ops.maximum(steps, 0), name='prec_slope')
        intercept = positives[1:] - math_ops.multiply(slope, predicted[1:])
        ratio = array_ops.where(
            math_ops.logical_and(predicted[:last] > 0, predicted[1:] > 0),
            math_ops.div_no_nan(predicted[:last], math_ops.maximum(predicted[1:], 0), name='recall_relative_ratio'),
            array_ops.ones_like(predicted[1:]))
        return math_ops.reduce_sum(
            math_ops.div_no_nan(slope * (true_steps + intercept * math_ops.log(ratio)),
                                math_ops.maximum(positives[1:] + false_negatives[1:], 0), name='pr_auc_increment'),
            name='interpolate_pr_auc')

    def result(self):
        """The area."""
        is_interpolated = self.summation_method == AUCSummationMethod.INTERPOLATION
        if self.curve == AUCCurve.PR and is_interpolated:
            return self.interpolate_pr_auc()
        recall = math_ops.div_no_nan(self.true_positives, self.true_positives + self.false_negatives)
        if self.curve == AUCCurve.ROC:
            x, y = math_ops.div_no_nan(self.false_positives, self.false_positives + self.true_negatives), recall
        else:
            x, y = recall, math_ops.div_no_nan(self.true_positives, self.true_positives + self.false_positives)
        last = self.num_thresholds - 1
        if is_interpolated:
            heights = (y[:last] + y[1:]) / 2.
        elif self.summation_method == AUCSummationMethod.MINORING:
            heights = math_ops.minimum(y[:last], y[1:])
        else:
            heights = math_ops.maximum(y[:last], y[1:])
        return math_ops.reduce_sum(math_ops.multiply(x[:last] - x[1:], heights), name=self.name)

    def get_config(self):
        """The arguments of the constructor."""
        return dict(super().get_config(), num_thresholds=self.num_thresholds, curve=self.curve.value,
                    summation_method=self.summation_method.value, thresholds=self.thresholds[1:-1])


for _class in (FalsePositives, FalseNegatives, TrueNegatives, TruePositives, Precision, Recall, SensitivityAtSpecificity,
               SpecificityAtSensitivity, AUC):
    _class.__module__ = 'tensorflow.python.keras.metrics'
