N = tf.contrib.nn
x = tf.placeholder(tf.float32, [4, 3], 'x')
ids = tf.placeholder(tf.int64, [4, 1], 'ids')


with tf.variable_scope('s1'):  # metrics
    M = tf.contrib.metrics
    a = tf.placeholder(tf.float32, [4])
    M.streaming_mean_cosine_distance(x, x, 1)
    M.count(a)
    M.count(a, a, name='z')
with tf.variable_scope('s2'):  # metrics sparse
    M = tf.contrib.metrics
    M.streaming_sparse_precision_at_k(x, ids, 2)
    M.streaming_sparse_recall_at_k(x, ids, 2, class_id=1)
    M.streaming_sparse_average_precision_at_k(x, ids, 2)
with tf.variable_scope('s3'):  # metrics corr
    M = tf.contrib.metrics
    a = tf.placeholder(tf.float32, [4])
    M.streaming_covariance(a, a * 2)
    M.streaming_pearson_correlation(a, a * 2, name='p')
    M.streaming_covariance(a, a * 2, weights=a)
