"""Fully connected layers as the first versions of tf.contrib.layers had them."""

import functools

from reflow.contrib.layers.python.layers import initializers
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import variable_scope


def legacy_fully_connected(x, num_output_units, activation_fn=None, weight_init=initializers.xavier_initializer(),
                           bias_init=init_ops.zeros_initializer(), name=None, weight_collections=(ops.GraphKeys.WEIGHTS,),
                           bias_collections=(ops.GraphKeys.BIASES,), output_collections=(ops.GraphKeys.ACTIVATIONS,),
                           trainable=True, weight_regularizer=None, bias_regularizer=None):
    """activation_fn(x * weights + bias) along the last dimension."""
    with variable_scope.variable_scope(name, 'fully_connected', [x]):
        x = ops.convert_to_tensor(x)
        dims = x.shape.dims
        depth = dims[-1].value if dims else None
        for is_wrong, text in ((dims is None, 'dims of x must be known but is None'),
                               (len(dims or ()) < 2, 'rank of x must be at least 2 not: %d' % len(dims or ())),
                               (depth is None, 'last dimension of x must be known but is None')):
            if is_wrong:
                raise ValueError(text)

        def variable(name, shape, initializer, collections, regularizer):
            collections = set(list(collections or []) + [ops.GraphKeys.GLOBAL_VARIABLES])
            return variable_scope.get_variable(name, shape=shape, dtype=x.dtype.base_dtype, initializer=initializer,
                                               collections=collections, regularizer=regularizer, trainable=trainable)

        w = variable('weights', [depth, num_output_units], weight_init, weight_collections, weight_regularizer)
        y = math_ops.matmul(x if len(dims) <= 2 else array_ops.reshape(x, [-1, depth]), w)
        if bias_init is not None:
            y = nn.bias_add(y, variable('bias', [num_output_units], bias_init, bias_collections, bias_regularizer))
        if len(dims) > 2:
            shape = array_ops.unstack(array_ops.shape(x))
            shape[-1] = num_output_units
            y = array_ops.reshape(y, array_ops.stack(shape))
            y.set_shape(x.get_shape().as_list()[:-1] + [num_output_units])
        if activation_fn is not None:
            y = activation_fn(y)
        ops.add_to_collections(list(output_collections or []) + [ops.GraphKeys.ACTIVATIONS], y)
        return y


legacy_linear = functools.partial(legacy_fully_connected, activation_fn=None)
legacy_relu = functools.partial(legacy_fully_connected, activation_fn=nn.relu)
