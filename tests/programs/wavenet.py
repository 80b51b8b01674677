"""A small WaveNet: causal convolutions with gaps, by time_to_batch and batch_to_time, over a mu-law encoded signal."""
import numpy as np
import tensorflow as tf

tf.set_random_seed(4)


def time_to_batch(value, dilation, name=None):
    with tf.name_scope('time_to_batch'):
        shape = tf.shape(value)
        pad_elements = dilation - 1 - (shape[1] + dilation - 1) % dilation
        padded = tf.pad(value, [[0, 0], [0, pad_elements], [0, 0]])
        reshaped = tf.reshape(padded, [-1, dilation, shape[2]])
        transposed = tf.transpose(reshaped, perm=[1, 0, 2])
        return tf.reshape(transposed, [shape[0] * dilation, -1, shape[2]])


def batch_to_time(value, dilation, name=None):
    with tf.name_scope('batch_to_time'):
        shape = tf.shape(value)
        prepared = tf.reshape(value, [dilation, -1, shape[2]])
        transposed = tf.transpose(prepared, perm=[1, 0, 2])
        return tf.reshape(transposed, [tf.div(shape[0], dilation), -1, shape[2]])


def causal_conv(value, filter_, dilation, name='causal_conv'):
    with tf.name_scope(name):
        filter_width = tf.shape(filter_)[0]
        if dilation > 1:
            transformed = time_to_batch(value, dilation)
            conv = tf.nn.conv1d(transformed, filter_, stride=1, padding='VALID')
            restored = batch_to_time(conv, dilation)
        else:
            restored = tf.nn.conv1d(value, filter_, stride=1, padding='VALID')
        out_width = tf.shape(value)[1] - (filter_width - 1) * dilation
        return tf.slice(restored, [0, 0, 0], [-1, out_width, -1])


def mu_law_encode(audio, quantization_channels):
    with tf.name_scope('encode'):
        mu = tf.to_float(quantization_channels - 1)
        safe_audio_abs = tf.minimum(tf.abs(audio), 1.0)
        magnitude = tf.log1p(mu * safe_audio_abs) / tf.log1p(mu)
        signal = tf.sign(audio) * magnitude
        return tf.to_int32((signal + 1) / 2 * mu + 0.5)


def create_variable(name, shape):
    return tf.Variable(tf.contrib.layers.xavier_initializer_conv2d()(shape=shape), name=name)


def bias(name, shape):
    return tf.Variable(tf.constant_initializer(value=0.0, dtype=tf.float32)(shape=shape), name)


DILATIONS, R, D, S, Q = [1, 2, 4], 4, 5, 6, 16
with tf.variable_scope('wavenet'):
    var = {'causal': create_variable('filter', [2, Q, R]), 'stack': []}
    for i, d in enumerate(DILATIONS):
        with tf.variable_scope('layer{}'.format(i)):
            var['stack'].append({'filter': create_variable('filter', [2, R, D]), 'gate': create_variable('gate', [2, R, D]),
                                 'dense': create_variable('dense', [1, D, R]), 'skip': create_variable('skip', [1, D, S]),
                                 'filter_bias': bias('filter_bias', [D]), 'gate_bias': bias('gate_bias', [D])})
    with tf.variable_scope('postprocessing'):
        var['post1'], var['post2'] = create_variable('postprocess1', [1, S, S]), create_variable('postprocess2', [1, S, Q])
audio = tf.placeholder(tf.float32, [2, 24, 1])
encoded = mu_law_encode(audio, Q)
one_hot = tf.reshape(tf.one_hot(encoded, depth=Q, dtype=tf.float32), [2, -1, Q])
receptive = (2 - 1) * sum(DILATIONS) + 1 + 2 - 1
network_input = tf.slice(one_hot, [0, 0, 0], [-1, tf.shape(one_hot)[1] - 1, -1])
current = causal_conv(network_input, var['causal'], 1)
output_width = tf.shape(network_input)[1] - receptive + 1
skips = []
for i, (d, v) in enumerate(zip(DILATIONS, var['stack'])):
    with tf.name_scope('layer{}'.format(i)):
        f = tf.add(causal_conv(current, v['filter'], d), v['filter_bias'])
        g = tf.add(causal_conv(current, v['gate'], d), v['gate_bias'])
        out = tf.tanh(f) * tf.sigmoid(g)
        transformed = tf.nn.conv1d(out, v['dense'], stride=1, padding='SAME', name='dense')
        skip_cut = tf.shape(out)[1] - output_width
        out_skip = tf.slice(out, [0, skip_cut, 0], [-1, -1, -1])
        skips.append(tf.nn.conv1d(out_skip, v['skip'], stride=1, padding='SAME', name='skip'))
        input_cut = tf.shape(current)[1] - tf.shape(transformed)[1]
        current = tf.slice(current, [0, input_cut, 0], [-1, -1, -1]) + transformed
total = tf.nn.relu(sum(skips))
raw = tf.nn.conv1d(tf.nn.relu(tf.nn.conv1d(total, var['post1'], stride=1, padding='SAME')), var['post2'], stride=1, padding='SAME')
target = tf.reshape(tf.slice(one_hot, [0, receptive, 0], [-1, -1, -1]), [-1, Q])
prediction = tf.reshape(raw, [-1, Q])
loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits=prediction, labels=target))
l2 = tf.add_n([tf.nn.l2_loss(v) for v in tf.trainable_variables() if not ('bias' in v.name)])
train = tf.train.AdamOptimizer(1e-2, epsilon=1e-4).minimize(loss + 1e-4 * l2, var_list=tf.trainable_variables())
rng = np.random.RandomState(0)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    x = np.sin(np.arange(48).reshape(2, 24, 1) / 3.) * .8 + rng.randn(2, 24, 1) * .01
    for _ in range(5):
        print('%.5f' % sess.run([loss, train], {audio: x})[0])
    print(np.round(sess.run(tf.nn.softmax(tf.cast(prediction, tf.float64)), {audio: x})[-1], 4).tolist())
