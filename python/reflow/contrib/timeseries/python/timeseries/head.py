"""The heads of Estimators of time series: what they train, evaluate, predict and serve."""
import re

from reflow.contrib.timeseries.python.timeseries import feature_keys
from reflow.estimator import model_fn as model_fn_lib
from reflow.estimator.canned import base_head
from reflow.estimator.canned import metric_keys
from reflow.estimator.export import export_output
from reflow.estimator.mode_keys import ModeKeys
from reflow.framework import dtypes, ops, sparse_tensor
from reflow.ops import array_ops, control_flow_ops, math_ops, state_ops, variable_scope
from reflow.ops import metrics as metrics_lib
from reflow.summary import summary
from reflow.training import training_util
from reflow.util import nest
from reflow.util.shown_attributes import shown

_TIMES, _VALUES = feature_keys.TrainEvalFeatures.TIMES, feature_keys.TrainEvalFeatures.VALUES
_STATE = feature_keys.State.STATE_TUPLE
_STATE_NAME = re.compile('^' + feature_keys.State.STATE_PREFIX + r'_(\d+)$')


class _NoStatePredictOutput(export_output.PredictOutput):
    """An output whose signature doesn't take a state."""

    def as_signature_def(self, receiver_tensors):
        """The signature."""
        return super().as_signature_def({key: tensor for key, tensor in receiver_tensors.items()
                                         if not key.startswith(feature_keys.State.STATE_PREFIX)})


class TimeSeriesRegressionHead(base_head._Head):
    """The head of a model of series."""

    def __init__(self, model, state_manager, optimizer, input_statistics_generator=None, name=None):
        self.model = model
        self.state_manager = state_manager
        self.optimizer = optimizer
        self.input_statistics_generator = input_statistics_generator
        self._name = name

    name = shown('_name', 'The name of its scope.')
    logits_dimension = property(lambda self: 1, doc='Means nothing here.')

    def create_loss(self, features, mode, logits=None, labels=None):
        """The ModelOutputs."""
        outputs = self.state_manager.define_loss(self.model, features, mode)
        summary.scalar(base_head.summary_key(self._name, metric_keys.MetricKeys.LOSS), outputs.loss)
        return outputs

    def _train_ops(self, features):
        with variable_scope.variable_scope('model', use_resource=True):
            loss = self.create_loss(features, ModeKeys.TRAIN).loss
        train_op = self.optimizer.minimize(loss, global_step=training_util.get_global_step())
        return model_fn_lib.EstimatorSpec(loss=loss, mode=ModeKeys.TRAIN, train_op=train_op)

    def _evaluate_ops(self, features):
        with variable_scope.variable_scope('model', use_resource=True):
            outputs = self.create_loss(features, ModeKeys.EVAL)
        metrics = {key: _last_value(key, value) for key, value in outputs.predictions.items()}
        metrics[_TIMES] = _last_value(_TIMES, outputs.prediction_times)
        metrics[_STATE] = _last_values(_STATE, outputs.end_state)
        metrics[metric_keys.MetricKeys.LOSS_MEAN] = metrics_lib.mean(outputs.loss, name='average_loss')
        return model_fn_lib.EstimatorSpec(
            loss=outputs.loss, mode=ModeKeys.EVAL, eval_metric_ops=metrics, predictions=outputs.predictions)

    def _predict_ops(self, features):
        with variable_scope.variable_scope('model', use_resource=True):
            predictions = self.model.predict(features=features)
        predictions[_TIMES] = features[_TIMES]
        return model_fn_lib.EstimatorSpec(predictions=predictions, mode=ModeKeys.PREDICT)

    def _serving_ops(self, features):
        with variable_scope.variable_scope('model', use_resource=True):
            predictions = self.model.predict(features=features)
        with variable_scope.variable_scope('model', reuse=True):
            filtered = self.create_loss(features, ModeKeys.EVAL)
        with variable_scope.variable_scope('model', reuse=True):
            begun = self.model.define_loss(mode=ModeKeys.EVAL, features={
                key: value for key, value in features.items() if not key.startswith(feature_keys.State.STATE_PREFIX)})
        labels = feature_keys.SavedModelLabels
        return model_fn_lib.EstimatorSpec(mode=ModeKeys.PREDICT, predictions={}, export_outputs={
            labels.PREDICT: export_output.PredictOutput(predictions),
            labels.FILTER: export_output.PredictOutput(state_to_dictionary(filtered.end_state)),
            labels.COLD_START_FILTER: _NoStatePredictOutput(state_to_dictionary(begun.end_state))})

    def _convert_feature_to_tensor(self, name, value):
        if name == _TIMES:
            return math_ops.cast(value, dtypes.int64)
        if name == _VALUES:
            return math_ops.cast(value, self.model.dtype)
        return value if name == _STATE else sparse_tensor.convert_to_tensor_or_sparse_tensor(value)

    def _gather_state(self, features):
        """(features with a tuple for what was the tensors of the state, whether there were any)"""
        numbers = {key: int(match.group(1)) for key, match in ((key, _STATE_NAME.search(key)) for key in features) if match}
        if not numbers:
            return features, False
        state = [features[key] for key in sorted(numbers, key=numbers.get)]
        features = {key: value for key, value in features.items() if key not in numbers}
        features[_STATE] = nest.pack_sequence_as(self.model.get_start_state(), state)
        return features, True

    def _check_predict_features(self, features):
        self._check_required(features, (_TIMES, _STATE), (_STATE,))

    @staticmethod
    def _check_required(features, required, others):
        for key in required:
            if key not in features:
                raise ValueError("Expected a '{}' feature for prediction.".format(key))
        _check_times_shape(features[_TIMES])
        _check_shapes(features, ignored=others)

    def create_estimator_spec(self, features, mode, labels=None):
        """The EstimatorSpec. ValueError: there are labels, features are missing or have other shapes."""
        with ops.name_scope(self._name, 'head'):
            if labels is not None and labels != {}:
                raise ValueError("The model received a `labels`, which is not supported. Pass '{}' and '{}' as features.".format(
                    _TIMES, _VALUES))
            features = {name: self._convert_feature_to_tensor(name=name, value=value) for name, value in features.items()}
            statistics = None
            if self.input_statistics_generator is not None:
                statistics = self.input_statistics_generator.initialize_graph(
                    features, update_statistics=mode == ModeKeys.TRAIN)
            self.model.initialize_graph(input_statistics=statistics)
            features, is_served = self._gather_state(features)
            if mode in (ModeKeys.TRAIN, ModeKeys.EVAL):
                _check_train_eval_features(features, self.model)
            elif mode == ModeKeys.PREDICT:
                self._check_predict_features(features)
            else:
                raise ValueError("Unknown mode '{}' passed to model_fn.".format(mode))
            self.state_manager.initialize_graph(model=self.model, input_statistics=statistics)
            if mode == ModeKeys.TRAIN:
                return self._train_ops(features)
            if mode == ModeKeys.EVAL:
                return self._evaluate_ops(features)
            return self._serving_ops(features) if is_served else self._predict_ops(features)


