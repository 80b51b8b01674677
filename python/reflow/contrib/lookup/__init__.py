"""`tf.contrib.lookup`."""
from reflow.contrib.lookup.lookup_ops import *  # noqa: F401,F403
