"""Xception: separable convolutions in place of Inception's branches (https://arxiv.org/abs/1610.02357)."""

from reflow.keras.applications import architecture
from reflow.keras.applications.imagenet_utils import decode_predictions, preprocess_in_mode  # noqa: F401

preprocess_input = preprocess_in_mode('tf')


def _separable(kit, x, filters, name):
    x = kit.layers.SeparableConv2D(filters, (3, 3), padding='same', use_bias=False, name=name)(x)
    return kit.norm(x, name + '_bn')


def _activated(kit, x, filters, name):
    return _separable(kit, kit.relu(x, name + '_act'), filters, name)


def _halving_block(kit, x, block, filters, activated=True):
    """Two convolutions (of so many filters) and a pool, beside a convolution of stride 2."""
    name = 'block%d_' % block
    residual = kit.norm(kit.conv(x, filters[1], (1, 1), strides=(2, 2), padding='same', use_bias=False))
    first = _activated if activated else _separable
    x = first(kit, x, filters[0], name + 'sepconv1')
    x = _activated(kit, x, filters[1], name + 'sepconv2')
    x = kit.max_pool(x, (3, 3), strides=(2, 2), padding='same', name=name + 'pool')
    return kit.add([x, residual])


def _features(kit, x):
    x = kit.conv(x, 32, (3, 3), strides=(2, 2), use_bias=False, name='block1_conv1')
    x = kit.relu(kit.norm(x, 'block1_conv1_bn'), 'block1_conv1_act')
    x = kit.conv(x, 64, (3, 3), use_bias=False, name='block1_conv2')
    x = kit.relu(kit.norm(x, 'block1_conv2_bn'), 'block1_conv2_act')
    x = _halving_block(kit, x, 2, (128, 128), activated=False)
    x = _halving_block(kit, x, 3, (256, 256))
    x = _halving_block(kit, x, 4, (728, 728))
    for block in range(5, 13):
        residual = x
        for i in 1, 2, 3:
            x = _activated(kit, x, 728, 'block%d_sepconv%d' % (block, i))
        x = kit.add([x, residual])
    x = _halving_block(kit, x, 13, (728, 1024))
    for name, filters in (('block14_sepconv1', 1536), ('block14_sepconv2', 2048)):
        x = kit.relu(_separable(kit, x, filters, name), name + '_act')
    return x


_FILE = 'xception_weights_tf_dim_ordering_tf_kernels'
_XCEPTION = architecture.Architecture(
    'xception', _features,
    architecture.Published('https://github.com/fchollet/deep-learning-models/releases/download/v0.4/',
                           (_FILE + '.h5', '0a58e3b7378bc2990ea3b43d5981f1f6'),
                           (_FILE + '_notop.h5', 'b0042744bf5b25fce3cb969f33bebb97')),
    size=299, smallest=71)


def Xception(*args, **kwargs):
    """The model of 23 million weights."""
    return _XCEPTION(*args, **kwargs)
