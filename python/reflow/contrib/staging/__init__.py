"""`tf.contrib.staging`."""
from reflow.ops.data_flow_ops import StagingArea  # noqa: F401
