"""Layers of several inputs."""

import reflow.tensorflow as tf
from reflow.tflearn import keys

_REDUCTIONS = {'sum': tf.reduce_sum, 'mean': tf.reduce_mean, 'prod': tf.reduce_prod, 'max': tf.reduce_max,
               'min': tf.reduce_min, 'and': tf.reduce_all, 'or': tf.reduce_any}


def merge(tensors_list, mode, axis=1, name='Merge'):
    """The tensors one after the other, or combined element by element or along a dimension."""
    assert len(tensors_list) > 1, 'Merge required 2 or more tensors.'
    with tf.name_scope(name) as scope:
        if mode == 'concat':
            inference = tf.concat(tensors_list, axis)
        elif mode in ('elemwise_sum', 'elemwise_mul'):
            inference = tensors_list[0]
            for each in tensors_list[1:]:
                inference = tf.add(inference, each) if mode == 'elemwise_sum' else tf.multiply(inference, each)
        elif mode in _REDUCTIONS:
            inference = _REDUCTIONS[mode](tf.concat(tensors_list, axis), axis=axis)
        else:
            raise Exception('Unknown merge mode', str(mode))
    inference.scope = scope
    return keys.add_layer(name, inference)


def merge_outputs(tensor_list, name='MergeOutputs'):
    """Outputs, one sample after the other."""
    with tf.name_scope(name):
        return tf.concat(tensor_list, 1)
