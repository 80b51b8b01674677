"""The Estimator of tf.contrib.learn gives the numbers that it gave in TensorFlow 1.15.5."""
import numpy as np
import pytest

import reflow.tensorflow as tf

learn = tf.contrib.learn
STEPS = 10


def sequences(values):
    starts = range(len(values) - STEPS - 1)
    return (np.array([[values[i:i + STEPS]] for i in starts], np.float32),
            np.array([[values[i + STEPS]] for i in starts], np.float32))


def lstm_model(x, y):
    """Predictions, loss and training of a recurrent network of two layers."""
    cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.BasicLSTMCell(8) for _ in range(2)])
    output, _ = tf.nn.dynamic_rnn(cell, tf.reshape(x, [-1, STEPS, 1]), dtype=tf.float32)
    predictions = tf.reshape(tf.contrib.layers.fully_connected(output[:, -1, :], 1, None), [-1])
    loss = tf.losses.mean_squared_error(predictions, tf.reshape(y, [-1]))
    train_op = tf.contrib.layers.optimize_loss(
        loss, tf.contrib.framework.get_global_step(), optimizer='Adagrad', learning_rate=0.1)
    return predictions, loss, train_op


def test_arrays_through_skcompat(tmp_path):
    x, y = sequences(np.sin(np.linspace(0, 20, 500, dtype=np.float32)))
    test_x, test_y = sequences(np.sin(np.linspace(20, 25, 60, dtype=np.float32)))
    regressor = learn.SKCompat(learn.Estimator(lstm_model, str(tmp_path), learn.RunConfig(tf_random_seed=5)))
    regressor.fit(x, y, batch_size=16, steps=110)
    predicted = regressor.predict(test_x)
    np.testing.assert_allclose(predicted[:4], [0.8362334, 0.8323964, 0.8246982, 0.8129897], rtol=1e-5)
    assert regressor.score(test_x, test_y) == {'loss': pytest.approx(0.05585132, rel=1e-5), 'global_step': 110}
    assert np.sqrt(((predicted[:, None] - test_y) ** 2).mean()) == pytest.approx(0.236329, rel=1e-5)


def classifier(features, labels, mode, params):
    """A linear classifier that returns ModelFnOps."""
    logits = tf.layers.dense(features['x'], 2)
    predictions = {'class': tf.argmax(logits, 1), 'p': tf.nn.softmax(logits)}
    if mode == learn.ModeKeys.INFER:
        return learn.ModelFnOps(mode, predictions)
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    train_op = tf.train.AdamOptimizer(params['rate']).minimize(loss, tf.train.get_global_step())
    return learn.ModelFnOps(mode, predictions, loss, train_op)


X = np.random.RandomState(0).randn(100, 4).astype(np.float32)
Y = (X[:, 0] > 0).astype(np.int32)


def input_fn():
    return {'x': tf.constant(X)}, tf.constant(Y)


def test_model_fn_ops_metrics_and_predictions(tmp_path):
    estimator = learn.Estimator(classifier, str(tmp_path), params={'rate': 0.1})
    estimator.fit(input_fn=input_fn, steps=30)
    metrics = {'right': learn.MetricSpec(tf.metrics.accuracy, prediction_key='class')}
    result = estimator.evaluate(input_fn=input_fn, steps=1, metrics=metrics)
    assert result['right'] > 0.9 and result['global_step'] == 30
    predictions = list(estimator.predict(input_fn=input_fn, outputs=['class']))
    assert len(predictions) == 100 and list(predictions[0]) == ['class']
    assert 'dense/kernel' in estimator.get_variable_names()


def test_validation_monitor_stops_the_training(tmp_path):
    estimator = learn.Estimator(classifier, str(tmp_path), learn.RunConfig(save_checkpoints_steps=5), params={'rate': 0.})
    monitor = learn.monitors.ValidationMonitor(
        input_fn=input_fn, eval_steps=1, every_n_steps=5, early_stopping_rounds=10, check_interval_secs=None)
    estimator.fit(input_fn=input_fn, steps=100, monitors=[monitor])
    assert monitor.early_stopped and monitor.best_step < estimator.get_variable_value('global_step') < 40


def test_feeder_shuffles_batches_and_ends():
    from reflow.contrib.learn.python.learn.learn_io import data_feeder
    feeder = data_feeder.setup_train_data_feeder(X[:5], Y[:5], n_classes=3, batch_size=3, shuffle=True, epochs=1)
    with tf.Graph().as_default():
        inputs, outputs = feeder.input_builder()
        assert (inputs.shape.as_list(), outputs.shape.as_list()) == ([None, 4], [None, 3])
    next_batch = feeder.get_feed_dict_fn()
    order = np.random.RandomState(42).permutation(5)
    np.testing.assert_array_equal(next_batch()['input:0'], X[order[:3]])
    np.testing.assert_array_equal(next_batch()['output:0'], np.eye(3)[Y[order[3:]]])
    with pytest.raises(StopIteration):
        next_batch()


