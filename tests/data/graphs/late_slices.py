"""Gradients that are rows of variables, where they go on through other operations; and a model that is trained by them."""
words = tf.get_variable('words', [50, 8])
ids = tf.placeholder(tf.int32, [None])
more_ids = tf.placeholder(tf.int32, [None])


def gathered(x):
    return tf.reduce_sum(tf.square(tf.nn.embedding_lookup(x, ids)))


for axis in (0, 1, -1):
    tf.gradients(gathered(tf.concat([words, words], axis)), words)
    tf.gradients(gathered(tf.concat([words, tf.ones([50, 8])], axis)), words)
    tf.gradients(tf.concat([tf.gather(words, ids), tf.gather(words, more_ids)], axis), words)
unknown = tf.placeholder(tf.float32, [None, None])
tf.gradients(gathered(tf.concat([unknown, unknown], 1)), unknown)
for each in (words * 2., tf.transpose(words), words / tf.norm(words, axis=1, keepdims=True), tf.nn.l2_normalize(words, 1),
             tf.where(words > 0., words, -words), tf.gather(words, [1, 2, 3]), tf.concat([words, words], 1)[:, :5],
             tf.nn.dropout(words, .5, seed=1)):
    tf.gradients(gathered(each), words)

first, second = [tf.placeholder(tf.int32, [None]) for _ in range(2)]
count = tf.placeholder(tf.float32, [None])
centre, context = [tf.get_variable(name, [50, 8]) for name in ('centre', 'context')]
biases = [tf.get_variable(name, [50]) for name in ('centre_bias', 'context_bias')]
product = tf.reduce_sum(tf.nn.embedding_lookup([centre], first) * tf.nn.embedding_lookup([context], second), 1)
both = [tf.nn.embedding_lookup([bias], place) for bias, place in zip(biases, (first, second))]
distance = tf.square(tf.add_n([product] + both + [-tf.log(count)]))
weight = tf.minimum(1., tf.pow(count / 100., .75))
tf.train.AdagradOptimizer(.05).minimize(tf.reduce_sum(weight * distance))
