x = tf.placeholder(tf.float32, [None, 12, 12, 3], 'x')
net = tf.layers.conv2d(x, 4, 3, strides=2, padding='same', activation=tf.nn.relu, name='conv',
                       kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1))
net = tf.layers.max_pooling2d(net, 2, 2)
net = tf.layers.conv2d(net, 2, 2)
net = tf.layers.average_pooling2d(net, 2, 1)
net = tf.layers.dropout(net, 0.25, training=True, seed=2)
net = tf.layers.dropout(tf.layers.flatten(net))
net = tf.layers.dense(net, 5, activation=tf.tanh)
tf.layers.dense(net, 5, use_bias=False, kernel_initializer=tf.ones_initializer(), name='last')
s = tf.placeholder(tf.float32, [2, 3, 4], 's')
R = tf.nn.rnn_cell
tf.nn.static_rnn(R.MultiRNNCell([R.BasicLSTMCell(3), R.GRUCell(2)]), tf.unstack(s, axis=1), dtype=tf.float32)
tf.nn.dynamic_rnn(R.BasicRNNCell(3, activation=tf.nn.relu), s, dtype=tf.float32, scope='loop')
tf.nn.dynamic_rnn(R.GRUCell(3), tf.placeholder(tf.float32, [None, None, 4], 'u'), dtype=tf.float32, time_major=True,
                  scope='major')
embeddings = tf.get_variable('embeddings', [20, 6])
biases = tf.get_variable('biases', [20])
tf.nn.nce_loss(embeddings, biases, tf.placeholder(tf.int64, [5, 1], 'ids'), tf.placeholder(tf.float32, [5, 6], 'h'), 4, 20)
