"""Losses that are scaled by a number that stays, and by one that changes."""
mixed_precision = tf.contrib.mixed_precision
v = tf.get_variable('v', [3], initializer=tf.constant_initializer(2.))
w = tf.get_variable('w', [], dtype=tf.float16, initializer=tf.constant_initializer(1.))
loss = tf.reduce_sum(tf.square(v)) * tf.cast(w, tf.float32)
fixed = mixed_precision.LossScaleOptimizer(tf.train.GradientDescentOptimizer(.1), mixed_precision.FixedLossScaleManager(128))
fixed.minimize(loss)
manager = mixed_precision.ExponentialUpdateLossScaleManager(32., 2, decr_every_n_nan_or_inf=1)
changing = mixed_precision.LossScaleOptimizer(tf.train.MomentumOptimizer(.1, .9), manager)
changing.apply_gradients(changing.compute_gradients(lambda: loss, [v]), tf.train.get_or_create_global_step())
