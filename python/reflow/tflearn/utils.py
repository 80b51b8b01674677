"""Shapes, lists, names."""

import random
import string

import numpy as np

import reflow.tensorflow as tf
from reflow.tflearn import keys


def get_incoming_shape(incoming):
    """The shape of a tensor or an array, as a list."""
    if isinstance(incoming, tf.Tensor):
        return incoming.get_shape().as_list()
    if isinstance(incoming, (np.ndarray, list, tuple)):
        return np.shape(incoming)
    raise Exception('Invalid incoming layer.')


def get_layer_by_name(name_or_scope):
    """The output of a layer."""
    found = tf.get_collection(keys.LAYER_TENSOR + '/' + name_or_scope)
    if not found:
        raise Exception('No layer found for this name.')
    return found[0] if len(found) == 1 else found


def to_list(data):
    """`data` as a list, None as it is."""
    if data is None:
        return None
    return data if isinstance(data, (tuple, list)) else [data]


def id_generator(size=6, chars=string.ascii_uppercase + string.digits):
    """A random name."""
    return ''.join(random.choice(chars) for _ in range(size))


def autoformat_kernel_2d(strides):
    """[1, height, width, 1] of a size or a list of them."""
    if isinstance(strides, int):
        return [1, strides, strides, 1]
    if isinstance(strides, (tuple, list)):
        if len(strides) == 2:
            return [1, strides[0], strides[1], 1]
        if len(strides) == 4:
            return [strides[0], strides[1], strides[2], strides[3]]
        raise Exception('strides length error: ' + str(len(strides)) + ', only a length of 2 or 4 is supported.')
    raise Exception('strides format error: ' + str(type(strides)))


def autoformat_filter_conv2d(fsize, in_depth, out_depth):
    """[height, width, in, out]"""
    if isinstance(fsize, int):
        return [fsize, fsize, in_depth, out_depth]
    if isinstance(fsize, (tuple, list)) and len(fsize) == 2:
        return [fsize[0], fsize[1], in_depth, out_depth]
    raise Exception('filter format error: ' + str(fsize))


def autoformat_sizes(size, rank):
    """A size for each dimension."""
    return [size] * rank if isinstance(size, int) else list(size)


def autoformat_padding(padding):
    """'SAME' or 'VALID'."""
    if padding in ('same', 'SAME', 'valid', 'VALID'):
        return str.upper(padding)
    raise Exception("Unknown padding! Accepted values: 'same', 'valid'.")


def feed_dict_builder(X, Y, net_inputs, net_targets):
    """{placeholder: array} of arrays, lists of arrays, or dictionaries by name."""
    from reflow.tflearn import variables
    feed_dict = {}
    for data, placeholders, by_name in ((X, net_inputs, variables.get_inputs_placeholder_by_name),
                                        (Y, net_targets, variables.get_targets_placeholder_by_name)):
        if isinstance(data, dict):
            for key, value in data.items():
                placeholder = by_name(key) if isinstance(key, str) else key
                if placeholder is None:
                    raise Exception("Feed dict asks for variable named '%s' but no such variable is known to exist" % key)
                feed_dict[placeholder] = value
        elif data is not None and not isinstance(data, float) and placeholders:
            if len(placeholders) > 1:
                if len(placeholders) != len(data):
                    raise Exception(str(len(data)) + ' feed inputs provided, but only ' + str(len(placeholders)) +
                                    ' placeholders available')
                feed_dict.update(zip(placeholders, data))
            else:
                feed_dict[placeholders[0]] = data
    return feed_dict


def format_scope_name(scope_name, prefix, suffix):
    """The name between a prefix and a suffix."""
    if prefix and prefix[-1] != '/':
        prefix += '/'
    if suffix and suffix[0] != '/':
        suffix = '/' + suffix
    return prefix + scope_name + suffix
