"""`tf.contrib.image`, without single_image_random_dot_stereograms."""
from reflow.contrib.image.python.ops.connected_components import *  # noqa: F401,F403
from reflow.contrib.image.python.ops.matching import *  # noqa: F401,F403
from reflow.contrib.image.python.ops.projective_transforms import *  # noqa: F401,F403
from reflow.contrib.image.python.ops.warps import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
