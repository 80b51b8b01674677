"""A small transformer learns to count: attention by hand, shared variables, a warm-up schedule, and a loop that writes on."""
import numpy as np
import tensorflow as tf

SYMBOLS, LENGTH, WIDTH, HEADS, BLOCKS = 11, 8, 8, 2, 2
tf.logging.set_verbosity(tf.logging.ERROR)
tf.set_random_seed(3)
random = np.random.RandomState(0)


def normalized(x, name):
    with tf.variable_scope(name):
        gain = tf.get_variable('gain', [WIDTH], initializer=tf.ones_initializer())
        bias = tf.get_variable('bias', [WIDTH], initializer=tf.zeros_initializer())
        mean, variance = tf.nn.moments(x, [-1], keep_dims=True)
        return (x - mean) * tf.rsqrt(variance + 1e-5) * gain + bias


def projected(x, size, name):
    with tf.variable_scope(name):
        weights = tf.get_variable('weights', [int(x.shape[-1]), size],
                                  initializer=tf.random_normal_initializer(stddev=0.02, seed=1))
        bias = tf.get_variable('bias', [size], initializer=tf.zeros_initializer())
        return tf.tensordot(x, weights, [[-1], [0]]) + bias


def attention(x):
    """Each place looks at itself and the places before it."""
    batch, length = tf.shape(x)[0], tf.shape(x)[1]

    def heads(tensor):
        return tf.transpose(tf.reshape(tensor, [batch, length, HEADS, WIDTH // HEADS]), [0, 2, 1, 3])

    query, key, value = (heads(part) for part in tf.split(projected(x, 3 * WIDTH, 'in'), 3, axis=-1))
    scores = tf.matmul(query, key, transpose_b=True) / np.sqrt(WIDTH // HEADS).astype(np.float32)
    past = tf.matrix_band_part(tf.ones([length, length]), -1, 0)
    weights = tf.nn.softmax(scores * past - 1e9 * (1. - past))
    mixed = tf.transpose(tf.matmul(weights, value), [0, 2, 1, 3])
    return projected(tf.reshape(mixed, [batch, length, WIDTH]), WIDTH, 'out')


def model(symbols, reuse=None):
    with tf.variable_scope('model', reuse=reuse):
        normal = tf.random_normal_initializer(stddev=0.05, seed=2)
        embedding = tf.get_variable('embedding', [SYMBOLS, WIDTH], initializer=normal)
        places = tf.get_variable('places', [LENGTH, WIDTH], initializer=normal)
        x = tf.nn.embedding_lookup(embedding, symbols) + places[tf.newaxis, :tf.shape(symbols)[1]]
        for i in range(BLOCKS):
            with tf.variable_scope('block_%d' % i):
                x += attention(normalized(x, 'before_attention'))
                hidden = projected(normalized(x, 'before_hidden'), 4 * WIDTH, 'hidden')
                x += projected(hidden * tf.sigmoid(1.702 * hidden), WIDTH, 'folded')
        return tf.einsum('bld,sd->bls', normalized(x, 'last'), embedding)


symbols = tf.placeholder(tf.int32, [None, None])
logits = model(symbols)
loss = tf.losses.sparse_softmax_cross_entropy(symbols[:, 1:], logits[:, :-1])
step = tf.train.get_or_create_global_step()
rate = tf.train.cosine_decay(0.02, step, 60) * tf.minimum(1., tf.cast(step + 1, tf.float32) / 5.)
train = tf.train.AdamOptimizer(rate, beta2=0.98).minimize(loss, global_step=step)


def write_one(written):
    best = tf.argmax(model(written, reuse=True)[:, -1], axis=-1, output_type=tf.int32)
    return tf.concat([written, best[:, tf.newaxis]], axis=1)


written = tf.while_loop(lambda written: tf.shape(written)[1] < LENGTH, write_one, [symbols],
                        shape_invariants=[tf.TensorShape([None, None])], back_prop=False)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for i in range(40):
        batch = (np.arange(LENGTH) + random.randint(0, SYMBOLS, [8, 1])) % SYMBOLS
        value, used, _ = sess.run([loss, rate, train], {symbols: batch})
        if i % 4 == 0:
            print('%2d: loss %.4f, rate %.5f' % (i, value, used))
    print(sess.run(written, {symbols: [[1, 2], [5, 6]]}).tolist())
    print(len(tf.trainable_variables()), sum(int(np.prod(v.shape)) for v in tf.trainable_variables()))
