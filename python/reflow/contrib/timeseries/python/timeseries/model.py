"""What models of time series have to say, and those that go from one time to the next."""
import abc
import collections

from reflow.contrib.timeseries.python.timeseries import math_utils
from reflow.contrib.timeseries.python.timeseries.feature_keys import PredictionFeatures, TrainEvalFeatures
from reflow.feature_column import feature_column_lib as feature_column
from reflow.framework import dtypes, ops, tensor_shape
from reflow.ops import array_ops, control_flow_ops, math_ops, parsing_ops, tensor_array_ops, variable_scope
from reflow.util import nest
from reflow.util.shown_attributes import shown

ModelOutputs = collections.namedtuple('ModelOutputs', ['loss', 'end_state', 'predictions', 'prediction_times'])


class TimeSeriesModel(metaclass=abc.ABCMeta):
    """A model of series with so many features at each time, and with features that are known beforehand: exogenous ones."""

    def __init__(self, num_features, exogenous_feature_columns=None, dtype=dtypes.float32):
        self._exogenous_feature_columns = exogenous_feature_columns or []
        self.num_features = num_features
        self.dtype = dtype
        self._input_statistics = None
        self._graph_initialized = False
        self._stats_means = None
        self._stats_sigmas = None

    exogenous_feature_columns = shown('_exogenous_feature_columns', 'The columns of features that are known beforehand.')

    def generate(self, number_of_series, series_length, model_parameters=None, seed=None):
        """Series that the model makes; most models can't."""
        raise NotImplementedError('This model does not support generation.')

    def initialize_graph(self, input_statistics=None):
        """Has to be called in each graph before the model is used there; models override it to make variables."""
        self._graph_initialized = True
        self._input_statistics = input_statistics
        if input_statistics:
            self._stats_means, variances = input_statistics.overall_feature_moments
            self._stats_sigmas = math_ops.sqrt(variances)

    def _scale_data(self, data):
        """The data with mean 0 and variance 1 where there are statistics."""
        return data if self._input_statistics is None else (data - self._stats_means) / self._stats_sigmas

    def _scale_variance(self, variance):
        if self._input_statistics is None:
            return variance
        return variance / self._input_statistics.overall_feature_moments.variance

    def _scale_back_data(self, data):
        return data if self._input_statistics is None else data * self._stats_sigmas + self._stats_means

    def _scale_back_variance(self, variance):
        if self._input_statistics is None:
            return variance
        return variance * self._input_statistics.overall_feature_moments.variance

    def _check_graph_initialized(self):
        if not self._graph_initialized:
            raise ValueError(
                'TimeSeriesModels require initialize_graph() to be called before use. This defines variables and ops in the '
                'default graph, and allows Tensor-valued input statistics to be specified.')

    def define_loss(self, features, mode):
        """The outputs for a batch of series, each of which begins with the model's start state."""
        self._check_graph_initialized()
        state = math_utils.replicate_state(
            start_state=self.get_start_state(), batch_size=array_ops.shape(features[TrainEvalFeatures.TIMES])[0])
        return self.get_batch_loss(features=features, mode=mode, state=state)

    @abc.abstractmethod
    def get_start_state(self):
        """The state before a series, without batch dimension: a nest of tensors."""

    @abc.abstractmethod
    def get_batch_loss(self, features, mode, state):
        """The ModelOutputs of a batch of series that begin with a batch of states."""

    @abc.abstractmethod
    def predict(self, features):
        """{name: tensor} at the times of the features, which have a state too."""

    def _get_exogenous_embedding_shape(self):
        """The shape of all exogenous features at one time."""
        if not self._exogenous_feature_columns:
            return (0,)
        with ops.Graph().as_default():
            features = parsing_ops.parse_example(
                serialized=array_ops.placeholder(shape=[None], dtype=dtypes.string),
                features=feature_column.make_parse_example_spec(self._exogenous_feature_columns))
            embedded = feature_column.input_layer(
                features=features, feature_columns=self._exogenous_feature_columns)
            return embedded.get_shape().as_list()[1:]

    def _process_exogenous_features(self, times, features):
        """The exogenous features as [batch, window, size], or None where the model has none."""
        if not self._exogenous_feature_columns:
            return None
        flat = {}
        for name, tensor in features.items():
            if tensor.get_shape().ndims is None:
                raise ValueError('Features with unknown rank are not supported. Got shape {} for feature {}.'.format(
                    tensor.get_shape(), name))
            shape = array_ops.shape(tensor)
            tensor = array_ops.reshape(tensor, array_ops.concat([[shape[0] * shape[1]], shape[2:]], axis=0))
            is_column = tensor.get_shape().ndims == 1 and tensor.dtype != dtypes.string
            flat[name] = tensor[:, None] if is_column else tensor
        embedded = feature_column.input_layer(
            features=flat, feature_columns=self._exogenous_feature_columns, trainable=True)
        regressors = array_ops.reshape(
            embedded, array_ops.concat([array_ops.shape(times), array_ops.shape(embedded)[1:]], axis=0))
        regressors.set_shape(times.get_shape().concatenate(embedded.get_shape()[1:]))
        return math_ops.cast(regressors, dtype=self.dtype)


