"""Functions of tf.contrib over ops of its own: images between pixels, matches, crosses of features."""
import importlib

sparse_feature_cross_op = importlib.import_module(tf.contrib.layers.__name__ + '.python.ops.sparse_feature_cross_op')

data, points = tf.placeholder(tf.float32, [2, 5, 6, 3]), tf.placeholder(tf.float32, [2, 7, 4, 2])
tf.gradients(tf.contrib.resampler.resampler(data, points), [data, points])
tf.contrib.image.bipartite_match(tf.placeholder(tf.float32, [4, 5]), 3.)
tf.contrib.image.bipartite_match(tf.placeholder(tf.float32, [4, 5]), [-1.], 2, name='match')
letters = tf.sparse_placeholder(tf.string, [2, 3])
numbers = tf.placeholder(tf.int32, [2, 1])
sparse_feature_cross_op.sparse_feature_cross([letters, numbers, letters])
sparse_feature_cross_op.sparse_feature_cross([letters, letters], hashed_output=True, num_buckets=10, name='hashed')
sparse_feature_cross_op.sparse_feature_cross(
    [numbers], hashed_output=True, hash_key=sparse_feature_cross_op.SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY)
layers = tf.contrib.layers
first = layers.sparse_column_with_hash_bucket('first', 10)
second = layers.sparse_column_with_integerized_feature('second', 5)
layers.weighted_sum_from_feature_columns(
    {'first': letters, 'second': tf.sparse_placeholder(tf.int64, [2, 3])}, [layers.crossed_column([first, second], 20)], 2)