def test_mistakes(tmp_path):
    estimator = learn.Estimator(classifier, str(tmp_path), params={'rate': 0.1})
    with pytest.raises(ValueError, match='Either x or input_fn must be provided.'):
        estimator.fit()
    with pytest.raises(ValueError, match='Can not provide both steps and max_steps.'):
        estimator.fit(input_fn=input_fn, steps=1, max_steps=1)
    with pytest.raises(learn.NotFittedError, match="Couldn't find trained model at"):
        estimator.evaluate(input_fn=input_fn)
    with pytest.raises(ValueError, match="labels missing from|missing from"):
        learn.MetricSpec(lambda values: values, label_key='a')


X = np.random.RandomState(0).randn(100, 4).astype(np.float32)
POSITIVE = (X[:, 0] > 0).astype(np.int32)
WORDS = np.array(['a', 'b', 'c', 'd'])[np.random.RandomState(1).randint(0, 4, 100)]
layers = tf.contrib.layers


def wide_input():
    words = lambda: tf.SparseTensor([[i, 0] for i in range(100)], tf.constant(WORDS), [100, 1])
    return {'age': tf.constant(X[:, 0]), 'w': words(), 'w2': words()}, tf.constant(POSITIVE)


def wide_columns():
    return (layers.real_valued_column('age'), layers.sparse_column_with_keys('w', ['a', 'b', 'c']),
            layers.sparse_column_with_hash_bucket('w2', 10))


def test_dnn_classifier_of_arrays(tmp_path):
    classes = POSITIVE + (X[:, 1] > 0)
    classifier = learn.DNNClassifier(
        feature_columns=[layers.real_valued_column('', dimension=4)], hidden_units=[10, 20, 10], n_classes=3,
        model_dir=str(tmp_path), config=learn.RunConfig(tf_random_seed=5))
    classifier.fit(x=X, y=classes, steps=120)
    assert classifier.evaluate(x=X, y=classes) == {
        'loss': pytest.approx(0.100163676, rel=1e-5), 'accuracy': pytest.approx(0.99), 'global_step': 120}
    assert list(classifier.predict(X[:5])) == [2, 1, 1, 2, 1]
    assert 'dnn/hiddenlayer_0/biases' in classifier.get_variable_names()


def test_linear_classifier_of_columns(tmp_path):
    age, words, hashed = wide_columns()
    classifier = learn.LinearClassifier(
        [age, words, hashed, layers.bucketized_column(age, [-0.5, 0.5])], model_dir=str(tmp_path),
        config=learn.RunConfig(tf_random_seed=5))
    classifier.fit(input_fn=wide_input, steps=30)
    found = classifier.evaluate(input_fn=wide_input, steps=1)
    wanted = {'accuracy': 0.98, 'auc': 0.9971955, 'auc_precision_recall': 0.99732393, 'global_step': 30, 'loss': 0.21667412,
              'accuracy/baseline_label_mean': 0.48, 'labels/actual_label_mean': 0.48, 'labels/prediction_mean': 0.47913238,
              'accuracy/threshold_0.500000_mean': 0.98, 'precision/positive_threshold_0.500000_mean': 1.0,
              'recall/positive_threshold_0.500000_mean': 0.9583333}
    assert found == pytest.approx(wanted, rel=1e-5)


def test_dnn_regressor_of_embeddings(tmp_path):
    age, words, hashed = wide_columns()
    regressor = learn.DNNRegressor(
        feature_columns=[age, layers.embedding_column(words, 2), layers.one_hot_column(hashed)], hidden_units=[5],
        model_dir=str(tmp_path), config=learn.RunConfig(tf_random_seed=5))
    regressor.fit(input_fn=wide_input, steps=30)
    assert regressor.evaluate(input_fn=wide_input, steps=1)['loss'] == pytest.approx(0.11356571, rel=1e-5)
    predictions = list(regressor.predict(input_fn=wide_input))[:3]
    np.testing.assert_allclose(predictions, [0.55258375, 0.88644564, 0.51704407], rtol=1e-5)


def test_linear_regressor_of_inferred_columns(tmp_path):
    regressor = learn.LinearRegressor(feature_columns=learn.infer_real_valued_columns_from_input(X), model_dir=str(tmp_path),
                                      config=learn.RunConfig(tf_random_seed=5))
    regressor.fit(X, X[:, 0], steps=30)
    assert regressor.evaluate(X, X[:, 0], steps=1)['loss'] == pytest.approx(0.0009470021, rel=1e-5)
    assert regressor.get_variable_names()[0] == 'global_step'


def test_exports_of_heads():
    head = learn.multi_class_head(3, head_name='h')
    spec = head.create_model_fn_ops({}, 'infer', logits=tf.constant([[1., 2., 3.]])).estimator_spec()
    assert set(spec.export_outputs) == {'h', 'serving_default'}
    with tf.Session() as session:
        assert session.run(spec.export_outputs['h'].classes).tolist() == [[b'0', b'1', b'2']]


def test_shared_embeddings_check_their_columns():
    column = layers.sparse_column_with_hash_bucket
    with pytest.raises(ValueError, match='The input sparse_id_columns should have at least one element.'):
        layers.shared_embedding_columns([], 2)
    with pytest.raises(ValueError, match='The input sparse id columns are not compatible.'):
        layers.shared_embedding_columns([column('a', 10), column('b', 11)], 2)
    shared = layers.shared_embedding_columns([column(name, 10) for name in 'ebdca'], 2)
    assert {one.shared_embedding_name for one in shared} == {'a_b_c_plus_2_others_shared_embedding'}
