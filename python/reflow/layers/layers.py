"""All of tf.layers (tensorflow.python.layers.layers)."""
from reflow.layers.base import Layer  # noqa: F401
from reflow.layers.convolutional import *  # noqa: F401,F403
from reflow.layers.core import *  # noqa: F401,F403
from reflow.layers.normalization import *  # noqa: F401,F403
from reflow.layers.pooling import *  # noqa: F401,F403
