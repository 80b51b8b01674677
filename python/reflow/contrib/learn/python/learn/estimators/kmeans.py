"""K-means as an Estimator of tf.contrib.learn."""

import numpy as np

from reflow.contrib.factorization.python.ops import clustering_ops
from reflow.contrib.learn.python.learn.estimators import estimator
from reflow.contrib.learn.python.learn.estimators import model_fn as model_fn_lib
from reflow.estimator.canned import kmeans as canned_kmeans
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import state_ops
from reflow.summary import summary
from reflow.training import training_util
from reflow.util import deprecation

_USE_THE_OTHER = ('Please use tf.contrib.factorization.KMeansClustering instead of tf.contrib.learn.KMeansClustering. It has a '
                  'similar interface, but uses the tf.estimator.Estimator API instead of tf.contrib.learn.Estimator.')


def _model_fn(features, labels, mode, params, config):
    assert labels is None, labels
    graph = clustering_ops.KMeans(canned_kmeans._rows_of(features, None), **params['graph'])
    all_scores, cluster_idx, losses, is_initialized, init_op, training_op = graph.training_graph()
    step = state_ops.assign_add(training_util.get_global_step(), 1)
    loss = math_ops.reduce_sum(losses, name=KMeansClustering.LOSS_OP_NAME)
    summary.scalar('loss/raw', loss)
    hooks = [canned_kmeans._InitializeClustersHook(init_op, is_initialized, config.is_chief)]
    if params['relative_tolerance'] is not None:
        hooks.append(canned_kmeans._LossRelativeChangeHook(loss, params['relative_tolerance']))
    return model_fn_lib.ModelFnOps(
        mode=mode, loss=loss, eval_metric_ops={KMeansClustering.SCORES: loss},
        predictions={KMeansClustering.ALL_SCORES: all_scores[0], KMeansClustering.CLUSTER_IDX: cluster_idx[0]},
        train_op=control_flow_ops.with_dependencies([training_op, step], loss), training_hooks=hooks)


class KMeansClustering(estimator.Estimator):
    """Deprecated: tf.contrib.factorization.KMeansClustering. Its arguments are those of `clustering_ops.KMeans`."""

    SQUARED_EUCLIDEAN_DISTANCE = clustering_ops.SQUARED_EUCLIDEAN_DISTANCE
    COSINE_DISTANCE = clustering_ops.COSINE_DISTANCE
    RANDOM_INIT = clustering_ops.RANDOM_INIT
    KMEANS_PLUS_PLUS_INIT = clustering_ops.KMEANS_PLUS_PLUS_INIT
    SCORES = 'scores'
    CLUSTER_IDX = 'cluster_idx'
    CLUSTERS = 'clusters'
    ALL_SCORES = 'all_scores'
    LOSS_OP_NAME = 'kmeans_loss'

    @deprecation.deprecated(None, _USE_THE_OTHER)
    def __init__(self, num_clusters, model_dir=None, initial_clusters=RANDOM_INIT,
                 distance_metric=SQUARED_EUCLIDEAN_DISTANCE, random_seed=0, use_mini_batch=True,
                 mini_batch_steps_per_iteration=1, kmeans_plus_plus_num_retries=2, relative_tolerance=None, config=None):
        graph = {'num_clusters': num_clusters, 'initial_clusters': initial_clusters, 'distance_metric': distance_metric,
                 'use_mini_batch': use_mini_batch, 'mini_batch_steps_per_iteration': mini_batch_steps_per_iteration,
                 'random_seed': random_seed, 'kmeans_plus_plus_num_retries': kmeans_plus_plus_num_retries}
        super().__init__(_model_fn, model_dir, config, {'graph': graph, 'relative_tolerance': relative_tolerance})

    @deprecation.deprecated(None, _USE_THE_OTHER)
    def predict_cluster_idx(self, input_fn=None):
        """Yields the number of the nearest cluster of each row."""
        for prediction in self.predict(input_fn=input_fn, outputs=[self.CLUSTER_IDX]):
            yield prediction[self.CLUSTER_IDX]

    @deprecation.deprecated(None, _USE_THE_OTHER)
    def score(self, input_fn=None, steps=None):
        """The sum of the distances to the nearest clusters."""
        return np.sum(self.evaluate(input_fn=input_fn, steps=steps)[self.SCORES])

    @deprecation.deprecated(None, _USE_THE_OTHER)
    def transform(self, input_fn=None, as_iterable=False):
        """The distances of each row to all clusters."""
        results = self.predict(input_fn=input_fn, outputs=[self.ALL_SCORES], as_iterable=as_iterable)
        return results if as_iterable else results[self.ALL_SCORES]

    @deprecation.deprecated(None, _USE_THE_OTHER)
    def clusters(self):
        """The centers."""
        return self.get_variable_value(self.CLUSTERS)
