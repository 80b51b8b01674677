"""Inception v2, with batch normalisation: Ioffe and Szegedy, arXiv 1502.03167."""
from reflow.contrib.framework.python.ops.arg_scope import arg_scope
from reflow.contrib.layers.python.layers import layers
from reflow.contrib.slim.python.slim.nets.inception_blocks import (
    Builder, conv, finish, max_pool, network_arg_scope, reduced_kernel_size as _reduced_kernel_size_for_small_input,
    scaled, truncated as trunc_normal)
from reflow.ops import variable_scope


def inception_v2_base(inputs, final_endpoint='Mixed_5c', min_depth=16, depth_multiplier=1.0, scope=None):
    """The outputs of the layer `final_endpoint`, and a dictionary of the outputs of all up to it."""
    depth = scaled(depth_multiplier, min_depth)
    with variable_scope.variable_scope(scope, 'InceptionV2', [inputs]):
        with arg_scope([layers.conv2d, layers.max_pool2d, layers.avg_pool2d, layers.separable_conv2d], stride=1,
                       padding='SAME'):
            net = Builder(inputs, final_endpoint, {'stride': 2}, depth)
            net.add('Conv2d_1a_7x7', lambda x, name: layers.separable_conv2d(
                x, depth(64), [7, 7], depth_multiplier=min(int(depth(64) / 3), 8), stride=2,
                weights_initializer=trunc_normal(1.0), scope=name))
            net.add('MaxPool_2a_3x3', max_pool())
            net.add('Conv2d_2b_1x1', conv(depth(64), weights_initializer=trunc_normal(0.1)))
            net.add('Conv2d_2c_3x3', conv(depth(192)))
            net.add('MaxPool_3a_3x3', max_pool())
            _mixed(net, 'Mixed_3b', 64, (64, 64), (64, 96), 32)
            _mixed(net, 'Mixed_3c', 64, (64, 96), (64, 96), 64)
            _smaller(net, 'Mixed_4a', (128, 160), (64, 96))
            _mixed(net, 'Mixed_4b', 224, (64, 96), (96, 128), 128)
            _mixed(net, 'Mixed_4c', 192, (96, 128), (96, 128), 128)
            _mixed(net, 'Mixed_4d', 160, (128, 160), (128, 160), 96)
            _mixed(net, 'Mixed_4e', 96, (128, 192), (160, 192), 96)
            _smaller(net, 'Mixed_5a', (128, 192), (192, 256))
            _mixed(net, 'Mixed_5b', 352, (192, 320), (160, 224), 128)
            _mixed(net, 'Mixed_5c', 352, (192, 320), (192, 224), 128, 'MaxPool_0a_3x3')
            return net.result()


def _mixed(net, name, single, double, triple, pooled, pool='AvgPool_0a_3x3'):
    net.mixed(name, ['0a_1x1 %d' % single], ['0a_1x1 %d ~0.09' % double[0], '0b_3x3 %d' % double[1]],
              ['0a_1x1 %d ~0.09' % triple[0], '0b_3x3 %d' % triple[1], '0c_3x3 %d' % triple[1]],
              [pool, '0b_1x1 %d ~0.1' % pooled])


def _smaller(net, name, double, triple):
    net.mixed(name, ['0a_1x1 %d ~0.09' % double[0], '1a_3x3 %d /2' % double[1]],
              ['0a_1x1 %d ~0.09' % triple[0], '0b_3x3 %d' % triple[1], '1a_3x3 %d /2' % triple[1]],
              ['MaxPool_1a_3x3 /2'])


def inception_v2(inputs, num_classes=1000, is_training=True, dropout_keep_prob=0.8, min_depth=16, depth_multiplier=1.0,
                 prediction_fn=layers.softmax, spatial_squeeze=True, reuse=None, scope='InceptionV2'):
    """The logits of pictures, [batch, 224, 224, 3], and a dictionary of the layers' outputs."""
    scaled(depth_multiplier, min_depth)
    with variable_scope.variable_scope(scope, 'InceptionV2', [inputs, num_classes], reuse=reuse) as scope:
        with arg_scope([layers.batch_norm, layers.dropout], is_training=is_training):
            net, end_points = inception_v2_base(inputs, scope=scope, min_depth=min_depth,
                                                depth_multiplier=depth_multiplier)
            with variable_scope.variable_scope('Logits'):
                size = _reduced_kernel_size_for_small_input(net, [7, 7])
                net = layers.avg_pool2d(net, size, padding='VALID', scope='AvgPool_1a_{}x{}'.format(*size))
                net = layers.dropout(net, dropout_keep_prob, scope='Dropout_1b')
                logits = finish(net, num_classes, spatial_squeeze, 'Conv2d_1c_1x1')
            end_points['Logits'] = logits
            end_points['Predictions'] = prediction_fn(logits, scope='Predictions')
    return logits, end_points


inception_v2.default_image_size = 224


def inception_v2_arg_scope(weight_decay=4e-05, batch_norm_var_collection='moving_vars'):
    """The arguments that the network's layers are trained with."""
    return network_arg_scope(weight_decay, batch_norm_var_collection)
