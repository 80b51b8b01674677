"""Asynchronous advantage actor-critic: workers with recurrent networks, whose gradients change a shared one."""
import numpy as np
import tensorflow as tf
import tensorflow.contrib.slim as slim

tf.set_random_seed(5)


def update_target_graph(from_scope, to_scope):
    from_vars = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, from_scope)
    to_vars = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, to_scope)
    return [to_var.assign(from_var) for from_var, to_var in zip(from_vars, to_vars)]


def discount(x, gamma):
    total, out = 0., []
    for r in x[::-1]:
        total = r + gamma * total
        out.append(total)
    return np.array(out[::-1])


def normalized_columns_initializer(std=1.0):
    def _initializer(shape, dtype=None, partition_info=None):
        out = np.random.RandomState(sum(shape)).randn(*shape).astype(np.float32)
        out *= std / np.sqrt(np.square(out).sum(axis=0, keepdims=True))
        return tf.constant(out)
    return _initializer


class AC_Network():
    def __init__(self, s_size, a_size, scope, trainer):
        with tf.variable_scope(scope):
            self.inputs = tf.placeholder(shape=[None, s_size], dtype=tf.float32)
            self.imageIn = tf.reshape(self.inputs, shape=[-1, 12, 12, 1])
            self.conv1 = slim.conv2d(activation_fn=tf.nn.elu, inputs=self.imageIn, num_outputs=4, kernel_size=[4, 4],
                                     stride=[2, 2], padding='VALID')
            hidden = slim.fully_connected(slim.flatten(self.conv1), 16, activation_fn=tf.nn.elu)
            lstm_cell = tf.contrib.rnn.BasicLSTMCell(8, state_is_tuple=True)
            self.state_init = [np.zeros((1, lstm_cell.state_size.c), np.float32), np.zeros((1, lstm_cell.state_size.h), np.float32)]
            c_in = tf.placeholder(tf.float32, [1, lstm_cell.state_size.c])
            h_in = tf.placeholder(tf.float32, [1, lstm_cell.state_size.h])
            self.state_in = (c_in, h_in)
            rnn_in = tf.expand_dims(hidden, [0])
            step_size = tf.shape(self.imageIn)[:1]
            state_in = tf.contrib.rnn.LSTMStateTuple(c_in, h_in)
            lstm_outputs, lstm_state = tf.nn.dynamic_rnn(lstm_cell, rnn_in, initial_state=state_in, sequence_length=step_size,
                                                         time_major=False)
            lstm_c, lstm_h = lstm_state
            self.state_out = (lstm_c[:1, :], lstm_h[:1, :])
            rnn_out = tf.reshape(lstm_outputs, [-1, 8])
            self.policy = slim.fully_connected(rnn_out, a_size, activation_fn=tf.nn.softmax,
                                               weights_initializer=normalized_columns_initializer(0.01), biases_initializer=None)
            self.value = slim.fully_connected(rnn_out, 1, activation_fn=None,
                                              weights_initializer=normalized_columns_initializer(1.0), biases_initializer=None)
            if scope != 'global':
                self.actions = tf.placeholder(shape=[None], dtype=tf.int32)
                self.actions_onehot = tf.one_hot(self.actions, a_size, dtype=tf.float32)
                self.target_v = tf.placeholder(shape=[None], dtype=tf.float32)
                self.advantages = tf.placeholder(shape=[None], dtype=tf.float32)
                self.responsible_outputs = tf.reduce_sum(self.policy * self.actions_onehot, [1])
                self.value_loss = 0.5 * tf.reduce_sum(tf.square(self.target_v - tf.reshape(self.value, [-1])))
                self.entropy = - tf.reduce_sum(self.policy * tf.log(self.policy))
                self.policy_loss = -tf.reduce_sum(tf.log(self.responsible_outputs) * self.advantages)
                self.loss = 0.5 * self.value_loss + self.policy_loss - self.entropy * 0.01
                local_vars = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope)
                self.gradients = tf.gradients(self.loss, local_vars)
                self.var_norms = tf.global_norm(local_vars)
                grads, self.grad_norms = tf.clip_by_global_norm(self.gradients, 40.0)
                global_vars = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, 'global')
                self.apply_grads = trainer.apply_gradients(zip(grads, global_vars))


with tf.device('/cpu:0'):
    global_episodes = tf.Variable(0, dtype=tf.int32, name='global_episodes', trainable=False)
    trainer = tf.train.AdamOptimizer(learning_rate=1e-2)
    master = AC_Network(144, 3, 'global', None)
    workers = [AC_Network(144, 3, 'worker_%d' % i, trainer) for i in range(2)]
    updates = [update_target_graph('global', 'worker_%d' % i) for i in range(2)]
    increment = global_episodes.assign_add(1)
rng = np.random.RandomState(0)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for episode in range(4):
        w = workers[episode % 2]
        sess.run(updates[episode % 2])
        state, frames, rewards = w.state_init, rng.rand(5, 144), rng.rand(5)
        values, actions = [], []
        for f in frames:
            p, v, state = sess.run([w.policy, w.value, w.state_out], {w.inputs: [f], w.state_in[0]: state[0], w.state_in[1]: state[1]})
            values.append(v[0, 0])
            actions.append(int(p.argmax()))
        target = discount(np.append(rewards, 0.), .99)[:-1]
        feed = {w.target_v: target, w.inputs: frames, w.actions: actions, w.advantages: target - np.array(values),
                w.state_in[0]: w.state_init[0], w.state_in[1]: w.state_init[1]}
        out = sess.run([w.value_loss, w.policy_loss, w.entropy, w.grad_norms, w.var_norms, w.apply_grads, increment], feed)
        print(['%.4f' % v for v in out[:5]], out[-1])
