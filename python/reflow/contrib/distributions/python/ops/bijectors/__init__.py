"""`tf.contrib.distributions.bijectors`."""
from reflow.contrib.distributions.python.ops.bijectors.affine import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.bijectors.composed import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.bijectors.elementwise import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.bijectors.flows import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.bijectors.matrices import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.bijectors.vectors import *  # noqa: F401,F403
from reflow.ops.distributions.bijector import Bijector  # noqa: F401
from reflow.ops.distributions.identity_bijector import Identity  # noqa: F401
