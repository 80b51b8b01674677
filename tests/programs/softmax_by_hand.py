"""A network of two layers whose backward pass is written by hand, next to what tf.gradients makes of it."""
import numpy as np
import tensorflow as tf

tf.set_random_seed(1234)
x = tf.placeholder(tf.float32, [None, 5])
t = tf.placeholder(tf.float32, [None, 3])


def sigma(z):
    return tf.div(tf.constant(1.0), tf.add(tf.constant(1.0), tf.exp(tf.negative(z))))


def sigmaprime(z):
    return tf.multiply(sigma(z), tf.subtract(tf.constant(1.0), sigma(z)))


def softmax(z):
    z = z - tf.reduce_max(z, axis=1, keep_dims=True)
    e = tf.exp(z)
    return e / tf.reduce_sum(e, axis=1, keepdims=True)


w1 = tf.Variable(tf.truncated_normal([5, 7], seed=1))
b1 = tf.Variable(tf.truncated_normal([1, 7], seed=2))
w2 = tf.Variable(tf.truncated_normal([7, 3], seed=3))
b2 = tf.Variable(tf.truncated_normal([1, 3], seed=4))

z1 = tf.add(tf.matmul(x, w1), b1)
a1 = sigma(z1)
z2 = a1 @ w2 + b2
p = softmax(z2)
loss = -tf.reduce_sum(t * tf.log(tf.clip_by_value(p, 1e-10, 1.0))) / tf.cast(tf.shape(x)[0], tf.float32)

n = tf.to_float(tf.shape(x)[0])
d_z2 = (p - t) / n
d_b2 = tf.reduce_sum(d_z2, 0, keepdims=True)
d_w2 = tf.matmul(tf.transpose(a1), d_z2)
d_a1 = tf.matmul(d_z2, tf.transpose(w2))
d_z1 = tf.multiply(d_a1, sigmaprime(z1))
d_b1 = tf.reduce_sum(d_z1, axis=[0], keepdims=True)
d_w1 = tf.matmul(x, d_z1, transpose_a=True)

eta = tf.constant(0.5)
d_w1, d_b1, d_w2, d_b2 = tf.tuple([d_w1, d_b1, d_w2, d_b2])  # no weight changes before all are computed
step = [tf.assign(w1, tf.subtract(w1, tf.multiply(eta, d_w1))), tf.assign_sub(b1, eta * d_b1),
        w2.assign_sub(tf.scalar_mul(0.5, d_w2)), tf.assign(b2, b2 - eta * d_b2)]
by_hand = [d_w1, d_b1, d_w2, d_b2]
automatic = tf.gradients(loss, [w1, b1, w2, b2])
differences = [tf.reduce_max(tf.abs(a - b)) for a, b in zip(by_hand, automatic)]
correct = tf.equal(tf.argmax(p, 1), tf.argmax(t, 1))
accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))
with tf.control_dependencies([tf.assert_non_negative(p), tf.assert_less_equal(tf.reduce_max(p), 1.0)]):
    checked = tf.identity(p, name='checked')
jacobian = tf.stack([tf.gradients(p[0, i], z2)[0][0] for i in range(3)])
outer = tf.einsum('i,j->ij', p[0], p[0])

rng = np.random.RandomState(9)
inputs = rng.normal(size=(40, 5)).astype(np.float32)
targets = np.eye(3, dtype=np.float32)[np.argmax(inputs.dot(rng.normal(size=(5, 3))), axis=1)]

sess = tf.InteractiveSession()
tf.global_variables_initializer().run()
print(loss, '\n', checked)
for i in range(101):
    feed = {x: inputs, t: targets}
    if i % 25 == 0:
        print('%d: loss %.6f, accuracy %.3f' % (i, loss.eval(feed), accuracy.eval(feed_dict=feed)))
        print('   the same gradients:', all(d < 1e-6 for d in sess.run(differences, feed)))
    sess.run(step, feed_dict=feed)
print(b2.eval(), w2.eval()[0])
print(sess.run(checked[:2], feed))
print(np.allclose(sess.run(jacobian, feed), sess.run(tf.diag(p[0]) - outer, feed), atol=1e-6))
print(tf.tensordot(w1, w2, 1).eval()[0], tf.norm(w1, axis=0).eval())
sess.close()
