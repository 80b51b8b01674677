# Sequences of different lengths: bidirectional loops of GRU and LSTM with peepholes and projection.
random = np.random.RandomState(4)
batch, steps = 6, 7
x = tf.placeholder(tf.float32, [None, None, 5])
lengths = tf.placeholder(tf.int32, [None])
y = tf.placeholder(tf.int64, [None])
forward = tf.nn.rnn_cell.LSTMCell(8, use_peepholes=True, num_proj=6, cell_clip=3.)
backward = tf.nn.rnn_cell.ResidualWrapper(tf.nn.rnn_cell.GRUCell(5))
outputs, states = tf.nn.bidirectional_dynamic_rnn(forward, backward, x, lengths, dtype=tf.float32)
both = tf.concat(outputs, 2)
summed, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicRNNCell(9), both, lengths, dtype=tf.float32)
last = tf.gather_nd(summed, tf.stack([tf.range(tf.shape(x)[0]), lengths - 1], 1))
logits = tf.layers.dense(tf.concat([last, states[0].h], 1), 3)
loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
train = tf.train.RMSPropOptimizer(0.01).minimize(loss)
feeds = [{x: random.randn(batch, steps, 5), lengths: random.randint(1, steps + 1, size=batch),
          y: random.randint(3, size=batch)} for _ in range(10)]
