"""What both versions of residual networks are made of."""
from collections import namedtuple

from reflow.contrib.framework.python.ops.arg_scope import add_arg_scope, arg_scope
from reflow.contrib.layers.python.layers import initializers, layers, regularizers
from reflow.contrib.layers.python.layers.utils import collect_named_outputs, convert_collection_to_dict
from reflow.ops import array_ops, math_ops, nn_ops, variable_scope


class Block(namedtuple('Block', ['scope', 'unit_fn', 'args'])):
    """Residual units one after the other: `args` has the arguments of `unit_fn` for each, as dictionaries."""


def bottleneck_block(unit_fn, scope, base_depth, num_units, stride):
    """A block of bottlenecks, the last of which has strides."""
    units = [{'depth': base_depth * 4, 'depth_bottleneck': base_depth, 'stride': 1} for _ in range(num_units)]
    units[-1]['stride'] = stride
    return Block(scope, unit_fn, units)


def subsample(inputs, factor, scope=None):
    """Every `factor`-th pixel in both directions."""
    return inputs if factor == 1 else layers.max_pool2d(inputs, [1, 1], stride=factor, scope=scope)


def conv2d_same(inputs, num_outputs, kernel_size, stride, rate=1, scope=None):
    """A convolution padded the same at both ends, whatever the size of the inputs: SAME pads strides otherwise."""
    if stride == 1:
        return layers.conv2d(inputs, num_outputs, kernel_size, stride=1, rate=rate, padding='SAME', scope=scope)
    total = kernel_size + (kernel_size - 1) * (rate - 1) - 1
    ends = [total // 2, total - total // 2]
    inputs = array_ops.pad(inputs, [[0, 0], ends, ends, [0, 0]])
    return layers.conv2d(inputs, num_outputs, kernel_size, stride=stride, rate=rate, padding='VALID', scope=scope)


@add_arg_scope
def stack_blocks_dense(net, blocks, output_stride=None, outputs_collections=None):
    """The units of blocks, one after the other. Where the strides so far come to `output_stride`, the further ones become
    rates of dilated convolutions. ValueError: the strides can't come to it.
    """
    current_stride = rate = 1
    for block in blocks:
        with variable_scope.variable_scope(block.scope, 'block', [net]) as sc:
            for i, unit in enumerate(block.args, 1):
                if output_stride is not None and current_stride > output_stride:
                    raise ValueError('The target output_stride cannot be reached.')
                with variable_scope.variable_scope('unit_%d' % i, values=[net]):
                    stride = unit.get('stride', 1)
                    if output_stride is not None and current_stride == output_stride:
                        net = block.unit_fn(net, rate=rate, **dict(unit, stride=1))
                        rate *= stride
                    else:
                        net = block.unit_fn(net, rate=1, **unit)
                        current_stride *= stride
            net = collect_named_outputs(outputs_collections, sc.name, net)
    if output_stride is not None and current_stride != output_stride:
        raise ValueError('The target output_stride cannot be reached.')
    return net


def residual_network(inputs, blocks, bottleneck, default_name, preactivated, num_classes, is_training, global_pool,
                     output_stride, include_root_block, reuse, scope):
    """A whole network: its root, `blocks` and, with `num_classes`, its logits. Returns the last outputs, and a dictionary
    of the layers' outputs. `preactivated`: normalised before convolutions, as in the second version.
    """
    with variable_scope.variable_scope(scope, default_name, [inputs], reuse=reuse) as sc:
        collection = sc.original_name_scope + '_end_points'
        with arg_scope([layers.conv2d, bottleneck, stack_blocks_dense], outputs_collections=collection):
            with arg_scope([layers.batch_norm], is_training=is_training):
                net = inputs
                if include_root_block:
                    if output_stride is not None:
                        if output_stride % 4 != 0:
                            raise ValueError('The output_stride needs to be a multiple of 4.')
                        output_stride /= 4
                    with arg_scope([layers.conv2d], **(
                            dict(activation_fn=None, normalizer_fn=None) if preactivated else {})):
                        net = conv2d_same(net, 64, 7, stride=2, scope='conv1')
                    net = layers.max_pool2d(net, [3, 3], stride=2, scope='pool1')
                net = stack_blocks_dense(net, blocks, output_stride)
                if preactivated:
                    net = layers.batch_norm(net, activation_fn=nn_ops.relu, scope='postnorm')
                if global_pool:
                    net = math_ops.reduce_mean(net, [1, 2], name='pool5', keepdims=True)
                if num_classes is None:
                    return net, convert_collection_to_dict(collection)
                logits = layers.conv2d(net, num_classes, [1, 1], activation_fn=None, normalizer_fn=None, scope='logits')
                end_points = convert_collection_to_dict(collection)
                end_points['predictions'] = layers.softmax(logits, scope='predictions')
                return logits, end_points


def usual_networks(network, block):
    """The functions of networks with 50, 101, 152 and 200 layers in four blocks; `network` and `block`: of the version."""
    def of_units(layers_count, units):
        name = '%s_%d' % (network.__name__, layers_count)

        def resnet(inputs, num_classes=None, is_training=True, global_pool=True, output_stride=None, reuse=None, scope=name):
            blocks = [block('block%d' % (i + 1), 64 << i, units[i], 2 if i < 3 else 1) for i in range(4)]
            return network(inputs, blocks, num_classes, is_training, global_pool, output_stride, include_root_block=True,
                           reuse=reuse, scope=scope)

        resnet.__name__ = resnet.__qualname__ = name
        resnet.__module__ = network.__module__
        resnet.__doc__ = 'The network of %d layers.' % layers_count
        return resnet

    return [of_units(50, (3, 4, 6, 3)), of_units(101, (3, 4, 23, 3)), of_units(152, (3, 8, 36, 3)),
            of_units(200, (3, 24, 36, 3))]


def bottleneck_convolutions(net, depth, depth_bottleneck, stride, rate, **of_last):
    """The three convolutions of a bottleneck, the middle one of fewer channels."""
    net = layers.conv2d(net, depth_bottleneck, [1, 1], stride=1, scope='conv1')
    net = conv2d_same(net, depth_bottleneck, 3, stride, rate=rate, scope='conv2')
    return layers.conv2d(net, depth, [1, 1], stride=1, activation_fn=None, scope='conv3', **of_last)


def resnet_arg_scope(weight_decay=0.0001, batch_norm_decay=0.997, batch_norm_epsilon=1e-05, batch_norm_scale=True):
    """The arguments that the networks' layers are trained with."""
    batch_norm = {'decay': batch_norm_decay, 'epsilon': batch_norm_epsilon, 'scale': batch_norm_scale,
                  'updates_collections': 'update_ops'}
    with arg_scope([layers.conv2d], weights_regularizer=regularizers.l2_regularizer(weight_decay),
                   weights_initializer=initializers.variance_scaling_initializer(), activation_fn=nn_ops.relu,
                   normalizer_fn=layers.batch_norm, normalizer_params=batch_norm):
        with arg_scope([layers.batch_norm], **batch_norm):
            with arg_scope([layers.max_pool2d], padding='SAME') as scope:
                return scope
