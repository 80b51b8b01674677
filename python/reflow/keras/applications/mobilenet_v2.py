"""MobileNet, version 2: inverted residuals and linear bottlenecks (https://arxiv.org/abs/1801.04381)."""

from reflow.keras.applications import architecture
from reflow.keras.applications.imagenet_utils import decode_predictions, preprocess_in_mode  # noqa: F401
from reflow.keras.applications.mobilenet import rows_and_columns, rows_of_published, size_for

preprocess_input = preprocess_in_mode('tf')

_SIZES = [96, 128, 160, 192, 224]
_FOLDER = 'https://github.com/JonathanCMitchell/mobilenet_v2_keras/releases/download/v1.1/'
# Groups of blocks: filters, the first block's stride, how many.
_GROUPS = ((16, 1, 1), (24, 2, 2), (32, 2, 3), (64, 2, 4), (96, 1, 3), (160, 2, 3), (320, 1, 1))
_NORM = {'epsilon': 1e-3, 'momentum': 0.999}


def MobileNetV2(*args, **kwargs):
    """The model whose layers have `alpha` times the filters of the paper's."""
    return _mobilenet_v2(*args, **kwargs)


def _mobilenet_v2(input_shape=None, alpha=1.0, include_top=True, weights='imagenet', input_tensor=None, pooling=None,
                  classes=1000, **kwargs):
    kit = architecture.Kit(**kwargs)
    architecture.check_weights(weights, include_top, classes)
    if input_tensor is not None:
        _check_tensor(kit, input_tensor, input_shape)
    likely = input_shape
    if likely is None and input_tensor is not None and kit.backend.is_keras_tensor(input_tensor):
        likely = kit.backend.int_shape(input_tensor)[1:]
    shape = architecture.image_shape(input_shape, size_for(kit, likely, _SIZES), 32, kit.backend.image_data_format(),
                                     include_top, weights)
    rows = rows_and_columns(kit, shape)[0]
    if weights == 'imagenet':
        if alpha not in [0.35, 0.50, 0.75, 1.0, 1.3, 1.4]:
            raise ValueError('If imagenet weights are being loaded, alpha can be one of `0.35`, `0.50`, `0.75`, `1.0`, `1.3` '
                             'or `1.4` only.')
        rows = rows_of_published(kit, shape, _SIZES, '`input_shape` is undefined or non-square, or `rows` is not in '
                                 '[96, 128, 160, 192, 224]. Weights for input shape (224, 224) will be loaded as the default.')
    image = kit.image(input_tensor, shape)
    x = _features(kit, image, alpha)
    if include_top:
        x = kit.averaged_classes(x, classes, 'Logits', pool_name=None)
    else:
        x = kit.pooled(x, pooling)
    model = kit.model(input_tensor, image, x, 'mobilenetv2_%0.2f_%s' % (alpha, rows))
    file = 'mobilenet_v2_weights_tf_dim_ordering_tf_kernels_%s_%s' % (alpha, rows)
    published = architecture.Published(_FOLDER, (file + '.h5', None), (file + '_no_top.h5', None))
    return kit.load(model, weights, include_top, published)


def _check_tensor(kit, tensor, shape):
    """ValueError: no tensor of Keras, or one of another shape than `shape`."""
    try:
        made_by_keras = kit.backend.is_keras_tensor(tensor)
    except ValueError:
        if shape is None:
            raise ValueError('input_tensor: ', tensor, 'is type: ', type(tensor), 'which is not a valid type') from None
        raise ValueError('input_tensor: ', tensor, 'is not type input_tensor') from None
    if shape is None:
        return
    if not made_by_keras:
        raise ValueError('input_tensor specified: ', tensor, 'is not a keras tensor')
    if kit.backend.int_shape(tensor)[2] != shape[1]:
        raise ValueError('input_shape: ', shape, 'and input_tensor: ', tensor, 'do not meet the same shape requirements')


def _divisible(value):
    """The multiple of 8 that is nearest to `value`, and not much less."""
    nearest = max(8, int(value + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * value else nearest


def _relu6(kit, x, name):
    return kit.layers.ReLU(6., name=name)(x)


def _features(kit, x, alpha):
    x = kit.pad(x, kit.padding_before_stride(x, 3), 'Conv1_pad')
    x = kit.conv(x, _divisible(32 * alpha), 3, strides=(2, 2), padding='valid', use_bias=False, name='Conv1')
    x = _relu6(kit, kit.norm(x, 'bn_Conv1', **_NORM), 'Conv1_relu')
    number = 0
    for filters, stride, count in _GROUPS:
        for i in range(count):
            x = _block(kit, x, _divisible(int(filters * alpha)), stride if i == 0 else 1, number)
            number += 1
    x = kit.conv(x, _divisible(1280 * alpha) if alpha > 1.0 else 1280, 1, use_bias=False, name='Conv_1')
    return _relu6(kit, kit.norm(x, 'Conv_1_bn', **_NORM), 'out_relu')


def _block(kit, x, filters, stride, number):
    inputs, channels = x, kit.channels(x)
    name = 'block_%d_' % number if number else 'expanded_conv_'
    if number:
        x = kit.conv(x, 6 * channels, 1, padding='same', use_bias=False, activation=None, name=name + 'expand')
        x = _relu6(kit, kit.norm(x, name + 'expand_BN', **_NORM), name + 'expand_relu')
    if stride == 2:
        x = kit.pad(x, kit.padding_before_stride(x, 3), name + 'pad')
    x = kit.layers.DepthwiseConv2D(3, strides=stride, activation=None, use_bias=False,
                                   padding='same' if stride == 1 else 'valid', name=name + 'depthwise')(x)
    x = _relu6(kit, kit.norm(x, name + 'depthwise_BN', **_NORM), name + 'depthwise_relu')
    x = kit.conv(x, filters, 1, padding='same', use_bias=False, activation=None, name=name + 'project')
    x = kit.norm(x, name + 'project_BN', **_NORM)
    return kit.add([inputs, x], name + 'add') if channels == filters and stride == 1 else x
