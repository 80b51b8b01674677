for name, init, shape in [
  ('id', tf.initializers.identity(gain=2.), [3, 4]),
  ('uu', tf.initializers.uniform_unit_scaling(seed=2), [3, 4]),
  ('vs', tf.initializers.variance_scaling(scale=2., mode='fan_out', distribution='uniform', seed=1), [3, 4]),
  ('ru', tf.initializers.random_uniform(0, 10, seed=2, dtype=tf.int32), [2]),
  ('c', tf.initializers.constant([1, 2, 3, 4]), [2, 2]),
  ('cv', tf.initializers.constant(3, verify_shape=True), []),
  ('li', tf.initializers.lecun_uniform(seed=4), [5]),
]:
    tf.get_variable(name, shape, initializer=init, dtype=tf.int32 if name == 'ru' else tf.float32)
