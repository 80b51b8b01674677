"""`tf.contrib.resampler`."""
from reflow.contrib.resampler.python.ops.resampler_ops import *  # noqa: F401,F403
