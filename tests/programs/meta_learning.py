"""Model-agnostic meta-learning: gradients of what gradients have changed, for several tasks by map_fn."""
import numpy as np
import tensorflow as tf

tf.set_random_seed(9)
DIM, UPDATES, META = 8, 2, 3


def construct_fc_weights():
    w = {}
    w['w1'] = tf.Variable(tf.truncated_normal([1, DIM], stddev=0.1), name='w1')
    w['b1'] = tf.Variable(tf.zeros([DIM]))
    w['w2'] = tf.Variable(tf.truncated_normal([DIM, 1], stddev=0.1))
    w['b2'] = tf.Variable(tf.zeros([1]))
    return w


def forward_fc(inp, w, reuse=False):
    hidden = tf.contrib.layers.batch_norm(tf.matmul(inp, w['w1']) + w['b1'], activation_fn=tf.nn.relu, reuse=reuse, scope='0')
    return tf.matmul(hidden, w['w2']) + w['b2']


def mse(pred, label):
    return tf.reduce_mean(tf.square(tf.reshape(pred, [-1]) - tf.reshape(label, [-1])))


inputa, inputb = tf.placeholder(tf.float32, [META, None, 1]), tf.placeholder(tf.float32, [META, None, 1])
labela, labelb = tf.placeholder(tf.float32, [META, None, 1]), tf.placeholder(tf.float32, [META, None, 1])
with tf.variable_scope('model', reuse=None) as training_scope:
    weights = construct_fc_weights()
    forward_fc(inputa[0], weights)

    def task_metalearn(inp):
        inputa, inputb, labela, labelb = inp
        task_outputbs, task_lossesb = [], []
        task_outputa = forward_fc(inputa, weights, reuse=True)
        task_lossa = mse(task_outputa, labela)
        grads = tf.gradients(task_lossa, list(weights.values()))
        gradients = dict(zip(weights.keys(), grads))
        fast = dict(zip(weights.keys(), [weights[key] - 0.01 * gradients[key] for key in weights.keys()]))
        output = forward_fc(inputb, fast, reuse=True)
        task_outputbs.append(output)
        task_lossesb.append(mse(output, labelb))
        for j in range(UPDATES - 1):
            loss = mse(forward_fc(inputa, fast, reuse=True), labela)
            grads = tf.gradients(loss, list(fast.values()))
            gradients = dict(zip(fast.keys(), grads))
            fast = dict(zip(fast.keys(), [fast[key] - 0.01 * gradients[key] for key in fast.keys()]))
            output = forward_fc(inputb, fast, reuse=True)
            task_outputbs.append(output)
            task_lossesb.append(mse(output, labelb))
        return [task_outputa, task_outputbs, task_lossa, task_lossesb]

    out_dtype = [tf.float32, [tf.float32] * UPDATES, tf.float32, [tf.float32] * UPDATES]
    result = tf.map_fn(task_metalearn, elems=(inputa, inputb, labela, labelb), dtype=out_dtype, parallel_iterations=META)
    outputas, outputbs, lossesa, lossesb = result
total_loss1 = tf.reduce_sum(lossesa) / tf.to_float(META)
total_losses2 = [tf.reduce_sum(lossesb[j]) / tf.to_float(META) for j in range(UPDATES)]
pretrain = tf.train.AdamOptimizer(0.01).minimize(total_loss1)
rng = np.random.RandomState(0)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    amp, phase = rng.uniform(.1, 5., META), rng.uniform(0, np.pi, META)
    x = rng.uniform(-5, 5, [META, 10, 1])
    y = amp[:, None, None] * np.sin(x - phase[:, None, None])
    feed = {inputa: x[:, :5], inputb: x[:, 5:], labela: y[:, :5], labelb: y[:, 5:]}
    for _ in range(4):
        r = sess.run([total_loss1] + total_losses2 + [pretrain], feed)
        print(['%.4f' % v for v in r[:-1]])
