R = tf.nn.rnn_cell
x = tf.placeholder(tf.float32, [4, 3, 5], 'x')
n = tf.placeholder(tf.int32, [4], 'n')
i = tf.placeholder(tf.float32, [4, 5], 'i')
s3 = tf.placeholder(tf.float32, [4, 3], 's3')


def grads(o):
    tf.gradients(o, tf.trainable_variables())


with tf.variable_scope('s1'):  # legacy decoders
    Q = tf.contrib.legacy_seq2seq
    ii = tf.unstack(x, axis=1)
    Q.rnn_decoder(ii, s3, R.GRUCell(3))
    Q.rnn_decoder(ii, s3, R.GRUCell(3), loop_function=lambda p, i_: tf.pad(p, [[0, 0], [0, 2]]), scope='b')
    Q.basic_rnn_seq2seq(ii, ii, R.GRUCell(3))
    Q.tied_rnn_seq2seq(ii, ii, R.GRUCell(3))
    Q.tied_rnn_seq2seq(ii, ii, R.GRUCell(3), loop_function=lambda p, i_: tf.pad(p, [[0, 0], [0, 2]]), scope='tt')
with tf.variable_scope('s2'):  # legacy embedding
    Q = tf.contrib.legacy_seq2seq
    e = [n, n, n]
    d = [n, n]
    Q.embedding_rnn_decoder(d, s3, R.GRUCell(3), 7, 4)
    Q.embedding_rnn_decoder(d, s3, R.GRUCell(3), 7, 4, output_projection=(tf.get_variable('pw', [3, 7]),
            tf.get_variable('pb', [7])), feed_previous=True, scope='q')
    Q.embedding_rnn_seq2seq(e, d, R.GRUCell(3), 7, 8, 4)
    Q.embedding_rnn_seq2seq(e, d, R.GRUCell(3), 7, 8, 4, feed_previous=tf.placeholder(tf.bool, []), scope='z')
with tf.variable_scope('s3'):  # legacy embedding proj
    Q = tf.contrib.legacy_seq2seq
    e = [n, n, n]
    d = [n, n]
    Q.embedding_rnn_seq2seq(e, d, R.LSTMCell(3), 7, 8, 4, output_projection=(tf.get_variable('pw', [3, 8]),
            tf.get_variable('pb', [8])), feed_previous=True)
with tf.variable_scope('s4'):  # legacy tied
    Q = tf.contrib.legacy_seq2seq
    e = [n, n, n]
    d = [n, n]
    Q.embedding_tied_rnn_seq2seq(e, d, R.GRUCell(3), 7, 4)
    Q.embedding_tied_rnn_seq2seq(e, d, R.GRUCell(3), 7, 4, num_decoder_symbols=6,
                                 feed_previous=tf.placeholder(tf.bool, []), scope='k')
with tf.variable_scope('s5'):  # legacy attention
    Q = tf.contrib.legacy_seq2seq
    ii = tf.unstack(x, axis=1)
    at = tf.placeholder(tf.float32, [4, 6, 3])
    o, s = Q.attention_decoder(ii, s3, at, R.GRUCell(3))
    grads(o)
    Q.attention_decoder(ii, s3, at, R.GRUCell(3), output_size=4, num_heads=2, initial_state_attention=True,
                        loop_function=lambda p, i_: tf.pad(p, [[0, 0], [0, 1]]), scope='q')
with tf.variable_scope('s6'):  # legacy attention2
    Q = tf.contrib.legacy_seq2seq
    e = [n, n, n]
    d = [n, n]
    at = tf.placeholder(tf.float32, [4, 6, 3])
    Q.embedding_attention_decoder(d, s3, at, R.GRUCell(3), 7, 4)
    Q.embedding_attention_decoder(d, s3, at, R.GRUCell(3), 7, 4, output_projection=(tf.get_variable('pw', [3, 7]),
            tf.get_variable('pb', [7])), feed_previous=True, update_embedding_for_previous=False, scope='q')
    Q.embedding_attention_seq2seq(e, d, R.GRUCell(3), 7, 8, 4, scope='a')
with tf.variable_scope('s7'):  # legacy attention3
    Q = tf.contrib.legacy_seq2seq
    e = [n, n, n]
    d = [n, n]
    Q.embedding_attention_seq2seq(e, d, R.MultiRNNCell([R.LSTMCell(3), R.LSTMCell(3)]), 7, 8, 4, num_heads=2,
                                  feed_previous=tf.placeholder(tf.bool, []), output_projection=(tf.get_variable('pw',
            [3, 8]), tf.get_variable('pb', [8])))
with tf.variable_scope('s8'):  # legacy one2many
    Q = tf.contrib.legacy_seq2seq
    e = [n, n, n]
    d = {'a': [n, n], 'b': [n]}
    Q.one2many_rnn_seq2seq(e, d, R.GRUCell(3), R.GRUCell(3) and {'a': R.GRUCell(3), 'b': R.GRUCell(3)}, 7, {'a': 5,
            'b': 6}, 4)
with tf.variable_scope('s9'):  # legacy buckets
    Q = tf.contrib.legacy_seq2seq
    e = [n, n, n]
    d = [n, n, n]
    w = [tf.ones([4])] * 3
    f = lambda a, b: Q.embedding_rnn_seq2seq(a, b, R.GRUCell(3), 7, 8, 4)
    o, l = Q.model_with_buckets(e, d, [n, n, n], w, [(2, 2), (3, 3)], f)
    Q.model_with_buckets(e, d, [n, n, n], w, [(2, 2)], lambda a, b: Q.basic_rnn_seq2seq([tf.ones([4, 5])],
            [tf.ones([4, 5])] * 2, R.GRUCell(3)), per_example_loss=True, name='m')
