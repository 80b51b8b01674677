"""Inception, version 3 (http://arxiv.org/abs/1512.00567)."""

from reflow.keras.applications import architecture
from reflow.keras.applications.imagenet_utils import decode_predictions, preprocess_in_mode  # noqa: F401

preprocess_input = preprocess_in_mode('tf')


def _conv(kit, x, filters, rows, columns, padding='same', strides=(1, 1)):
    x = kit.conv(x, filters, (rows, columns), strides=strides, padding=padding, use_bias=False)
    return kit.relu(kit.norm(x, scale=False))


def _chain(kit, x, *convolutions):
    """Convolutions one after another, each given as filters, rows and columns."""
    for filters, rows, columns in convolutions:
        x = _conv(kit, x, filters, rows, columns)
    return x


def _halving(kit, x, filters):
    return _conv(kit, x, filters, 3, 3, strides=(2, 2), padding='valid')


def _pool_branch(kit, x, filters):
    return _conv(kit, kit.average_pool(x, (3, 3), strides=(1, 1), padding='same'), filters, 1, 1)


def _features(kit, x):
    x = _conv(kit, x, 32, 3, 3, strides=(2, 2), padding='valid')
    x = _conv(kit, x, 32, 3, 3, padding='valid')
    x = kit.max_pool(_conv(kit, x, 64, 3, 3), (3, 3), strides=(2, 2))
    x = _conv(kit, x, 80, 1, 1, padding='valid')
    x = _conv(kit, x, 192, 3, 3, padding='valid')
    x = kit.max_pool(x, (3, 3), strides=(2, 2))
    for i, pooled in enumerate((32, 64, 64)):
        x = _mixed_35(kit, x, pooled, 'mixed%d' % i)
    x = _reduced_to_17(kit, x, 'mixed3')
    for i, filters in enumerate((128, 160, 160, 192), 4):
        x = _mixed_17(kit, x, filters, 'mixed%d' % i)
    x = _reduced_to_8(kit, x, 'mixed8')
    for i in range(2):
        x = _mixed_8(kit, x, i)
    return x


def _mixed_35(kit, x, pooled, name):
    branches = [_chain(kit, x, (64, 1, 1)),
                _chain(kit, x, (48, 1, 1), (64, 5, 5)),
                _chain(kit, x, (64, 1, 1), (96, 3, 3), (96, 3, 3)),
                _pool_branch(kit, x, pooled)]
    return kit.concat(branches, name)


def _reduced_to_17(kit, x, name):
    branches = [_halving(kit, x, 384),
                _halving(kit, _chain(kit, x, (64, 1, 1), (96, 3, 3)), 96),
                kit.max_pool(x, (3, 3), strides=(2, 2))]
    return kit.concat(branches, name)


def _mixed_17(kit, x, n, name):
    branches = [_chain(kit, x, (192, 1, 1)),
                _chain(kit, x, (n, 1, 1), (n, 1, 7), (192, 7, 1)),
                _chain(kit, x, (n, 1, 1), (n, 7, 1), (n, 1, 7), (n, 7, 1), (192, 1, 7)),
                _pool_branch(kit, x, 192)]
    return kit.concat(branches, name)


def _reduced_to_8(kit, x, name):
    branches = [_halving(kit, _chain(kit, x, (192, 1, 1)), 320),
                _halving(kit, _chain(kit, x, (192, 1, 1), (192, 1, 7), (192, 7, 1)), 192),
                kit.max_pool(x, (3, 3), strides=(2, 2))]
    return kit.concat(branches, name)


def _mixed_8(kit, x, i):
    one = _chain(kit, x, (320, 1, 1))
    three = _chain(kit, x, (384, 1, 1))
    three = kit.concat([_conv(kit, three, 384, 1, 3), _conv(kit, three, 384, 3, 1)], 'mixed9_%d' % i)
    double = _chain(kit, x, (448, 1, 1), (384, 3, 3))
    double = kit.concat([_conv(kit, double, 384, 1, 3), _conv(kit, double, 384, 3, 1)])
    return kit.concat([one, three, double, _pool_branch(kit, x, 192)], 'mixed%d' % (9 + i))


_FILE = 'inception_v3_weights_tf_dim_ordering_tf_kernels'
_INCEPTION_V3 = architecture.Architecture(
    'inception_v3', _features,
    architecture.Published('https://github.com/fchollet/deep-learning-models/releases/download/v0.5/',
                           (_FILE + '.h5', '9a0d58056eeedaa3f26cb7ebd46da564'),
                           (_FILE + '_notop.h5', 'bcbd6486424b2319ff4ef7d526e38f63')),
    size=299, smallest=75)


def InceptionV3(*args, **kwargs):
    """The model of 24 million weights."""
    return _INCEPTION_V3(*args, **kwargs)
