"""Q-learning of a walk over a grid: one-hot placeholders, a target network, a replay memory and the Huber loss."""
import numpy as np
import tensorflow as tf

tf.reset_default_graph()
np.random.seed(3)
SIZE = 4
N_STATES, N_ACTIONS = SIZE * SIZE, 4
HOLES, GOAL = {5, 7, 11}, 15


def step(state, action):
    row, column = divmod(state, SIZE)
    row += (action == 1) - (action == 3)
    column += (action == 2) - (action == 0)
    if not (0 <= row < SIZE and 0 <= column < SIZE):
        return state, -0.1, False
    state = row * SIZE + column
    return state, 1.0 if state == GOAL else (-1.0 if state in HOLES else 0.0), state in HOLES or state == GOAL


def q_network(states, name):
    with tf.variable_scope(name):
        one_hot = tf.one_hot(states, N_STATES, dtype=tf.float32)
        hidden = tf.get_variable('hidden', [N_STATES, 12], initializer=tf.random_uniform_initializer(0, 0.1, seed=4))
        output = tf.get_variable('output', [12, N_ACTIONS], initializer=tf.contrib.layers.xavier_initializer(seed=5))
        return tf.matmul(tf.nn.elu(tf.matmul(one_hot, hidden)), output)


states = tf.placeholder(tf.int32, [None], 'states')
actions = tf.placeholder(tf.int32, [None], 'actions')
targets = tf.placeholder(tf.float32, [None], 'targets')

Q = q_network(states, 'online')
Q_target = q_network(states, 'target')
predict = tf.argmax(Q, 1)
chosen = tf.gather_nd(Q, tf.stack([tf.range(tf.shape(actions)[0]), actions], axis=1))
loss = tf.losses.huber_loss(targets, chosen)
optimizer = tf.train.AdamOptimizer(0.01)
grads_and_vars = optimizer.compute_gradients(loss, tf.trainable_variables('online'))
clipped = [(tf.clip_by_norm(g, 1.0), v) for g, v in grads_and_vars if g is not None]
train = optimizer.apply_gradients(clipped)
copy = [tf.assign(t, o) for t, o in zip(tf.trainable_variables('target'), tf.trainable_variables('online'))]

memory, epsilon, total = [], 0.5, 0.0
with tf.Session() as sess:
    sess.run(tf.initialize_all_variables())
    sess.run(copy)
    for episode in range(25):
        state, rewards = 0, 0.0
        for _ in range(12):
            action, q = sess.run([predict, Q], {states: [state]})
            action = int(action[0])
            if np.random.rand(1) < epsilon:
                action = np.random.randint(N_ACTIONS)
            following, reward, done = step(state, action)
            memory.append((state, action, reward, following, done))
            batch = [memory[i] for i in np.random.randint(len(memory), size=8)]
            s, a, r, f, d = map(np.array, zip(*batch))
            future = sess.run(Q_target, feed_dict={states: f}).max(axis=1)
            _, l = sess.run([train, loss], {states: s, actions: a, targets: r + 0.9 * future * (1 - d)})
            rewards += reward
            state = following
            if done:
                break
        epsilon = 1. / ((episode / 5) + 2)
        total += rewards
        if episode % 5 == 4:
            sess.run(copy)
            print('episode %d: reward %.2f, loss %.6f' % (episode, rewards, l))
    print('Score over time: %.4f, %d memories' % (total / 25, len(memory)))
    print(sess.run(Q, {states: np.arange(N_STATES)})[[0, 1, 4, 14]])
    assert np.array_equal(*sess.run([Q[:2], tf.slice(Q_target, [0, 0], [2, -1])], {states: [3, 4]}))
