"""All losses (tensorflow.python.ops.losses.losses)."""
from reflow.ops.losses.losses_impl import *  # noqa: F401,F403
from reflow.ops.losses.util import *  # noqa: F401,F403
