"""K-means as an Estimator."""

import time

import numpy as np

from reflow.estimator import estimator
from reflow.estimator import model_fn as model_fn_lib
from reflow.estimator.export import export_output
from reflow.feature_column import feature_column
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import clustering_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import metrics
from reflow.ops import state_ops
from reflow.platform import tf_logging as logging
from reflow.saved_model import signature_constants
from reflow.summary import summary
from reflow.training import session_run_hook
from reflow.training import training_util


class _InitializeClustersHook(session_run_hook.SessionRunHook):
    """Chooses first centers until there are enough; other workers wait for the chief's."""

    def __init__(self, init_op, is_initialized, is_chief):
        self._init_op = init_op
        self._is_initialized = is_initialized
        self._is_chief = is_chief

    def after_create_session(self, session, coord):
        del coord
        while True:
            try:
                if session.run(self._is_initialized):
                    return
                if self._is_chief:
                    session.run(self._init_op)
                else:
                    time.sleep(1)
            except RuntimeError as error:
                logging.info(error)


class _LossRelativeChangeHook(session_run_hook.SessionRunHook):
    """Stops when the loss changes by less than a part of itself."""

    def __init__(self, loss, tolerance):
        self._loss = loss
        self._tolerance = tolerance
        self._last = None

    def before_run(self, run_context):
        del run_context
        return session_run_hook.SessionRunArgs(self._loss)

    def after_run(self, run_context, run_values):
        loss = run_values.results
        if self._last and abs(loss - self._last) / (1 + abs(self._last)) < self._tolerance:
            run_context.request_stop()
        self._last = loss


def _rows_of(features, feature_columns):
    """The features as one matrix."""
    if not isinstance(features, dict):
        return features
    if feature_columns:
        return feature_column.input_layer(features, feature_columns)
    keys = sorted(features)
    with ops.colocate_with(features[keys[0]]):
        return array_ops.concat([features[key] for key in keys], axis=1)


class KMeansClustering(estimator.Estimator):
    """An Estimator of k-means; its arguments are those of `clustering_ops.KMeans`.

    Training stops early where the loss changes by less than the part `relative_tolerance` of itself.
    """

    SQUARED_EUCLIDEAN_DISTANCE = clustering_ops.SQUARED_EUCLIDEAN_DISTANCE
    COSINE_DISTANCE = clustering_ops.COSINE_DISTANCE
    RANDOM_INIT = clustering_ops.RANDOM_INIT
    KMEANS_PLUS_PLUS_INIT = clustering_ops.KMEANS_PLUS_PLUS_INIT
    SCORE = 'score'
    CLUSTER_INDEX = 'cluster_index'
    ALL_DISTANCES = 'all_distances'
    CLUSTER_CENTERS_VAR_NAME = clustering_ops.CLUSTERS_VAR_NAME

    _graph = clustering_ops.KMeans

    def __init__(self, num_clusters, model_dir=None, initial_clusters=RANDOM_INIT,
                 distance_metric=SQUARED_EUCLIDEAN_DISTANCE, seed=None, use_mini_batch=True, mini_batch_steps_per_iteration=1,
                 kmeans_plus_plus_num_retries=2, relative_tolerance=None, config=None, feature_columns=None):
        if isinstance(initial_clusters, str) and initial_clusters not in (self.RANDOM_INIT, self.KMEANS_PLUS_PLUS_INIT):
            raise ValueError("Unsupported initialization algorithm '%s'" % initial_clusters)
        if distance_metric not in (self.SQUARED_EUCLIDEAN_DISTANCE, self.COSINE_DISTANCE):
            raise ValueError("Unsupported distance metric '%s'" % distance_metric)
        self._distance_metric = distance_metric
        graph = self._graph

        def model_fn(features, mode, config):
            distances, indices, losses, is_initialized, init_op, training_op = graph(
                _rows_of(features, feature_columns), num_clusters, initial_clusters, distance_metric, use_mini_batch,
                mini_batch_steps_per_iteration, seed, kmeans_plus_plus_num_retries).training_graph()
            loss = math_ops.reduce_sum(losses)
            summary.scalar('loss/raw', loss)
            step = state_ops.assign_add(training_util.get_global_step(), 1)
            training_op = control_flow_ops.with_dependencies([training_op, step], loss)
            hooks = [_InitializeClustersHook(init_op, is_initialized, config.is_chief)]
            if relative_tolerance is not None:
                hooks.append(_LossRelativeChangeHook(loss, relative_tolerance))
            predictions = {self.ALL_DISTANCES: distances[0], self.CLUSTER_INDEX: indices[0]}
            exports = {key: export_output.PredictOutput(value) for key, value in predictions.items()}
            exports[signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY] = export_output.PredictOutput(indices[0])
            return model_fn_lib.EstimatorSpec(
                mode=mode, predictions=predictions, loss=loss, train_op=training_op,
                eval_metric_ops={self.SCORE: metrics.mean(loss)}, training_hooks=hooks, export_outputs=exports)
        super().__init__(model_fn=model_fn, model_dir=model_dir, config=config)

    def _predict_one(self, input_fn, key):
        for result in self.predict(input_fn=input_fn, predict_keys=[key]):
            yield result[key]

    def predict_cluster_index(self, input_fn):
        """Yields the index of the center next to each row."""
        yield from self._predict_one(input_fn, self.CLUSTER_INDEX)

    def score(self, input_fn):
        """The sum of the squared distances of the first batch's rows to the centers next to them."""
        return self.evaluate(input_fn=input_fn, steps=1)[self.SCORE]

    def transform(self, input_fn):
        """Yields the distances of each row to all centers."""
        for distances in self._predict_one(input_fn, self.ALL_DISTANCES):
            if self._distance_metric == self.SQUARED_EUCLIDEAN_DISTANCE:
                yield np.sqrt(distances)
            else:
                yield distances

    def cluster_centers(self):
        """The centers of the last checkpoint."""
        return self.get_variable_value(self.CLUSTER_CENTERS_VAR_NAME)
