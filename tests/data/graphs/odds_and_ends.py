a = tf.placeholder(tf.quint8, [1, 8, 8, 4], 'a')
k = tf.placeholder(tf.quint8, [3, 3, 4, 2], 'k')
i = tf.placeholder(tf.qint32, [1, 8, 8, 4], 'i')
lo = tf.placeholder(tf.float32, [], 'lo')
hi = tf.placeholder(tf.float32, [], 'hi')
tf.nn.quantized_avg_pool(a, lo, hi, [1, 2, 2, 1], [1, 2, 2, 1], 'SAME')
tf.nn.quantized_max_pool(a, lo, hi, [1, 2, 2, 1], [1, 1, 1, 1], 'VALID', name='pooled')
tf.nn.quantized_conv2d(a, k, lo, hi, lo, hi, [1, 1, 1, 1], 'SAME')
tf.nn.quantized_conv2d(a, k, -1.0, 1.0, lo, hi, [1, 2, 2, 1], 'VALID', dilations=[1, 1, 1, 1], name='convolved')
tf.nn.quantized_relu_x(i, 6.0, lo, hi)

x = tf.placeholder(tf.float32, [2, 9, 9, 3], 'x')
f = tf.placeholder(tf.float32, [3, 3, 3, 5], 'f')
d = tf.placeholder(tf.float32, [2, None, None, 3], 'd')


def convolved(inp, num_spatial_dims, padding):
    return tf.nn.conv2d(inp, f, [1, 1, 1, 1], padding)


tf.nn.with_space_to_batch(x, [1, 1], 'SAME', convolved)
tf.nn.with_space_to_batch(x, [2, 3], 'VALID', convolved)
tf.nn.with_space_to_batch(d, [2, 2], 'SAME', convolved, filter_shape=[3, 3])

losses = tf.placeholder(tf.float32, [None], 'losses')
weights = tf.placeholder(tf.float32, [None], 'weights')
tf.nn.compute_average_loss(losses)
tf.nn.compute_average_loss(losses, sample_weight=weights, global_batch_size=8)
tf.nn.compute_average_loss(tf.placeholder(tf.float64, [4, 2], 'rows'), sample_weight=0.5)
tf.nn.scale_regularization_loss(losses)

coded = tf.placeholder(tf.string, [None], 'coded')
sizes, (names, numbers) = tf.io.decode_proto(coded, 'a.Message', ['name', 'number'], [tf.string, tf.int64], descriptor_source='file')
tf.io.encode_proto(sizes, [names, numbers], ['name', 'number'], 'a.Message', name='encoded')