class OneShotPredictionHead(TimeSeriesRegressionHead):
    """A head that predicts from values alone, without a state: the times go on after those of the values."""

    def _check_predict_features(self, features):
        self._check_required(features, (_TIMES, _VALUES, _STATE), (_STATE, _VALUES))

    def _evaluate_ops(self, features):
        spec = super()._evaluate_ops(features)
        del spec.eval_metric_ops[_STATE]
        return spec

    def _serving_ops(self, features):
        with variable_scope.variable_scope('model', use_resource=True):
            length = array_ops.shape(features[_VALUES])[1]
            known = {key: value if key == _VALUES else value[:, :length] for key, value in features.items() if key != _STATE}
            coming = {key: value[:, length:] for key, value in features.items() if key not in (_STATE, _VALUES)}
            coming[_STATE] = self.model.define_loss(features=known, mode=ModeKeys.EVAL).end_state
        with variable_scope.variable_scope('model', reuse=True):
            predictions = self.model.predict(features=coming)
        return model_fn_lib.EstimatorSpec(mode=ModeKeys.PREDICT, predictions={}, export_outputs={
            feature_keys.SavedModelLabels.PREDICT: _NoStatePredictOutput(predictions)})


def _check_times_shape(times):
    if not times.get_shape().is_compatible_with([None, None]):
        raise ValueError("Expected shape (batch dimension, window size) for feature '{}' (got shape {})".format(
            _TIMES, times.get_shape()))


def _check_shapes(features, ignored):
    """Raises ValueError for features whose first two dimensions aren't those of the times."""
    times_shape = features[_TIMES].get_shape()
    for name, value in features.items():
        if name in ignored or value.get_shape().ndims is None:
            continue
        shape = value.get_shape()
        if shape.ndims < 2:
            raise ValueError("Features must have shape (batch dimension, window size, ...) (got rank {} for feature "
                             "'{}')".format(shape.ndims, name))
        if not shape[:2].is_compatible_with(times_shape):
            raise ValueError(
                'Features must have shape (batch dimension, window size, ...) where batch dimension and window size match the '
                "'{times}' feature (got shape {shape} for feature '{name}' but shape {times_shape} for feature "
                "'{times}')".format(times=_TIMES, shape=shape, name=name, times_shape=times_shape))


def _check_train_eval_features(features, model):
    for key in (_TIMES, _VALUES):
        if key not in features:
            raise ValueError("Expected a '{}' feature for training/evaluation.".format(key))
    _check_times_shape(features[_TIMES])
    if not features[_VALUES].get_shape().is_compatible_with([None, None, model.num_features]):
        raise ValueError(
            "Expected shape (batch dimension, window size, {number}) for feature '{name}', since the model was configured with "
            'num_features={number} (got shape {shape})'.format(
                number=model.num_features, name=_VALUES, shape=features[_TIMES].get_shape()))
    _check_shapes(features, ignored=(_STATE,))


def _last_value(name, tensor):
    """A metric that is the last value of a tensor."""
    variable = variable_scope.variable(
        name='{}_identity_metric'.format(name), initial_value=array_ops.zeros([], dtype=tensor.dtype),
        collections=[ops.GraphKeys.LOCAL_VARIABLES], validate_shape=False)
    update = state_ops.assign(variable, tensor, validate_shape=False)
    variable.set_shape(tensor.get_shape())
    return variable.value(), update


def _last_values(name, tensors):
    """A metric that is the last values of a nest of tensors."""
    metrics = [_last_value('{}_{}'.format(name, i), tensor) for i, tensor in enumerate(nest.flatten(tensors))]
    return (nest.pack_sequence_as(tensors, [value for value, _ in metrics]),
            control_flow_ops.group(*[update for _, update in metrics]))


def state_to_dictionary(state_tuple):
    """The state as {name with a number: value}."""
    return {'{}_{:02d}'.format(feature_keys.State.STATE_PREFIX, i): value
            for i, value in enumerate(nest.flatten(state_tuple))}
