"""Residual networks that normalise before convolutions: He and others, "Identity mappings in deep residual networks",
arXiv 1603.05027.
"""
from reflow.contrib.framework.python.ops.arg_scope import add_arg_scope
from reflow.contrib.layers.python.layers import layers
from reflow.contrib.layers.python.layers.utils import collect_named_outputs, last_dimension
from reflow.contrib.slim.python.slim.nets import resnet_utils
from reflow.ops import nn_ops, variable_scope

resnet_arg_scope = resnet_utils.resnet_arg_scope


@add_arg_scope
def bottleneck(inputs, depth, depth_bottleneck, stride, rate=1, outputs_collections=None, scope=None):
    """A residual unit of three convolutions, the middle one of fewer channels, each after its normalisation."""
    with variable_scope.variable_scope(scope, 'bottleneck_v2', [inputs]) as sc:
        depth_in = last_dimension(inputs.get_shape(), min_rank=4)
        preact = layers.batch_norm(inputs, activation_fn=nn_ops.relu, scope='preact')
        if depth == depth_in:
            shortcut = resnet_utils.subsample(inputs, stride, 'shortcut')
        else:
            shortcut = layers.conv2d(preact, depth, [1, 1], stride=stride, normalizer_fn=None, activation_fn=None,
                                     scope='shortcut')
        residual = resnet_utils.bottleneck_convolutions(preact, depth, depth_bottleneck, stride, rate, normalizer_fn=None)
        return collect_named_outputs(outputs_collections, sc.name, shortcut + residual)


def resnet_v2(inputs, blocks, num_classes=None, is_training=True, global_pool=True, output_stride=None,
              include_root_block=True, reuse=None, scope=None):
    """The outputs of a network of these blocks or, with `num_classes`, its logits, and a dictionary of the layers' outputs.

    `output_stride`: how many times smaller the last pictures are than the inputs; further strides become dilations.
    """
    return resnet_utils.residual_network(inputs, blocks, bottleneck, 'resnet_v2', True, num_classes, is_training,
                                         global_pool, output_stride, include_root_block, reuse, scope)


resnet_v2.default_image_size = 224


def resnet_v2_block(scope, base_depth, num_units, stride):
    """A block of bottlenecks, the last of which has strides."""
    return resnet_utils.bottleneck_block(bottleneck, scope, base_depth, num_units, stride)


resnet_v2_50, resnet_v2_101, resnet_v2_152, resnet_v2_200 = resnet_utils.usual_networks(resnet_v2, resnet_v2_block)
