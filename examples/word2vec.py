"""Skip-grams: learns vectors of words from their neighbours in a text, with the noise-contrastive loss.

    python -m reflow examples/word2vec.py --text FILE [--steps N] [--size N] [--vocabulary N] [--seed N]
"""
import collections
import math

import numpy as np
import tensorflow as tf

tf.flags.DEFINE_string('text', None, 'A text: words between blanks')
tf.flags.DEFINE_integer('steps', 20000, 'Training steps, of 128 pairs of words each')
tf.flags.DEFINE_integer('size', 128, 'Size of the vectors')
tf.flags.DEFINE_integer('vocabulary', 10000, 'Number of words that are told apart')
tf.flags.DEFINE_integer('seed', None, 'Seed of everything random; without it every run differs')
tf.flags.mark_flag_as_required('text')
FLAGS = tf.flags.FLAGS
BATCH_SIZE, NUM_SAMPLED, REPORT_EVERY, SHOWN, NEAREST = 128, 64, 2000, 8, 4


def read_text(path):
    """(vocabulary, words as numbers): the most frequent words first, 0 stands for all that aren't in it."""
    with open(path, encoding='utf-8') as file:
        text = file.read().split()
    counts = sorted(collections.Counter(text).items(), key=lambda item: (-item[1], item[0]))
    vocabulary = ['UNK'] + [word for word, _ in counts[:FLAGS.vocabulary - 1]]
    numbers = {word: i for i, word in enumerate(vocabulary) if i}
    return vocabulary, np.array([numbers.get(word, 0) for word in text], np.int32)


def main(_):
    tf.set_random_seed(FLAGS.seed)
    random = np.random.RandomState(FLAGS.seed)
    vocabulary, words = read_text(FLAGS.text)
    count = len(vocabulary)
    centers = tf.placeholder(tf.int32, [BATCH_SIZE])
    contexts = tf.placeholder(tf.int32, [BATCH_SIZE, 1])
    embeddings = tf.Variable(tf.random_uniform([count, FLAGS.size], -1.0, 1.0))
    weights = tf.Variable(tf.truncated_normal([count, FLAGS.size], stddev=1.0 / math.sqrt(FLAGS.size)))
    biases = tf.Variable(tf.zeros([count]))
    loss = tf.reduce_mean(tf.nn.nce_loss(
        weights=weights, biases=biases, labels=contexts, inputs=tf.nn.embedding_lookup(embeddings, centers),
        num_sampled=min(NUM_SAMPLED, count), num_classes=count))
    train_op = tf.train.GradientDescentOptimizer(1.0).minimize(loss)
    unit = tf.nn.l2_normalize(embeddings, 1)
    similarity = tf.matmul(unit[:min(SHOWN, count)], unit, transpose_b=True)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        losses = []
        for step in range(1, FLAGS.steps + 1):
            at = random.randint(1, len(words) - 1, size=BATCH_SIZE)
            neighbours = at + random.choice([-1, 1], size=BATCH_SIZE)
            value, _ = sess.run([loss, train_op], {centers: words[at], contexts: words[neighbours][:, None]})
            losses.append(value)
            if step % REPORT_EVERY == 0 or step == FLAGS.steps:
                print('Average loss at step %d: %g' % (step, np.mean(losses)))
                losses = []
        for word, row in zip(vocabulary, sess.run(similarity)):
            print('Nearest to %s:' % word, *[vocabulary[i] for i in (-row).argsort()[1:NEAREST + 1]])


if __name__ == '__main__':
    tf.app.run()
