"""Networks built by hand: capsules, a spatial transformer, cells of one's own, attention over time, highway layers."""
import numpy as np
import tensorflow as tf
from tensorflow.python.ops import array_ops, math_ops, rnn_cell_impl, init_ops, variable_scope as vs
from tensorflow.python.framework import ops, dtypes, tensor_shape
tf.logging.set_verbosity(tf.logging.ERROR)
tf.set_random_seed(8)
r = np.random.RandomState(4)
def squash(v): n = tf.reduce_sum(tf.square(v), -2, keepdims=True); return n / (1 + n) / tf.sqrt(n + 1e-9) * v


u = tf.constant(r.randn(2, 6, 1, 4, 1), tf.float32)
W = tf.get_variable('W', [1, 6, 3 * 5, 4, 1], initializer=tf.random_normal_initializer(stddev=0.1, seed=1))
u_hat = tf.reshape(tf.reduce_sum(W * tf.tile(u, [1, 1, 15, 1, 1]), 3, keepdims=True), [-1, 6, 3, 5, 1])
b_IJ = tf.zeros([2, 6, 3, 1, 1])
stopped = tf.stop_gradient(u_hat)
for it in range(3):
    with tf.variable_scope('iter_' + str(it)):
        c = tf.nn.softmax(b_IJ, 2)
        if it == 2:
            v = squash(tf.reduce_sum(c * u_hat, 1, keepdims=True))
        else:
            v = squash(tf.reduce_sum(c * stopped, 1, keepdims=True))
            b_IJ += tf.reduce_sum(stopped * tf.tile(v, [1, 6, 1, 1, 1]), 3, keepdims=True)
lengths = tf.sqrt(tf.reduce_sum(tf.square(v), 3) + 1e-9)
margin = tf.reduce_mean(tf.square(tf.maximum(0., 0.9 - lengths)))


def transformer(U, theta, out):
    B, H, Wd, C = U.get_shape().as_list()
    gx, gy = tf.meshgrid(tf.linspace(-1., 1., out[1]), tf.linspace(-1., 1., out[0]))
    grid = tf.stack([tf.reshape(gx, [-1]), tf.reshape(gy, [-1]), tf.ones(out[0] * out[1])])
    T = tf.matmul(theta, tf.tile(grid[None], [B, 1, 1]))
    x = (T[:, 0] + 1.) * (Wd - 1) / 2.
    y = (T[:, 1] + 1.) * (H - 1) / 2.
    x0 = tf.floor(x)
    y0 = tf.floor(y)
    res = 0.
    for dx, dy in ((0, 0), (0, 1), (1, 0), (1, 1)):
        xi = tf.clip_by_value(tf.cast(x0, tf.int32) + dx, 0, Wd - 1)
        yi = tf.clip_by_value(tf.cast(y0, tf.int32) + dy, 0, H - 1)
        bi = tf.tile(tf.range(B)[:, None], [1, out[0] * out[1]])
        wx = 1 - tf.abs(x - (x0 + dx))
        wy = 1 - tf.abs(y - (y0 + dy))
        res += tf.expand_dims(wx * wy, 2) * tf.gather_nd(U, tf.stack([bi, yi, xi], 2))
    return tf.reshape(res, [B, out[0], out[1], C])


img = tf.constant(r.rand(2, 5, 6, 1), tf.float32)
theta = tf.Variable([[[0.8, 0.1, 0.], [-0.1, 0.9, 0.2]]])
warped = transformer(img, tf.tile(theta, [2, 1, 1]), (4, 4))


class MinimalCell(rnn_cell_impl.RNNCell):
    def __init__(self, units, activation=None, reuse=None): super(MinimalCell, self).__init__(
        _reuse=reuse); self._units = units; self._act = activation or math_ops.tanh

    @property
    def state_size(self): return (self._units, tensor_shape.TensorShape([2]))
    @property
    def output_size(self): return self._units

    def call(self, inputs, state):
        h, z = state
        with vs.variable_scope('gates'):
            g = math_ops.sigmoid(tf.layers.dense(array_ops.concat(
                [inputs, h], 1), self._units, kernel_initializer=init_ops.ones_initializer(), bias_initializer=init_ops.constant_initializer(-1.)))
        with vs.variable_scope('candidate'):
            cand = self._act(rnn_cell_impl._Linear([inputs, h], self._units, True)([inputs, h]) if hasattr(rnn_cell_impl, '_Linear') else tf.contrib.layers.fully_connected(
                array_ops.concat([inputs, h], 1), self._units, activation_fn=None, weights_initializer=init_ops.constant_initializer(0.2)))
        new = g * h + (1 - g) * cand
        return new, (new, z + 1.)


