"""tf.contrib.kernel_methods: maps, the loss and the classifier with their graphs and mistakes."""
import hashlib
import os

import numpy as np
import tensorflow as tf
from google.protobuf import text_format

tf.logging.set_verbosity(tf.logging.ERROR)
kernel_methods, layers = tf.contrib.kernel_methods, tf.contrib.layers
mapper = kernel_methods.RandomFourierFeatureMapper(2, 4, stddev=2., seed=3, name='waves')
print(mapper.name, mapper.input_dim, mapper.output_dim)


def mistake(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, error)


with tf.Graph().as_default() as graph, tf.Session() as session:
    logits = tf.constant([[1., 2., 0.], [3., 0., 2.5], [0., 0., 4.]])
    loss = kernel_methods.sparse_multiclass_hinge_loss
    print(np.round(session.run(mapper.map(tf.constant([[1., 2.], [0., 0.], [-1., 3.]]))), 5))
    weights = tf.constant([[1.], [0.], [2.]])
    print(session.run([loss(tf.constant([0, 0, 2]), logits),
                       loss(tf.constant([[1], [2], [0]], tf.int64), logits, weights=weights),
                       loss(tf.constant([0, 0, 2]), logits, weights=3., reduction=tf.losses.Reduction.NONE, scope='each')]))
    print(tf.losses.get_losses())
    mistake(lambda: mapper.map(tf.zeros([2])))
    mistake(lambda: mapper.map(tf.zeros([2, 3])))
    mistake(lambda: loss(tf.constant([0, 0, 2]), logits[0]))
    mistake(lambda: loss(tf.constant([0., 0., 2.]), logits))
    mistake(lambda: loss(tf.constant([[[0]]]), logits))
    mistake(lambda: loss(tf.constant([0, 0, 2]), logits, weights=tf.zeros([1, 1, 1])))
    mistake(lambda: loss(tf.constant([0, 0, 2]), logits, weights=tf.zeros([4])))
    for operation in graph.get_operations():
        print(operation.name, *[each.name for each in operation.inputs])

column, letters = layers.real_valued_column('x', 2), layers.sparse_column_with_hash_bucket('letters', 5)


def input_fn():
    letters = tf.SparseTensor([[0, 0], [1, 0], [2, 0], [3, 0]], ['a', 'b', 'a', 'c'], [4, 1])
    return {'x': tf.constant([[0., 1.], [1., 0.], [1., 1.], [0., 0.]]), 'letters': letters}, tf.constant([1, 1, 0, 0])


for options in ({'kernel_mappers': {column: [mapper, kernel_methods.RandomFourierFeatureMapper(2, 3)]}},
                {'feature_columns': [letters], 'kernel_mappers': {column: [mapper]}, 'n_classes': 3,
                 'optimizer': tf.train.FtrlOptimizer(0.3)},
                {'feature_columns': [letters, column]}):
    classifier = kernel_methods.KernelLinearClassifier(config=tf.contrib.learn.RunConfig(tf_random_seed=1), **options)
    classifier.fit(input_fn=input_fn, steps=10)
    results = classifier.evaluate(input_fn=input_fn, steps=1)
    print(sorted((name, '%.4g' % value) for name, value in results.items()))
    print(list(classifier.predict_classes(input_fn)))
    print([np.round(each, 4).tolist() for each in classifier.predict_proba(input_fn)])
    print(classifier.get_variable_names())
    saved = text_format.Parse(open(os.path.join(classifier.model_dir, 'graph.pbtxt')).read(), tf.GraphDef())
    nodes = '\n'.join(sorted(' '.join([node.name, *node.input]) for node in saved.node))
    print(len(saved.node), hashlib.md5(nodes.encode()).hexdigest())
mistake(kernel_methods.KernelLinearClassifier)
mistake(lambda: kernel_methods.KernelLinearClassifier(kernel_mappers={column: [3]}))
