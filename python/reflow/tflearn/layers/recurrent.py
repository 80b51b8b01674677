"""Recurrent layers."""


import reflow.tensorflow as tf
from reflow.tflearn import activations
from reflow.tflearn import config
from reflow.tflearn import initializations
from reflow.tflearn import keys
from reflow.tflearn import utils
from reflow.tflearn import variables


def _function(activation):
    if isinstance(activation, str):
        return activations.get(activation)
    if not callable(activation):
        raise ValueError("Invalid Activation.")
    return activation


class _Cell(tf.nn.rnn_cell.RNNCell):
    """A cell whose variables are called Matrix and Bias, within scopes called Linear."""

    _linear_scopes = ('Linear',)

    def __init__(self, num_units, input_size, activation, bias, weights_init, trainable, restore, reuse):
        if input_size is not None:
            tf.logging.warning('%s: The input_size parameter is deprecated.' % self)
        self._num_units = num_units
        self._activation = _function(activation)
        self.bias = bias
        self.weights_init = initializations.get(weights_init)() if isinstance(weights_init, str) else weights_init
        self.trainable = trainable
        self.restore = restore
        self.reuse = reuse

    @property
    def state_size(self):
        return self._num_units

    @property
    def output_size(self):
        return self._num_units

    def __call__(self, inputs, state, scope=None):
        with tf.variable_scope(scope or type(self).__name__):
            result = self._step(inputs, state)
            matrices, biases = [], []
            for name in self._linear_scopes:
                with tf.variable_scope(name, reuse=True):
                    matrices.append(tf.get_variable('Matrix'))
                    biases.append(tf.get_variable('Bias'))
        self.W, self.b = (matrices, biases) if len(matrices) > 1 else (matrices[0], biases[0])
        return result

    def _linear(self, values, size, bias_start=0.0):
        shapes = [value.get_shape().as_list() for value in values]
        for shape in shapes:
            if len(shape) != 2:
                raise ValueError("Linear is expecting 2D arguments: %s" % str(shapes))
            if not shape[1]:
                raise ValueError("Linear expects shape[1] of arguments: %s" % str(shapes))
        with tf.variable_scope('Linear', reuse=self.reuse):
            matrix = variables.variable('Matrix', [sum(shape[1] for shape in shapes), size], initializer=self.weights_init,
                                        trainable=self.trainable, restore=self.restore)
            product = tf.matmul(tf.concat(values, 1), matrix)
            bias = variables.variable('Bias', [size], initializer=tf.constant_initializer(bias_start),
                                      trainable=self.trainable, restore=self.restore)
        return product + bias


class BasicRNNCell(_Cell):
    """A cell of units that are all connected."""

    def __init__(self, num_units, input_size=None, activation=tf.nn.tanh, bias=True, weights_init=None, trainable=True,
                 restore=True, reuse=False):
        super().__init__(num_units, input_size, activation, bias, weights_init, trainable, restore, reuse)

    def _step(self, inputs, state):
        output = self._activation(self._linear([inputs, state], self._num_units))
        return output, output


class BasicLSTMCell(_Cell):
    """Long short-term memory."""

    def __init__(self, num_units, forget_bias=1.0, input_size=None, state_is_tuple=True, activation=tf.tanh,
                 inner_activation=tf.sigmoid, bias=True, weights_init=None, trainable=True, restore=True, reuse=False,
                 batch_norm=False):
        if not state_is_tuple:
            tf.logging.warning('%s: Using a concatenated state is slower and will soon be deprecated.  '
                               'Use state_is_tuple=True.' % self)
        super().__init__(num_units, input_size, activation, bias, weights_init, trainable, restore, reuse)
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._inner_activation = _function(inner_activation)
        self.batch_norm = batch_norm

    @property
    def state_size(self):
        if self._state_is_tuple:
            return tf.nn.rnn_cell.LSTMStateTuple(self._num_units, self._num_units)
        return 2 * self._num_units

    def _normalized(self, value):
        if not self.batch_norm:
            return value
        from reflow.tflearn.layers.normalization import batch_normalization
        return batch_normalization(value, gamma=0.1, trainable=self.trainable, restore=self.restore, reuse=self.reuse)

    def _step(self, inputs, state):
        memory, hidden = state if self._state_is_tuple else tf.split(state, 2, axis=1)
        parts = tf.split(self._linear([inputs, hidden], 4 * self._num_units), 4, axis=1)
        into, new, forget, out = [self._normalized(part) for part in parts]
        memory = (memory * self._inner_activation(forget + self._forget_bias) +
                  self._inner_activation(into) * self._activation(new))
        hidden = self._activation(self._normalized(memory)) * self._inner_activation(out)
        if self._state_is_tuple:
            return hidden, tf.nn.rnn_cell.LSTMStateTuple(memory, hidden)
        return hidden, tf.concat([memory, hidden], 1)


