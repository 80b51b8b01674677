x = tf.placeholder(tf.float32, [2], 'x')
y = tf.placeholder(tf.float32, [3], 'y')
tf.hessians(tf.reduce_sum(x * x * x) + tf.reduce_sum(y * y), [x, y])
