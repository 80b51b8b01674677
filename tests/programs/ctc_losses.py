"""Connectionist temporal classification with dense and sparse labels."""
import numpy as np
import tensorflow as tf
tf.logging.set_verbosity(tf.logging.ERROR)
r = np.random.RandomState(0)
logits = tf.constant(r.randn(7, 3, 5), tf.float32)
dense = tf.constant([[1, 2, 2, 0], [3, 0, 0, 0], [4, 4, 1, 2]])
lengths, times = tf.constant([3, 1, 4]), tf.constant([7, 5, 7])
sparse = tf.SparseTensor([[0, 0], [0, 1], [1, 0], [2, 0]], [1, 2, 3, 0], [3, 2])
loss = tf.nn.ctc_loss_v2(dense, logits, lengths, times)
losses = [loss, tf.nn.ctc_loss_v2(dense, tf.transpose(logits, [1, 0, 2]), lengths, times, logits_time_major=False),
          tf.nn.ctc_loss_v2(sparse, logits, None, times, blank_index=- \
                            1), tf.nn.ctc_loss_v2(sparse, logits, None, times, blank_index=4),
          tf.nn.ctc_loss_v2(dense, logits, lengths, times, unique=tf.nn.ctc_unique_labels(dense))]
with tf.Session() as sess:
    for each in losses:
        print(each.shape, sess.run(each))
    print(np.round(sess.run(tf.gradients(loss, logits)[0])[:, 0], 4))
try:
    tf.nn.ctc_loss_v2(sparse, logits, None, times)
except ValueError as error:
    print(error)
