"""Autoregressive models: a window of the values that come next, from the window before and the time."""
from reflow.contrib.rnn.python.ops import lstm_ops
from reflow.contrib.timeseries.python.timeseries import math_utils, model
from reflow.contrib.timeseries.python.timeseries.feature_keys import PredictionFeatures, TrainEvalFeatures
from reflow.estimator.mode_keys import ModeKeys
from reflow.framework import constant_op, dtypes, ops
from reflow.keras.engine import sequential, training
from reflow.keras.layers import core
from reflow.ops import (
    array_ops, gen_math_ops, init_ops, math_ops, nn_ops, variable_scope)

_TIMES, _VALUES = TrainEvalFeatures.TIMES, TrainEvalFeatures.VALUES


class FlatPredictionModel(training.Model):
    """Mean and variance of the next window by dense layers over both windows' features."""

    def __init__(self, num_features, input_window_size, output_window_size, hidden_layer_sizes=None):
        super().__init__()
        self._input_flatten = core.Flatten()
        self._output_flatten = core.Flatten()
        self._hidden_layers = sequential.Sequential(
            [core.Dense(size, activation=nn_ops.relu) for size in hidden_layer_sizes]) if hidden_layer_sizes else None
        self._mean_transform = core.Dense(num_features * output_window_size, name='predicted_mean')
        self._covariance_transform = core.Dense(num_features * output_window_size, name='log_sigma_square')
        self._prediction_shape = [-1, output_window_size, num_features]

    def call(self, input_window_features, output_window_features):
        """{'mean', 'covariance'} of [batch, output window, features]"""
        rows = []
        if input_window_features.shape.dims[1].value != 0:
            rows.append(self._input_flatten(input_window_features))
        if not rows or output_window_features.shape.dims[2].value != 0:
            rows.append(self._output_flatten(output_window_features))
        features = rows[0] if len(rows) == 1 else array_ops.concat(rows, axis=1)
        if self._hidden_layers:
            features = self._hidden_layers(features)
        mean = array_ops.reshape(self._mean_transform(features), self._prediction_shape)
        variance = gen_math_ops.exp(self._covariance_transform(features))
        return {'mean': mean, 'covariance': array_ops.reshape(variance, self._prediction_shape)}


class LSTMPredictionModel(training.Model):
    """Mean and variance of the next window by two LSTMs: one reads the window before, the other goes on from its state."""

    def __init__(self, num_features, input_window_size, output_window_size, num_units=128):
        super().__init__()
        self._encoder = lstm_ops.LSTMBlockFusedCell(num_units=num_units, name='encoder')
        self._decoder = lstm_ops.LSTMBlockFusedCell(num_units=num_units, name='decoder')
        self._mean_transform = core.Dense(num_features, name='mean_transform')
        self._covariance_transform = core.Dense(num_features, name='covariance_transform')

    def call(self, input_window_features, output_window_features):
        """{'mean', 'covariance'} of [batch, output window, features]"""
        def turned(tensor):
            """[time, batch, features] of [batch, time, features], and back."""
            return array_ops.transpose(tensor, [1, 0, 2])

        before, after = turned(input_window_features), turned(output_window_features)
        _, state = self._encoder(before, dtype=self.dtype)
        predicted = turned(self._decoder(after, dtype=self.dtype, initial_state=state)[0])
        mean = self._mean_transform(predicted)
        return {'mean': mean, 'covariance': gen_math_ops.exp(self._covariance_transform(predicted))}


