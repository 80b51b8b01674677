"""A language model of LSTMs: reads a text as a few long sequences and prints how many words it hesitates between.

    python -m reflow examples/ptb_lstm.py --text ptb.train.txt [--epochs N] [--hidden N] [--vocabulary N] [--seed N]
"""
import collections

import numpy as np
import tensorflow as tf

tf.flags.DEFINE_string('text', None, 'A text, such as ptb.train.txt')
tf.flags.DEFINE_integer('epochs', 1, 'Passes over the text')
tf.flags.DEFINE_integer('hidden', 300, 'Units of each layer')
tf.flags.DEFINE_integer('vocabulary', 10000, 'Number of words that are told apart')
tf.flags.DEFINE_integer('seed', None, 'Seed of weights and dropout; without it every run differs')
tf.flags.mark_flag_as_required('text')
FLAGS = tf.flags.FLAGS
BATCH_SIZE, STEPS, KEEP_PROB, MAX_GRADIENT_NORM = 20, 35, 0.9, 5


def read_words(path):
    """The words of a file as numbers, the most frequent ones first; 0 is what is beyond the vocabulary."""
    with open(path, encoding='utf-8') as file:
        text = file.read().replace('\n', ' <eos> ').split()
    counts = sorted(collections.Counter(text).items(), key=lambda item: (-item[1], item[0]))
    numbers = {word: i + 1 for i, (word, _) in enumerate(counts[:FLAGS.vocabulary - 1])}
    return np.array([numbers.get(word, 0) for word in text], np.int32)


def batches(words):
    """(words, next words) of all sequences, STEPS at a time."""
    length = len(words) // BATCH_SIZE
    for start in range(0, (length - 1) // STEPS * STEPS, STEPS):
        rows = np.arange(BATCH_SIZE)[:, None] * length + np.arange(start, start + STEPS)
        yield words[rows], words[rows + 1]


class Model:
    """The network, unrolled over STEPS words."""

    def __init__(self):
        self.data = tf.placeholder(tf.int32, [BATCH_SIZE, STEPS])
        self.targets = tf.placeholder(tf.int32, [BATCH_SIZE, STEPS])
        with tf.variable_scope('language_model', initializer=tf.random_uniform_initializer(-0.05, 0.05)):
            cell = tf.nn.rnn_cell.MultiRNNCell([
                tf.nn.rnn_cell.DropoutWrapper(tf.nn.rnn_cell.BasicLSTMCell(FLAGS.hidden), output_keep_prob=KEEP_PROB)
                for _ in range(2)])
            self.initial_state = cell.zero_state(BATCH_SIZE, tf.float32)
            embedding = tf.get_variable('embedding', [FLAGS.vocabulary, FLAGS.hidden])
            inputs = tf.nn.dropout(tf.nn.embedding_lookup(embedding, self.data), rate=1 - KEEP_PROB)
            outputs, self.final_state = tf.nn.static_rnn(cell, tf.unstack(inputs, axis=1), self.initial_state, scope='RNN')
            output = tf.reshape(tf.concat(outputs, 1), [-1, FLAGS.hidden])
            logits = tf.matmul(output, tf.transpose(embedding)) + tf.get_variable('bias', [FLAGS.vocabulary])
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.reshape(self.targets, [-1]), logits=logits)
        self.cost = tf.reduce_sum(losses) / BATCH_SIZE
        variables = tf.trainable_variables()
        gradients, _ = tf.clip_by_global_norm(tf.gradients(self.cost, variables), MAX_GRADIENT_NORM)
        self.train_op = tf.train.GradientDescentOptimizer(1.0).apply_gradients(zip(gradients, variables))


def main(_):
    tf.set_random_seed(FLAGS.seed)
    words = read_words(FLAGS.text)
    model = Model()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for epoch in range(1, FLAGS.epochs + 1):
            costs, steps = 0., 0
            state = sess.run(model.initial_state)
            for i, (x, y) in enumerate(batches(words)):
                feed = {model.data: x, model.targets: y, model.initial_state: state}
                cost, state, _ = sess.run([model.cost, model.final_state, model.train_op], feed)
                costs += cost
                steps += STEPS
                if i % 100 == 0:
                    print('After %d steps, perplexity is %.3f' % (i, np.exp(costs / steps)))
            print('Epoch: %d Train Perplexity: %.3f' % (epoch, np.exp(costs / steps)))


if __name__ == '__main__':
    tf.app.run()
