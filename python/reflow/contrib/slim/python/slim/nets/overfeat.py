"""OverFeat, the fast model: Sermanet and others, arXiv 1312.6229."""
from reflow.ops import init_ops
from reflow.contrib.framework.python.ops.arg_scope import arg_scope
from reflow.contrib.layers.python.layers import layers
from reflow.contrib.slim.python.slim.nets.fully_convolutional import (
    dense_layers, logits_and_end_points, network, network_arg_scope, truncated as trunc_normal)


def overfeat_arg_scope(weight_decay=0.0005):
    """The arguments that OverFeat's layers are trained with."""
    with arg_scope(network_arg_scope(weight_decay, init_ops.zeros_initializer())):
        with arg_scope([layers.max_pool2d], padding='VALID') as scope:
            return scope


def overfeat(inputs, num_classes=1000, is_training=True, dropout_keep_prob=0.5, spatial_squeeze=True, scope='overfeat'):
    """The logits of pictures, [batch, 231, 231, 3], and a dictionary of the layers' outputs."""
    with network(inputs, scope, 'overfeat', by_name=True) as (sc, key):
        net = layers.conv2d(inputs, 64, [11, 11], 4, padding='VALID', scope='conv1')
        net = layers.max_pool2d(net, [2, 2], scope='pool1')
        net = layers.conv2d(net, 256, [5, 5], padding='VALID', scope='conv2')
        net = layers.max_pool2d(net, [2, 2], scope='pool2')
        for i, filters in enumerate((512, 1024, 1024), 3):
            net = layers.conv2d(net, filters, [3, 3], scope='conv%d' % i)
        net = layers.max_pool2d(net, [2, 2], scope='pool5')
        with arg_scope([layers.conv2d], weights_initializer=trunc_normal(0.005),
                       biases_initializer=init_ops.constant_initializer(0.1)):
            net = dense_layers(net, (3072, 4096), [6, 6], dropout_keep_prob, is_training)
            net = layers.conv2d(net, num_classes, [1, 1], activation_fn=None, normalizer_fn=None,
                                biases_initializer=init_ops.zeros_initializer(), scope='fc8')
        return logits_and_end_points(net, sc, key, spatial_squeeze)
