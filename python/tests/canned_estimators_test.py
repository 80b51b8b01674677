"""Estimators that are there, and what goes on around them, give the numbers that they gave in TensorFlow 1.15.5."""
import os

import numpy as np
import pytest

import reflow.tensorflow as tf

X = np.random.RandomState(0).randn(100, 4).astype(np.float32)
Y = (X[:, 0] > 0).astype(np.int32)
WORDS = np.array(['a', 'b', 'c', 'd'])[np.random.RandomState(1).randint(0, 4, 100)]
fc = tf.feature_column
COLUMNS = [fc.numeric_column('x', shape=[4]), fc.categorical_column_with_vocabulary_list('w', ['a', 'b', 'c'])]


def config(folder):
    return tf.estimator.RunConfig(str(folder), tf_random_seed=7, save_checkpoints_steps=20, log_step_count_steps=10)


def inputs(**kwargs):
    return tf.estimator.inputs.numpy_input_fn({'x': X, 'w': WORDS}, Y, shuffle=False, **kwargs)


def train_and_evaluate(estimator, **kwargs):
    return tf.estimator.train_and_evaluate(
        estimator, tf.estimator.TrainSpec(inputs(batch_size=10, num_epochs=None), max_steps=50),
        tf.estimator.EvalSpec(inputs(num_epochs=1), steps=None, throttle_secs=0, **kwargs))


def test_train_and_evaluate_with_exporters(tmp_path, caplog):
    receiver_fn = tf.estimator.export.build_parsing_serving_input_receiver_fn(fc.make_parse_example_spec(COLUMNS))
    exporters = [tf.estimator.LatestExporter('latest', receiver_fn, exports_to_keep=1),
                 tf.estimator.FinalExporter('final', receiver_fn), tf.estimator.BestExporter('best', receiver_fn)]
    estimator = tf.estimator.LinearClassifier(COLUMNS, config=config(tmp_path))
    metrics, exports = train_and_evaluate(estimator, exporters=exporters)
    expected = {'accuracy': 0.97, 'accuracy_baseline': 0.52, 'auc': 0.9973959, 'auc_precision_recall': 0.99731094,
                'average_loss': 0.25226572, 'label/mean': 0.48, 'loss': 25.226572, 'precision': 0.9787234,
                'prediction/mean': 0.47951263, 'recall': 0.9583333, 'global_step': 50}
    assert metrics == {key: pytest.approx(value, rel=1e-5) for key, value in expected.items()}
    assert [os.path.dirname(path.decode()) for path in exports] == [
        str(tmp_path / 'export' / name) for name in ('latest', 'final', 'best')]
    assert {name: len(os.listdir(tmp_path / 'export' / name)) for name in os.listdir(tmp_path / 'export')} == {
        'latest': 1, 'final': 1, 'best': 2}


def test_a_best_export_is_made_when_the_loss_falls(tmp_path):
    class Model:
        model_dir = str(tmp_path)

        def export_saved_model(self, path, receiver_fn, **unused):
            os.makedirs(path, exist_ok=True)
            return 'exported'

    os.mkdir(tmp_path / 'eval')
    exporter = tf.estimator.BestExporter(serving_input_receiver_fn=lambda: None)
    results = [exporter.export(Model(), str(tmp_path / 'best'), None, {'loss': loss}, False) for loss in (3., 2., 2.5, 1.)]
    assert results == ['exported', 'exported', None, 'exported']


def test_combined_model_evaluated_in_memory_with_more_metrics(tmp_path):
    estimator = tf.estimator.DNNLinearCombinedRegressor(
        config=config(tmp_path), linear_feature_columns=COLUMNS, dnn_feature_columns=COLUMNS[:1], dnn_hidden_units=[3])
    estimator = tf.estimator.add_metrics(estimator, lambda labels, predictions: {'mae': tf.metrics.mean_absolute_error(
        tf.expand_dims(tf.cast(labels, tf.float32), 1), predictions['predictions'])})
    hook = tf.estimator.experimental.InMemoryEvaluatorHook(estimator, inputs(num_epochs=1), every_n_iter=15)
    estimator.train(inputs(batch_size=10, num_epochs=None), steps=30, hooks=[hook])
    from reflow.estimator import early_stopping
    written = early_stopping.read_eval_metrics(estimator.eval_dir())
    assert list(written) == [0, 15, 30]
    assert written[0]['mae'] == pytest.approx(0.6903766, rel=1e-5)
    expected = {'average_loss': 0.5740927, 'label/mean': 0.48, 'loss': 57.409267, 'mae': 0.6280516,
                'prediction/mean': 0.22544317, 'global_step': 30}
    assert estimator.evaluate(inputs(num_epochs=1)) == {key: pytest.approx(value, rel=1e-5) for key, value in expected.items()}


