"""`tf.contrib.tpu`, as far as it concerns programs that run without TPUs."""
from reflow.estimator.tpu.tpu_config import InputPipelineConfig, RunConfig, TPUConfig  # noqa: F401
from reflow.estimator.tpu.tpu_estimator import TPUEstimator, TPUEstimatorSpec  # noqa: F401
from reflow.names.packages import lazy_modules
from reflow.tpu.bfloat16 import bfloat16_scope  # noqa: F401
from reflow.tpu.ops.tpu_ops import cross_replica_sum  # noqa: F401
from reflow.tpu.tpu_optimizer import CrossShardOptimizer  # noqa: F401

__getattr__ = lazy_modules(__spec__.name)
