"""What the Inception networks share: blocks of branches, in a notation of their own, and the arguments of layers.

A branch is steps, one after the other. '0b_3x3 96' is a convolution of 96 channels named Conv2d_0b_3x3; after the channels
may stand another size of the kernel than the name's, ~STDDEV of the initial weights, and /2 for strides. 'AvgPool_0a_3x3' is
pooling, with or without /2. A tuple of steps has their outputs side by side.
"""
from collections import OrderedDict

from reflow.contrib.framework.python.ops.arg_scope import arg_scope
from reflow.contrib.layers.python.layers import initializers, layers, regularizers
from reflow.framework import ops
from reflow.ops import array_ops, init_ops, nn_ops, variable_scope


def truncated(stddev):
    """An initializer of truncated normal values around 0."""
    return init_ops.truncated_normal_initializer(0.0, stddev)


class Builder:
    """Adds layers to `net` until the one that is named `final_endpoint`, and keeps their outputs in `end_points`.

    `strided`: arguments of layers with strides; `depth` scales numbers of channels.
    """

    def __init__(self, net, final_endpoint, strided, depth=int):
        self.net, self.end_points = net, OrderedDict()
        self._final, self._strided, self._depth = final_endpoint, strided, depth

    @property
    def done(self):
        """Whether the last layer is there."""
        return self._final in self.end_points

    def add(self, name, make):
        """The layer make(net, name), unless the last one is there."""
        if not self.done:
            self.net = self.end_points[name] = make(self.net, name)

    def mixed(self, name, *branches):
        """A block of branches, side by side."""
        self.add(name, lambda net, _: self._block(net, name, branches))

    def _block(self, net, name, branches):
        with variable_scope.variable_scope(name):
            outputs = []
            for i, branch in enumerate(branches):
                with variable_scope.variable_scope('Branch_%d' % i):
                    last = net
                    for step in branch:
                        last = (array_ops.concat([self._step(last, part) for part in step], 3) if isinstance(step, tuple)
                                else self._step(last, step))
                    outputs.append(last)
            return array_ops.concat(outputs, 3)

    def _step(self, net, step):
        name, *words = step.split()
        arguments = dict(self._strided) if words and words[-1] == '/2' else {}
        kernel = name
        if 'Pool' in name:
            pool = layers.max_pool2d if name.startswith('MaxPool') else layers.avg_pool2d
            return pool(net, _size(kernel), scope=name, **arguments)
        for word in words[1:]:
            if word[0] == '~':
                arguments['weights_initializer'] = truncated(float(word[1:]))
            elif word[0] != '/':
                kernel = word
        scope = name if name.startswith('_') else 'Conv2d_' + name
        return layers.conv2d(net, self._depth(int(words[0])), _size(kernel), scope=scope.lstrip('_'), **arguments)

    def result(self):
        """The outputs, and those of each layer. ValueError: there was no layer `final_endpoint`."""
        if not self.done:
            raise ValueError('Unknown final endpoint %s' % self._final)
        return self.net, self.end_points


def _size(name):
    return [int(n) for n in name.split('_')[-1].split('x')]


def conv(filters, **arguments):
    """A convolution whose kernel is as large as its name says: the layer of Builder.add."""
    return lambda net, name: layers.conv2d(net, filters, _size(name), scope=name, **arguments)


def max_pool(**arguments):
    """The same of pooling, with strides of 2."""
    return lambda net, name: layers.max_pool2d(net, _size(name), stride=2, scope=name, **arguments)


def scaled(depth_multiplier, min_depth):
    """How many channels are made of a number. ValueError: `depth_multiplier` isn't positive."""
    if depth_multiplier <= 0:
        raise ValueError('depth_multiplier is not greater than zero.')
    return lambda depth: max(int(depth * depth_multiplier), min_depth)


def reduced_kernel_size(net, kernel_size):
    """A kernel that isn't larger than small pictures."""
    _, height, width, _ = net.get_shape().as_list()
    return kernel_size if height is None or width is None else [min(height, kernel_size[0]), min(width, kernel_size[1])]


def finish(net, num_classes, spatial_squeeze, name):
    """The logits of the last outputs."""
    logits = layers.conv2d(net, num_classes, [1, 1], activation_fn=None, normalizer_fn=None, scope=name)
    return array_ops.squeeze(logits, [1, 2], name='SpatialSqueeze') if spatial_squeeze else logits


def network_arg_scope(weight_decay, batch_norm_var_collection, batch_norm=None, use_batch_norm=True):
    """The arguments that layers are trained with; `batch_norm` has more ones of the normalisation."""
    normalizer = {}
    if use_batch_norm:
        moving = {'beta': None, 'gamma': None, 'moving_mean': [batch_norm_var_collection],
                  'moving_variance': [batch_norm_var_collection]}
        normalizer = {'normalizer_fn': layers.batch_norm, 'normalizer_params': dict(
            {'decay': 0.9997, 'epsilon': 0.001, 'updates_collections': ops.GraphKeys.UPDATE_OPS,
             'variables_collections': moving}, **(batch_norm or {}))}
    with arg_scope([layers.conv2d, layers.fully_connected], weights_regularizer=regularizers.l2_regularizer(weight_decay)):
        with arg_scope([layers.conv2d], weights_initializer=initializers.variance_scaling_initializer(),
                       activation_fn=nn_ops.relu, **normalizer) as scope:
            return scope
