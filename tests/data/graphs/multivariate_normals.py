# Samples of a batch of unknown size: the nodes that put them side by side as columns, and back.
cd = tf.contrib.distributions
loc, scale = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.float32, [None, 3])
cd.MultivariateNormalDiag(loc, scale).sample(seed=1)
cd.MultivariateNormalDiag(loc, scale).sample(5, seed=1)
cd.MultivariateNormalDiag(tf.zeros([4, 3]), tf.ones([4, 3])).sample(seed=1)
cd.MultivariateNormalDiag(loc, scale).log_prob(tf.placeholder(tf.float32, [None, 3]))
cd.MultivariateNormalDiag(tf.placeholder(tf.float32), tf.placeholder(tf.float32)).sample(seed=1)
cd.MultivariateNormalTriL(loc, tf.placeholder(tf.float32, [None, 3, 3])).sample(seed=1)
