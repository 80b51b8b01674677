serialized = tf.placeholder(tf.string, [None])
one = tf.placeholder(tf.string, [])
unknown = tf.placeholder(tf.string)
features = {
    'a b': tf.FixedLenFeature([2], tf.int64, default_value=[1, 2]), 'v': tf.VarLenFeature(tf.string),
    'q': tf.FixedLenSequenceFeature([3], tf.float32, allow_missing=True),
    'r': tf.FixedLenSequenceFeature([3], tf.float32, allow_missing=True, default_value=2.)}
tf.parse_example(serialized, features)
tf.parse_example(serialized, features, name='named', example_names=['x'])
tf.parse_single_example(one, features)
tf.parse_single_example(one, features, example_names='x')
tf.parse_single_example(unknown, features, example_names=unknown)
context = {'n': tf.FixedLenFeature([], tf.int64, default_value=3), 'm': tf.VarLenFeature(tf.float32)}
lists = {'w': tf.FixedLenSequenceFeature([2], tf.int64, allow_missing=True), 't': tf.VarLenFeature(tf.string)}
tf.parse_single_sequence_example(one, context, lists, example_name='n')
tf.io.parse_sequence_example(serialized, context, lists)
tf.decode_csv(serialized, [[1], ['']])
tf.decode_raw(serialized, tf.int32)
x = tf.placeholder(tf.float32, [None, 4])
with tf.name_scope('layer'):
    tf.summary.scalar('loss', tf.reduce_mean(x))
    tf.summary.scalar('a b', 1.5, family='fam ily')
tf.summary.tensor_summary('t', x, summary_description='what', display_name='shown', family='f')
tf.summary.image('im', tf.reshape(x, [-1, 2, 2, 1]), max_outputs=1)
tf.summary.merge(tf.get_collection('summaries'), name='all of them', collections=['merged'])
tf.summary.merge_all(scope='layer')
