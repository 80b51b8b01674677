"""ResNet50 as the package has it: other names, and other starting values, than keras.applications.resnet gives it."""

import warnings

from reflow.keras.applications import architecture, imagenet_utils
from reflow.keras_package.applications import with_package

_FILE = 'resnet50_weights_tf_dim_ordering_tf_kernels'
_PUBLISHED = architecture.Published('https://github.com/fchollet/deep-learning-models/releases/download/v0.2/',
                                    (_FILE + '.h5', 'a7b3fe01876f51b976af0dea6bc144eb'),
                                    (_FILE + '_notop.h5', 'a268eb855778b3df3c7506639542a6af'))

decode_predictions = with_package(imagenet_utils.decode_predictions)
preprocess_input = with_package(imagenet_utils.preprocess_input)


def _features(kit, x):
    x = kit.conv(kit.pad(x, (3, 3), 'conv1_pad'), 64, (7, 7), strides=(2, 2), padding='valid',
                 kernel_initializer='he_normal', name='conv1')
    x = kit.pad(kit.relu(kit.norm(x, 'bn_conv1')), (1, 1), 'pool1_pad')
    x = kit.max_pool(x, (3, 3), strides=(2, 2))
    for stage, (blocks, filters) in enumerate(zip(('abc', 'abcd', 'abcdef', 'abc'), (64, 128, 256, 512)), 2):
        for block in blocks:
            strides = (2, 2) if block == 'a' and stage > 2 else (1, 1)
            x = _block(kit, x, filters, strides, '%d%s_branch' % (stage, block), widens=block == 'a')
    return x


def _block(kit, x, filters, strides, name, widens):
    def conv(x, filters, size, part, **kwargs):
        x = kit.conv(x, filters, size, kernel_initializer='he_normal', name='res' + name + part, **kwargs)
        return kit.norm(x, 'bn' + name + part)

    inputs = x
    x = kit.relu(conv(x, filters, (1, 1), '2a', strides=strides))
    x = kit.relu(conv(x, filters, 3, '2b', padding='same'))
    x = conv(x, 4 * filters, (1, 1), '2c')
    shortcut = conv(inputs, 4 * filters, (1, 1), '1', strides=strides) if widens else inputs
    return kit.relu(kit.add([x, shortcut]))


_RESNET50 = architecture.Architecture(
    'resnet50', _features, _PUBLISHED, top=lambda kit, x, classes: kit.averaged_classes(x, classes, 'fc1000'))


@with_package
def ResNet50(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, **kwargs):
    """The model with 50 layers of weights."""
    model = _RESNET50(include_top, weights, input_tensor, input_shape, pooling, classes, **kwargs)
    if not include_top and pooling not in ('avg', 'max'):
        warnings.warn('The output shape of `ResNet50(include_top=False)` has been changed since Keras 2.2.0.')
    return model
