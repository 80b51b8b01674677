"""VGG with 16 layers of weights (https://arxiv.org/abs/1409.1556)."""

from reflow.keras.applications import architecture
from reflow.keras.applications.imagenet_utils import decode_predictions, preprocess_input  # noqa: F401

_FILTERS = (64, 128, 256, 512, 512)


def vgg(name, convolutions, digests):
    """The architecture with so many convolutions in each of its five blocks."""
    def features(kit, x):
        for block, (count, filters) in enumerate(zip(convolutions, _FILTERS), 1):
            for i in range(1, count + 1):
                x = kit.conv(x, filters, (3, 3), activation='relu', padding='same', name='block%d_conv%d' % (block, i))
            x = kit.max_pool(x, (2, 2), name='block%d_pool' % block)
        return x

    file = name + '_weights_tf_dim_ordering_tf_kernels'
    published = architecture.Published('https://github.com/fchollet/deep-learning-models/releases/download/v0.1/',
                                       (file + '.h5', digests[0]), (file + '_notop.h5', digests[1]))
    return architecture.Architecture(name, features, published, top=_top)


def _top(kit, x, classes):
    x = kit.layers.Flatten(name='flatten')(x)
    for name in 'fc1', 'fc2':
        x = kit.layers.Dense(4096, activation='relu', name=name)(x)
    return kit.layers.Dense(classes, activation='softmax', name='predictions')(x)


_VGG16 = vgg('vgg16', (2, 2, 3, 3, 3), ('64373286793e3c8b2b4e3219cbf3544b', '6d6bbae143d832006294945121d1f1fc'))


def VGG16(*args, **kwargs):
    """The model of 138 million weights."""
    return _VGG16(*args, **kwargs)
