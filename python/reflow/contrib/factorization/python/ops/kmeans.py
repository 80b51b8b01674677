"""K-means as an Estimator, with a seed that is independent of the graph's."""

from reflow.contrib.factorization.python.ops import clustering_ops
from reflow.estimator.canned import kmeans


class KMeansClustering(kmeans.KMeansClustering):
    """An Estimator of k-means; see `tf.estimator.experimental.KMeans`."""

    _graph = clustering_ops.KMeans

    def __init__(self, num_clusters, model_dir=None, initial_clusters=clustering_ops.RANDOM_INIT,
                 distance_metric=clustering_ops.SQUARED_EUCLIDEAN_DISTANCE, random_seed=0, use_mini_batch=True,
                 mini_batch_steps_per_iteration=1, kmeans_plus_plus_num_retries=2, relative_tolerance=None, config=None,
                 feature_columns=None):
        super().__init__(num_clusters, model_dir, initial_clusters, distance_metric, random_seed, use_mini_batch,
                         mini_batch_steps_per_iteration, kmeans_plus_plus_num_retries, relative_tolerance, config,
                         feature_columns)
