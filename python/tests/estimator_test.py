"""Estimators train, evaluate, predict and export as TensorFlow 1.15.5 does: same losses, metrics, files and log."""
import logging
import os

import numpy as np
import pytest

import reflow.tensorflow as tf
from reflow.estimator.inputs.queues import feeding_functions

X = np.random.RandomState(0).randn(100, 4).astype(np.float32)
Y = (X[:, 0] > 0).astype(np.int32) + (X[:, 1] > 0)
WORDS = np.array(['a', 'b', 'c', 'd'])[np.random.RandomState(1).randint(0, 4, 100)]


@pytest.fixture
def log(monkeypatch):
    """The lines that are logged."""
    lines = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    logger = logging.getLogger('tensorflow')
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield lines
    logger.removeHandler(handler)
    logger.setLevel(before)


def linear_model_fn(features, labels, mode, params):
    """A network of two layers, which is told its learning rate."""
    net = tf.layers.dense(features['x'], 3, activation=tf.nn.relu)
    logits = tf.layers.dense(net, 2)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={'class': tf.argmax(logits, 1), 'logits': logits})
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(logits=logits, labels=labels))
    train_op = tf.train.GradientDescentOptimizer(params['rate']).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op, eval_metric_ops={
        'right': tf.metrics.accuracy(tf.argmax(logits, 1), labels)})


def custom(folder, **config):
    return tf.estimator.Estimator(linear_model_fn, model_dir=str(folder), params={'rate': 0.1}, config=tf.estimator.RunConfig(
        tf_random_seed=7, save_checkpoints_steps=20, log_step_count_steps=10, **config))


def inputs(count=100, **kwargs):
    arguments = dict({'num_epochs': 1, 'shuffle': False}, **kwargs)
    return tf.estimator.inputs.numpy_input_fn({'x': X[:count]}, (X[:count, 0] > 0).astype(np.int32), **arguments)


def trained(folder):
    return custom(folder).train(inputs(batch_size=10, num_epochs=5), steps=40)


def scalars(folder):
    """{tag: [values]} of the event files of a folder."""
    found = {}
    for name in sorted(os.listdir(folder)):
        if 'tfevents' in name:
            for event in tf.train.summary_iterator(os.path.join(folder, name)):
                for value in event.summary.value:
                    found.setdefault(value.tag, []).append(value.simple_value)
    return found


def test_training_logs_what_tensorflow_logs(tmp_path, log):
    trained(tmp_path)
    lines = [line for line in log if line.startswith(('loss = ', 'Loss ', 'Saving ', 'Calling', 'Done calling', 'Graph', 'Create'))]
    assert [line.partition(' (')[0] for line in lines] == [
        'Calling model_fn.', 'Done calling model_fn.', 'Create CheckpointSaverHook.', 'Graph was finalized.',
        'Saving checkpoints for 0 into %s/model.ckpt.' % tmp_path, 'loss = 0.8128211, step = 1', lines[6].partition(' (')[0],
        'Saving checkpoints for 20 into %s/model.ckpt.' % tmp_path, lines[8].partition(' (')[0],
        'loss = 0.5114859, step = 31', 'Saving checkpoints for 40 into %s/model.ckpt.' % tmp_path,
        'Loss for final step: 0.56025046.']
    assert float(lines[6].split()[2].strip(',')) == pytest.approx(0.6760793, rel=1e-5)
    assert float(lines[8].split()[2].strip(',')) == pytest.approx(0.5866015, rel=1e-5)


def test_evaluation_gives_and_writes_metrics(tmp_path):
    result = trained(tmp_path).evaluate(inputs())
    assert result == {'right': pytest.approx(0.86), 'loss': pytest.approx(0.46475232, rel=1e-5), 'global_step': 40}
    written = scalars(tmp_path / 'eval')
    assert written['right'] == [pytest.approx(0.86)] and list(written) == ['loss', 'right', 'checkpoint_path']
    assert scalars(tmp_path)['loss'][0] == pytest.approx(0.8128211)


def test_predictions_come_one_by_one_or_in_batches(tmp_path):
    estimator = trained(tmp_path)
    predictions = list(estimator.predict(inputs(3)))
    assert [each['class'] for each in predictions] == [1, 1, 0]
    np.testing.assert_allclose(predictions[0]['logits'], [0.05172473, 0.6758282], rtol=1e-4)
    (batch,) = estimator.predict(inputs(3), predict_keys=['class'], yield_single_examples=False)
    assert list(batch) == ['class'] and batch['class'].tolist() == [1, 1, 0]


def test_variables_of_the_latest_checkpoint(tmp_path):
    with pytest.raises(ValueError, match='Could not find trained model in model_dir: %s.' % tmp_path):
        custom(tmp_path).get_variable_names()
    estimator = trained(tmp_path)
    assert estimator.get_variable_names() == ['dense/bias', 'dense/kernel', 'dense_1/bias', 'dense_1/kernel', 'global_step']
    assert estimator.get_variable_value('global_step') == 40
    assert estimator.latest_checkpoint() == str(tmp_path / 'model.ckpt-40')


def test_training_goes_on_from_the_checkpoint(tmp_path, log):
    trained(tmp_path)
    custom(tmp_path).train(inputs(batch_size=10), max_steps=45)
    assert custom(tmp_path).get_variable_value('global_step') == 45
    custom(tmp_path).train(inputs(batch_size=10), max_steps=45)
    assert log[-1] == 'Skipping training since max_steps has already saved.'


