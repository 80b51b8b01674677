"""NASNet-A: an architecture found by search (https://arxiv.org/abs/1707.07012)."""

import warnings

from reflow.keras.applications import architecture
from reflow.keras.applications.imagenet_utils import decode_predictions, preprocess_in_mode  # noqa: F401

preprocess_input = preprocess_in_mode('tf')

_FOLDER = 'https://github.com/titu1994/Keras-NASNet/releases/download/v1.2/'
_LARGE = architecture.Published(_FOLDER, ('nasnet_large.h5=NASNet-large.h5', '11577c9a518f0070763c2b964a382f17'),
                                ('nasnet_large_no_top.h5=NASNet-large-no-top.h5', 'd81d89dc07e6e56530c4e77faddd61b5'))
_MOBILE = architecture.Published(_FOLDER, ('nasnet_mobile.h5=NASNet-mobile.h5', '020fb642bf7360b370c678b08e0adf61'),
                                 ('nasnet_mobile_no_top.h5=NASNet-mobile-no-top.h5', '1ed92395b5b598bdda52abe5c0dbfd63'))


def NASNetLarge(*args, **kwargs):
    """The model of 89 million weights: 6 blocks of each kind, 4032 features."""
    return _nasnet(4032, 6, 96, True, 331, _LARGE, *args, **kwargs)


def NASNetMobile(*args, **kwargs):
    """The model of 5 million weights: 4 blocks of each kind, 1056 features."""
    return _nasnet(1056, 4, 32, False, 224, _MOBILE, *args, **kwargs)


