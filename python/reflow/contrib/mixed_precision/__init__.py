"""`tf.contrib.mixed_precision`: losses that are scaled, so that gradients of half precision don't become 0."""
from reflow.contrib.mixed_precision.python.loss_scale_manager import *  # noqa: F401,F403
from reflow.contrib.mixed_precision.python.loss_scale_optimizer import *  # noqa: F401,F403