class _ListOfValues:
    """What a TensorArray is in a loop, where the loop is unrolled."""

    def __init__(self):
        self.values = []

    def write(self, _, value):
        self.values.append(value)
        return self


class SequentialTimeSeriesModel(TimeSeriesModel):
    """A model that predicts a time from its state, and then updates the state by what was there."""

    def __init__(self, train_output_names, predict_output_names, num_features, normalize_features=False,
                 dtype=dtypes.float32, exogenous_feature_columns=None, exogenous_update_condition=None,
                 static_unrolling_window_size_threshold=None):
        super().__init__(num_features=num_features, dtype=dtype, exogenous_feature_columns=exogenous_feature_columns)
        self._exogenous_update_condition = exogenous_update_condition
        self._train_output_names = train_output_names
        self._predict_output_names = predict_output_names
        self._normalize_features = normalize_features
        self._static_unrolling_window_size_threshold = static_unrolling_window_size_threshold

    def _scale_back_predictions(self, predictions):
        raise NotImplementedError(
            'SequentialTimeSeriesModel normalized input data (normalize_features=True), but no method was provided to '
            'transform the predictions back to the input scale.')

    @abc.abstractmethod
    def _filtering_step(self, current_times, current_values, state, predictions):
        """(state, {output: tensor}, the loss of each series among them) with the values of these times known."""

    @abc.abstractmethod
    def _prediction_step(self, current_times, state):
        """(state, {output: tensor}) for these times."""

    @abc.abstractmethod
    def _imputation_step(self, current_times, state):
        """The state after times that are missing."""

    @abc.abstractmethod
    def _exogenous_input_step(self, current_times, current_exogenous_regressors, state):
        """The state with exogenous features of these times."""

    def _loss_additions(self, times, values, mode):
        """What is added to the loss."""
        return 0.

    def _window_initializer(self, times, state):
        """Is called before each window."""

    def get_batch_loss(self, features, mode, state):
        """The ModelOutputs of a batch of series."""
        loss, states, outputs = self.per_step_batch_loss(features, mode, state)
        outputs['observed'] = features[TrainEvalFeatures.VALUES]
        return ModelOutputs(
            loss=loss, end_state=nest.map_structure(lambda each: each[:, -1], states), predictions=outputs,
            prediction_times=features[TrainEvalFeatures.TIMES])

    def _apply_exogenous_update(self, current_times, step_number, state, raw_features, embedded_exogenous_regressors):
        if embedded_exogenous_regressors is None:
            return state
        updated = self._exogenous_input_step(
            current_times=current_times, current_exogenous_regressors=embedded_exogenous_regressors[:, step_number, :],
            state=state)
        if self._exogenous_update_condition is None:
            return updated
        others = (PredictionFeatures.STATE_TUPLE, TrainEvalFeatures.TIMES, TrainEvalFeatures.VALUES)
        current = {key: value[:, step_number] for key, value in raw_features.items() if key not in others}
        return nest.map_structure(
            lambda new, old: array_ops.where(
                self._exogenous_update_condition(times=current_times, features=current), new, old), updated, state)

    def per_step_batch_loss(self, features, mode, state):
        """(mean loss, states after each time, outputs) of a batch of series."""
        self._check_graph_initialized()
        times = math_ops.cast(features[TrainEvalFeatures.TIMES], dtype=dtypes.int64)
        values = math_ops.cast(features[TrainEvalFeatures.VALUES], dtype=self.dtype)
        if self._normalize_features:
            values = self._scale_data(values)
        regressors = self._process_exogenous_features(times=times, features={
            key: value for key, value in features.items() if key not in (TrainEvalFeatures.TIMES, TrainEvalFeatures.VALUES)})

        def filter_step(step_number, current_times, state):
            current_values = values[:, step_number, :]
            state = self._apply_exogenous_update(
                current_times=current_times, step_number=step_number, state=state, raw_features=features,
                embedded_exogenous_regressors=regressors)
            state, predictions = self._prediction_step(current_times=current_times, state=state)
            return self._filtering_step(
                current_times=current_times, current_values=current_values, state=state, predictions=predictions)

        states, outputs = self._state_update_loop(times, state, filter_step, ['loss'] + self._train_output_names)
        losses = outputs.pop('loss')
        losses.set_shape(times.get_shape())
        total = math_ops.reduce_sum(losses)
        loss = total / math_ops.cast(math_ops.reduce_prod(array_ops.shape(times)), dtype=self.dtype)
        loss += self._loss_additions(times, values, mode)
        return loss, states, self._scale_back_predictions(outputs) if self._normalize_features else outputs

    def predict(self, features):
        """{name: tensor} at the times of the features."""
        times = ops.convert_to_tensor(features[PredictionFeatures.TIMES], dtypes.int64)
        regressors = self._process_exogenous_features(times=times, features={
            key: value for key, value in features.items()
            if key not in (PredictionFeatures.TIMES, PredictionFeatures.STATE_TUPLE)})

        def predict_step(step_number, current_times, state):
            state = self._apply_exogenous_update(
                current_times=current_times, step_number=step_number, state=state, raw_features=features,
                embedded_exogenous_regressors=regressors)
            return self._prediction_step(current_times=current_times, state=state)

        _, predictions = self._state_update_loop(
            times, features[PredictionFeatures.STATE_TUPLE], predict_step, self._predict_output_names)
        return self._scale_back_predictions(predictions) if self._normalize_features else predictions

    def _state_update_loop(self, times, state, state_update_fn, outputs):
        """(states, outputs) after each time, [batch, window, ...]; the loop is unrolled for windows that are short enough."""
        times = ops.convert_to_tensor(times, dtype=dtypes.int64)
        length = tensor_shape.dimension_value(times.shape[1])
        limit = self._static_unrolling_window_size_threshold
        is_unrolled = limit is not None and length is not None and length <= limit
        self._window_initializer(times, state)

        def step(step_number, state, state_arrays, output_arrays, reuse=False):
            with variable_scope.variable_scope('state_update_step', reuse=reuse):
                current_times = times[:, step_number]
                state = self._imputation_step(current_times=current_times, state=state)
                new_state, values = state_update_fn(step_number=step_number, current_times=current_times, state=state)
                assert set(values) == set(outputs)
                output_arrays = [array.write(step_number, values[name]) for name, array in zip(outputs, output_arrays)]
                new_state_arrays = []
                for new, array, old in zip(nest.flatten(new_state), state_arrays, nest.flatten(state)):
                    new.set_shape(old.get_shape())
                    new_state_arrays.append(array.write(step_number, new))
                new_state = nest.pack_sequence_as(state, nest.flatten(new_state))
                return step_number + 1, new_state, new_state_arrays, output_arrays

        window_size = array_ops.shape(times)[1]

        def new_array(dtype):
            return _ListOfValues() if is_unrolled else tensor_array_ops.TensorArray(
                dtype=dtype, size=window_size, dynamic_size=False)

        loop = [array_ops.zeros([], dtypes.int32), state, [new_array(each.dtype) for each in nest.flatten(state)],
                [new_array(self.dtype) for _ in outputs]]
        if is_unrolled:
            for number in range(length):
                loop = step(array_ops.constant(number, dtypes.int32), *loop[1:], reuse=number > 0)
        else:
            loop = control_flow_ops.while_loop(
                cond=lambda number, *_: math_ops.less(number, window_size), body=step, loop_vars=loop)

        def by_series(array):
            if is_unrolled:
                return array_ops.stack(array.values, axis=1)
            stacked = array.stack()
            return array_ops.transpose(
                stacked, perm=array_ops.concat([[1, 0], math_ops.range(2, array_ops.rank(stacked))], 0))

        results = {name: by_series(array) for name, array in zip(outputs, loop[3])}
        return nest.pack_sequence_as(state, [by_series(array) for array in loop[2]]), results
