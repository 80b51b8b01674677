"""Residual networks: He and others, "Deep residual learning for image recognition", arXiv 1512.03385."""
from reflow.contrib.framework.python.ops.arg_scope import add_arg_scope
from reflow.contrib.layers.python.layers import layers
from reflow.contrib.layers.python.layers.utils import collect_named_outputs, last_dimension
from reflow.contrib.slim.python.slim.nets import resnet_utils
from reflow.ops import nn_ops, variable_scope

resnet_arg_scope = resnet_utils.resnet_arg_scope


@add_arg_scope
def bottleneck(inputs, depth, depth_bottleneck, stride, rate=1, outputs_collections=None, scope=None):
    """A residual unit of three convolutions, the middle one of fewer channels."""
    with variable_scope.variable_scope(scope, 'bottleneck_v1', [inputs]) as sc:
        if last_dimension(inputs.shape, min_rank=4) == depth:
            shortcut = resnet_utils.subsample(inputs, stride, 'shortcut')
        else:
            shortcut = layers.conv2d(inputs, depth, [1, 1], stride=stride, activation_fn=None, scope='shortcut')
        residual = resnet_utils.bottleneck_convolutions(inputs, depth, depth_bottleneck, stride, rate)
        return collect_named_outputs(outputs_collections, sc.name, nn_ops.relu(shortcut + residual))


def resnet_v1(inputs, blocks, num_classes=None, is_training=True, global_pool=True, output_stride=None,
              include_root_block=True, reuse=None, scope=None):
    """The outputs of a network of these blocks or, with `num_classes`, its logits, and a dictionary of the layers' outputs.

    `output_stride`: how many times smaller the last pictures are than the inputs; further strides become dilations.
    """
    return resnet_utils.residual_network(inputs, blocks, bottleneck, 'resnet_v1', False, num_classes, is_training,
                                         global_pool, output_stride, include_root_block, reuse, scope)


resnet_v1.default_image_size = 224


def resnet_v1_block(scope, base_depth, num_units, stride):
    """A block of bottlenecks, the last of which has strides."""
    return resnet_utils.bottleneck_block(bottleneck, scope, base_depth, num_units, stride)


resnet_v1_50, resnet_v1_101, resnet_v1_152, resnet_v1_200 = resnet_utils.usual_networks(resnet_v1, resnet_v1_block)
