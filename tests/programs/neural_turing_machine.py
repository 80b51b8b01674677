"""A neural Turing machine that copies: a recurrent cell with a memory, addressed by content and by place."""
import numpy as np
import tensorflow as tf

tf.set_random_seed(8)


class NTMCell(tf.contrib.rnn.RNNCell):
    def __init__(self, rnn_size, memory_size, memory_vector_dim, output_dim, shift_range=1):
        self.rnn_size, self.memory_size, self.dim, self.output_dim, self.shift_range = rnn_size, memory_size, memory_vector_dim, output_dim, shift_range
        self.controller = tf.nn.rnn_cell.BasicRNNCell(self.rnn_size)
        self.step = 0
        self.reuse = False

    @property
    def state_size(self):
        return self.rnn_size

    @property
    def output_size(self):
        return self.output_dim

    def __call__(self, x, prev_state):
        read = prev_state['read_vector']
        with tf.variable_scope('concat', reuse=self.step > 0):
            controller_input = tf.concat([x, read], axis=1)
            controller_output, controller_state = self.controller(controller_input, prev_state['controller_state'])
            n = self.dim + 1 + 1 + (self.shift_range * 2 + 1) + 1
            o2p_w = tf.get_variable('o2p_w', [controller_output.get_shape()[1], 2 * n + 2 * self.dim],
                                    initializer=tf.random_normal_initializer(mean=0.0, stddev=0.5))
            o2p_b = tf.get_variable('o2p_b', [2 * n + 2 * self.dim], initializer=tf.random_normal_initializer(stddev=0.5))
            parameters = tf.nn.xw_plus_b(controller_output, o2p_w, o2p_b)
            heads = tf.split(parameters[:, :2 * n], 2, axis=1)
            erase, add = tf.split(parameters[:, 2 * n:], 2, axis=1)
        w_list = []
        for i, p in enumerate(heads):
            k = tf.tanh(p[:, 0:self.dim])
            beta = tf.sigmoid(p[:, self.dim]) * 10
            g = tf.sigmoid(p[:, self.dim + 1])
            s = tf.nn.softmax(p[:, self.dim + 2:self.dim + 2 + (self.shift_range * 2 + 1)])
            gamma = tf.log(tf.exp(p[:, -1]) + 1) + 1
            with tf.variable_scope('addressing_head_%d' % i):
                w_list.append(self.addressing(k, beta, g, s, gamma, prev_state['M'], prev_state['w_list'][i]))
        read_vector = tf.reduce_sum(tf.expand_dims(w_list[0], dim=2) * prev_state['M'], axis=1)
        w = tf.expand_dims(w_list[1], axis=2)
        M = prev_state['M'] * (tf.ones(prev_state['M'].get_shape()) - tf.matmul(w, tf.expand_dims(tf.sigmoid(erase), axis=1)))
        M += tf.matmul(w, tf.expand_dims(tf.tanh(add), axis=1))
        with tf.variable_scope('o2o', reuse=self.step > 0):
            o2o_w = tf.get_variable('o2o_w', [controller_output.get_shape()[1], self.output_dim],
                                    initializer=tf.random_normal_initializer(mean=0.0, stddev=0.5))
            output = tf.nn.sigmoid(tf.matmul(controller_output, o2o_w))
        self.step += 1
        return output, {'controller_state': controller_state, 'read_vector': read_vector, 'w_list': w_list, 'M': M}

    def addressing(self, k, beta, g, s, gamma, prev_M, prev_w):
        k = tf.expand_dims(k, axis=2)
        inner_product = tf.matmul(prev_M, k)
        k_norm = tf.sqrt(tf.reduce_sum(tf.square(k), axis=1, keep_dims=True))
        M_norm = tf.sqrt(tf.reduce_sum(tf.square(prev_M), axis=2, keep_dims=True))
        K = tf.squeeze(inner_product / (k_norm * M_norm + 1e-8), axis=2)
        K_amplified = tf.exp(tf.expand_dims(beta, axis=1) * K)
        w_c = K_amplified / tf.reduce_sum(K_amplified, axis=1, keep_dims=True)
        g = tf.expand_dims(g, axis=1)
        w_g = g * w_c + (1 - g) * prev_w
        s = tf.concat([s[:, :self.shift_range + 1], tf.zeros([s.get_shape()[0], self.memory_size - (self.shift_range * 2 + 1)]),
                       s[:, -self.shift_range:]], axis=1)
        t = tf.concat([tf.reverse(s, axis=[1]), tf.reverse(s, axis=[1])], axis=1)
        s_matrix = tf.stack([t[:, self.memory_size - i - 1:self.memory_size * 2 - i - 1] for i in range(self.memory_size)], axis=1)
        w_ = tf.reduce_sum(tf.expand_dims(w_g, axis=1) * s_matrix, axis=2)
        w_sharpen = tf.pow(w_, tf.expand_dims(gamma, axis=1))
        return w_sharpen / tf.reduce_sum(w_sharpen, axis=1, keep_dims=True)

    def zero_state(self, batch_size, dtype):
        with tf.variable_scope('init', reuse=self.reuse):
            def learned(name, dim):
                return tf.tanh(tf.tile(tf.expand_dims(tf.get_variable(name, dim, initializer=tf.random_normal_initializer(stddev=.5)), 0), [batch_size, 1]))
            state = {'controller_state': learned('c', [self.rnn_size]), 'read_vector': learned('r', [self.dim]),
                     'w_list': [tf.nn.softmax(learned('w%d' % i, [self.memory_size])) for i in range(2)],
                     'M': tf.tile(tf.expand_dims(tf.tanh(tf.get_variable('M', [self.memory_size, self.dim], initializer=tf.random_normal_initializer(stddev=.5))), 0), [batch_size, 1, 1])}
            return state


length, batch, bits = 3, 4, 3
x = tf.placeholder(tf.float32, [batch, length, bits])
eof = np.zeros([batch, bits + 1], np.float32)
eof[:, bits] = 1
cell = NTMCell(6, 5, 4, bits)
state = cell.zero_state(batch, tf.float32)
for t in range(length):
    _, state = cell(tf.concat([x[:, t, :], np.zeros([batch, 1])], axis=1), state)
_, state = cell(eof, state)
outputs = []
for t in range(length):
    o, state = cell(np.zeros([batch, bits + 1], np.float32), state)
    outputs.append(o)
o = tf.stack(outputs, axis=1)
eps = 1e-8
copy_loss = -tf.reduce_mean(x * tf.log(o + eps) + (1 - x) * tf.log(1 - o + eps))
optimizer = tf.train.RMSPropOptimizer(1e-2, momentum=0.9, decay=0.95)
gvs = optimizer.compute_gradients(copy_loss)
train = optimizer.apply_gradients([(tf.clip_by_value(g, -10., 10.), v) for g, v in gvs])
rng = np.random.RandomState(0)
with tf.Session() as sess:
    tf.global_variables_initializer().run()
    for step in range(4):
        xs = rng.randint(0, 2, (batch, length, bits))
        print('%.6f' % sess.run([copy_loss, train], {x: xs})[0])
    print([v.name for v in tf.trainable_variables()])
