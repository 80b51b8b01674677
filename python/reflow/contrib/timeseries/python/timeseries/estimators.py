"""Estimators of models of time series."""
import functools

from reflow.contrib.timeseries.python.timeseries import ar_model, feature_keys, math_utils, state_management
from reflow.contrib.timeseries.python.timeseries import head as head_lib
from reflow.estimator import estimator as estimator_lib
from reflow.estimator.canned import optimizers
from reflow.estimator.export import export
from reflow.feature_column import feature_column_lib as feature_column
from reflow.framework import dtypes, ops, tensor_shape, tensor_util
from reflow.ops import array_ops, math_ops, parsing_ops
from reflow.training import adagrad, adam
from reflow.util import nest

_TIMES, _VALUES = feature_keys.TrainEvalFeatures.TIMES, feature_keys.TrainEvalFeatures.VALUES


class TimeSeriesRegressor(estimator_lib.Estimator):
    """An Estimator of a TimeSeriesModel."""

    def __init__(self, model, state_manager=None, optimizer=None, model_dir=None, config=None,
                 head_type=head_lib.TimeSeriesRegressionHead):
        statistics = math_utils.InputStatisticsFromMiniBatch(dtype=model.dtype, num_features=model.num_features)
        if state_manager is None:
            state_manager = (state_management.FilteringOnlyStateManager() if isinstance(model, ar_model.ARModel)
                             else state_management.PassthroughStateManager())
        self._model = model
        head = head_type(
            model=model, state_manager=state_manager, optimizer=optimizer or adam.AdamOptimizer(0.02),
            input_statistics_generator=statistics)
        super().__init__(model_fn=head.create_estimator_spec, model_dir=model_dir, config=config)

    def _model_start_state_placeholders(self, batch_size_tensor, static_batch_size=None):
        """{name with a number: placeholder} of the state, by default the start state for each series."""
        with ops.Graph().as_default():
            self._model.initialize_graph()
            state = nest.map_structure(lambda tensor: tensor_util.constant_value(array_ops.zeros_like(tensor)),
                                       self._model.get_start_state())
        placeholders = {}
        for name, value in head_lib.state_to_dictionary(state).items():
            shape = tensor_shape.TensorShape((static_batch_size,)).concatenate(value.shape)
            default = array_ops.tile(value[None, ...], multiples=array_ops.concat(
                [batch_size_tensor[None], array_ops.ones(len(value.shape), dtype=dtypes.int32)], axis=0))
            placeholders[name] = array_ops.placeholder_with_default(input=default, name=name, shape=shape)
        return placeholders

    def _parsed_features(self, filtering_length, prediction_length, values_length, values_dtype):
        """What Examples of a whole series have."""
        columns = list(self._model.exogenous_feature_columns) + [
            feature_column.numeric_column(key=_TIMES, dtype=dtypes.int64),
            feature_column.numeric_column(key=_VALUES, dtype=values_dtype, shape=(self._model.num_features,))]
        length, parsed = filtering_length + prediction_length, {}
        for key, spec in feature_column.make_parse_example_spec(columns).items():
            if isinstance(spec, parsing_ops.FixedLenFeature):
                parsed[key] = spec._replace(shape=(values_length if key == _VALUES else length,) + spec.shape)
            elif spec.dtype == dtypes.string:
                parsed[key] = parsing_ops.FixedLenFeature(shape=(length,), dtype=dtypes.string)
            else:
                raise ValueError('VarLenFeatures not supported, got %s for key %s' % (spec, key))
        return parsed

    def build_one_shot_parsing_serving_input_receiver_fn(self, filtering_length, prediction_length, default_batch_size=None,
                                                         values_input_dtype=None, truncate_values=False):
        """A receiver of Examples, each with the times of both lengths and the values of the first, or of both."""
        values_length = filtering_length + prediction_length if truncate_values else filtering_length

        def receiver_fn():
            parsed = self._parsed_features(
                filtering_length, prediction_length, values_length, values_input_dtype or dtypes.float32)
            examples = array_ops.placeholder(shape=[default_batch_size], dtype=dtypes.string, name='input')
            features = parsing_ops.parse_example(serialized=examples, features=parsed)
            features[_TIMES] = array_ops.squeeze(features[_TIMES], axis=-1)
            features[_VALUES] = math_ops.cast(features[_VALUES], dtype=self._model.dtype)[:, :filtering_length]
            features.update(self._model_start_state_placeholders(
                batch_size_tensor=array_ops.shape(features[_TIMES])[0], static_batch_size=default_batch_size))
            return export.ServingInputReceiver(features, {'examples': examples})

        return receiver_fn

    def build_raw_serving_input_receiver_fn(self, default_batch_size=None, default_series_length=None):
        """A receiver of times, values, exogenous features and a state; all but the times may be left out."""
        def receiver_fn():
            size = [default_batch_size, default_series_length]
            times = array_ops.placeholder(name=_TIMES, dtype=dtypes.int64, shape=size)
            number = self._model.num_features
            no_values = array_ops.zeros(
                shape=[default_batch_size or 0, default_series_length or 0, number], dtype=self._model.dtype)
            placeholders = {_TIMES: times, _VALUES: array_ops.placeholder_with_default(
                name=_VALUES, input=no_values, shape=size + [number])}
            for key, (shape, dtype) in self._exogenous_shapes().items():
                placeholders[key] = array_ops.placeholder(
                    dtype=dtype, name=key, shape=size + shape.with_rank_at_least(1).as_list()[1:])
            placeholders.update(self._model_start_state_placeholders(
                array_ops.shape(times)[0], static_batch_size=default_batch_size))
            return export.ServingInputReceiver(placeholders, placeholders)

        return receiver_fn

    def _exogenous_shapes(self):
        """{feature: (shape with batch dimension, type)}"""
        columns = self._model.exogenous_feature_columns
        if not columns:
            return {}
        with ops.Graph().as_default():
            features = parsing_ops.parse_example(
                serialized=array_ops.placeholder(shape=[None], dtype=dtypes.string),
                features=feature_column.make_parse_example_spec(columns))
            return {key: (value.get_shape(), value.dtype) for key, value in features.items()}


