"""Estimators of tf.contrib.learn for k-means, logistic regression, and heads over linear models and networks."""
import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
learn = tf.contrib.learn
np.random.seed(0)
x = np.concatenate([np.random.randn(20, 2) * .1 + center for center in ([0, 0], [3, 3], [0, 5])]).astype(np.float32)
y = (x[:, :1] > 1).astype(np.float32)
config = learn.RunConfig(tf_random_seed=2)


def rows():
    return tf.constant(x), None


def rows_once():
    return tf.train.limit_epochs(tf.constant(x), 1), None


kmeans = learn.KMeansClustering(3, initial_clusters=x[[0, 20, 40]], use_mini_batch=False, config=config)
kmeans.fit(input_fn=rows, steps=5)
print(np.round(kmeans.clusters(), 4).tolist(), sorted(kmeans.get_variable_names()))
print(round(float(kmeans.score(input_fn=rows, steps=1)), 3), list(kmeans.predict_cluster_idx(input_fn=rows_once))[::10])
print(np.round(kmeans.transform(input_fn=rows_once)[::20], 2).tolist())
kmeans = learn.KMeansClustering(3, random_seed=4, relative_tolerance=.01, config=config,
                                initial_clusters=learn.KMeansClustering.KMEANS_PLUS_PLUS_INIT)
kmeans.fit(input_fn=rows, steps=50)
print(np.round(np.sort(kmeans.clusters(), 0), 2).tolist())


def model_fn(features, labels, mode):
    w = tf.get_variable('w', [2, 1], initializer=tf.zeros_initializer())
    probabilities = tf.sigmoid(tf.matmul(features, w))
    loss = tf.losses.log_loss(labels, probabilities)
    return probabilities, loss, tf.contrib.layers.optimize_loss(loss, tf.train.get_global_step(), .1, 'SGD')


def show(estimator, labels, features=lambda tensor: tensor):
    def input_fn():
        return features(tf.constant(x)), tf.constant(labels)
    estimator.fit(input_fn=input_fn, steps=10)
    print(sorted((name, round(float(value), 3)) for name, value in estimator.evaluate(input_fn=input_fn, steps=1).items()))
    return input_fn


show(learn.LogisticRegressor(model_fn, thresholds=[.3, .5], config=config), y)
columns = [tf.contrib.layers.real_valued_column('x', 2)]
for estimator in (learn.LinearEstimator(columns, learn.multi_class_head(2), config=config),
                  learn.DNNEstimator(learn.multi_class_head(2), [3], columns, config=config)):
    input_fn = show(estimator, y.astype(np.int32), lambda tensor: {'x': tensor})
    print(sorted(next(estimator.predict(input_fn=input_fn))))
