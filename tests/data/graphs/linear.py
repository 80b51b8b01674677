x = tf.placeholder(tf.float32, [4, 3], 'x')
tf.math.unsorted_segment_mean(x, [0, 1, 1, 0], 2); tf.math.unsorted_segment_sqrt_n(x, [0, 1, 1, 0], 2, name='root')
tf.linalg.matvec(x, [1., 2., 3.]); tf.linalg.matvec(x, tf.ones([4]), transpose_a=True, name='mv')
tf.math.polyval([1., x, 3.], x); tf.math.polyval([], x)
