"""`tf.contrib.integrate`."""
from reflow.contrib.integrate.python.ops.odes import *  # noqa: F401,F403
