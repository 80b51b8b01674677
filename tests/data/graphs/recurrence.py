R = tf.nn.rnn_cell
x = tf.placeholder(tf.float32, [4, 3, 5], 'x')
n = tf.placeholder(tf.int64, [4], 'n')
xu = tf.placeholder(tf.float32, [None, None, 5], 'xu')
steps = tf.unstack(x, axis=1)
tf.nn.static_bidirectional_rnn(R.GRUCell(2), R.BasicRNNCell(3, activation=tf.nn.relu), steps, dtype=tf.float32,
                               sequence_length=n)
lstm = R.LSTMCell(3, use_peepholes=True, num_proj=2, cell_clip=1., proj_clip=2., initializer=tf.ones_initializer())
tf.nn.dynamic_rnn(R.MultiRNNCell([lstm, R.GRUCell(2)]), xu, dtype=tf.float32)
tf.nn.dynamic_rnn(R.BasicLSTMCell(3, state_is_tuple=False), xu, sequence_length=[1, 2], dtype=tf.float32, scope='flat')
keep = tf.placeholder(tf.float32, [], 'keep')
drop = R.DropoutWrapper(R.LSTMCell(3), input_keep_prob=0.5, output_keep_prob=keep, state_keep_prob=0.9, seed=4)
tf.nn.dynamic_rnn(drop, x, dtype=tf.float32, scope='drop')
var = R.DropoutWrapper(R.GRUCell(3), 0.5, 0.6, 0.7, variational_recurrent=True, input_size=5, dtype=tf.float32)
residual = R.ResidualWrapper(R.MultiRNNCell([var, R.BasicRNNCell(5)]))
tf.nn.static_rnn(R.DeviceWrapper(residual, '/cpu:0'), steps, dtype=tf.float32, scope='var')
cell = R.LSTMCell(3)
inputs = tf.TensorArray(tf.float32, 3).unstack(tf.transpose(x, [1, 0, 2]))


def loop_fn(time, output, state, loop_state):
    finished = time >= n
    next_input = tf.cond(tf.reduce_all(finished), lambda: tf.zeros([4, 5]), lambda: inputs.read(time))
    state = cell.zero_state(4, tf.float32) if output is None else state
    return finished, next_input, state, output, None


n = tf.cast(n, tf.int32)
outputs, final_state, _ = tf.nn.raw_rnn(cell, loop_fn)
outputs.stack()


class Saver(object):
    def state(self, name):
        return tf.get_variable(name, [4, 3], trainable=False)

    def save_state(self, name, value):
        return tf.assign(tf.get_variable(name, [4, 3]), value)


with tf.variable_scope('saving', reuse=tf.AUTO_REUSE):
    tf.nn.static_state_saving_rnn(R.BasicLSTMCell(3), steps, Saver(), ('c', 'h'))


class Own(R.RNNCell):
    state_size = property(lambda self: 3)
    output_size = property(lambda self: 3)

    def call(self, inputs, state):
        w = tf.get_variable('w', [8, 3])
        new = tf.tanh(tf.matmul(tf.concat([inputs, state], 1), w))
        return new, new


tf.nn.dynamic_rnn(Own(), x, dtype=tf.float32, scope='own')
C = tf.contrib.rnn
tf.nn.static_rnn(C.AttentionCellWrapper(C.BasicLSTMCell(3), 2), steps, dtype=tf.float32, scope='attention')
projected = C.OutputProjectionWrapper(C.InputProjectionWrapper(C.UGRNNCell(3), 2), 4)
tf.nn.static_rnn(projected, steps, dtype=tf.float32, scope='projections')
C.EmbeddingWrapper(C.GRUCell(3), 10, 4)(tf.constant([[1], [2]]), tf.zeros([2, 3]))
C.stack_bidirectional_dynamic_rnn([C.GRUCell(2), C.GRUCell(3)], [C.GRUCell(2), C.GRUCell(3)], x, dtype=tf.float32)
C.LayerNormBasicLSTMCell(3, dropout_keep_prob=0.5)(tf.ones([2, 3]), (tf.zeros([2, 3]), tf.zeros([2, 3])))
C.FusedRNNCellAdaptor(C.BasicRNNCell(2), use_dynamic_rnn=True)(tf.transpose(x, [1, 0, 2]), dtype=tf.float32,
                                                               scope='fused')
logits = tf.placeholder(tf.float32, [4, 3, 6])
targets = tf.placeholder(tf.int32, [4, 3])
weights = tf.ones([4, 3])
S = tf.contrib.seq2seq.sequence_loss
S(logits, targets, weights)
S(logits, targets, weights, False, True)
S(logits, targets, weights, False, False, True, True)
tf.contrib.legacy_seq2seq.sequence_loss_by_example([logits[:, 0], logits[:, 1]], [targets[:, 0], targets[:, 1]],
                                                   [tf.ones([4]), tf.ones([4])])
