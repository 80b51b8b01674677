"""Heads of tf.contrib.learn over distributions."""
tfd = tf.contrib.distributions
learn = tf.contrib.learn


def normal(logits):
    return tfd.Normal(logits[:, :1], tf.exp(logits[:, 1:]))


for name, labels, weights in ((None, tf.ones([4, 1]), None), ('named', tf.placeholder(tf.float32, [None, 1]), 'weights')):
    head = tfd.estimator_head_distribution_regression(normal, logits_dimension=2, weight_column_name=weights, head_name=name)
    with tf.variable_scope(name or 'unnamed'):
        head.create_model_fn_ops(
            {'weights': tf.ones([4])}, learn.ModeKeys.TRAIN, labels, lambda loss: tf.train.GradientDescentOptimizer(.1).minimize(loss),
            logits=tf.get_variable('logits', [4, 2]))
        head.create_model_fn_ops({'x': tf.ones([4])}, learn.ModeKeys.INFER, logits=tf.ones([4, 2]))
one = tfd.estimator_head_distribution_regression(lambda logits: tfd.Poisson(log_rate=logits), enable_centered_bias=True)
one.create_model_fn_ops({'x': tf.ones([4])}, learn.ModeKeys.EVAL, tf.ones([4, 1]), logits=tf.ones([4, 1]))