class GRUCell(_Cell):
    """The gated recurrent unit."""

    _linear_scopes = ('Gates/Linear', 'Candidate/Linear')

    def __init__(self, num_units, input_size=None, activation=tf.tanh, inner_activation=tf.sigmoid, bias=True,
                 weights_init=None, trainable=True, restore=True, reuse=False):
        super().__init__(num_units, input_size, activation, bias, weights_init, trainable, restore, reuse)
        self._inner_activation = _function(inner_activation)

    def _step(self, inputs, state):
        with tf.variable_scope('Gates'):
            reset, update = tf.split(self._linear([inputs, state], 2 * self._num_units, 1.0), 2, axis=1)
            reset, update = self._inner_activation(reset), self._inner_activation(update)
        with tf.variable_scope('Candidate'):
            candidate = self._activation(self._linear([inputs, reset * state], self._num_units))
        state = update * state + (1 - update) * candidate
        return state, state


class DropoutWrapper(tf.nn.rnn_cell.RNNCell):
    """Dropout of a cell's inputs and outputs while training."""

    def __init__(self, cell, input_keep_prob=1.0, output_keep_prob=1.0, seed=None):
        if not isinstance(cell, tf.nn.rnn_cell.RNNCell):
            raise TypeError("The parameter cell is not a RNNCell.")
        for name, keep in (('input_keep_prob', input_keep_prob), ('output_keep_prob', output_keep_prob)):
            if isinstance(keep, float) and not 0.0 <= keep <= 1.0:
                raise ValueError("Parameter %s must be between 0 and 1: %d" % (name, keep))
        self._cell = cell
        self._input_keep_prob = input_keep_prob
        self._output_keep_prob = output_keep_prob
        self._seed = seed

    @property
    def state_size(self):
        return self._cell.state_size

    @property
    def output_size(self):
        return self._cell.output_size

    def __call__(self, inputs, state, scope=None):
        mode = config.get_training_mode()
        output, state = self._cell(self._dropped(inputs, self._input_keep_prob, mode), state)
        return self._dropped(output, self._output_keep_prob, mode), state

    def _dropped(self, value, keep, mode):
        if isinstance(keep, float) and keep >= 1:
            return value
        return tf.cond(mode, lambda: tf.nn.dropout(value, keep, seed=self._seed), lambda: value)


def _with_dropout(cell, dropout):
    if not dropout:
        return cell
    if isinstance(dropout, (tuple, list)):
        return DropoutWrapper(cell, dropout[0], dropout[1])
    if isinstance(dropout, float):
        return DropoutWrapper(cell, dropout, dropout)
    raise Exception("Invalid dropout type (must be a 2-D tuple of float)")


def _steps(incoming):
    """The inputs of each step."""
    shape = utils.get_incoming_shape(incoming)
    if isinstance(incoming, list):
        return incoming
    assert len(shape) >= 3, 'Input dim should be at least 3.'
    return tf.unstack(tf.transpose(incoming, [1, 0] + list(range(2, len(shape)))))


def _sequence_length(incoming, dynamic):
    if not dynamic:
        return None
    return retrieve_seq_length_op(incoming if isinstance(incoming, tf.Tensor) else tf.stack(incoming))


