"""A conditional random field: scores, training, decoding."""
import numpy as np
import tensorflow as tf
tf.logging.set_verbosity(tf.logging.ERROR)
tf.set_random_seed(2)
r = np.random.RandomState(0)
ex, words, feats, tags = 6, 8, 10, 4
x = r.rand(ex, words, feats).astype(np.float32)
y = r.randint(tags, size=[ex, words]).astype(np.int32)
lens = np.array([8, 5, 3, 8, 1, 6], np.int32)
xt = tf.constant(x)
yt = tf.constant(y)
lt = tf.constant(lens)
w = tf.get_variable('weights', [feats, tags], initializer=tf.truncated_normal_initializer(stddev=0.3, seed=1))
scores = tf.reshape(tf.matmul(tf.reshape(xt, [-1, feats]), w), [ex, words, tags])
ll, trans = tf.contrib.crf.crf_log_likelihood(scores, yt, lt)
print(ll, trans)
vs, vscore = tf.contrib.crf.crf_decode(scores, trans, lt)
loss = tf.reduce_mean(-ll)
train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    s.run(trans.assign(r.randn(tags, tags) * 0.1))
    for i in range(5):
        ts, tm, l, _ = s.run([scores, trans, loss, train])
        print('%.5f' % l)
    corr = tot = 0
    for t, yy, n in zip(ts, y, lens):
        seq, sc = tf.contrib.crf.viterbi_decode(t[:n], tm)
        corr += np.sum(np.equal(seq, yy[:n]))
        tot += n
        print(seq, round(float(sc), 4))
    print(corr, tot)
    a, b_ = s.run([vs, vscore])
    print(a, b_)
    print(s.run(tf.contrib.crf.crf_log_norm(scores, lt, trans)), s.run(tf.contrib.crf.crf_sequence_score(scores, yt, lt, trans)),
          s.run(tf.contrib.crf.crf_unary_score(yt, lt, scores)), s.run(tf.contrib.crf.crf_binary_score(yt, lt, trans)))
    ml = tf.placeholder(tf.float32, [None, None, 4])
    d, sc = tf.contrib.crf.crf_decode(ml, trans, tf.placeholder_with_default([3, 2], [None]))
    print(d.shape)
    print(s.run([d, sc], {ml: x[:2, :4, :4]}))
    msc = tf.contrib.crf.crf_multitag_sequence_score(scores, tf.constant(r.rand(ex, words, tags) > 0.3), lt, trans)
    print(s.run(msc))
print([v.name for v in tf.global_variables()])
