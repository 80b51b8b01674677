table = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1, name='words')
with tf.name_scope('inner'):
    dense = tf.contrib.lookup.MutableDenseHashTable(tf.int64, tf.float32, -1., empty_key=-1, deleted_key=-2, name='dense')
tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1, name='not_saved', checkpoint=False)
tf.Variable(1., name='v')
saver = tf.train.Saver()
