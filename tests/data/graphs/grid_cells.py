"""The cells of tf.contrib.grid_rnn, alone and in loops."""
grid = tf.contrib.grid_rnn
tf.set_random_seed(1)
x = tf.placeholder(tf.float32, [2, 3], 'x')


def run(name, cell, inputs=x, state=None):
    with tf.variable_scope(name, initializer=tf.constant_initializer(.5)):
        cell(inputs, cell.zero_state(2, tf.float32) if state is None else state)


run('basic1', grid.Grid1BasicRNNCell(4))
run('basic1_joined', grid.Grid1BasicRNNCell(4, output_is_tuple=False))
run('lstm1', grid.Grid1BasicLSTMCell(4))
run('lstm1_joined', grid.Grid1BasicLSTMCell(4, state_is_tuple=False, output_is_tuple=False))
run('peepholes', grid.Grid1LSTMCell(4, use_peepholes=True, forget_bias=2.))
for tied in (False, True):
    for fn in (None,) if tied else (None, tf.nn.relu):
        name = '_%s_%s' % (tied, fn is not None)
        run('basic2' + name, grid.Grid2BasicRNNCell(4, tied=tied, non_recurrent_fn=fn))
        run('basic_lstm2' + name, grid.Grid2BasicLSTMCell(4, tied=tied, non_recurrent_fn=fn))
        run('lstm2' + name, grid.Grid2LSTMCell(4, tied=tied, non_recurrent_fn=fn, use_peepholes=not tied))
        run('lstm3' + name, grid.Grid3LSTMCell(4, tied=tied, non_recurrent_fn=fn))
        run('gru2' + name, grid.Grid2GRUCell(4, tied=tied, non_recurrent_fn=fn))
run('two_inputs', grid.GridRNNCell(4, 3, input_dims=[0, 2], output_dims=[1, 2], priority_dims=[2], cell_fn=tf.nn.rnn_cell.GRUCell),
    tf.placeholder(tf.float32, [2, 6]))
with tf.variable_scope('loop'):
    tf.nn.static_rnn(grid.Grid2LSTMCell(4), [x, x], dtype=tf.float32)
