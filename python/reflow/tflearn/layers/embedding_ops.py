"""Vectors for numbers."""

import reflow.tensorflow as tf
from reflow.tflearn import utils
from reflow.tflearn.layers import weights


def embedding(incoming, input_dim, output_dim, validate_indices=False, weights_init='truncated_normal', trainable=True,
              restore=True, reuse=False, scope=None, name='Embedding'):
    """A vector of `output_dim` for each number below `input_dim`."""
    assert len(utils.get_incoming_shape(incoming)) == 2, 'Incoming Tensor shape must be 2-D'
    with tf.variable_scope(scope, default_name=name, values=[incoming], reuse=reuse) as scope:
        w = weights.weight('W', [input_dim, output_dim], weights_init, trainable=trainable, restore=restore)
        inference = tf.nn.embedding_lookup(w, tf.cast(incoming, tf.int32), validate_indices=validate_indices)
    return weights.finished(inference, scope, w)
