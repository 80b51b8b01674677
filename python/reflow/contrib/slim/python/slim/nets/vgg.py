"""The networks A, D and E of Simonyan and Zisserman, "Very deep convolutional networks", arXiv 1409.1556."""
from reflow.ops import init_ops
from reflow.contrib.layers.python.layers import layers
from reflow.contrib.slim.python.slim.nets.fully_convolutional import (
    dense_layers, logits_and_end_points, network, network_arg_scope)


def vgg_arg_scope(weight_decay=0.0005):
    """The arguments that the networks' layers are trained with."""
    return network_arg_scope(weight_decay, init_ops.zeros_initializer())


def _vgg(inputs, repetitions, default_name, num_classes, is_training, dropout_keep_prob, spatial_squeeze, scope):
    """Five groups of as many convolutions as `repetitions` has, and dense layers."""
    with network(inputs, scope, default_name, by_name=default_name == 'vgg_19') as (sc, key):
        net = inputs
        for i, (times, filters) in enumerate(zip(repetitions, (64, 128, 256, 512, 512)), 1):
            net = layers.repeat(net, times, layers.conv2d, filters, [3, 3], scope='conv%d' % i)
            net = layers.max_pool2d(net, [2, 2], scope='pool%d' % i)
        net = dense_layers(net, (4096, 4096), [7, 7], dropout_keep_prob, is_training)
        net = layers.conv2d(net, num_classes, [1, 1], activation_fn=None, normalizer_fn=None, scope='fc8')
        return logits_and_end_points(net, sc, key, spatial_squeeze)


def vgg_a(inputs, num_classes=1000, is_training=True, dropout_keep_prob=0.5, spatial_squeeze=True, scope='vgg_a'):
    """The logits of pictures, [batch, 224, 224, 3], by 11 layers, and a dictionary of the layers' outputs."""
    return _vgg(inputs, (1, 1, 2, 2, 2), 'vgg_a', num_classes, is_training, dropout_keep_prob, spatial_squeeze, scope)


def vgg_16(inputs, num_classes=1000, is_training=True, dropout_keep_prob=0.5, spatial_squeeze=True, scope='vgg_16'):
    """The logits of pictures, [batch, 224, 224, 3], by 16 layers, and a dictionary of the layers' outputs."""
    return _vgg(inputs, (2, 2, 3, 3, 3), 'vgg_16', num_classes, is_training, dropout_keep_prob, spatial_squeeze, scope)


def vgg_19(inputs, num_classes=1000, is_training=True, dropout_keep_prob=0.5, spatial_squeeze=True, scope='vgg_19'):
    """The logits of pictures, [batch, 224, 224, 3], by 19 layers, and a dictionary of the layers' outputs."""
    return _vgg(inputs, (2, 2, 4, 4, 4), 'vgg_19', num_classes, is_training, dropout_keep_prob, spatial_squeeze, scope)


vgg_a.default_image_size = vgg_16.default_image_size = vgg_19.default_image_size = 224
vgg_d = vgg_16
vgg_e = vgg_19
