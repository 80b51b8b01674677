"""Models of tf.contrib.timeseries: autoregressive, with anomalies, of LSTMs, and one of the program's own."""
import os
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow.contrib.timeseries.python.timeseries import NumpyReader, ar_model
from tensorflow.contrib.timeseries.python.timeseries import estimators as ts_estimators
from tensorflow.contrib.timeseries.python.timeseries import model as ts_model
from tensorflow.contrib.timeseries.python.timeseries import state_management

tf.logging.set_verbosity(tf.logging.ERROR)
timeseries = tf.contrib.timeseries
folder = tempfile.mkdtemp()
TIMES, VALUES = timeseries.TrainEvalFeatures.TIMES, timeseries.TrainEvalFeatures.VALUES

times = np.arange(120)
values = np.sin(np.pi * times / 20) + times / 100.
config = tf.estimator.RunConfig(tf_random_seed=3)


def window_fn(reader, window_size, batch_size=4):
    return timeseries.RandomWindowInputFn(
        reader, window_size=window_size, batch_size=batch_size, num_threads=1, shuffle_seed=1, jitter=False,
        shuffle_min_after_dequeue_multiplier=1)


def whole_series_fn():
    """A batch without queues, so that all steps are alike."""
    return {TIMES: tf.constant(times[None, :30]), VALUES: tf.constant(values[None, :30, None])}, None


def rounded(array):
    return np.round(np.asarray(array, np.float64).ravel(), 3) + 0.


def constant_start(**sizes):
    """A model whose first weights aren't random."""
    model = ar_model.FlatPredictionModel(**sizes)
    for layer in (model._mean_transform, model._covariance_transform):
        layer.kernel_initializer = tf.keras.initializers.Constant(.01)
    return model


def show(estimator, reader, steps, exogenous=None, with_values=True):
    evaluation = estimator.evaluate(input_fn=timeseries.WholeDatasetInputFn(reader), steps=1)
    print({key: np.shape(value) for key, value in sorted(evaluation.items()) if key != 'start_tuple'})
    print([np.shape(each) for each in evaluation['start_tuple']], evaluation['global_step'])
    predictions, = estimator.predict(input_fn=timeseries.predict_continuation_input_fn(
        evaluation, steps=steps, exogenous_features=exogenous))
    print({key: value.shape for key, value in sorted(predictions.items())}, predictions['times'])
    if with_values:
        print(rounded(evaluation['loss']), rounded(predictions['mean']),
              rounded(predictions.get('covariance', 0.)))
    return evaluation


reader = NumpyReader({TIMES: times, VALUES: values})
print(sorted(estimator_name for estimator_name in dir(timeseries) if estimator_name[0].isupper()
             and 'Structural' not in estimator_name))
with tf.Graph().as_default():
    features, _ = window_fn(reader, 10)()
    with tf.train.MonitoredSession() as session:
        batch = session.run(features)
        print({key: value.shape for key, value in sorted(batch.items())}, sorted(batch[TIMES][:, 0] % 10))

for loss in (timeseries.ARModel.NORMAL_LIKELIHOOD_LOSS, timeseries.ARModel.SQUARED_LOSS):
    for sizes in ((6, 4), (3, 4), (0, 5)):
        ar = timeseries.TimeSeriesRegressor(timeseries.ARModel(
            periodicities=40, input_window_size=sizes[0], output_window_size=sizes[1], num_features=1, loss=loss,
            prediction_model_factory=constant_start), config=config)
        length = sum(sizes)
        ar.train(steps=5, input_fn=lambda: ({TIMES: tf.constant(times[None, :length]),
                                              VALUES: tf.constant(values[None, :length, None])}, None))
        evaluation = show(ar, reader, 7)
        print(sorted(ar.get_variable_names()))

csv = os.path.join(folder, 'series.csv')
with open(csv, 'w') as file:
    for time, value in zip(times, values):
        file.write('%d,%f,%f\n' % (time, value, -value))
csv_reader = timeseries.CSVReader(csv, column_names=(TIMES, VALUES, VALUES))
with tf.Graph().as_default():
    features = csv_reader.read_full()
    with tf.train.MonitoredSession() as session:
        read = session.run(features)
        print({key: value.shape for key, value in sorted(read.items())}, read[TIMES][:3], rounded(read[VALUES][:2]))
ar = timeseries.ARRegressor(periodicities=[20, 40], input_window_size=5, output_window_size=5, num_features=2,
                            hidden_layer_sizes=[8], anomaly_prior_probability=.1, anomaly_distribution='cauchy', config=config)
ar.train(input_fn=window_fn(csv_reader, 10), steps=3)
show(ar, csv_reader, 4, with_values=False)
show(timeseries.TimeSeriesRegressor(timeseries.ARModel(20, 3, 3, 2, constant_start), config=config, model_dir=None).train(
    lambda: ({TIMES: tf.constant(times[None, :6]), VALUES: tf.constant(np.stack([values, -values], -1)[None, :6])}, None),
    steps=5), csv_reader, 4)

exogenous = [tf.feature_column.numeric_column('rain', shape=[2])]
rain = np.stack([np.cos(times), np.sin(times)], -1).astype(np.float32)
ar = timeseries.TimeSeriesRegressor(ar_model.AnomalyMixtureARModel(
    periodicities=20, anomaly_prior_probability=.1, input_window_size=4, output_window_size=3, num_features=1,
    exogenous_feature_columns=exogenous, prediction_model_factory=constant_start), config=config)
ar.train(lambda: ({TIMES: tf.constant(times[None, :7]), VALUES: tf.constant(values[None, :7, None]),
                   'rain': tf.constant(rain[None, :7])}, None), steps=10)
