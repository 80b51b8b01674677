"""Slices of gradients that become dense where they are reshaped, and nested lists of which only parts are symbolic."""
x = tf.placeholder(tf.float32, [None, 4], name='x')
pad = tf.placeholder(tf.int32, [], name='pad')
cube = tf.placeholder(tf.float32, [2, None, 3], name='cube')
padded = tf.pad(cube, [[0, 0], [0, pad], [0, 0]])
packed = tf.convert_to_tensor([[[1, 2], [pad, 3]], [[4, 5], [6, 7]]], name='packed')
tf.stack([[1, 2], [pad, 3]])

ids = tf.constant([2, 0])
gathered = [tf.gather(tf.reshape(x * 2., [-1]), ids), tf.gather(tf.expand_dims(x * 3., 0), [0]),
            tf.gather(tf.squeeze(tf.reshape(x * 4., [-1, 1, 4]), [1]), ids)]
for each in gathered:
    tf.gradients(each, x)
tf.gradients(tf.add_n([tf.gather(tf.reshape(x, [-1]), ids), tf.gather(tf.reshape(x, [-1]), ids + 1)]), x)

table = tf.get_variable('table', [5, 4])
tf.gradients(tf.nn.embedding_lookup(tf.concat([tf.zeros([1, 4]), table[1:, :]], 0), ids), table)
