"""`tf.contrib.sparsemax`."""
from reflow.contrib.sparsemax.python.ops.sparsemax import *  # noqa: F401,F403
