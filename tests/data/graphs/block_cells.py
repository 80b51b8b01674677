C = tf.contrib.rnn
x = tf.placeholder(tf.float32, [4, 3, 5], 'x')
steps = tf.unstack(x, axis=1)
tf.nn.static_rnn(C.LSTMBlockCell(3), steps, dtype=tf.float32)
tf.nn.static_rnn(C.LSTMBlockCell(3, use_peephole=True, cell_clip=2., forget_bias=0.5), steps, dtype=tf.float32, scope='clip')
tf.nn.dynamic_rnn(C.GRUBlockCellV2(3), x, dtype=tf.float32, scope='gru')
C.LSTMBlockFusedCell(3)(x, dtype=tf.float32)
C.LSTMBlockFusedCell(3, use_peephole=True)(tf.transpose(x, [1, 0, 2]), initial_state=(tf.zeros([4, 3]), tf.ones([4, 3])))
