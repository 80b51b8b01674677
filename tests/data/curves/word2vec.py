# Skip-grams with the noise-contrastive loss.
random = np.random.RandomState(5)
words, size = 100, 16
centers = tf.placeholder(tf.int32, [None])
contexts = tf.placeholder(tf.int32, [None, 1])
embeddings = tf.Variable(tf.random_uniform([words, size], -1.0, 1.0))
embedded = tf.nn.embedding_lookup(embeddings, centers)
weights = tf.Variable(tf.truncated_normal([words, size], stddev=0.25))
biases = tf.Variable(tf.zeros([words]))
loss = tf.reduce_mean(tf.nn.nce_loss(weights=weights, biases=biases, labels=contexts, inputs=embedded, num_sampled=8,
                                     num_classes=words))
train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
feeds = [{centers: random.randint(words, size=32), contexts: random.randint(words, size=[32, 1])} for _ in range(10)]