def test_warm_start_takes_variables_of_another_model(tmp_path):
    trained(tmp_path / 'a')
    settings = tf.estimator.WarmStartSettings(str(tmp_path / 'a'), vars_to_warm_start='dense/')
    estimator = tf.estimator.Estimator(linear_model_fn, str(tmp_path / 'b'), params={'rate': 1e-9}, warm_start_from=settings)
    estimator.train(inputs(batch_size=10), steps=1)
    np.testing.assert_allclose(estimator.get_variable_value('dense/kernel'),
                               custom(tmp_path / 'a').get_variable_value('dense/kernel'), rtol=1e-6)


def test_exported_models_can_be_loaded(tmp_path):
    estimator = trained(tmp_path)
    with tf.Graph().as_default():
        receiver_fn = tf.estimator.export.build_raw_serving_input_receiver_fn({
            'x': tf.placeholder(tf.float32, [None, 4], name='x')})
    path = estimator.export_saved_model(str(tmp_path / 'export'), receiver_fn)
    assert isinstance(path, bytes) and sorted(os.listdir(path)) == [b'saved_model.pb', b'variables']
    predict = tf.contrib.predictor.from_saved_model(path.decode())
    np.testing.assert_allclose(predict({'x': X[:1]})['logits'], [[0.05172473, 0.6758282]], rtol=1e-4)


def test_dnn_classifier_with_all_kinds_of_inputs(tmp_path, log):
    fc = tf.feature_column
    columns = [fc.numeric_column('x', shape=[4]),
               fc.embedding_column(fc.categorical_column_with_vocabulary_list('s', ['a', 'b', 'c']), 2),
               fc.indicator_column(fc.categorical_column_with_hash_bucket('s2', 5))]
    estimator = tf.estimator.DNNClassifier(
        [5, 3], columns, model_dir=str(tmp_path), n_classes=3, dropout=0.1, batch_norm=True,
        config=tf.estimator.RunConfig(tf_random_seed=7, log_step_count_steps=10))
    data = {'x': X, 's': WORDS, 's2': WORDS}
    estimator.train(tf.estimator.inputs.numpy_input_fn(data, Y, batch_size=10, num_epochs=5, shuffle=False), steps=40)
    losses = [float(line.split()[2].strip(',')) for line in log if line.startswith('loss = ')]
    assert losses == pytest.approx([12.916248, 9.788606, 10.793476, 9.106136], rel=1e-5)
    result = estimator.evaluate(tf.estimator.inputs.numpy_input_fn(data, Y, num_epochs=1, shuffle=False))
    assert result == {'accuracy': pytest.approx(0.58), 'average_loss': pytest.approx(0.86769545, rel=1e-5),
                      'loss': pytest.approx(86.76955, rel=1e-5), 'global_step': 40}
    path = estimator.export_saved_model(
        str(tmp_path / 'export'), tf.estimator.export.build_parsing_serving_input_receiver_fn(
            fc.make_parse_example_spec(columns)))
    predict = tf.contrib.predictor.from_saved_model(path.decode())
    bytes_of = lambda *values: tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
    example = tf.train.Example(features=tf.train.Features(feature={
        'x': tf.train.Feature(float_list=tf.train.FloatList(value=X[0])),
        's': bytes_of(WORDS[0].encode()), 's2': bytes_of(WORDS[0].encode())}))
    scores = predict({'inputs': [example.SerializeToString()]})['scores']
    np.testing.assert_allclose(scores, [[0.10688036, 0.50476164, 0.388358]], rtol=1e-4)


def test_an_epoch_ends_within_a_batch():
    next_batch = feeding_functions._get_integer_indices_for_next_batch
    assert next_batch(3, 4, 2, 5, 0, 1) == ([3, 4, 0, 1], 0)
    assert next_batch(2, 4, 2, 5, 0, 1) == ([2], 1)
    assert next_batch(0, 7, 4, 5, 0, None) == ([0, 1, 2, 3, 4, 0, 1], 1)
    with pytest.raises(tf.errors.OutOfRangeError, match='Already emitted 1 epochs.'):
        next_batch(3, 4, 2, 5, 1, 1)


def test_mistakes_in_estimators(tmp_path):
    class Overriding(tf.estimator.Estimator):
        def train(self):
            return None
    with pytest.raises(ValueError, match='Subclasses of Estimator cannot override members of Estimator.'):
        Overriding(linear_model_fn)
    with pytest.raises(ValueError, match=r'has following not expected args: \[\'extra\'\]'):
        tf.estimator.Estimator(lambda features, extra: None)
    with pytest.raises(ValueError, match='Must specify steps > 0, given: 0'):
        custom(tmp_path).train(inputs(), steps=0)
    with pytest.raises(ValueError, match='should return an EstimatorSpec'):
        tf.estimator.Estimator(lambda features, labels: 1, str(tmp_path)).train(inputs())
    with tf.Graph().as_default(), pytest.raises(ValueError, match='Missing train_op.'):
        tf.estimator.EstimatorSpec('train', loss=tf.constant(1.))


def test_the_task_of_tf_config(monkeypatch):
    monkeypatch.setenv('TF_CONFIG', '{"cluster": {"chief": ["a:1"], "ps": ["b:1", "b:2"], "worker": ["c:1"]},'
                                    ' "task": {"type": "worker", "index": 0}, "model_dir": "d"}')
    config = tf.estimator.RunConfig()
    assert (config.task_type, config.task_id, config.master, config.num_ps_replicas, config.num_worker_replicas) == (
        'worker', 0, 'grpc://c:1', 2, 2)
    assert (config.global_id_in_cluster, config.is_chief, config.model_dir) == (1, False, 'd')
    assert list(config.session_config.device_filters) == ['/job:ps', '/job:worker/task:0']
    monkeypatch.setenv('TF_CONFIG', '{"cluster": {"ps": ["b:1"]}, "task": {"type": "ps", "index": 0}}')
    with pytest.raises(ValueError, match='If "cluster" is set in TF_CONFIG, it must have one "chief" node.'):
        tf.estimator.RunConfig()
