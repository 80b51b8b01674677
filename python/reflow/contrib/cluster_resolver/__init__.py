"""`tf.contrib.cluster_resolver`."""
from reflow.distribute.cluster_resolver.cluster_resolver import ClusterResolver, SimpleClusterResolver  # noqa: F401
from reflow.distribute.cluster_resolver.cluster_resolver import UnionClusterResolver  # noqa: F401
from reflow.distribute.cluster_resolver.slurm_cluster_resolver import SlurmClusterResolver  # noqa: F401
from reflow.distribute.cluster_resolver.tfconfig_cluster_resolver import TFConfigClusterResolver  # noqa: F401
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