class ARModel(model.TimeSeriesModel):
    """A model whose state are the last times, values and exogenous features."""

    SQUARED_LOSS = 'squared_loss'
    NORMAL_LIKELIHOOD_LOSS = 'normal_likelihood_loss'

    def __init__(self, periodicities, input_window_size, output_window_size, num_features,
                 prediction_model_factory=FlatPredictionModel, num_time_buckets=10, loss=NORMAL_LIKELIHOOD_LOSS,
                 exogenous_feature_columns=None):
        self._model_factory = prediction_model_factory
        self.input_window_size = input_window_size
        self.output_window_size = output_window_size
        self.window_size = input_window_size + output_window_size
        self.loss = loss
        super().__init__(num_features=num_features, exogenous_feature_columns=exogenous_feature_columns)
        self.exogenous_size = 0 if exogenous_feature_columns is None else self._get_exogenous_embedding_shape()[-1]
        assert num_time_buckets > 0
        self._buckets = int(num_time_buckets)
        periodicities = periodicities or []
        if not isinstance(periodicities, (list, tuple)):
            periodicities = [periodicities]
        self._periodicities = [int(period) for period in periodicities]
        assert all(period > 0 for period in self._periodicities)
        assert self._periodicities or self.input_window_size
        assert output_window_size > 0

    def initialize_graph(self, input_statistics=None):
        """Makes the prediction model."""
        super().initialize_graph(input_statistics=input_statistics)
        self._model_scope = variable_scope.variable_scope('model/', use_resource=True)
        self._model_instance = self._model_factory(
            num_features=self.num_features, input_window_size=self.input_window_size,
            output_window_size=self.output_window_size)

    def get_start_state(self):
        """Zeros: (times, values, exogenous features) of an input window."""
        size = self.input_window_size
        return (array_ops.zeros([size], dtype=dtypes.int64), array_ops.zeros([size, self.num_features], dtype=self.dtype),
                array_ops.zeros([size, self.exogenous_size], dtype=self.dtype))

    def random_model_parameters(self, seed=None):
        """Nothing."""

    def generate(self, number_of_series, series_length, model_parameters=None, seed=None):
        """Nothing."""

    def prediction_ops(self, times, values, exogenous_regressors):
        """The prediction model's outputs for windows of times [batch, window size] and values [batch, input window]."""
        wanted = [(times, [self.window_size])]
        if self.input_window_size:
            wanted.append((values, [self.input_window_size, self.num_features]))
        if exogenous_regressors is not None:
            wanted.append((exogenous_regressors, [self.window_size, self.exogenous_size]))
        for tensor, rest in wanted:
            tensor.shape.assert_is_compatible_with([None] + rest)
        batch_size = array_ops.shape(times)[0]
        sizes = (self.input_window_size, self.output_window_size)
        inputs, outputs, input_size, output_size = [], [], 0, 0
        if self._periodicities:
            _, time_features = self._compute_time_features(times)
            output_size += self._buckets * len(self._periodicities)
            time_features = array_ops.reshape(time_features, [batch_size, self.window_size, output_size])
            before, after = array_ops.split(time_features, sizes, axis=1)
            input_size += output_size
            inputs.append(before)
            outputs.append(after)
        if self.input_window_size:
            window = array_ops.slice(values, [0, 0, 0], [-1, self.input_window_size, -1])
            inputs.append(array_ops.reshape(window, [batch_size, self.input_window_size, self.num_features]))
            input_size += self.num_features
        if self.exogenous_size:
            before, after = array_ops.split(exogenous_regressors, sizes, axis=1)
            input_size += self.exogenous_size
            output_size += self.exogenous_size
            inputs.append(before)
            outputs.append(after)
        inputs = array_ops.concat(inputs, axis=2)
        outputs = array_ops.concat(outputs, axis=2) if outputs else array_ops.zeros(
            [batch_size, self.output_window_size, 0], dtype=self.dtype)
        static_batch_size = times.get_shape().dims[0].value
        inputs.set_shape([static_batch_size, self.input_window_size, input_size])
        outputs.set_shape([static_batch_size, self.output_window_size, output_size])
        return self._output_window_predictions(inputs, outputs)

    def _output_window_predictions(self, input_window_features, output_window_features):
        with self._model_scope:
            predictions = self._model_instance(input_window_features, output_window_features)
            for prediction in predictions.values():
                prediction.set_shape([None, self.output_window_size, self.num_features])
            return predictions

    def loss_op(self, targets, prediction_ops):
        """The loss of a window, a mean over all its values."""
        if self.loss == ARModel.NORMAL_LIKELIHOOD_LOSS:
            sigma = math_ops.sqrt(gen_math_ops.maximum(prediction_ops['covariance'], 1e-5))
            loss = -math_ops.reduce_sum(math_utils.normal_log_prob(targets, sigma, prediction_ops['mean']))
        else:
            assert self.loss == ARModel.SQUARED_LOSS, self.loss
            loss = math_ops.reduce_sum(math_ops.squared_difference(prediction_ops['mean'], targets))
        loss /= math_ops.cast(math_ops.reduce_prod(array_ops.shape(targets)), loss.dtype)
        return loss

    def _process_exogenous_features(self, times, features):
        embedded = super()._process_exogenous_features(times=times, features=features)
        if embedded is not None:
            return embedded
        assert self.exogenous_size == 0
        return array_ops.zeros(array_ops.concat([array_ops.shape(times), constant_op.constant([0])], axis=0))

    def _exogenous(self, times, features):
        known = (_TIMES, _VALUES, PredictionFeatures.STATE_TUPLE)
        return self._process_exogenous_features(
            times=times, features={key: value for key, value in features.items() if key not in known})

    def predict(self, features):
        """{'mean', 'covariance'} at the times of the features, [batch, length, features], window after window."""
        from reflow.contrib.timeseries.python.timeseries import ar_prediction
        if not self._graph_initialized:
            self.initialize_graph()
        return ar_prediction.predict(self, features)

    def _process_window(self, features, mode, exogenous_regressors):
        """The ModelOutputs of one window."""
        times = math_ops.cast(features[_TIMES], dtypes.int64)
        values = math_ops.cast(features[_VALUES], dtype=self.dtype)
        exogenous_regressors = math_ops.cast(exogenous_regressors, dtype=self.dtype)
        observed = values
        if not times.get_shape().is_compatible_with([None, self.window_size]):
            raise ValueError(
                "ARModel with input_window_size={input} and output_window_size={output} expects feature '{name}' to have shape "
                '(batch_size, {size}) (for any batch_size), but got shape {shape}. If you are using RandomWindowInputFn, set '
                'window_size={size} or adjust the input_window_size and output_window_size arguments to ARModel.'.format(
                    input=self.input_window_size, output=self.output_window_size, name=_TIMES, size=self.window_size,
                    shape=times.get_shape()))
        values = self._scale_data(values)
        known = values[:, :self.input_window_size, :] if self.input_window_size > 0 else None
        predicted = self.prediction_ops(times, known, exogenous_regressors)
        targets = array_ops.slice(values, [0, self.input_window_size, 0], [-1, -1, -1])
        targets.get_shape().assert_is_compatible_with(predicted['mean'].get_shape())
        if mode == ModeKeys.EVAL and self.loss == ARModel.SQUARED_LOSS:
            loss = self.loss_op(self._scale_back_data(targets), {'mean': self._scale_back_data(predicted['mean'])})
        else:
            loss = self.loss_op(targets, predicted)
        mean = self._scale_back_data(predicted['mean'])
        variance = self._scale_back_variance(predicted['covariance'])
        last = slice(-self.input_window_size, None)
        return model.ModelOutputs(
            loss=loss, end_state=(times[:, last], values[:, last, :], exogenous_regressors[:, last, :]),
            predictions={'mean': mean, 'covariance': variance, 'observed': observed[:, -self.output_window_size:]},
            prediction_times=times[:, -self.output_window_size:])

    def get_batch_loss(self, features, mode, state):
        """The ModelOutputs of a batch: of one window in training, of all windows one after the other in evaluation."""
        from reflow.contrib.timeseries.python.timeseries import ar_prediction
        features = {name: ops.convert_to_tensor(value) for name, value in features.items()}
        regressors = self._exogenous(features[_TIMES], features)
        if mode == ModeKeys.TRAIN:
            return self._process_window(features, mode=mode, exogenous_regressors=regressors)
        if mode == ModeKeys.EVAL:
            return ar_prediction.evaluate(self, features, regressors, state)
        raise ValueError("Unknown mode '{}' passed to get_batch_loss.".format(mode))

    def _compute_time_features(self, time):
        """(time in periods, how far the time is within each bucket of each period)"""
        batch_size = array_ops.shape(time)[0]
        periods = constant_op.constant(
            self._periodicities, shape=[1, 1, len(self._periodicities), 1], dtype=time.dtype)
        time = array_ops.reshape(time, [batch_size, -1, 1, 1])
        offset = time / self._periodicities
        position = math_ops.cast(time % periods, self.dtype) * self._buckets / math_ops.cast(periods, self.dtype)
        buckets = array_ops.reshape(math_ops.range(self._buckets, dtype=self.dtype), [1, 1, 1, self._buckets])
        within = nn_ops.relu(position - buckets)
        return offset, array_ops.where_v2(within < 1.0, within, array_ops.zeros_like(within))


