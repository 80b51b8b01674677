"""MobileNet: depthwise convolutions for small machines (https://arxiv.org/abs/1704.04861)."""

import warnings

from reflow.keras.applications import architecture
from reflow.keras.applications.imagenet_utils import decode_predictions, preprocess_in_mode  # noqa: F401

preprocess_input = preprocess_in_mode('tf')

SIZES = [128, 160, 192, 224]
_FOLDER = 'https://github.com/fchollet/deep-learning-models/releases/download/v0.6/'
# Filters of the blocks, and those of stride 2.
_FILTERS = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
_HALVING = (2, 4, 6, 12)


def MobileNet(*args, **kwargs):
    """The model whose layers have `alpha` times the filters of the paper's."""
    return _mobilenet(*args, **kwargs)


def _mobilenet(input_shape=None, alpha=1.0, depth_multiplier=1, dropout=1e-3, include_top=True, weights='imagenet',
               input_tensor=None, pooling=None, classes=1000, **kwargs):
    kit = architecture.Kit(**kwargs)
    architecture.check_weights(weights, include_top, classes)
    shape = architecture.image_shape(input_shape, size_for(kit, input_shape, SIZES), 32, kit.backend.image_data_format(),
                                     include_top, weights)
    rows = rows_and_columns(kit, shape)[0]
    if weights == 'imagenet':
        if depth_multiplier != 1:
            raise ValueError('If imagenet weights are being loaded, depth multiplier must be 1')
        if alpha not in [0.25, 0.50, 0.75, 1.0]:
            raise ValueError('If imagenet weights are being loaded, alpha can be one of`0.25`, `0.50`, `0.75` or `1.0` only.')
        rows = rows_of_published(kit, shape, SIZES, '`input_shape` is undefined or non-square, or `rows` is not in '
                                 '[128, 160, 192, 224]. Weights for input shape (224, 224) will be loaded as the default.')
    image = kit.image(input_tensor, shape)
    x = _features(kit, image, alpha, depth_multiplier)
    x = _top(kit, x, int(1024 * alpha), dropout, classes) if include_top else kit.pooled(x, pooling)
    model = kit.model(input_tensor, image, x, 'mobilenet_%0.2f_%s' % (alpha, rows))
    return kit.load(model, weights, include_top, _published(alpha, rows) if weights == 'imagenet' else None)


def rows_and_columns(kit, shape):
    return tuple(shape[1:3] if kit.channels_first else shape[:2])


def size_for(kit, shape, sizes):
    """The size of images that a model of `shape` is meant for."""
    rows, columns = rows_and_columns(kit, shape) if shape is not None else (None, None)
    return rows if rows == columns and rows in sizes else 224


def rows_of_published(kit, shape, sizes, otherwise):
    """The size of images that weights for `shape` were trained with; `otherwise` is warned of where there is none."""
    rows, columns = rows_and_columns(kit, shape)
    if rows == columns and rows in sizes:
        return rows
    warnings.warn(otherwise)
    return 224


def _features(kit, x, alpha, depth_multiplier):
    x = kit.pad(x, ((0, 1), (0, 1)), 'conv1_pad')
    x = kit.conv(x, int(32 * alpha), (3, 3), padding='valid', use_bias=False, strides=(2, 2), name='conv1')
    x = _relu6(kit, kit.norm(x, 'conv1_bn'), 'conv1_relu')
    for block, filters in enumerate(_FILTERS, 1):
        x = _block(kit, x, int(filters * alpha), depth_multiplier, block)
    return x


def _block(kit, x, filters, depth_multiplier, block):
    halving = block in _HALVING
    if halving:
        x = kit.pad(x, ((0, 1), (0, 1)), 'conv_pad_%d' % block)
    depthwise, pointwise = 'conv_dw_%d' % block, 'conv_pw_%d' % block
    x = kit.layers.DepthwiseConv2D((3, 3), padding='valid' if halving else 'same', depth_multiplier=depth_multiplier,
                                   strides=(2, 2) if halving else (1, 1), use_bias=False, name=depthwise)(x)
    x = _relu6(kit, kit.norm(x, depthwise + '_bn'), depthwise + '_relu')
    x = kit.conv(x, filters, (1, 1), padding='same', use_bias=False, strides=(1, 1), name=pointwise)
    return _relu6(kit, kit.norm(x, pointwise + '_bn'), pointwise + '_relu')


def _relu6(kit, x, name):
    return kit.layers.ReLU(6., name=name)(x)


def _top(kit, x, filters, dropout, classes):
    x = kit.layers.GlobalAveragePooling2D()(x)
    x = kit.layers.Reshape((filters, 1, 1) if kit.channels_first else (1, 1, filters), name='reshape_1')(x)
    x = kit.layers.Dropout(dropout, name='dropout')(x)
    x = kit.conv(x, classes, (1, 1), padding='same', name='conv_preds')
    x = kit.layers.Reshape((classes,), name='reshape_2')(x)
    return kit.layers.Activation('softmax', name='act_softmax')(x)


def _published(alpha, rows):
    file = 'mobilenet_%s_%d_tf' % ({1.0: '1_0', 0.75: '7_5', 0.50: '5_0'}.get(alpha, '2_5'), rows)
    return architecture.Published(_FOLDER, (file + '.h5', None), (file + '_no_top.h5', None))
