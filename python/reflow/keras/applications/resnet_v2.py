"""Residual networks that normalize and activate before they convolve (https://arxiv.org/abs/1603.05027)."""

from reflow.keras.applications.imagenet_utils import decode_predictions, preprocess_in_mode  # noqa: F401
from reflow.keras.applications.resnet import EPSILON, residual_network

preprocess_input = preprocess_in_mode('tf')


def _block(kit, x, filters, stride, widens, name):
    before = kit.relu(kit.norm(x, name + '_preact_bn', epsilon=EPSILON), name + '_preact_relu')
    shortcut = x
    if widens:
        shortcut = kit.conv(before, 4 * filters, 1, strides=stride, name=name + '_0_conv')
    elif stride > 1:
        shortcut = kit.max_pool(x, 1, strides=stride)
    x = kit.conv(before, filters, 1, strides=1, use_bias=False, name=name + '_1_conv')
    x = kit.relu(kit.norm(x, name + '_1_bn', epsilon=EPSILON), name + '_1_relu')
    x = kit.pad(x, ((1, 1), (1, 1)), name + '_2_pad')
    x = kit.conv(x, filters, 3, strides=stride, use_bias=False, name=name + '_2_conv')
    x = kit.relu(kit.norm(x, name + '_2_bn', epsilon=EPSILON), name + '_2_relu')
    x = kit.conv(x, 4 * filters, 1, name=name + '_3_conv')
    return kit.add([shortcut, x], name + '_out')


def _stacks(blocks):
    def stacks(kit, x):
        for stage, (count, filters) in enumerate(zip(blocks, (64, 128, 256, 512)), 2):
            for i in range(1, count + 1):
                stride = 2 if i == count and stage < 5 else 1
                x = _block(kit, x, filters, stride, i == 1, 'conv%d_block%d' % (stage, i))
        return x
    return stacks


_RESNET50V2 = residual_network('resnet50v2', _stacks((3, 4, 6, 3)), True,
                               ('3ef43a0b657b3be2300d5770ece849e0', 'fac2f116257151a9d068a22e544a4917'))
_RESNET101V2 = residual_network('resnet101v2', _stacks((3, 4, 23, 3)), True,
                                ('6343647c601c52e1368623803854d971', 'c0ed64b8031c3730f411d2eb4eea35b5'))
_RESNET152V2 = residual_network('resnet152v2', _stacks((3, 8, 36, 3)), True,
                                ('a49b44d1979771252814e80f8ec446f9', 'ed17cf2e0169df9d443503ef94b23b33'))


def ResNet50V2(*args, **kwargs):
    """The model with 50 layers of weights."""
    return _RESNET50V2(*args, **kwargs)


def ResNet101V2(*args, **kwargs):
    """The model with 101 layers of weights."""
    return _RESNET101V2(*args, **kwargs)


def ResNet152V2(*args, **kwargs):
    """The model with 152 layers of weights."""
    return _RESNET152V2(*args, **kwargs)
