"""Operations on images."""

from reflow.ops import gen_image_ops
from reflow.ops.image_boxes import *  # noqa: F401,F403
from reflow.ops.image_checks import check as _assert, check_rank_3 as _Check3DImage, dimensions as _ImageDimensions  # noqa: F401
from reflow.ops.image_checks import is_tensor as _is_tensor  # noqa: F401
from reflow.ops.image_codecs import *  # noqa: F401,F403
from reflow.ops.image_colors import *  # noqa: F401,F403
from reflow.ops.image_flips import *  # noqa: F401,F403
from reflow.ops.image_quality import *  # noqa: F401,F403
from reflow.ops.image_resizing import *  # noqa: F401,F403


def __getattr__(name):
    """What is an op and nothing more."""
    return getattr(gen_image_ops, name)