def _collected(cells, outputs, scope):
    for cell in cells:
        for kept in cell.W, cell.b:
            for variable in kept if isinstance(kept, list) else [kept]:
                tf.add_to_collection(keys.LAYER_VARIABLES + '/' + scope.name, variable)
    tf.add_to_collection(keys.ACTIVATIONS, outputs[-1])


def _result(outputs, return_seq, sequence_length, scope):
    if return_seq:
        result = tf.stack(outputs, 1)
    elif sequence_length is not None:
        result = advanced_indexing_op(tf.transpose(tf.stack(outputs), [1, 0, 2]), sequence_length)
    else:
        result = outputs[-1]
    tf.add_to_collection(keys.LAYER_TENSOR + '/' + scope.name, result)
    return result


def _rnn(incoming, cell, dropout, return_seq, return_state, initial_state, dynamic, scope, name):
    sequence_length = _sequence_length(incoming, dynamic)
    with tf.variable_scope(scope, default_name=name, values=[incoming]) as scope:
        outputs, state = tf.nn.static_rnn(_with_dropout(cell, dropout), _steps(incoming), dtype=tf.float32,
                                          initial_state=initial_state, scope=scope.name, sequence_length=sequence_length)
        _collected([cell], outputs, scope)
    result = _result(outputs, return_seq, sequence_length, scope)
    return (result, state) if return_state else result


def simple_rnn(incoming, n_units, activation='sigmoid', dropout=None, bias=True, weights_init=None, return_seq=False,
               return_state=False, initial_state=None, dynamic=False, trainable=True, restore=True, reuse=False, scope=None,
               name='SimpleRNN'):
    """The recurrent layer that is fully connected."""
    cell = BasicRNNCell(n_units, activation=activation, bias=bias, weights_init=weights_init, trainable=trainable,
                        restore=restore, reuse=reuse)
    return _rnn(incoming, cell, dropout, return_seq, return_state, initial_state, dynamic, scope, name)


def lstm(incoming, n_units, activation='tanh', inner_activation='sigmoid', dropout=None, bias=True, weights_init=None,
         forget_bias=1.0, return_seq=False, return_state=False, initial_state=None, dynamic=False, trainable=True,
         restore=True, reuse=False, scope=None, name='LSTM'):
    """Long short-term memory."""
    cell = BasicLSTMCell(n_units, activation=activation, inner_activation=inner_activation, forget_bias=forget_bias, bias=bias,
                         weights_init=weights_init, trainable=trainable, restore=restore, reuse=reuse)
    return _rnn(incoming, cell, dropout, return_seq, return_state, initial_state, dynamic, scope, name)


def gru(incoming, n_units, activation='tanh', inner_activation='sigmoid', dropout=None, bias=True, weights_init=None,
        return_seq=False, return_state=False, initial_state=None, dynamic=False, trainable=True, restore=True, reuse=False,
        scope=None, name='GRU'):
    """The gated recurrent unit."""
    cell = GRUCell(n_units, activation=activation, inner_activation=inner_activation, bias=bias, weights_init=weights_init,
                   trainable=trainable, restore=restore, reuse=reuse)
    return _rnn(incoming, cell, dropout, return_seq, return_state, initial_state, dynamic, scope, name)


def bidirectional_rnn(incoming, rnncell_fw, rnncell_bw, return_seq=False, return_states=False, initial_state_fw=None,
                      initial_state_bw=None, dynamic=False, scope=None, name='BiRNN'):
    """A cell from the beginning to the end, and one from the end to the beginning."""
    assert rnncell_fw._num_units == rnncell_bw._num_units, "RNN Cells number of units must match!"
    sequence_length = _sequence_length(incoming, dynamic)
    with tf.variable_scope(scope, default_name=name, values=[incoming]) as scope:
        outputs, state_fw, state_bw = tf.nn.static_bidirectional_rnn(
            rnncell_fw, rnncell_bw, _steps(incoming), initial_state_fw=initial_state_fw, initial_state_bw=initial_state_bw,
            sequence_length=sequence_length, dtype=tf.float32)
        _collected([rnncell_fw, rnncell_bw], outputs, scope)
    result = _result(outputs, return_seq, sequence_length, scope)
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