xs = tf.constant(r.randn(2, 5, 3), tf.float32)
outs, st = tf.nn.dynamic_rnn(MinimalCell(4), xs, sequence_length=[3, 5], dtype=tf.float32)
lstm = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.DropoutWrapper(tf.nn.rnn_cell.LSTMCell(4, use_peepholes=True, num_proj=3, initializer=tf.random_uniform_initializer(
    -.3, .3, seed=i)), input_keep_prob=0.9, state_keep_prob=0.9, variational_recurrent=True, input_size=3, dtype=tf.float32, seed=5) for i in range(2)])
lo, ls = tf.nn.dynamic_rnn(lstm, xs, dtype=tf.float32, scope='lstm')
bi, bst = tf.nn.bidirectional_dynamic_rnn(tf.nn.rnn_cell.GRUCell(3, kernel_initializer=tf.constant_initializer(
    0.1)), tf.nn.rnn_cell.ResidualWrapper(tf.nn.rnn_cell.BasicRNNCell(3)), xs, [4, 5], dtype=tf.float32)
so, ss, sb = tf.nn.static_bidirectional_rnn(tf.nn.rnn_cell.BasicLSTMCell(
    2), tf.nn.rnn_cell.BasicLSTMCell(2), tf.unstack(xs, axis=1), dtype=tf.float32, scope='static')
sbi = tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
    [tf.nn.rnn_cell.GRUCell(2)] , [tf.nn.rnn_cell.GRUCell(2)], xs, dtype=tf.float32)[0]
att = tf.nn.softmax(tf.reduce_sum(tf.tanh(tf.tensordot(outs, tf.ones([4, 3]) * 0.3, 1)) * tf.ones([3]), 2))
ctx = tf.reduce_sum(outs * att[:, :, None], 1)
fw = tf.contrib.rnn.LSTMBlockFusedCell(3)
fo, fs = fw(tf.transpose(xs, [1, 0, 2]), dtype=tf.float32)
tb = tf.contrib.rnn.LSTMBlockCell(3)
to, ts = tf.nn.dynamic_rnn(tb, xs, dtype=tf.float32, scope='block')
ln, _ = tf.nn.dynamic_rnn(tf.contrib.rnn.LayerNormBasicLSTMCell(3), xs, dtype=tf.float32, scope='ln')


def highway(x, n):
    for i in range(n):
        with tf.variable_scope('h%d' % i):
            hh = tf.layers.dense(x, x.shape[-1], tf.nn.relu, kernel_initializer=tf.constant_initializer(0.1))
            t = tf.layers.dense(x, x.shape[-1].value, tf.sigmoid, bias_initializer=tf.constant_initializer(-1.),
                                kernel_initializer=tf.constant_initializer(0.2))
            x = hh * t + x * (1. - t)
    return x


hw = highway(xs, 2)
loss = tf.add_n([margin, tf.reduce_sum(warped), tf.reduce_sum(outs), tf.reduce_sum(
    lo), tf.reduce_sum(bi[0]), tf.reduce_sum(fo), tf.reduce_sum(to), tf.reduce_sum(hw)])
gr = tf.gradients(loss, tf.trainable_variables())
for vv in tf.trainable_variables():
    print(vv.op.name, vv.shape)
print(st, ls[0], bst)
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    for n, t in dict(v=v, lengths=lengths, warped=warped, outs=outs, att=att, ctx=ctx, hw=hw).items():
        x = s.run(t)
        print(n, x.shape, np.round(x.ravel()[:5], 4))
    print([None if g is None else np.shape(x)
          for g, x in zip(gr, s.run([g if g is not None else tf.constant(0.) for g in gr]))][:12])
    print([np.round(x, 4) for x in s.run([gr[0][0, 0, 0], gr[1]])])
    print(np.round(s.run(st)[1], 2), s.run(sbi).shape, s.run(lo).shape)
