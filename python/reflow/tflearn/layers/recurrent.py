"""Recurrent layers."""


import reflow.tensorflow as tf
from reflow.tflearn import activations
from reflow.tflearn import config
from reflow.tflearn import keys
from reflow.tflearn import utils


class BasicRNNCell(tf.nn.rnn_cell.BasicRNNCell):
    """A cell of units that are all connected."""

    def __init__(self, num_units, input_size=None, activation=tf.nn.tanh, bias=True, weights_init=None, trainable=True,
                 restore=True, reuse=False):
        super().__init__(num_units, activation=_function(activation), reuse=reuse or None)


class BasicLSTMCell(tf.nn.rnn_cell.BasicLSTMCell):
    """Long short-term memory."""

    def __init__(self, num_units, forget_bias=1.0, input_size=None, state_is_tuple=True, activation=tf.tanh,
                 inner_activation=tf.sigmoid, bias=True, weights_init=None, trainable=True, restore=True, reuse=False,
                 batch_norm=False):
        if batch_norm:
            raise NotImplementedError('Batch normalisation within LSTM cells is not there yet')
        super().__init__(num_units, forget_bias=forget_bias, state_is_tuple=state_is_tuple,
                         activation=_function(activation), reuse=reuse or None)


class GRUCell(tf.nn.rnn_cell.GRUCell):
    """The gated recurrent unit."""

    def __init__(self, num_units, input_size=None, activation=tf.tanh, inner_activation=tf.sigmoid, bias=True,
                 weights_init=None, trainable=True, restore=True, reuse=False):
        super().__init__(num_units, activation=_function(activation), reuse=reuse or None)


class DropoutWrapper(tf.nn.rnn_cell.DropoutWrapper):
    """Dropout while training."""


def _function(activation):
    return activations.get(activation) if isinstance(activation, str) else activation


def _with_dropout(cell, dropout):
    if not dropout:
        return cell
    keep = dropout if isinstance(dropout, (tuple, list)) else (dropout, dropout)
    mode = config.get_training_mode()
    return tf.nn.rnn_cell.DropoutWrapper(
        cell, *[tf.cond(mode, lambda value=value: tf.constant(float(value)), lambda: tf.constant(1.0)) for value in keep])


def _rnn(incoming, cell, return_seq, return_state, initial_state, dynamic, scope, reuse, name, n_units):
    input_shape = utils.get_incoming_shape(incoming)
    with tf.variable_scope(scope, default_name=name, values=[incoming], reuse=reuse) as scope:
        sequence_length = retrieve_seq_length_op(
            incoming if isinstance(incoming, tf.Tensor) else tf.stack(incoming)) if dynamic else None
        steps = tf.unstack(incoming, axis=1) if len(input_shape) == 3 else [incoming]
        outputs, state = tf.nn.static_rnn(cell, steps, dtype=tf.float32, initial_state=initial_state,
                                          sequence_length=sequence_length, scope=scope)
        for variable in cell.variables:
            tf.add_to_collection(keys.LAYER_VARIABLES + '/' + scope.name, variable)
        tf.add_to_collection(keys.ACTIVATIONS, outputs[-1])
    if dynamic:
        output = advanced_indexing_op(tf.transpose(tf.stack(outputs), [1, 0, 2]), sequence_length)
        result = outputs if return_seq else output
    else:
        result = outputs if return_seq else outputs[-1]
    tf.add_to_collection(keys.LAYER_TENSOR + '/' + name, result)
    return (result, state) if return_state else result


def simple_rnn(incoming, n_units, activation='sigmoid', dropout=None, bias=True, weights_init=None, return_seq=False,
               return_state=False, initial_state=None, dynamic=False, trainable=True, restore=True, reuse=False, scope=None,
               name='SimpleRNN'):
    """The recurrent layer that is fully connected."""
    cell = _with_dropout(BasicRNNCell(n_units, activation=activation, reuse=reuse), dropout)
    return _rnn(incoming, cell, return_seq, return_state, initial_state, dynamic, scope, reuse, name, n_units)


def lstm(incoming, n_units, activation='tanh', inner_activation='sigmoid', dropout=None, bias=True, weights_init=None,
         forget_bias=1.0, return_seq=False, return_state=False, initial_state=None, dynamic=False, trainable=True,
         restore=True, reuse=False, scope=None, name='LSTM'):
    """Long short-term memory."""
    cell = _with_dropout(BasicLSTMCell(n_units, activation=activation, forget_bias=forget_bias, reuse=reuse), dropout)
    return _rnn(incoming, cell, return_seq, return_state, initial_state, dynamic, scope, reuse, name, n_units)


def gru(incoming, n_units, activation='tanh', inner_activation='sigmoid', dropout=None, bias=True, weights_init=None,
        return_seq=False, return_state=False, initial_state=None, dynamic=False, trainable=True, restore=True, reuse=False,
        scope=None, name='GRU'):
    """The gated recurrent unit."""
    cell = _with_dropout(GRUCell(n_units, activation=activation, reuse=reuse), dropout)
    return _rnn(incoming, cell, return_seq, return_state, initial_state, dynamic, scope, reuse, name, n_units)


def bidirectional_rnn(incoming, rnncell_fw, rnncell_bw, return_seq=False, return_states=False, initial_state_fw=None,
                      initial_state_bw=None, dynamic=False, scope=None, name='BiRNN'):
    """A cell from the beginning to the end, and one from the end to the beginning."""
    assert rnncell_fw._num_units == rnncell_bw._num_units, "RNN Cells number of units must match!"
    with tf.variable_scope(scope, default_name=name, values=[incoming]) as scope:
        sequence_length = retrieve_seq_length_op(incoming) if dynamic else None
        outputs, state_fw, state_bw = tf.nn.static_bidirectional_rnn(
            rnncell_fw, rnncell_bw, tf.unstack(incoming, axis=1), initial_state_fw=initial_state_fw,
            initial_state_bw=initial_state_bw, dtype=tf.float32, sequence_length=sequence_length)
        tf.add_to_collection(keys.ACTIVATIONS, outputs[-1])
    if dynamic and not return_seq:
        result = advanced_indexing_op(tf.transpose(tf.stack(outputs), [1, 0, 2]), sequence_length)
    else:
        result = outputs if return_seq else outputs[-1]
    tf.add_to_collection(keys.LAYER_TENSOR + '/' + name, result)
    return (result, state_fw, state_bw) if return_states else result


def retrieve_seq_length_op(data):
    """How many steps of each sequence aren't all zeros."""
    with tf.name_scope('GetLength'):
        used = tf.sign(tf.reduce_max(tf.abs(data), 2))
        return tf.cast(tf.reduce_sum(used, 1), tf.int32)


def advanced_indexing_op(input, index):
    """The output at the last step of each sequence."""
    batch_size = tf.shape(input)[0]
    steps, size = int(input.get_shape()[1]), int(input.get_shape()[2])
    rows = tf.range(0, batch_size) * steps + (index - 1)
    return tf.gather(tf.reshape(input, [-1, size]), rows)
