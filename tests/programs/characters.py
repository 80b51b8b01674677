"""A language model of characters: static decoder, dropout, clipped gradients, states fed back."""
import numpy as np
import tensorflow as tf
tf.logging.set_verbosity(tf.logging.ERROR)
tf.set_random_seed(5)
data = 'hello world, this is a small text for a small network. ' * 4
chars = sorted(set(data))
ix = {c: i for i, c in enumerate(chars)}
V, H, B, T = len(chars), 24, 2, 10


class config:
    layers = 2
    keep = 0.8
    lr = 0.01


xs = tf.placeholder(tf.int32, [B, T], name='input_data')
ys = tf.placeholder(tf.int32, [B, T], name='targets')


def cell():
    c = tf.contrib.rnn.BasicLSTMCell(H, state_is_tuple=True, forget_bias=0.5)
    return tf.contrib.rnn.DropoutWrapper(c, output_keep_prob=config.keep, seed=3)


stack = tf.contrib.rnn.MultiRNNCell([cell() for _ in range(config.layers)], state_is_tuple=True)
init = stack.zero_state(B, tf.float32)
with tf.variable_scope('rnnlm', initializer=tf.random_uniform_initializer(-0.1, 0.1, seed=2)):
    softmax_w = tf.get_variable('softmax_w', [H, V])
    softmax_b = tf.get_variable('softmax_b', [V])
    with tf.device('/cpu:0'):
        embedding = tf.get_variable('embedding', [V, H])
        inputs = tf.split(tf.nn.embedding_lookup(embedding, xs), T, 1)
        inputs = [tf.squeeze(i, [1]) for i in inputs]
    outputs, last = tf.contrib.legacy_seq2seq.rnn_decoder(inputs, init, stack, scope='rnnlm')
output = tf.reshape(tf.concat(outputs, 1), [-1, H])
logits = tf.matmul(output, softmax_w) + softmax_b
probs = tf.nn.softmax(logits)
loss = tf.contrib.legacy_seq2seq.sequence_loss_by_example([logits], [tf.reshape(ys, [-1])], [tf.ones([B * T])], V)
cost = tf.reduce_sum(loss) / B / T
lr = tf.Variable(0.0, trainable=False)
tvars = tf.trainable_variables()
grads, norm = tf.clip_by_global_norm(tf.gradients(cost, tvars), 5.)
train = tf.train.AdamOptimizer(lr).apply_gradients(zip(grads, tvars))
for v in tvars:
    print(v.op.name, v.get_shape())
print(init)
print(last[0])
with tf.Session() as sess:
    tf.global_variables_initializer().run()
    sess.run(tf.assign(lr, config.lr))
    arr = np.array([ix[c] for c in data])[:B * T * 10 + 1]
    for e in range(3):
        state = sess.run(init)
        for b in range(10):
            feed = {xs: arr[b * B * T:(b + 1) * B * T].reshape(B, T), ys: arr[b * \
                                       B * T + 1:(b + 1) * B * T + 1].reshape(B, T)}
            for i, (c, h) in enumerate(init):
                feed[c] = state[i].c
                feed[h] = state[i].h
            c, state, n, _ = sess.run([cost, last, norm, train], feed)
        print(e, '%.4f %.4f' % (c, n), type(state), state[0].h.shape)
