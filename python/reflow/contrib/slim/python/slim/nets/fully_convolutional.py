"""What AlexNet, OverFeat and the networks of VGG share: dense layers that are convolutions, and their arguments."""
from contextlib import contextmanager

from reflow.ops import init_ops
from reflow.contrib.framework.python.ops.arg_scope import arg_scope
from reflow.contrib.layers.python.layers import layers, regularizers
from reflow.contrib.layers.python.layers.utils import convert_collection_to_dict
from reflow.ops import array_ops, nn_ops, variable_scope


def truncated(stddev):
    """An initializer of truncated normal values around 0."""
    return init_ops.truncated_normal_initializer(0.0, stddev)


def network_arg_scope(weight_decay, biases_initializer):
    """The arguments of convolutions and dense layers: rectified, with penalties of their weights."""
    with arg_scope([layers.conv2d, layers.fully_connected], activation_fn=nn_ops.relu,
                   weights_regularizer=regularizers.l2_regularizer(weight_decay), biases_initializer=biases_initializer):
        with arg_scope([layers.conv2d], padding='SAME') as scope:
            return scope


@contextmanager
def network(inputs, scope, default_name, by_name=False):
    """The scope of a network: gives it, and the collection that has the outputs of its layers: of this call or, `by_name`, of
    all calls in the scope.
    """
    with variable_scope.variable_scope(scope, default_name, [inputs]) as sc:
        collection = (sc.name if by_name else sc.original_name_scope) + '_end_points'
        with arg_scope([layers.conv2d, layers.fully_connected, layers.max_pool2d], outputs_collections=[collection]):
            yield sc, collection


def dense_layers(net, sizes, kernel_size, dropout_keep_prob, is_training):
    """The layers fc6 and fc7 and their dropouts; fc6 sees all of its inputs, `kernel_size`, at once."""
    net = layers.conv2d(net, sizes[0], kernel_size, padding='VALID', scope='fc6')
    net = layers.dropout(net, dropout_keep_prob, is_training=is_training, scope='dropout6')
    net = layers.conv2d(net, sizes[1], [1, 1], scope='fc7')
    return layers.dropout(net, dropout_keep_prob, is_training=is_training, scope='dropout7')


def logits_and_end_points(net, sc, collection, spatial_squeeze):
    """What a network returns: its logits, without dimensions of one pixel where asked for, and its layers' outputs."""
    end_points = convert_collection_to_dict(collection)
    if spatial_squeeze:
        net = array_ops.squeeze(net, [1, 2], name='fc8/squeezed')
        end_points[sc.name + '/fc8'] = net
    return net, end_points