class AnomalyMixtureARModel(ARModel):
    """A model of series some of whose values are anomalies, of another distribution."""

    GAUSSIAN_ANOMALY = 'gaussian'
    CAUCHY_ANOMALY = 'cauchy'

    def __init__(self, periodicities, anomaly_prior_probability, input_window_size, output_window_size, num_features,
                 prediction_model_factory=FlatPredictionModel, anomaly_distribution=GAUSSIAN_ANOMALY, num_time_buckets=10,
                 exogenous_feature_columns=None):
        assert 0.0 < anomaly_prior_probability < 1.0
        self._anomaly_prior_probability = anomaly_prior_probability
        assert anomaly_distribution in (self.GAUSSIAN_ANOMALY, self.CAUCHY_ANOMALY)
        self._anomaly_distribution = anomaly_distribution
        super().__init__(
            periodicities=periodicities, num_features=num_features, num_time_buckets=num_time_buckets,
            input_window_size=input_window_size, output_window_size=output_window_size,
            loss=ARModel.NORMAL_LIKELIHOOD_LOSS, prediction_model_factory=prediction_model_factory,
            exogenous_feature_columns=exogenous_feature_columns)

    def prediction_ops(self, times, values, exogenous_regressors):
        """The outputs, and the parameter of anomalies among them."""
        outputs = super().prediction_ops(times, values, exogenous_regressors)
        parameter = variable_scope.get_variable(
            'anomaly_log_param', shape=[], dtype=self.dtype, initializer=init_ops.zeros_initializer())
        outputs['anomaly_params'] = gen_math_ops.exp(parameter)
        return outputs

    def _anomaly_log_prob(self, targets, prediction_ops):
        scale = prediction_ops['anomaly_params']
        if self._anomaly_distribution == self.CAUCHY_ANOMALY:
            return math_utils.cauchy_log_prob(targets, scale, prediction_ops['mean'])
        sigma = math_ops.sqrt(gen_math_ops.maximum(scale, 1e-5))
        return math_utils.normal_log_prob(targets, sigma, prediction_ops['mean'])

    def loss_op(self, targets, prediction_ops):
        """The loss of a window, a mean over all its values."""
        sigma = math_ops.sqrt(gen_math_ops.maximum(prediction_ops['covariance'], 1e-5))
        usual = math_utils.normal_log_prob(targets, sigma, prediction_ops['mean'])
        usual += math_ops.log(1 - self._anomaly_prior_probability)
        anomalous = self._anomaly_log_prob(targets, prediction_ops)
        anomalous += math_ops.log(self._anomaly_prior_probability)
        less = gen_math_ops.minimum(usual, anomalous)
        more = gen_math_ops.maximum(usual, anomalous)
        loss = -math_ops.reduce_sum(more + math_ops.log(1 + gen_math_ops.exp(less - more)))
        loss /= math_ops.cast(math_ops.reduce_prod(array_ops.shape(targets)), self.dtype)
        return loss
