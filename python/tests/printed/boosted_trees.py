"""Estimators of boosted trees: classes and numbers, batches and all examples at once, pruned, weighted, explained."""
import logging

import numpy as np
import tensorflow as tf

logging.getLogger('tensorflow').setLevel(logging.ERROR)
random = np.random.RandomState(0)
numbers = random.randn(60, 3).astype(np.float32)
kinds = random.choice(['red', 'green', 'blue'], 60)
target = numbers[:, 0] * 2 - numbers[:, 1] + (kinds == 'red') + random.randn(60) * .1
columns = [tf.feature_column.numeric_column('x'), tf.feature_column.numeric_column('yz', shape=[2]),
           tf.feature_column.bucketized_column(tf.feature_column.numeric_column('w'), [-1., 0., 1.]),
           tf.feature_column.indicator_column(tf.feature_column.categorical_column_with_vocabulary_list(
               'kind', ['red', 'green', 'blue']))]


def features():
    return {'x': numbers[:, :1], 'yz': numbers[:, 1:], 'w': numbers[:, :1] * 2, 'kind': kinds[:, None],
            'weight': 1 + (numbers[:, :1] > 0).astype(np.float32)}


def inputs(labels, batch_size, epochs=None):
    def input_fn():
        if batch_size == 60 and epochs is None:
            return {name: tf.constant(values) for name, values in features().items()}, tf.constant(labels[:, None])
        return tf.data.Dataset.from_tensor_slices((features(), labels[:, None])).repeat(epochs).batch(batch_size)
    return input_fn


def show(name, model, labels, batch_size, **options):
    model.train(inputs(labels, batch_size), **options)
    result = model.evaluate(inputs(labels, batch_size, 1))
    print(name, {key: round(float(value), 3) for key, value in sorted(result.items())})
    print({key: round(float(value), 3) for key, value in model.experimental_feature_importances().items()})
    predictions = list(model.predict(inputs(labels, batch_size, 1)))
    print([{key: np.round(value, 3).tolist() for key, value in sorted(p.items()) if value.dtype != object} for p in predictions[:2]])


classes, regression = (target > 0).astype(np.int64), target.astype(np.float32)
config = tf.estimator.RunConfig(tf_random_seed=1)
show('in memory', tf.estimator.BoostedTreesClassifier(columns, 1, n_trees=4, max_depth=3, train_in_memory=True, config=config),
     classes, 60, max_steps=100)
show('batches', tf.estimator.BoostedTreesClassifier(columns, 3, n_trees=3, max_depth=2, config=config), classes, 20)
show('regression', tf.estimator.BoostedTreesRegressor(
    columns[:2], 1, n_trees=5, max_depth=2, learning_rate=.5, l2_regularization=.1, train_in_memory=True, config=config),
     regression, 60, max_steps=100)
show('pruned', tf.estimator.BoostedTreesRegressor(
    columns, 2, n_trees=3, max_depth=3, tree_complexity=.05, pruning_mode='post', weight_column='weight', config=config),
     regression, 30)
show('head', tf.estimator.BoostedTreesEstimator(
    columns[2:], 1, tf.contrib.estimator.regression_head(loss_reduction=tf.losses.Reduction.SUM_OVER_BATCH_SIZE)
    if hasattr(tf.contrib.estimator, 'regression_head') else None, n_trees=2, max_depth=2, config=config), regression, 60)
model = tf.estimator.BoostedTreesClassifier(
    columns[:2] + columns[3:], 1, n_trees=5, max_depth=3, center_bias=True, train_in_memory=True, pruning_mode='pre',
    tree_complexity=.001, config=config)
show('centred', model, classes, 60, max_steps=100)
for p in list(model.experimental_predict_with_explanations(inputs(classes, 60, 1)))[:3]:
    print(round(float(p['bias']), 3), {key: round(float(value), 3) for key, value in p['dfc'].items()}, sorted(p))
print({key: round(float(value), 3) for key, value in model.experimental_feature_importances(normalize=True).items()})
print(sorted(name for name, _ in tf.train.list_variables(model.model_dir)))
accumulated = tf.estimator.BoostedTreesRegressor(columns, 2, n_trees=2, max_depth=2, center_bias=True, config=config)
show('centred batches', accumulated, regression, 30)
print(next(accumulated.experimental_predict_with_explanations(inputs(regression, 60, 1), predict_keys=['predictions'])).keys())

# More values than buckets.
many = random.randn(400, 3).astype(np.float32)


def many_inputs():
    return {'x': tf.constant(many[:, :1]), 'yz': tf.constant(many[:, 1:])}, tf.constant((many.prod(1) > 0).astype(np.int64)[:, None])


model = tf.estimator.BoostedTreesClassifier(columns[:2], 1, n_trees=20, max_depth=4, train_in_memory=True, config=config)
model.train(many_inputs, max_steps=8)
print({key: round(float(value), 4) for key, value in sorted(model.evaluate(many_inputs, steps=1).items())})


def mistake(make):
    try:
        make()
    except (ValueError, AssertionError) as error:
        print(type(error).__name__, error)


mistake(lambda: tf.estimator.BoostedTreesClassifier(columns, 1, n_classes=3, pruning_mode=None))
mistake(lambda: tf.estimator.BoostedTreesRegressor(columns, 1, label_dimension=2))
mistake(lambda: tf.estimator.BoostedTreesClassifier([columns[3].categorical_column], 1))
mistake(lambda: tf.estimator.BoostedTreesClassifier(columns, 1, pruning_mode='pre').train(inputs(classes, 60)))
mistake(lambda: tf.estimator.BoostedTreesClassifier(columns, 1, tree_complexity=1.).train(inputs(classes, 60)))
mistake(lambda: tf.estimator.BoostedTreesClassifier(columns, 1, pruning_mode='late').train(inputs(classes, 60)))
mistake(lambda: tf.estimator.BoostedTreesClassifier(columns, 2, train_in_memory=True).train(inputs(classes, 60)))
mistake(lambda: list(tf.estimator.BoostedTreesClassifier(columns, 1).experimental_predict_with_explanations(inputs(classes, 60))))
