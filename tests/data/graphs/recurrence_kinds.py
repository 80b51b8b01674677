R = tf.nn.rnn_cell
x = tf.placeholder(tf.float32, [4, 3, 5], 'x')
xu = tf.placeholder(tf.float32, [None, None, 5], 'xu')
n = tf.placeholder(tf.int32, [4], 'n')
steps = tf.unstack(x, axis=1)
lstm = R.LSTMCell(3, use_peepholes=True, num_proj=2, cell_clip=1., proj_clip=2., initializer=tf.ones_initializer())
tf.nn.dynamic_rnn(lstm, xu, sequence_length=n, dtype=tf.float32)
tf.nn.static_rnn(R.GRUCell(3), steps, dtype=tf.float32, sequence_length=n, scope='lengths')
wrapped = R.ResidualWrapper(R.MultiRNNCell([R.DropoutWrapper(R.LSTMCell(3), 0.5, 0.6, 0.7), R.BasicRNNCell(5)]))
tf.nn.static_rnn(R.DeviceWrapper(wrapped, '/cpu:0'), steps, dtype=tf.float32, scope='wrapped')
tf.nn.static_bidirectional_rnn(R.GRUCell(2), R.BasicRNNCell(3), steps, dtype=tf.float32, sequence_length=n)
tf.nn.static_bidirectional_rnn(R.GRUCell(2), R.GRUCell(2), steps, dtype=tf.float32, scope='without_lengths')
tf.nn.bidirectional_dynamic_rnn(R.GRUCell(2), R.LSTMCell(3), xu, sequence_length=n, dtype=tf.float32, scope='both')
tf.nn.bidirectional_dynamic_rnn(R.GRUCell(2), R.GRUCell(2), x, dtype=tf.float32, time_major=True, scope='major')
cell = R.LSTMCell(3)
inputs = tf.TensorArray(tf.float32, 3).unstack(tf.transpose(x, [1, 0, 2]))


def loop_fn(time, output, state, loop_state):
    finished = time >= n
    next_input = tf.cond(tf.reduce_all(finished), lambda: tf.zeros([4, 5]), lambda: inputs.read(time))
    state = cell.zero_state(4, tf.float32) if output is None else state
    return finished, next_input, state, output, None


outputs, final_state, _ = tf.nn.raw_rnn(cell, loop_fn, scope='raw')
outputs.stack()


class Saver(object):
    def state(self, name):
        return tf.get_variable(name, [4, 3], trainable=False)

    def save_state(self, name, value):
        return tf.assign(tf.get_variable(name, [4, 3]), value)


with tf.variable_scope('saving', reuse=tf.AUTO_REUSE):
    tf.nn.static_state_saving_rnn(R.BasicLSTMCell(3), steps, Saver(), ('c', 'h'))