def test_baseline_learns_the_mean(tmp_path):
    estimator = tf.estimator.BaselineRegressor(config=config(tmp_path))
    estimator.train(inputs(batch_size=10, num_epochs=None), steps=30)
    predictions = list(estimator.predict(inputs(batch_size=2, num_epochs=1)))
    assert len({float(each['predictions'][0]) for each in predictions}) == 1
    assert predictions[0]['predictions'] == pytest.approx(0.48920888, rel=1e-5)


def test_training_stops_when_the_loss_does_not_fall(tmp_path, caplog):
    class Writer(tf.train.SessionRunHook):
        """Writes the same loss for each step."""

        def after_run(self, run_context, run_values):
            step = run_context.session.run(tf.train.get_global_step())
            writer = tf.summary.FileWriterCache.get(str(tmp_path / 'eval'))
            writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag='loss', simple_value=1.)]), step)
            writer.flush()

    estimator = tf.estimator.BaselineRegressor(config=config(tmp_path))
    hook = tf.estimator.experimental.stop_if_no_decrease_hook(
        estimator, 'loss', 10, run_every_secs=None, run_every_steps=1)
    estimator.train(inputs(batch_size=10, num_epochs=None), steps=30, hooks=[Writer(), hook])
    assert estimator.get_variable_value('global_step') == 11
    assert estimator.get_variable_value('signal_early_stopping/STOP')


def test_specs_for_parsing_labels_and_weights():
    spec = tf.estimator.classifier_parse_example_spec(COLUMNS, 'label', weight_column='weight')
    assert spec == {'x': tf.FixedLenFeature((4,), tf.float32, None), 'w': tf.VarLenFeature(tf.string),
                    'label': tf.FixedLenFeature((1,), tf.int64, None), 'weight': tf.FixedLenFeature((1,), tf.float32, None)}
    with pytest.raises(ValueError, match='label should not be used as feature. label_key: w'):
        tf.estimator.regressor_parse_example_spec(COLUMNS, 'w')


def test_mistakes_in_specs():
    with pytest.raises(TypeError, match='`input_fn` must be callable, given: 3'):
        tf.estimator.TrainSpec(3)
    with pytest.raises(ValueError, match='Must specify throttle_secs >= 0, given: -1'):
        tf.estimator.EvalSpec(inputs(), throttle_secs=-1)
    with pytest.raises(TypeError, match='`exporters` must be an Exporter'):
        tf.estimator.EvalSpec(inputs(), exporters=['a'])
    exporter = tf.estimator.FinalExporter('a', None)
    with pytest.raises(ValueError, match='`exporters` must have unique names.'):
        tf.estimator.EvalSpec(inputs(), exporters=[exporter, exporter])


def tpu_model_fn(features, labels, mode, params):
    """A model that is told the size of batches, and returns what models for TPUs return."""
    assert params['batch_size'] == {'train': 10, 'eval': 25, 'infer': 50}[mode]
    logits = tf.layers.dense(features['x'], 2)
    if mode == 'infer':
        return tf.contrib.tpu.TPUEstimatorSpec(mode, predictions={'p': tf.nn.softmax(logits)})
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    return tf.contrib.tpu.TPUEstimatorSpec(
        mode, loss=loss, train_op=tf.train.AdamOptimizer(0.1).minimize(loss, tf.train.get_global_step()),
        eval_metrics=(lambda labels, logits: {'right': tf.metrics.accuracy(labels, tf.argmax(logits, 1))}, [labels, logits]))


def test_tpu_estimator_without_tpus(tmp_path):
    tpu = tf.contrib.tpu
    run_config = tpu.RunConfig(model_dir=str(tmp_path), tf_random_seed=3, tpu_config=tpu.TPUConfig(
        iterations_per_loop=10, per_host_input_for_training=tpu.InputPipelineConfig.PER_HOST_V2))
    estimator = tpu.TPUEstimator(use_tpu=False, model_fn=tpu_model_fn, config=run_config, train_batch_size=10,
                                 eval_batch_size=25, predict_batch_size=50)

    def input_fn(params):
        return inputs(batch_size=params['batch_size'], num_epochs=1)()

    estimator.train(input_fn, max_steps=10)
    assert estimator.evaluate(input_fn)['global_step'] == 10
    assert len(list(estimator.predict(input_fn))) == 100
    with pytest.raises(NotImplementedError, match='TPUEstimator needs use_tpu=False'):
        tpu.TPUEstimator(model_fn=tpu_model_fn, config=run_config, train_batch_size=10)
    with pytest.raises(ValueError, match='required by TPUEstimator to pass batch size'):
        estimator.train(lambda: None, max_steps=20)
