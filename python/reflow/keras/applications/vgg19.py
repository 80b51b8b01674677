"""VGG with 19 layers of weights (https://arxiv.org/abs/1409.1556)."""

from reflow.keras.applications import vgg16
from reflow.keras.applications.imagenet_utils import decode_predictions, preprocess_input  # noqa: F401

_VGG19 = vgg16.vgg('vgg19', (2, 2, 4, 4, 4), ('cbe5617147190e668d6c5d5026f83318', '253f8cb515780f3b799900260a226db6'))


def VGG19(*args, **kwargs):
    """The model of 144 million weights."""
    return _VGG19(*args, **kwargs)
