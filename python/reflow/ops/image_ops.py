"""Operations on images (tensorflow.python.ops.image_ops)."""
from reflow.ops.image_ops_impl import *  # noqa: F401,F403
