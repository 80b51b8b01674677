"""Inception with residual connections, version 2 (https://arxiv.org/abs/1602.07261)."""

from reflow.keras.applications import architecture
from reflow.keras.applications.imagenet_utils import decode_predictions, preprocess_in_mode  # noqa: F401

preprocess_input = preprocess_in_mode('tf')


def _conv(kit, x, filters, size, strides=1, padding='same', name=None):
    x = kit.conv(x, filters, size, strides=strides, padding=padding, use_bias=False, name=name)
    x = kit.norm(x, name and name + '_bn', scale=False)
    return kit.relu(x, name and name + '_ac')


def _chain(kit, x, *convolutions):
    """Convolutions one after another, each given as filters and size; three numbers: without padding, with stride."""
    for filters, size, *strides in convolutions:
        x = _conv(kit, x, filters, size, *strides, padding='valid') if strides else _conv(kit, x, filters, size)
    return x


# What is added to a block's input, times a scale: branches of convolutions.
_BLOCKS = {
    'block35': [[(32, 1)], [(32, 1), (32, 3)], [(32, 1), (48, 3), (64, 3)]],
    'block17': [[(192, 1)], [(128, 1), (160, [1, 7]), (192, [7, 1])]],
    'block8': [[(192, 1)], [(192, 1), (224, [1, 3]), (256, [3, 1])]],
}


def _block(kit, x, kind, number, scale, activated=True):
    name = '%s_%d' % (kind, number)
    mixed = kit.concat([_chain(kit, x, *branch) for branch in _BLOCKS[kind]], name + '_mixed')
    residual = kit.conv(mixed, kit.channels(x), 1, strides=1, padding='same', use_bias=True, name=name + '_conv')
    x = kit.layers.Lambda(lambda inputs, scale: inputs[0] + inputs[1] * scale,
                          output_shape=kit.backend.int_shape(x)[1:], arguments={'scale': scale}, name=name)([x, residual])
    return kit.relu(x, name + '_ac') if activated else x


def _features(kit, x):
    x = _conv(kit, x, 32, 3, strides=2, padding='valid')
    x = _conv(kit, x, 32, 3, padding='valid')
    x = kit.max_pool(_conv(kit, x, 64, 3), 3)
    x = _conv(kit, x, 80, 1, padding='valid')
    x = kit.max_pool(_conv(kit, x, 192, 3, padding='valid'), 3)
    branches = [_chain(kit, x, (96, 1)), _chain(kit, x, (48, 1), (64, 5)), _chain(kit, x, (64, 1), (96, 3), (96, 3)),
                _chain(kit, kit.average_pool(x, 3, strides=1, padding='same'), (64, 1))]
    x = kit.concat(branches, 'mixed_5b')
    for i in range(1, 11):
        x = _block(kit, x, 'block35', i, 0.17)
    branches = [_chain(kit, x, (384, 3, 2)), _chain(kit, x, (256, 1), (256, 3), (384, 3, 2)),
                kit.max_pool(x, 3, padding='valid')]
    x = kit.concat(branches, 'mixed_6a')
    for i in range(1, 21):
        x = _block(kit, x, 'block17', i, 0.1)
    branches = [_chain(kit, x, (256, 1), (384, 3, 2)), _chain(kit, x, (256, 1), (288, 3, 2)),
                _chain(kit, x, (256, 1), (288, 3), (320, 3, 2)), kit.max_pool(x, 3, padding='valid')]
    x = kit.concat(branches, 'mixed_7a')
    for i in range(1, 10):
        x = _block(kit, x, 'block8', i, 0.2)
    x = _block(kit, x, 'block8', 10, 1., activated=False)
    return _conv(kit, x, 1536, 1, name='conv_7b')


_FILE = 'inception_resnet_v2_weights_tf_dim_ordering_tf_kernels'
_INCEPTION_RESNET_V2 = architecture.Architecture(
    'inception_resnet_v2', _features,
    architecture.Published('https://github.com/fchollet/deep-learning-models/releases/download/v0.7/',
                           (_FILE + '.h5', 'e693bd0210a403b3192acc6073ad2e96'),
                           (_FILE + '_notop.h5', 'd19885ff4a710c122648d3b5c3b684e4')),
    size=299, smallest=75)


def InceptionResNetV2(*args, **kwargs):
    """The model of 56 million weights."""
    return _INCEPTION_RESNET_V2(*args, **kwargs)
