"""Deep Q-learning with a target network in a corridor, and a policy gradient."""
import random
import collections
import numpy as np
import tensorflow as tf
tf.logging.set_verbosity(tf.logging.ERROR)
np.random.seed(1)
random.seed(1)
tf.set_random_seed(1)


class Env:  # corridor
    def reset(self): self.s = 2; return self._o()
    def _o(self): o = np.zeros(6); o[self.s] = 1; return o
    def step(self, a): self.s += 1 if a else -1; d = self.s in (0, 5); return self._o(), float(self.s == 5), d, {}


class DeepQNetwork:
    def __init__(self, n_actions, n_features, lr=0.05, gamma=0.9, replace=10, mem=50, batch=16):
        self.n_actions, self.n_features, self.lr, self.gamma, self.replace, self.batch = n_actions, n_features, lr, gamma, replace, batch
        self.learn_step_counter = 0
        self.memory = collections.deque(maxlen=mem)
        self._build_net()
        t_params = tf.get_collection('target_net_params')
        e_params = tf.get_collection('eval_net_params')
        self.replace_target_op = [tf.assign(t, e) for t, e in zip(t_params, e_params)]
        self.sess = tf.Session(config=tf.ConfigProto(log_device_placement=False,
                               gpu_options=tf.GPUOptions(allow_growth=True, per_process_gpu_memory_fraction=0.3)))
        self.sess.run(tf.global_variables_initializer())
        self.cost_his = []

    def _build_net(self):
        self.s = tf.placeholder(tf.float32, [None, self.n_features], name='s')
        self.q_target = tf.placeholder(tf.float32, [None, self.n_actions], name='Q_target')
        self.s_ = tf.placeholder(tf.float32, [None, self.n_features], name='s_')
        def layers(s, c_names, n_l1=10, w=tf.random_normal_initializer(0., 0.3, seed=1), b=tf.constant_initializer(0.1)):
            with tf.variable_scope('l1'):
                w1 = tf.get_variable('w1', [self.n_features, n_l1], initializer=w, collections=c_names)
                b1 = tf.get_variable('b1', [1, n_l1], initializer=b, collections=c_names)
                l1 = tf.nn.relu(tf.matmul(s, w1) + b1)
            with tf.variable_scope('l2'):
                w2 = tf.get_variable('w2', [n_l1, self.n_actions], initializer=w, collections=c_names)
                b2 = tf.get_variable('b2', [1, self.n_actions], initializer=b, collections=c_names)
                return tf.matmul(l1, w2) + b2
        with tf.variable_scope('eval_net'):
            self.q_eval = layers(self.s, ['eval_net_params', tf.GraphKeys.GLOBAL_VARIABLES])
        with tf.variable_scope('loss'):
            self.loss = tf.reduce_mean(tf.squared_difference(self.q_target, self.q_eval))
        with tf.variable_scope('train'):
            self._train_op = tf.train.RMSPropOptimizer(self.lr).minimize(
                self.loss, var_list=tf.get_collection('eval_net_params'))
        with tf.variable_scope('target_net'):
            self.q_next = layers(self.s_, ['target_net_params', tf.GraphKeys.GLOBAL_VARIABLES])

    def choose(self, o, eps):
        if np.random.uniform() < eps:
            return int(np.argmax(self.sess.run(self.q_eval, feed_dict={self.s: o[np.newaxis, :]})))
        return np.random.randint(0, self.n_actions)

    def learn(self):
        if self.learn_step_counter % self.replace == 0:
            self.sess.run(self.replace_target_op)
        b = random.sample(list(self.memory), self.batch)
        s, a, r, s_, d = map(np.array, zip(*b))
        qn, qe = self.sess.run([self.q_next, self.q_eval], feed_dict={self.s_: s_, self.s: s})
        qt = qe.copy()
        qt[np.arange(self.batch), a] = r + self.gamma * np.max(qn, axis=1) * (1 - d)
        _, c = self.sess.run([self._train_op, self.loss], feed_dict={self.s: s, self.q_target: qt})
        self.cost_his.append(c)
        self.learn_step_counter += 1


env = Env()
RL = DeepQNetwork(2, 6)
for ep in range(20):
    o = env.reset()
    total = 0
    while True:
        a = RL.choose(o, 0.7)
        o_, r, d, _ = env.step(a)
        RL.memory.append((o, a, r, o_, d))
        total += r
        if len(RL.memory) >= 20:
            RL.learn()
        o = o_
        if d:
            break
print(RL.learn_step_counter, np.round(RL.cost_his[:5], 5), np.round(RL.cost_his[-3:], 5))
print(np.round(RL.sess.run(RL.q_eval, {RL.s: np.eye(6)}), 3))
print([v.name for v in tf.get_collection('target_net_params')], tf.trainable_variables())
# policy gradient, actor-critic pieces
with tf.Graph().as_default():
    tf.set_random_seed(3)
    s = tf.placeholder(tf.float32, [None, 4])
    a = tf.placeholder(tf.int32, [None])
    v = tf.placeholder(tf.float32, [None])
    l = tf.layers.dense(s, 10, activation=tf.nn.tanh, kernel_initializer=tf.random_normal_initializer(
        0, 0.3, seed=2), bias_initializer=tf.constant_initializer(0.1), name='fc1')
    act = tf.layers.dense(l, 2, activation=None,
                          kernel_initializer=tf.random_normal_initializer(0, 0.3, seed=4), name='fc2')
    prob = tf.nn.softmax(act, name='act_prob')
    nlp = tf.nn.sparse_softmax_cross_entropy_with_logits(logits=act, labels=a)
    nlp2 = tf.reduce_sum(-tf.log(prob) * tf.one_hot(a, 2), axis=1)
    loss = tf.reduce_mean(nlp * v)
    tr = tf.train.AdamOptimizer(0.02).minimize(loss)
    samp = tf.squeeze(tf.multinomial(act, 1, seed=5), [1])
    ent = -tf.reduce_sum(prob * tf.log(prob), 1)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        r = np.random.RandomState(0)
        S = r.randn(6, 4)
        for _ in range(3):
            print(sess.run([loss, tr, samp], {s: S, a: [0, 1, 0, 1, 1, 0], v: r.randn(6)})[::2])
        print(sess.run([nlp, nlp2, ent], {s: S, a: [0, 1, 0, 1, 1, 0]}))
