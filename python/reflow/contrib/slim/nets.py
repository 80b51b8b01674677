"""Networks for pictures, of the papers that described them: `tf.contrib.slim.nets`."""
from reflow.contrib.slim.python.slim.nets import (  # noqa: F401
    alexnet, inception, overfeat, resnet_utils, resnet_v1, resnet_v2, vgg)
