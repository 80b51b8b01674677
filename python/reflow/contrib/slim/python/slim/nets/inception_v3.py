"""Inception v3: Szegedy and others, "Rethinking the Inception architecture for computer vision", arXiv 1512.00567."""
from reflow.contrib.framework.python.ops.arg_scope import arg_scope
from reflow.contrib.layers.python.layers import layers
from reflow.contrib.slim.python.slim.nets.inception_blocks import (
    Builder, conv, finish, max_pool, network_arg_scope, reduced_kernel_size as _reduced_kernel_size_for_small_input,
    scaled, truncated as trunc_normal)
from reflow.framework import ops
from reflow.ops import array_ops, variable_scope


def inception_v3_base(inputs, final_endpoint='Mixed_7c', min_depth=16, depth_multiplier=1.0, scope=None):
    """The outputs of the layer `final_endpoint`, and a dictionary of the outputs of all up to it."""
    depth = scaled(depth_multiplier, min_depth)
    with variable_scope.variable_scope(scope, 'InceptionV3', [inputs]):
        net = Builder(inputs, final_endpoint, {'stride': 2, 'padding': 'VALID'}, depth)
        with arg_scope([layers.conv2d, layers.max_pool2d, layers.avg_pool2d], stride=1, padding='VALID'):
            net.add('Conv2d_1a_3x3', conv(depth(32), stride=2))
            net.add('Conv2d_2a_3x3', conv(depth(32)))
            net.add('Conv2d_2b_3x3', conv(depth(64), padding='SAME'))
            net.add('MaxPool_3a_3x3', max_pool())
            net.add('Conv2d_3b_1x1', conv(depth(80)))
            net.add('Conv2d_4a_3x3', conv(depth(192)))
            net.add('MaxPool_5a_3x3', max_pool())
        with arg_scope([layers.conv2d, layers.max_pool2d, layers.avg_pool2d], stride=1, padding='SAME'):
            _mixed_5(net, 'Mixed_5b', 32)
            _mixed_5(net, 'Mixed_5c', 64, ['0b_1x1 48', '_Conv_1_0c_5x5 64'])  # named so in TensorFlow
            _mixed_5(net, 'Mixed_5d', 64)
            net.mixed('Mixed_6a', ['1a_1x1 384 3x3 /2'], ['0a_1x1 64', '0b_3x3 96', '1a_1x1 96 3x3 /2'],
                      ['MaxPool_1a_3x3 /2'])
            for letter, middle in zip('bcde', (128, 160, 160, 192)):
                _mixed_6(net, 'Mixed_6' + letter, middle)
            net.mixed('Mixed_7a', ['0a_1x1 192', '1a_3x3 320 /2'],
                      ['0a_1x1 192', '0b_1x7 192', '0c_7x1 192', '1a_3x3 192 /2'], ['MaxPool_1a_3x3 /2'])
            _mixed_7(net, 'Mixed_7b', '0b_3x1 384')
            _mixed_7(net, 'Mixed_7c', '0c_3x1 384')
        return net.result()


def _mixed_5(net, name, pooled, double=('0a_1x1 48', '0b_5x5 64')):
    net.mixed(name, ['0a_1x1 64'], double, ['0a_1x1 64', '0b_3x3 96', '0c_3x3 96'],
              ['AvgPool_0a_3x3', '0b_1x1 %d' % pooled])


def _mixed_6(net, name, middle):
    net.mixed(name, ['0a_1x1 192'], ['0a_1x1 %d' % middle, '0b_1x7 %d' % middle, '0c_7x1 192'],
              ['0a_1x1 %d' % middle, '0b_7x1 %d' % middle, '0c_1x7 %d' % middle, '0d_7x1 %d' % middle, '0e_1x7 192'],
              ['AvgPool_0a_3x3', '0b_1x1 192'])


def _mixed_7(net, name, upright):
    net.mixed(name, ['0a_1x1 320'], ['0a_1x1 384', ('0b_1x3 384', upright)],
              ['0a_1x1 448', '0b_3x3 384', ('0c_1x3 384', '0d_3x1 384')], ['AvgPool_0a_3x3', '0b_1x1 192'])


def _auxiliary_logits(net, depth, num_classes, spatial_squeeze):
    """Logits of a layer in the middle, for training."""
    with arg_scope([layers.conv2d, layers.max_pool2d, layers.avg_pool2d], stride=1, padding='SAME'):
        with variable_scope.variable_scope('AuxLogits'):
            net = layers.avg_pool2d(net, [5, 5], stride=3, padding='VALID', scope='AvgPool_1a_5x5')
            net = layers.conv2d(net, depth(128), [1, 1], scope='Conv2d_1b_1x1')
            size = _reduced_kernel_size_for_small_input(net, [5, 5])
            net = layers.conv2d(net, depth(768), size, weights_initializer=trunc_normal(0.01), padding='VALID',
                                scope='Conv2d_2a_{}x{}'.format(*size))
            net = layers.conv2d(net, num_classes, [1, 1], activation_fn=None, normalizer_fn=None,
                                weights_initializer=trunc_normal(0.001), scope='Conv2d_2b_1x1')
            return array_ops.squeeze(net, [1, 2], name='SpatialSqueeze') if spatial_squeeze else net


def inception_v3(inputs, num_classes=1000, is_training=True, dropout_keep_prob=0.8, min_depth=16, depth_multiplier=1.0,
                 prediction_fn=layers.softmax, spatial_squeeze=True, reuse=None, scope='InceptionV3'):
    """The logits of pictures, [batch, 299, 299, 3], and a dictionary of the layers' outputs."""
    depth = scaled(depth_multiplier, min_depth)
    with variable_scope.variable_scope(scope, 'InceptionV3', [inputs, num_classes], reuse=reuse) as scope:
        with arg_scope([layers.batch_norm, layers.dropout], is_training=is_training):
            net, end_points = inception_v3_base(inputs, scope=scope, min_depth=min_depth,
                                                depth_multiplier=depth_multiplier)
            end_points['AuxLogits'] = _auxiliary_logits(end_points['Mixed_6e'], depth, num_classes, spatial_squeeze)
            with variable_scope.variable_scope('Logits'):
                size = _reduced_kernel_size_for_small_input(net, [8, 8])
                net = layers.avg_pool2d(net, size, padding='VALID', scope='AvgPool_1a_{}x{}'.format(*size))
                net = layers.dropout(net, dropout_keep_prob, scope='Dropout_1b')
                end_points['PreLogits'] = net
                logits = finish(net, num_classes, spatial_squeeze, 'Conv2d_1c_1x1')
            end_points['Logits'] = logits
            end_points['Predictions'] = prediction_fn(logits, scope='Predictions')
    return logits, end_points


inception_v3.default_image_size = 299


def inception_v3_arg_scope(weight_decay=4e-05, batch_norm_var_collection='moving_vars', batch_norm_decay=0.9997,
                           batch_norm_epsilon=0.001, updates_collections=ops.GraphKeys.UPDATE_OPS,
                           use_fused_batchnorm=True):
    """The arguments that the network's layers are trained with."""
    return network_arg_scope(weight_decay, batch_norm_var_collection, {
        'decay': batch_norm_decay, 'epsilon': batch_norm_epsilon, 'updates_collections': updates_collections,
        'fused': use_fused_batchnorm})
