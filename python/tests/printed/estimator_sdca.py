"""Linear models trained by stochastic dual coordinate ascent: what they converge to."""
import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
columns = tf.feature_column
generator = np.random.RandomState(0)
numbers = generator.rand(60, 2).astype(np.float32)
letters = generator.choice(['a', 'b', 'c'], 60)
weights = np.where(letters == 'a', 2., 1.).astype(np.float32)
labels = (numbers.sum(axis=1) + (letters == 'b') > 1.2).astype(np.int64)
targets = (numbers[:, 0] - 2 * numbers[:, 1] + .5 * (letters == 'c')).astype(np.float32)
letter = columns.categorical_column_with_vocabulary_list('letter', ['a', 'b', 'c'])
used = [columns.numeric_column('x', shape=2), letter, columns.crossed_column([letter, 'other'], 8)]


def batches(values, num_epochs):
    features = {'x': numbers, 'letter': letters, 'other': letters[::-1], 'w': weights, 'id': np.arange(60).astype(str)}
    return tf.estimator.inputs.numpy_input_fn(features, values, batch_size=60, shuffle=False, num_epochs=num_epochs)


def show(estimator, values):
    estimator.train(batches(values, None), steps=300)
    results = estimator.evaluate(batches(values, 1))
    print({key: '%.2f' % results[key] for key in ('average_loss', 'global_step', 'label/mean', 'prediction/mean')})
    for name in estimator.get_variable_names():
        if 'weights' in name and 'unshrunk' not in name:
            print(name, np.round(estimator.get_variable_value(name) + 0., 1).ravel().tolist())
    print([name for name in estimator.get_variable_names() if 'Table' in name or 'unshrunk' in name])


SDCA = tf.estimator.experimental.LinearSDCA
show(tf.estimator.LinearClassifier(used, optimizer=SDCA('id', symmetric_l2_regularization=2.), weight_column='w'), labels)
show(tf.estimator.LinearRegressor(used, optimizer=SDCA('id', symmetric_l2_regularization=2.,
                                                       symmetric_l1_regularization=.5)), targets)
show(tf.estimator.LinearClassifier(used[:1], optimizer=SDCA('id', adaptive=True, num_table_shards=2)), labels)


def mistake(function):
    try:
        function()
    except Exception as error:
        print(type(error).__name__, error)


for function in (
        lambda: tf.estimator.LinearClassifier(used, n_classes=3, optimizer=SDCA('id')),
        lambda: tf.estimator.LinearRegressor(used, label_dimension=2, optimizer=SDCA('id')),
        lambda: tf.estimator.LinearClassifier(used, sparse_combiner='mean', optimizer=SDCA('id')),
        lambda: tf.estimator.LinearClassifier(used, optimizer=SDCA('id', symmetric_l2_regularization=0.)).train(
            batches(labels, 1)),
        lambda: tf.estimator.LinearClassifier(used, optimizer=SDCA('id', symmetric_l1_regularization=-1.)).train(
            batches(labels, 1)),
        lambda: tf.estimator.LinearClassifier([columns.numeric_column('x', shape=(1, 2))], optimizer=SDCA('id')).train(
            batches(labels, 1))):
    mistake(function)
