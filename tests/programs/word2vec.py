"""Words as vectors: skip-grams with noise-contrastive estimation, clipped gradients and a rate that falls in steps."""
import collections
import math

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
TEXT = 'the quick brown fox jumps over the lazy dog and the quick cat runs under the old brown log'.split()
words = [word for word, _ in collections.Counter(TEXT).most_common()]
text = [words.index(word) for word in TEXT * 20]
WORDS, SIZE, BATCH = len(words), 8, 16
random = np.random.RandomState(0)

graph = tf.Graph()
with graph.as_default():
    tf.set_random_seed(7)
    with tf.name_scope('inputs'):
        centers = tf.placeholder(tf.int32, [BATCH])
        neighbours = tf.placeholder(tf.int64, [BATCH, 1])
    with tf.device('/cpu:0'), tf.name_scope('embeddings'):
        embeddings = tf.Variable(tf.random_uniform([WORDS, SIZE], -1., 1., seed=1), name='embeddings')
        embedded = tf.nn.embedding_lookup(embeddings, centers)
    weights = tf.Variable(tf.truncated_normal([WORDS, SIZE], stddev=1. / math.sqrt(SIZE), seed=2), name='weights')
    biases = tf.Variable(tf.zeros([WORDS]), name='biases')
    noise = tf.nn.fixed_unigram_candidate_sampler(neighbours, 1, 4, True, WORDS, seed=5,
                                                  unigrams=[text.count(i) for i in range(WORDS)])
    loss = tf.reduce_mean(tf.nn.nce_loss(weights=weights, biases=biases, labels=neighbours, inputs=embedded,
                                         num_sampled=4, num_classes=WORDS, sampled_values=noise))
    step = tf.Variable(0, trainable=False)
    rate = tf.train.exponential_decay(1., step, 10, 0.9, staircase=True)
    optimizer = tf.train.GradientDescentOptimizer(rate)
    gradients, variables = zip(*optimizer.compute_gradients(loss))
    clipped, norm = tf.clip_by_global_norm(gradients, 1.)
    train = optimizer.apply_gradients(zip(clipped, variables), global_step=step)

    unit = tf.nn.l2_normalize(embeddings, 1)
    similar = tf.matmul(tf.gather(unit, [1, 2, 3]), unit, transpose_b=True)
    nearest = tf.nn.top_k(similar, 4)
    start = tf.global_variables_initializer()

with tf.Session(graph=graph) as session:
    start.run()
    for i in range(31):
        places = random.randint(1, len(text) - 1, BATCH)
        others = places + random.choice([-1, 1], BATCH)
        _, value, length, used = session.run([train, loss, norm, rate], {
            centers: [text[place] for place in places], neighbours: [[text[place]] for place in others]})
        if i % 5 == 0:
            print('%2d: loss %.4f, gradients %.4f, rate %.3f' % (i, value, length, used))
    print(np.round(similar.eval(), 4))
    for row in session.run(nearest).indices:
        print(' '.join(words[i] for i in row))
