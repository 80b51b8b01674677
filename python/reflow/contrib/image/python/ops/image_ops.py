"""Images moved, turned and projected, and what is connected in them (tensorflow.contrib.image.python.ops.image_ops)."""
from reflow.contrib.image.python.ops.connected_components import *  # noqa: F401,F403
from reflow.contrib.image.python.ops.matching import *  # noqa: F401,F403
from reflow.contrib.image.python.ops.projective_transforms import *  # noqa: F401,F403
