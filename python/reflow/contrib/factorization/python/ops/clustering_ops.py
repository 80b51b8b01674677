"""The graph of k-means, with a seed that is independent of the graph's."""

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.ops import clustering_ops
from reflow.ops.clustering_ops import (  # noqa: F401
    CLUSTERS_VAR_NAME, COSINE_DISTANCE, KMC2_INIT, KMEANS_PLUS_PLUS_INIT, RANDOM_INIT, SQUARED_EUCLIDEAN_DISTANCE)


class KMeans(clustering_ops.KMeans):
    """Builds the graph of k-means; see `tensorflow.python.ops.clustering_ops`."""

    @staticmethod
    def _seed_of(random_seed):
        return random_seed

    @staticmethod
    def _no_centers():
        return constant_op.constant([], dtype=dtypes.float32)
