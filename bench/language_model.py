"""A step of a language model: two layers of LSTM over 35 words, as 35 copies of the cell and as a loop."""
import collections
import os

import numpy as np
import reflow.tensorflow as tf

import harness
from harness import emit, rates, seconds_per_call, wall_seconds
from sessions import started

BATCH, LENGTH, HIDDEN, VOCABULARY, KEEP = 20, 35, 300, 10000, 0.9


def _words():
    """ptb.train.txt as numbers by frequency, int32 [BATCH, columns]."""
    with open(os.path.join(harness.DATA, 'ptb/ptb.train.txt'), encoding='utf-8') as file:
        text = file.read().replace('\n', '<eos>').split()
    numbers = {word: i for i, (word, _) in enumerate(collections.Counter(text).most_common())}
    columns = len(text) // BATCH
    return np.array([numbers[word] for word in text[:BATCH * columns]], np.int32).reshape(BATCH, columns)


def _batches(words):
    while True:
        for i in range(0, words.shape[1] - LENGTH, LENGTH):
            yield words[:, i:i + LENGTH], words[:, i + 1:i + 1 + LENGTH]


def _uniform(shape):
    return tf.Variable(tf.random_uniform(shape, -0.05, 0.05))


class Cell:
    """The arithmetic of BasicLSTMCell with forget bias 1, and dropout of what it gives to the layer above."""

    def __init__(self):
        self.kernel, self.bias = _uniform([2 * HIDDEN, 4 * HIDDEN]), tf.Variable(tf.zeros([4 * HIDDEN]))

    def __call__(self, x, c, h):
        gates = tf.nn.bias_add(tf.matmul(tf.concat([x, h], 1), self.kernel), self.bias)
        i, j, f, o = tf.split(gates, 4, axis=1)
        c = c * tf.sigmoid(f + 1.0) + tf.sigmoid(i) * tf.tanh(j)
        h = tf.tanh(c) * tf.sigmoid(o)
        return tf.nn.dropout(h, rate=1 - KEEP), c, h


def _step(cells, x, c0, h0, c1, h1):
    x, c0, h0 = cells[0](x, c0, h0)
    x, c1, h1 = cells[1](x, c1, h1)
    return x, [c0, h0, c1, h1]


def _unrolled(cells, inputs, state):
    outputs = []
    for t in range(LENGTH):
        output, state = _step(cells, inputs[:, t], *state)
        outputs.append(output)
    return tf.reshape(tf.concat(outputs, 1), [-1, HIDDEN]), state


def _looped(cells, inputs, state):
    source = tf.TensorArray(tf.float32, LENGTH).unstack(tf.transpose(inputs, [1, 0, 2]))
    sink = tf.TensorArray(tf.float32, LENGTH, element_shape=[BATCH, HIDDEN])

    def body(t, sink, *state):
        output, state = _step(cells, source.read(t), *state)
        return [t + 1, sink.write(t, output)] + state
    _, sink, *state = tf.while_loop(lambda t, *_: t < LENGTH, body, [tf.constant(0), sink] + state)
    return tf.reshape(tf.transpose(sink.stack(), [1, 0, 2]), [-1, HIDDEN]), state


def _measure(metric, run_cells, words):
    tf.reset_default_graph()
    ids, targets = tf.placeholder(tf.int32, [BATCH, LENGTH]), tf.placeholder(tf.int32, [BATCH, LENGTH])
    state = [tf.placeholder(tf.float32, [BATCH, HIDDEN]) for _ in range(4)]
    embedding, cells = _uniform([VOCABULARY, HIDDEN]), [Cell(), Cell()]
    softmax_w, softmax_b = _uniform([HIDDEN, VOCABULARY]), tf.Variable(tf.zeros([VOCABULARY]))
    inputs = tf.nn.dropout(tf.nn.embedding_lookup(embedding, ids), rate=1 - KEEP)
    flat, new_state = run_cells(cells, inputs, state)
    entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=tf.reshape(targets, [-1]), logits=tf.matmul(flat, softmax_w) + softmax_b)
    loss = tf.reduce_sum(entropy) / BATCH
    variables = tf.trainable_variables()
    gradients, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 5)
    train = tf.train.GradientDescentOptimizer(1.0).apply_gradients(zip(gradients, variables))
    batch, memory = _batches(words), [np.zeros([BATCH, HIDDEN], np.float32)] * 4
    with started() as sess:
        def step():
            nonlocal memory
            some, right = next(batch)
            _, _, memory = sess.run([loss, train, list(new_state)],
                                    {ids: some, targets: right, **dict(zip(state, memory))})
        first = wall_seconds(step)
        emit('ptb_lstm', metric, 'words/s', rates(BATCH * LENGTH, seconds_per_call(step, 3)))
        emit('ptb_lstm', metric + '_first_run', 'ms', [1e3 * first])


def ptb_lstm():
    words = _words()
    _measure('static', _unrolled, words)
    _measure('dynamic', _looped, words)
    harness.emit_peak_memory('ptb_lstm')
