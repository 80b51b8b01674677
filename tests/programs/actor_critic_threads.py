"""Workers in threads with nets of their own, which push gradients to a shared one and pull its weights, as in A3C code."""
import threading
import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
N_WORKERS, GLOBAL_NET_SCOPE, UPDATE, GAMMA, N_S, N_A = 2, 'Global_Net', 4, 0.9, 4, 2


class Env(object):
    def __init__(self, seed):
        self.rng = np.random.RandomState(seed)

    def reset(self):
        self.t, self.s = 0, self.rng.randn(N_S)
        return self.s

    def step(self, a):
        r = 1.0 if (self.s[0] > 0) == bool(a) else -1.0
        self.t += 1
        self.s = self.rng.randn(N_S)
        return self.s, r, self.t >= 8, {}


class ACNet(object):
    def __init__(self, scope, globalAC=None):
        if scope == GLOBAL_NET_SCOPE:
            with tf.variable_scope(scope):
                self.s = tf.placeholder(tf.float32, [None, N_S], 'S')
                self.a_params, self.c_params = self._build_net(scope)[-2:]
            return
        with tf.variable_scope(scope):
            self.s = tf.placeholder(tf.float32, [None, N_S], 'S')
            self.a_his = tf.placeholder(tf.int32, [None, ], 'A')
            self.v_target = tf.placeholder(tf.float32, [None, 1], 'Vtarget')
            self.a_prob, self.v, self.a_params, self.c_params = self._build_net(scope)
            td = tf.subtract(self.v_target, self.v, name='TD_error')
            with tf.name_scope('c_loss'):
                self.c_loss = tf.reduce_mean(tf.square(td))
            with tf.name_scope('a_loss'):
                log_prob = tf.reduce_sum(tf.log(self.a_prob + 1e-5) * tf.one_hot(self.a_his, N_A, dtype=tf.float32),
                                         axis=1, keep_dims=True)
                exp_v = log_prob * tf.stop_gradient(td)
                entropy = -tf.reduce_sum(self.a_prob * tf.log(self.a_prob + 1e-5), axis=1, keep_dims=True)
                self.exp_v = 0.01 * entropy + exp_v
                self.a_loss = tf.reduce_mean(-self.exp_v)
            with tf.name_scope('local_grad'):
                self.a_grads = tf.gradients(self.a_loss, self.a_params)
                self.c_grads = tf.gradients(self.c_loss, self.c_params)
            with tf.name_scope('sync'):
                with tf.name_scope('pull'):
                    self.pull_a_params_op = [l_p.assign(g_p) for l_p, g_p in zip(self.a_params, globalAC.a_params)]
                    self.pull_c_params_op = [l_p.assign(g_p) for l_p, g_p in zip(self.c_params, globalAC.c_params)]
                with tf.name_scope('push'):
                    self.update_a_op = OPT_A.apply_gradients(zip(self.a_grads, globalAC.a_params))
                    self.update_c_op = OPT_C.apply_gradients(zip(self.c_grads, globalAC.c_params))

    def _build_net(self, scope):
        w_init = tf.random_normal_initializer(0., .1, seed=4)
        with tf.variable_scope('actor'):
            l_a = tf.layers.dense(self.s, 10, tf.nn.relu6, kernel_initializer=w_init, name='la')
            a_prob = tf.layers.dense(l_a, N_A, tf.nn.softmax, kernel_initializer=w_init, name='ap')
        with tf.variable_scope('critic'):
            l_c = tf.layers.dense(self.s, 10, tf.nn.relu6, kernel_initializer=w_init, name='lc')
            v = tf.layers.dense(l_c, 1, kernel_initializer=w_init, name='v')
        a_params = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope=scope + '/actor')
        c_params = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope=scope + '/critic')
        return a_prob, v, a_params, c_params

    def update_global(self, feed_dict):
        SESS.run([self.update_a_op, self.update_c_op], feed_dict)

    def pull_global(self):
        SESS.run([self.pull_a_params_op, self.pull_c_params_op])

    def choose_action(self, s, rng):
        prob_weights = SESS.run(self.a_prob, feed_dict={self.s: s[np.newaxis, :]})
        return rng.choice(range(prob_weights.shape[1]), p=prob_weights.ravel() / prob_weights.sum())


class Worker(object):
    def __init__(self, name, globalAC, seed):
        self.name, self.env, self.rng = name, Env(seed), np.random.RandomState(seed)
        self.AC = ACNet(name, globalAC)

    def work(self):
        episodes = 0
        while not COORD.should_stop() and episodes < 3:
            s = self.env.reset()
            buffer_s, buffer_a, buffer_r = [], [], []
            ep_r, total_step = 0, 1
            while True:
                a = self.AC.choose_action(s, self.rng)
                s_, r, done, info = self.env.step(a)
                ep_r += r
                buffer_s.append(s), buffer_a.append(a), buffer_r.append(r)
                if total_step % UPDATE == 0 or done:
                    v_s_ = 0 if done else SESS.run(self.AC.v, {self.AC.s: s_[np.newaxis, :]})[0, 0]
                    buffer_v_target = []
                    for r in buffer_r[::-1]:
                        v_s_ = r + GAMMA * v_s_
                        buffer_v_target.append(v_s_)
                    buffer_v_target.reverse()
                    self.AC.update_global({self.AC.s: np.vstack(buffer_s), self.AC.a_his: np.array(buffer_a),
                                           self.AC.v_target: np.vstack(buffer_v_target)})
                    buffer_s, buffer_a, buffer_r = [], [], []
                    self.AC.pull_global()
                s = s_
                total_step += 1
                if done:
                    episodes += 1
                    REWARDS.setdefault(self.name, []).append(ep_r)
                    break


REWARDS = {}
tf.set_random_seed(1)
SESS = tf.Session()
with tf.device("/cpu:0"):
    OPT_A = tf.train.RMSPropOptimizer(0.01, name='RMSPropA')
    OPT_C = tf.train.RMSPropOptimizer(0.02, name='RMSPropC')
    GLOBAL_AC = ACNet(GLOBAL_NET_SCOPE)
    workers = [Worker('W_%i' % i, GLOBAL_AC, i) for i in range(N_WORKERS)]
COORD = tf.train.Coordinator()
SESS.run(tf.global_variables_initializer())
print(SESS.run(workers[0].AC.a_prob, {workers[0].AC.s: np.ones([2, N_S])}))
for worker in workers:  # one after the other: the same numbers each time
    worker.work()
print(REWARDS)
print([round(float(np.abs(p).sum()), 3) for p in SESS.run(GLOBAL_AC.a_params + GLOBAL_AC.c_params)])
worker_threads = []
for worker in workers:
    t = threading.Thread(target=lambda worker=worker: worker.work())
    t.start()
    worker_threads.append(t)
COORD.join(worker_threads)
print(sorted((name, len(r)) for name, r in REWARDS.items()))
print([v.op.name for v in tf.global_variables() if 'RMSProp' in v.op.name][:4], len(tf.global_variables()))
