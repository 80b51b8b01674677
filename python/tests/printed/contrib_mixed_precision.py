"""tf.contrib.mixed_precision: how the scale of a loss rises and falls."""
import numpy as np
import tensorflow as tf

mixed_precision = tf.contrib.mixed_precision
v = tf.get_variable('v', [2], initializer=tf.constant_initializer([1., 2.]))
factor = tf.placeholder(tf.float32, [])
manager = mixed_precision.ExponentialUpdateLossScaleManager(8., 2, 2, incr_ratio=4., decr_ratio=.5)
optimizer = mixed_precision.LossScaleOptimizer(tf.train.GradientDescentOptimizer(.1), manager)
step = tf.train.get_or_create_global_step()
train = optimizer.minimize(tf.reduce_sum(v * v) * factor, global_step=step)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for value in (1., 1., np.inf, 1., 1., np.inf, np.inf, np.nan, np.nan, .5):
        session.run(train, {factor: value})
        print(value, session.run([v, step, manager.get_loss_scale()]))
try:
    mixed_precision.FixedLossScaleManager(.5)
except ValueError as error:
    print(error)
try:
    mixed_precision.LossScaleManager()
except TypeError:
    print('abstract')
