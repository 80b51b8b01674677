"""Inception v1, GoogLeNet: Szegedy and others, "Going deeper with convolutions", arXiv 1409.4842."""
from reflow.contrib.framework.python.ops.arg_scope import arg_scope
from reflow.contrib.layers.python.layers import layers
from reflow.contrib.slim.python.slim.nets.inception_blocks import (
    Builder, conv, finish, max_pool, network_arg_scope, truncated as trunc_normal)
from reflow.ops import variable_scope


def inception_v1_base(inputs, final_endpoint='Mixed_5c', scope='InceptionV1'):
    """The outputs of the layer `final_endpoint`, and a dictionary of the outputs of all up to it."""
    with variable_scope.variable_scope(scope, 'InceptionV1', [inputs]):
        with arg_scope([layers.conv2d, layers.fully_connected], weights_initializer=trunc_normal(0.01)):
            with arg_scope([layers.conv2d, layers.max_pool2d], stride=1, padding='SAME'):
                net = Builder(inputs, final_endpoint, {'stride': 2})
                net.add('Conv2d_1a_7x7', conv(64, stride=2))
                net.add('MaxPool_2a_3x3', max_pool())
                net.add('Conv2d_2b_1x1', conv(64))
                net.add('Conv2d_2c_3x3', conv(192))
                net.add('MaxPool_3a_3x3', max_pool())
                _mixed(net, 'Mixed_3b', 64, 96, 128, 16, 32, 32)
                _mixed(net, 'Mixed_3c', 128, 128, 192, 32, 96, 64)
                net.add('MaxPool_4a_3x3', max_pool())
                _mixed(net, 'Mixed_4b', 192, 96, 208, 16, 48, 64)
                _mixed(net, 'Mixed_4c', 160, 112, 224, 24, 64, 64)
                _mixed(net, 'Mixed_4d', 128, 128, 256, 24, 64, 64)
                _mixed(net, 'Mixed_4e', 112, 144, 288, 32, 64, 64)
                _mixed(net, 'Mixed_4f', 256, 160, 320, 32, 128, 128)
                net.add('MaxPool_5a_2x2', max_pool())
                _mixed(net, 'Mixed_5b', 256, 160, 320, 32, 128, 128)
                _mixed(net, 'Mixed_5c', 384, 192, 384, 48, 128, 128)
                return net.result()


def _mixed(net, name, *sizes):
    # TensorFlow's variables of Mixed_5b are named so.
    second = '0a_3x3 %d' if name == 'Mixed_5b' else '0b_3x3 %d'
    net.mixed(name, ['0a_1x1 %d' % sizes[0]], ['0a_1x1 %d' % sizes[1], '0b_3x3 %d' % sizes[2]],
              ['0a_1x1 %d' % sizes[3], second % sizes[4]], ['MaxPool_0a_3x3', '0b_1x1 %d' % sizes[5]])


def inception_v1(inputs, num_classes=1000, is_training=True, dropout_keep_prob=0.8, prediction_fn=layers.softmax,
                 spatial_squeeze=True, reuse=None, scope='InceptionV1'):
    """The logits of pictures, [batch, 224, 224, 3], and a dictionary of the layers' outputs."""
    with variable_scope.variable_scope(scope, 'InceptionV1', [inputs, num_classes], reuse=reuse) as scope:
        with arg_scope([layers.batch_norm, layers.dropout], is_training=is_training):
            net, end_points = inception_v1_base(inputs, scope=scope)
            with variable_scope.variable_scope('Logits'):
                net = layers.avg_pool2d(net, [7, 7], stride=1, scope='MaxPool_0a_7x7')
                net = layers.dropout(net, dropout_keep_prob, scope='Dropout_0b')
                logits = finish(net, num_classes, spatial_squeeze, 'Conv2d_0c_1x1')
                end_points['Logits'] = logits
                end_points['Predictions'] = prediction_fn(logits, scope='Predictions')
    return logits, end_points


inception_v1.default_image_size = 224


def inception_v1_arg_scope(weight_decay=4e-05, use_batch_norm=True, batch_norm_var_collection='moving_vars'):
    """The arguments that the network's layers are trained with."""
    return network_arg_scope(weight_decay, batch_norm_var_collection, use_batch_norm=use_batch_norm)