class ARRegressor(TimeSeriesRegressor):
    """An Estimator of an autoregressive model."""

    def __init__(self, periodicities, input_window_size, output_window_size, num_features, exogenous_feature_columns=None,
                 num_time_buckets=10, loss=ar_model.ARModel.NORMAL_LIKELIHOOD_LOSS, hidden_layer_sizes=None,
                 anomaly_prior_probability=None, anomaly_distribution=None, optimizer=None, model_dir=None, config=None):
        given = dict(
            periodicities=periodicities, num_features=num_features, exogenous_feature_columns=exogenous_feature_columns,
            num_time_buckets=num_time_buckets, input_window_size=input_window_size, output_window_size=output_window_size,
            prediction_model_factory=functools.partial(
                ar_model.FlatPredictionModel, hidden_layer_sizes=hidden_layer_sizes))
        if anomaly_prior_probability is None:
            if anomaly_distribution is not None:
                raise ValueError('anomaly_prior_probability is required if anomaly_distribution is specified.')
            model = ar_model.ARModel(loss=loss, **given)
        elif loss != ar_model.ARModel.NORMAL_LIKELIHOOD_LOSS:
            raise ValueError('AnomalyMixtureARModel only supports ar_model.ARModel.NORMAL_LIKELIHOOD_LOSS for its loss argument.')
        else:
            model = ar_model.AnomalyMixtureARModel(
                anomaly_prior_probability=anomaly_prior_probability, anomaly_distribution=anomaly_distribution, **given)
        super().__init__(
            model=model, state_manager=state_management.FilteringOnlyStateManager(),
            optimizer=optimizer or adagrad.AdagradOptimizer(0.1), model_dir=model_dir, config=config)


class LSTMAutoRegressor(TimeSeriesRegressor):
    """An Estimator of an autoregressive model of LSTMs."""

    def __init__(self, periodicities, input_window_size, output_window_size, model_dir=None, num_features=1,
                 extra_feature_columns=None, num_timesteps=10, loss=ar_model.ARModel.NORMAL_LIKELIHOOD_LOSS, num_units=128,
                 optimizer='Adam', config=None):
        optimizer = optimizers.get_optimizer_instance(optimizer, learning_rate=0.01)
        model = ar_model.ARModel(
            periodicities=periodicities, input_window_size=input_window_size, output_window_size=output_window_size,
            num_features=num_features, exogenous_feature_columns=extra_feature_columns, num_time_buckets=num_timesteps,
            loss=loss, prediction_model_factory=functools.partial(ar_model.LSTMPredictionModel, num_units=num_units))
        super().__init__(
            model=model, state_manager=state_management.FilteringOnlyStateManager(), optimizer=optimizer,
            model_dir=model_dir, config=config, head_type=head_lib.OneShotPredictionHead)