def _nasnet(features, blocks, stem_filters, skips_reduction, size, published, input_shape=None, include_top=True,
            weights='imagenet', input_tensor=None, pooling=None, classes=1000, **kwargs):
    kit = architecture.Kit(**kwargs)
    architecture.check_weights(weights, include_top, classes)
    if isinstance(input_shape, tuple) and None in input_shape and weights == 'imagenet':
        raise ValueError('When specifying the input shape of a NASNet and loading `ImageNet` weights, the input_shape argument '
                         'must be static (no None entries). Got: `input_shape=' + str(input_shape) + '`.')
    shape = architecture.image_shape(input_shape, size, 32, kit.backend.image_data_format(), True, weights)
    channels_first = kit.channels_first
    if channels_first:
        warnings.warn('NASNet takes images with their channels last, whatever the data format of the backend is: the model is '
                      'made for [height, width, channels].')
        kit.backend.set_image_data_format('channels_last')
    try:
        image = kit.image(input_tensor, shape)
        x = _Cells(kit).features(image, features // 24, blocks, stem_filters, skips_reduction)
        x = kit.averaged_classes(x, classes, pool_name=None) if include_top else kit.pooled(x, pooling)
        return kit.load(kit.model(input_tensor, image, x, 'NASNet'), weights, include_top, published)
    finally:
        if channels_first:
            kit.backend.set_image_data_format('channels_first')


class _Cells:
    """The two cells that the network consists of, in the order in which their layers are made."""

    def __init__(self, kit):
        self._kit = kit
        self._scope = kit.backend.name_scope

    def features(self, x, filters, blocks, stem_filters, skips_reduction):
        kit = self._kit
        x = kit.conv(x, stem_filters, (3, 3), strides=(2, 2), padding='valid', use_bias=False, name='stem_conv1',
                     kernel_initializer='he_normal')
        x = self._norm(x, 'stem_bn1')
        x, before = self._reduction(x, None, filters // 4, 'stem_1')
        x, before = self._reduction(x, before, filters // 2, 'stem_2')
        for stage in range(3):
            width = filters * 2 ** stage
            if stage:
                x, before_reduction = self._reduction(x, before, width, 'reduce_%d' % (stage * blocks))
                before = before if skips_reduction else before_reduction
            for i in range(blocks):
                x, before = self._normal(x, before, width, str(stage * blocks + i + (stage > 0)))
        return kit.relu(x)

    def _norm(self, x, name):
        return self._kit.norm(x, name, momentum=0.9997, epsilon=1e-3)

    def _conv(self, x, filters, name):
        return self._kit.conv(x, filters, (1, 1), padding='same', use_bias=False, name=name, kernel_initializer='he_normal')

    def _pool(self, x, name, strides=(1, 1), padding='same', size=(3, 3)):
        return self._kit.average_pool(x, size, strides=strides, padding=padding, name=name)

    def _separable(self, x, filters, size, name, strides=(1, 1)):
        """Two separable convolutions, of which the first may have a stride."""
        kit = self._kit
        with self._scope('separable_conv_block_' + name):
            x = kit.relu(x)
            if strides == (2, 2):
                x = kit.pad(x, kit.padding_before_stride(x, size), 'separable_conv_1_pad_' + name)
            for i, stride in ((1, strides), (2, (1, 1))):
                x = kit.relu(x) if i == 2 else x
                x = kit.layers.SeparableConv2D(filters, (size, size), strides=stride, name='separable_conv_%d_%s' % (i, name),
                                               padding='valid' if stride == (2, 2) else 'same', use_bias=False,
                                               kernel_initializer='he_normal')(x)
                x = self._norm(x, 'separable_conv_%d_bn_%s' % (i, name))
        return x

    def _adjusted(self, before, x, filters, block):
        """The input of the cell before, in the shape of this cell's input `x` with so many filters."""
        kit = self._kit
        with self._scope('adjust_block'):
            if before is None:
                return x
            shape, own = kit.backend.int_shape(before), kit.backend.int_shape(x)
            if shape[2] != own[2]:
                with self._scope('adjust_reduction_block_' + block):
                    return self._halved(before, filters, block)
            if shape[-1] != filters:
                with self._scope('adjust_projection_block_' + block):
                    before = self._conv(kit.relu(before), filters, 'adjust_conv_projection_' + block)
                    return self._norm(before, 'adjust_bn_' + block)
        return before

    def _halved(self, x, filters, block):
        kit = self._kit
        x = kit.relu(x, 'adjust_relu_1_' + block)
        halves = {'strides': (2, 2), 'padding': 'valid', 'size': (1, 1)}
        first = self._conv(self._pool(x, 'adjust_avg_pool_1_' + block, **halves), filters // 2, 'adjust_conv_1_' + block)
        second = kit.layers.Cropping2D(cropping=((1, 0), (1, 0)))(kit.pad(x, ((0, 1), (0, 1))))
        second = self._pool(second, 'adjust_avg_pool_2_' + block, **halves)
        second = self._conv(second, filters // 2, 'adjust_conv_2_' + block)
        return self._norm(kit.concat([first, second], axis=-1), 'adjust_bn_' + block)

    def _normal(self, x, before, filters, block):
        kit = self._kit
        with self._scope('normal_A_block_' + block):
            p = self._adjusted(before, x, filters, block)
            h = self._norm(self._conv(kit.relu(x), filters, 'normal_conv_1_' + block), 'normal_bn_1_' + block)
            with self._scope('block_1'):
                left = self._separable(h, filters, 5, 'normal_left1_' + block)
                right = self._separable(p, filters, 3, 'normal_right1_' + block)
                x1 = kit.add([left, right], 'normal_add_1_' + block)
            with self._scope('block_2'):
                left = self._separable(p, filters, 5, 'normal_left2_' + block)
                right = self._separable(p, filters, 3, 'normal_right2_' + block)
                x2 = kit.add([left, right], 'normal_add_2_' + block)
            with self._scope('block_3'):
                x3 = kit.add([self._pool(h, 'normal_left3_' + block), p], 'normal_add_3_' + block)
            with self._scope('block_4'):
                left = self._pool(p, 'normal_left4_' + block)
                right = self._pool(p, 'normal_right4_' + block)
                x4 = kit.add([left, right], 'normal_add_4_' + block)
            with self._scope('block_5'):
                x5 = kit.add([self._separable(h, filters, 3, 'normal_left5_' + block), h], 'normal_add_5_' + block)
            return kit.concat([p, x1, x2, x3, x4, x5], 'normal_concat_' + block, axis=-1), x

    def _reduction(self, x, before, filters, block):
        kit = self._kit
        halving = {'strides': (2, 2), 'padding': 'valid'}
        with self._scope('reduction_A_block_' + block):
            p = self._adjusted(before, x, filters, block)
            h = self._norm(self._conv(kit.relu(x), filters, 'reduction_conv_1_' + block), 'reduction_bn_1_' + block)
            padded = kit.pad(h, kit.padding_before_stride(h, 3), 'reduction_pad_1_' + block)
            with self._scope('block_1'):
                left = self._separable(h, filters, 5, 'reduction_left1_' + block, (2, 2))
                right = self._separable(p, filters, 7, 'reduction_right1_' + block, (2, 2))
                x1 = kit.add([left, right], 'reduction_add_1_' + block)
            with self._scope('block_2'):
                left = kit.max_pool(padded, (3, 3), name='reduction_left2_' + block, **halving)
                right = self._separable(p, filters, 7, 'reduction_right2_' + block, (2, 2))
                x2 = kit.add([left, right], 'reduction_add_2_' + block)
            with self._scope('block_3'):
                left = self._pool(padded, 'reduction_left3_' + block, **halving)
                right = self._separable(p, filters, 5, 'reduction_right3_' + block, (2, 2))
                x3 = kit.add([left, right], 'reduction_add3_' + block)
            with self._scope('block_4'):
                x4 = kit.add([x2, self._pool(x1, 'reduction_left4_' + block)])
            with self._scope('block_5'):
                left = self._separable(x1, filters, 3, 'reduction_left4_' + block)
                right = kit.max_pool(padded, (3, 3), name='reduction_right5_' + block, **halving)
                x5 = kit.add([left, right], 'reduction_add4_' + block)
            return kit.concat([x2, x3, x4, x5], 'reduction_concat_' + block, axis=-1), x
