"""Operations on images (tensorflow.python.ops.image_ops)."""
from reflow.ops import image_ops_impl
from reflow.ops.image_ops_impl import *  # noqa: F401,F403


def __getattr__(name):
    """What is an op and nothing more."""
    return getattr(image_ops_impl, name)
