"""Recurrent cells: their variables, names and mistakes."""
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
R = tf.nn.rnn_cell
x = tf.placeholder(tf.float32, [3, 4])


def attempt(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, error)


for cell in (R.DropoutWrapper(R.BasicLSTMCell(2)), R.ResidualWrapper(R.BasicRNNCell(4)), R.MultiRNNCell([R.BasicLSTMCell(2)])):
    cell(x, cell.zero_state(3, tf.float32))
    print(cell.weights, cell.trainable_weights, cell.variables, cell.state_size, cell.output_size)


class Own(R.RNNCell):
    state_size = property(lambda self: 3)
    output_size = property(lambda self: 3)

    def call(self, inputs, state):
        w = tf.get_variable('w', [4, 3])
        n = tf.get_variable('n', [3], trainable=False)
        return tf.matmul(inputs, w) + state + n, state + 1.


cell = Own()
with tf.variable_scope('outer'):
    print(cell(x, cell.zero_state(3, tf.float32)))
    print(cell.weights, cell.trainable_variables, cell.name, cell.scope_name)
print(cell(x, cell.zero_state(3, tf.float32)))
cell = Own()
print(tf.nn.dynamic_rnn(cell, tf.zeros([3, 5, 4]), dtype=tf.float32), cell.weights)
cell = Own()
print(tf.nn.static_rnn(cell, [x, x], dtype=tf.float32, scope='unrolled'), cell.weights)


class OfOldTimes(tf.contrib.rnn.RNNCell):
    @property
    def state_size(self):
        return 3

    @property
    def output_size(self):
        return 3

    def __call__(self, inputs, state, scope=None):
        with tf.variable_scope(scope or type(self).__name__):
            return tf.matmul(inputs, tf.get_variable('w', [4, 3])) + state, state


print(tf.nn.dynamic_rnn(OfOldTimes(), tf.zeros([3, 5, 4]), dtype=tf.float32, scope='old'))
state = R.LSTMCell(3, num_proj=2).zero_state(4, tf.float32)
print(state, state.c.shape, state.h.shape, state.dtype)
for mistake in (
        lambda: R.DropoutWrapper(3), lambda: R.MultiRNNCell([]), lambda: R.MultiRNNCell(3),
        lambda: tf.nn.dynamic_rnn(R.GRUCell(3), tf.zeros([3, 5, 4])),
        lambda: tf.nn.dynamic_rnn(R.GRUCell(3), tf.placeholder(tf.float32, [3, 5, None]), dtype=tf.float32),
        lambda: tf.nn.dynamic_rnn(R.GRUCell(3), tf.zeros([3, 5]), dtype=tf.float32),
        lambda: tf.nn.static_rnn(R.GRUCell(3), tf.zeros([3, 5, 4]), dtype=tf.float32),
        lambda: tf.nn.static_rnn(R.GRUCell(3), [], dtype=tf.float32), lambda: tf.nn.static_rnn(R.GRUCell(3), [x]),
        lambda: R.DropoutWrapper(R.GRUCell(3), 1.5),
        lambda: R.GRUCell(3)(tf.placeholder(tf.float32, [3, None]), tf.zeros([3, 3])),
        lambda: R.GRUCell(3)(tf.placeholder(tf.int32, [3, 4]), tf.zeros([3, 3])),
        lambda: tf.nn.dynamic_rnn(R.GRUCell(3), tf.zeros([3, 5, 4]), sequence_length=[[1]], dtype=tf.float32),
        lambda: R.GRUCell(3).zero_state(None, tf.float32), lambda: R.GRUCell(3, dtype=tf.int32),
        lambda: R.MultiRNNCell([R.BasicLSTMCell(2)], state_is_tuple=False)):
    attempt(mistake)
