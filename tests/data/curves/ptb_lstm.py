# The language model of PTB: two layers of LSTM, unrolled, with dropout, shared embedding and clipped gradients.
random = np.random.RandomState(3)
batch, steps, hidden, words = 8, 5, 20, 50
data = tf.placeholder(tf.int32, [batch, steps])
targets = tf.placeholder(tf.int32, [batch, steps])
with tf.variable_scope('language_model', initializer=tf.random_uniform_initializer(-0.1, 0.1)):
    cell = tf.nn.rnn_cell.MultiRNNCell([
        tf.nn.rnn_cell.DropoutWrapper(tf.nn.rnn_cell.BasicLSTMCell(hidden), output_keep_prob=0.9, seed=5)
        for _ in range(2)])
    state = cell.zero_state(batch, tf.float32)
    embedding = tf.get_variable('embedding', [words, hidden])
    inputs = tf.nn.dropout(tf.nn.embedding_lookup(embedding, data), 0.9, seed=6)
    outputs = []
    with tf.variable_scope('RNN'):
        for step in range(steps):
            if step > 0:
                tf.get_variable_scope().reuse_variables()
            output, state = cell(inputs[:, step, :], state)
            outputs.append(output)
    output = tf.reshape(tf.concat(outputs, 1), [-1, hidden])
    logits = tf.matmul(output, tf.transpose(embedding)) + tf.get_variable('bias', [words])
loss = tf.contrib.legacy_seq2seq.sequence_loss_by_example(
    [logits], [tf.reshape(targets, [-1])], [tf.ones([batch * steps])])
loss = tf.reduce_sum(loss) / batch
variables = tf.trainable_variables()
gradients, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 5)
train = tf.train.GradientDescentOptimizer(1.0).apply_gradients(zip(gradients, variables))
feeds = [{data: random.randint(words, size=[batch, steps]), targets: random.randint(words, size=[batch, steps])}
         for _ in range(10)]