rainy = NumpyReader({TIMES: times[:50], VALUES: values[:50], 'rain': rain[:50]})
show(ar, rainy, 5, {'rain': rain[None, 50:55]})

lstm = ts_estimators.LSTMAutoRegressor(
    periodicities=20, input_window_size=4, output_window_size=3, num_features=1, num_units=5, config=config)
lstm.train(lambda: ({TIMES: tf.constant(times[None, :7]), VALUES: tf.constant(values[None, :7, None])}, None), steps=4)
print(sorted(lstm.get_variable_names()))
exported = lstm.export_savedmodel(folder + '/lstm', lstm.build_one_shot_parsing_serving_input_receiver_fn(8, 5))
with tf.Session(graph=tf.Graph()) as session:
    signatures = tf.saved_model.loader.load(session, ['serve'], exported)
    print(sorted(signatures.signature_def), sorted(signatures.signature_def['serving_default'].inputs))
    example = tf.train.Example(features=tf.train.Features(feature={
        TIMES: tf.train.Feature(int64_list=tf.train.Int64List(value=range(13))),
        VALUES: tf.train.Feature(float_list=tf.train.FloatList(value=values[:8]))})).SerializeToString()
    outputs = signatures.signature_def['serving_default'].outputs
    print(session.run(outputs['mean'].name, {'input:0': [example]}).shape)


class Smoothing(ts_model.SequentialTimeSeriesModel):
    """Predicts the mean of what was there, old values less than new ones, and learns a level."""

    def __init__(self, num_features, threshold=None):
        super().__init__(train_output_names=['mean'], predict_output_names=['mean'], num_features=num_features,
                         normalize_features=True, static_unrolling_window_size_threshold=threshold)

    def initialize_graph(self, input_statistics=None):
        super().initialize_graph(input_statistics=input_statistics)
        with tf.variable_scope('', use_resource=True):
            self._level = tf.get_variable('level', initializer=[.5])
            self._rate = tf.get_variable('rate', initializer=.3)

    def get_start_state(self):
        return tf.zeros([], dtype=tf.int64), tf.zeros([self.num_features])

    def _filtering_step(self, current_times, current_values, state, predictions):
        _, mean = state
        predictions['loss'] = tf.reduce_mean((predictions['mean'] - current_values) ** 2, axis=-1)
        return (current_times, mean + self._rate * (current_values - mean)), predictions

    def _prediction_step(self, current_times, state):
        _, mean = state
        return (current_times, mean), {'mean': mean + self._level}

    def _imputation_step(self, current_times, state):
        return state

    def _exogenous_input_step(self, current_times, current_exogenous_regressors, state):
        raise NotImplementedError('No exogenous features.')

    def _scale_back_predictions(self, predictions):
        predictions['mean'] = self._scale_back_data(predictions['mean'])
        return predictions


for threshold in (None, 100):
    smoothing = ts_estimators.TimeSeriesRegressor(
        model=Smoothing(1, threshold), config=config, optimizer=tf.train.AdamOptimizer(.1),
        state_manager=state_management.FilteringOnlyStateManager())
    smoothing.train(whole_series_fn, steps=5)
    show(smoothing, reader, 3)
    exported = smoothing.export_savedmodel(folder + '/smoothing', smoothing.build_raw_serving_input_receiver_fn())
    with tf.Session(graph=tf.Graph()) as session:
        signatures = tf.saved_model.loader.load(session, ['serve'], exported)
        print(sorted(signatures.signature_def))
        state = timeseries.saved_model_utils.cold_start_filter(
            signatures, session, {TIMES: times[:9], VALUES: values[:9]})
        print(sorted(state), rounded(state['model_state_01']))
        state = timeseries.saved_model_utils.filter_continuation(
            state, signatures, session, {TIMES: times[9:20], VALUES: values[9:20]})
        print(rounded(state['model_state_01']), state['times'])
        predictions = timeseries.saved_model_utils.predict_continuation(state, signatures, session, steps=2)
        print(rounded(predictions['mean']), predictions['times'])


def complaint(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except ValueError as error:
        print(error)


complaint(NumpyReader, {TIMES: times})
complaint(NumpyReader, {TIMES: times, VALUES: values[:3]})
complaint(NumpyReader, {TIMES: 1, VALUES: [[1., 2.]]})
complaint(NumpyReader, {TIMES: times, VALUES: np.zeros([120, 1, 1])})
complaint(NumpyReader, {TIMES: np.zeros([2, 3]), VALUES: np.zeros([2, 3, 1])})
complaint(NumpyReader, {TIMES: np.zeros([2, 3, 4]), VALUES: np.zeros([2, 3, 4])})
complaint(timeseries.RandomWindowInputFn, reader, window_size=200, batch_size=2)
complaint(timeseries.CSVReader, csv, column_names=(VALUES,))
complaint(timeseries.CSVReader, csv, column_names=(TIMES, TIMES, VALUES))
complaint(timeseries.CSVReader, csv, column_dtypes=[tf.int64])
complaint(timeseries.ARRegressor, 1, 2, 3, 1, anomaly_distribution='cauchy')
complaint(timeseries.predict_continuation_input_fn, evaluation)
complaint(timeseries.predict_continuation_input_fn, evaluation, steps=1, times=[1])
complaint(timeseries.predict_continuation_input_fn, evaluation, times=[1])
complaint(timeseries.predict_continuation_input_fn, evaluation, times=[[200], [201]])
complaint(ar.train, lambda: ({TIMES: tf.constant(times[None])}, None), steps=1)
complaint(lstm.train, lambda: ({TIMES: tf.constant(times[None]), VALUES: tf.constant(values[None, :, None])}, None), steps=1)
