"""Linear models and networks of tf.contrib.learn together: graphs, numbers, predictions, mistakes."""
import hashlib
import os

import numpy as np
import tensorflow as tf
from google.protobuf import text_format

tf.logging.set_verbosity(tf.logging.ERROR)
layers, learn = tf.contrib.layers, tf.contrib.learn
config = learn.RunConfig(tf_random_seed=3)
letters = layers.sparse_column_with_hash_bucket('letters', 10)
numbers = layers.real_valued_column('numbers')
boundaries = layers.bucketized_column(numbers, [1.5, 2.5])
linear = [letters, layers.crossed_column([letters, boundaries], 20, hash_key=0xDECAFCAFFE)]
deep = [numbers, layers.embedding_column(letters, 3, initializer=tf.ones_initializer())]


def input_fn():
    features = {'numbers': tf.constant([[1.], [2.], [3.], [4.]]),
                'letters': tf.SparseTensor([[0, 0], [1, 0], [2, 0], [3, 0]], ['a', 'b', 'a', 'c'], [4, 1])}
    return features, tf.constant([[0], [1], [1], [0]])


def show(estimator):
    estimator.fit(input_fn=input_fn, steps=5)
    results = estimator.evaluate(input_fn=input_fn, steps=1)
    print(type(estimator).__name__, sorted((name, '%.4g' % value) for name, value in results.items()))
    print(sorted(estimator.get_variable_names()))
    print([np.array2string(np.asarray(each), precision=4) for each in estimator.predict(input_fn=input_fn)])
    graph = text_format.Parse(open(os.path.join(estimator.model_dir, 'graph.pbtxt')).read(), tf.GraphDef())
    nodes = '\n'.join(' '.join([node.name, *node.input]) for node in graph.node)
    print(len(graph.node), hashlib.md5(nodes.encode()).hexdigest())


def mistake(function):
    try:
        print(function())
    except ValueError as error:
        print(error)


show(learn.DNNLinearCombinedClassifier(
    linear_feature_columns=linear, dnn_feature_columns=deep, dnn_hidden_units=[4, 3], config=config,
    fix_global_step_increment_bug=True))
show(learn.DNNLinearCombinedRegressor(
    linear_feature_columns=linear, dnn_feature_columns=deep, dnn_hidden_units=[4], dnn_dropout=0.1, gradient_clip_norm=1.,
    linear_optimizer=tf.train.AdamOptimizer(0.1), dnn_optimizer='SGD', config=config))
show(learn.DNNLinearCombinedClassifier(
    linear_feature_columns=linear, n_classes=3, config=config, fix_global_step_increment_bug=True))
show(learn.DNNLinearCombinedClassifier(
    dnn_feature_columns=deep, dnn_hidden_units=[2], config=config, input_layer_min_slice_size=1 << 10,
    fix_global_step_increment_bug=True))
with_head = learn.DNNLinearCombinedEstimator(
    learn.multi_class_head(2), linear_feature_columns=linear, dnn_feature_columns=deep, dnn_hidden_units=[2], config=config,
    fix_global_step_increment_bug=True)
with_head.fit(input_fn=input_fn, steps=2)
print(sorted(with_head.evaluate(input_fn=input_fn, steps=1)))
mistake(learn.DNNLinearCombinedClassifier)
mistake(lambda: learn.DNNLinearCombinedClassifier(dnn_feature_columns=deep).fit(input_fn=input_fn, steps=1))
