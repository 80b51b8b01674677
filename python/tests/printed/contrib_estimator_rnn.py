"""The recurrent networks of tf.contrib.estimator: graphs, numbers, predictions, mistakes."""
import hashlib
import os

import numpy as np
import tensorflow as tf
from google.protobuf import text_format

tf.logging.set_verbosity(tf.logging.ERROR)
columns, estimators = tf.contrib.feature_column, tf.contrib.estimator
words = tf.feature_column.embedding_column(columns.sequence_categorical_column_with_vocabulary_list(
    'words', ['a', 'b', 'c']), 3)
rating, size = columns.sequence_numeric_column('rating'), tf.feature_column.numeric_column('size')


def input_fn():
    indices = [[0, 0], [0, 1], [1, 0], [2, 0], [2, 1], [2, 2]]
    features = {'words': tf.SparseTensor(indices, ['a', 'b', 'c', 'b', 'a', 'a'], [3, 3]),
                'rating': tf.SparseTensor(indices, [1., 2., 3., 4., 5., 6.], [3, 3]), 'size': tf.constant([[1.], [0.], [2.]])}
    return tf.data.Dataset.from_tensors((features, tf.constant([[1], [0], [1]])))


def show(estimator):
    estimator.train(lambda: input_fn().repeat(), steps=5)
    results = estimator.evaluate(input_fn)
    print(type(estimator).__name__, sorted((name, '%.4g' % value) for name, value in results.items()))
    print(sorted(estimator.get_variable_names()))
    print([(sorted(each), np.round(each['logits'], 4).tolist()) for each in estimator.predict(input_fn)])
    graph = text_format.Parse(open(os.path.join(estimator.model_dir, 'graph.pbtxt')).read(), tf.GraphDef())
    nodes = '\n'.join(' '.join([node.name, *node.input]) for node in graph.node)
    print(len(graph.node), hashlib.md5(nodes.encode()).hexdigest())


def mistake(function):
    try:
        print(function())
    except ValueError as error:
        print(str(error).partition(';')[0])


config = tf.estimator.RunConfig(tf_random_seed=3)
show(estimators.RNNClassifier([words, rating], num_units=[4], config=config))
show(estimators.RNNClassifier(
    [words, rating], [size], num_units=[4, 3], cell_type='lstm', n_classes=3, optimizer=tf.train.AdamOptimizer(0.1),
    config=config))
show(estimators.RNNEstimator(
    estimators.multi_class_head(3), [words], rnn_cell_fn=lambda mode: tf.nn.rnn_cell.GRUCell(2), optimizer='SGD',
    config=config))
mistake(lambda: estimators.RNNClassifier([rating], num_units=[2], rnn_cell_fn=print))
mistake(lambda: estimators.RNNClassifier([rating], num_units=[2], cell_type=tf.layers.Dense).train(input_fn))
mistake(lambda: estimators.RNNEstimator(estimators.regression_head(), [rating], num_units=[2], return_sequences=True))
mistake(lambda: estimators.RNNClassifier([rating], num_units=[2]).train(lambda: (tf.zeros([1]), tf.zeros([1]))))
