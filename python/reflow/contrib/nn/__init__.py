"""`tf.contrib.nn`."""
from reflow.contrib.nn.python.ops.alpha_dropout import *  # noqa: F401,F403
from reflow.contrib.nn.python.ops.cross_entropy import *  # noqa: F401,F403
from reflow.contrib.nn.python.ops.sampling_ops import *  # noqa: F401,F403
from reflow.contrib.nn.python.ops.scaled_softplus import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules
from reflow.ops.nn_ops import conv1d_transpose, nth_element  # noqa: F401

__getattr__ = lazy_modules(__spec__.name)
