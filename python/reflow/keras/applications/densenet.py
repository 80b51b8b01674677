"""Networks in which each block sees what all before it gave (https://arxiv.org/abs/1608.06993)."""

from reflow.keras.applications import architecture
from reflow.keras.applications.imagenet_utils import decode_predictions, preprocess_in_mode  # noqa: F401

_EPSILON = 1.001e-5
_GROWTH = 32
preprocess_input = preprocess_in_mode('torch')


def _features(blocks):
    def features(kit, x):
        x = kit.conv(kit.pad(x, ((3, 3), (3, 3))), 64, 7, strides=2, use_bias=False, name='conv1/conv')
        x = kit.relu(kit.norm(x, 'conv1/bn', epsilon=_EPSILON), 'conv1/relu')
        x = kit.max_pool(kit.pad(x, ((1, 1), (1, 1))), 3, name='pool1')
        for stage, count in enumerate(blocks, 2):
            if stage > 2:
                x = _transition(kit, x, 'pool%d' % (stage - 1))
            for i in range(1, count + 1):
                x = _block(kit, x, 'conv%d_block%d' % (stage, i))
        return kit.relu(kit.norm(x, 'bn', epsilon=_EPSILON), 'relu')
    return features


def _transition(kit, x, name):
    x = kit.relu(kit.norm(x, name + '_bn', epsilon=_EPSILON), name + '_relu')
    x = kit.conv(x, int(kit.channels(x) * 0.5), 1, use_bias=False, name=name + '_conv')
    return kit.average_pool(x, 2, strides=2, name=name + '_pool')


def _block(kit, x, name):
    new = kit.relu(kit.norm(x, name + '_0_bn', epsilon=_EPSILON), name + '_0_relu')
    new = kit.conv(new, 4 * _GROWTH, 1, use_bias=False, name=name + '_1_conv')
    new = kit.relu(kit.norm(new, name + '_1_bn', epsilon=_EPSILON), name + '_1_relu')
    new = kit.conv(new, _GROWTH, 3, padding='same', use_bias=False, name=name + '_2_conv')
    return kit.concat([x, new], name + '_concat')


def _densenet(name, blocks, digests):
    file = name + '_weights_tf_dim_ordering_tf_kernels'
    published = architecture.Published('https://github.com/keras-team/keras-applications/releases/download/densenet/',
                                       (file + '.h5', digests[0]), (file + '_notop.h5', digests[1]))
    return architecture.Architecture(name, _features(blocks), published, pool_names=('avg_pool', 'max_pool'),
                                     top=lambda kit, x, classes: kit.averaged_classes(x, classes, 'fc1000'))


_DENSENET121 = _densenet('densenet121', (6, 12, 24, 16),
                         ('9d60b8095a5708f2dcce2bca79d332c7', '30ee3e1110167f948a6b9946edeeb738'))
_DENSENET169 = _densenet('densenet169', (6, 12, 32, 32),
                         ('d699b8f76981ab1b30698df4c175e90b', 'b8c4d4c20dd625c148057b9ff1c1176b'))
_DENSENET201 = _densenet('densenet201', (6, 12, 48, 32),
                         ('1ceb130c1ea1b78c3bf6114dbdfd8807', 'c13680b51ded0fb44dff2d8f86ac8bb1'))


def DenseNet121(*args, **kwargs):
    """The model with 121 layers of weights."""
    return _DENSENET121(*args, **kwargs)


def DenseNet169(*args, **kwargs):
    """The model with 169 layers of weights."""
    return _DENSENET169(*args, **kwargs)


def DenseNet201(*args, **kwargs):
    """The model with 201 layers of weights."""
    return _DENSENET201(*args, **kwargs)
