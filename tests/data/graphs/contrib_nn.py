N = tf.contrib.nn
x = tf.placeholder(tf.float32, [4, 3], 'x')
ids = tf.placeholder(tf.int64, [4, 1], 'ids')


with tf.variable_scope('s1'):  # alpha dropout
    N.alpha_dropout(x, 0.5, seed=2)
    N.alpha_dropout(x, tf.constant(0.4), noise_shape=[4, 1], name='q')
    N.alpha_dropout(x, 1.0)
with tf.variable_scope('s2'):  # flipped
    N.deprecated_flipped_softmax_cross_entropy_with_logits(x, x)
    N.deprecated_flipped_sparse_softmax_cross_entropy_with_logits(x, ids[:, 0])
    N.deprecated_flipped_sigmoid_cross_entropy_with_logits(x, x)
with tf.variable_scope('s3'):  # sampled
    w = tf.get_variable('w', [7, 3])
    b = tf.get_variable('b', [7])
    N.sampled_sparse_softmax_loss(w, b, ids, x, 4, 7)
    N.nth_element(x, 1)
    N.conv1d_transpose(tf.ones([1, 3, 2]), tf.ones([2, 4, 2]), [1, 6, 4], 2)
