fc = tf.feature_column
number = fc.numeric_column('n', shape=[2], normalizer_fn=lambda x: x / 3.)
buckets = fc.bucketized_column(fc.numeric_column('age'), [18., 30.])
word = fc.categorical_column_with_vocabulary_list('w', ['a', 'b', 'c'], num_oov_buckets=2)
code = fc.categorical_column_with_identity('i', 6)
safe = fc.categorical_column_with_identity('j', 4, default_value=1)
hashed = fc.categorical_column_with_hash_bucket('h', 10, dtype=tf.int64)
weighted = fc.weighted_categorical_column(code, 'weight')
crossed = fc.crossed_column(['w', buckets, 'v'], 20)
features = {
    'n': tf.placeholder(tf.float32, [None, 2]), 'age': tf.placeholder(tf.int32, [None]),
    'w': tf.placeholder(tf.string, [None, 3]), 'v': tf.placeholder(tf.string, [None, 1]),
    'i': tf.sparse_placeholder(tf.int64, [None, None]), 'j': tf.placeholder(tf.int32, [None, 2]),
    'h': tf.sparse_placeholder(tf.int64), 'weight': tf.sparse_placeholder(tf.float32, [None, None])}
tf.set_random_seed(3)
cols_to_vars = {}
fc.input_layer(features, [
    number, buckets, fc.indicator_column(crossed), fc.embedding_column(weighted, 3, combiner='sqrtn', max_norm=2.),
    fc.indicator_column(weighted)] + fc.shared_embedding_columns([code, fc.categorical_column_with_identity('j', 6)], 2),
               cols_to_vars=cols_to_vars)
fc.linear_model(features, [number, buckets, word, weighted, crossed, hashed, safe], units=2, sparse_combiner='mean')
sequence = {'w': tf.sparse_placeholder(tf.string, [None, None]), 'x': tf.sparse_placeholder(tf.float32, [None, None])}
from tensorflow.python.feature_column.sequence_feature_column import SequenceFeatures
with tf.variable_scope('sequences'):
    SequenceFeatures([
        fc.embedding_column(fc.sequence_categorical_column_with_hash_bucket('w', 7), 2),
        fc.sequence_numeric_column('x', shape=[2], normalizer_fn=None)])(sequence)
