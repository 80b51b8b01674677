fc = tf.feature_column
words = fc.categorical_column_with_vocabulary_list('w', ['a', 'b', 'c'])
bucketized = fc.bucketized_column(fc.numeric_column('age'), [20., 40.])
columns = [fc.numeric_column('x', shape=[4]), words, bucketized, fc.crossed_column(['w', bucketized], 10)]
config = tf.estimator.RunConfig(model_dir='unused')
linear = tf.estimator.LinearClassifier(columns, n_classes=3, config=config)
numbers = tf.estimator.LinearRegressor(columns, weight_column='weight', config=config, sparse_combiner='sqrtn',
                                       optimizer=lambda: tf.train.FtrlOptimizer(0.1, l1_regularization_strength=0.5))
both = tf.estimator.DNNLinearCombinedClassifier(
    linear_feature_columns=columns, dnn_feature_columns=[fc.embedding_column(words, 2)], dnn_hidden_units=[4, 2],
    dnn_dropout=0.2, config=config)
baseline = tf.estimator.BaselineClassifier(n_classes=3, config=config)
tf.set_random_seed(5)
tf.train.create_global_step()
features = {'x': tf.placeholder(tf.float32, [None, 4]), 'w': tf.placeholder(tf.string, [None, 1]),
            'age': tf.placeholder(tf.float32, [None]), 'weight': tf.placeholder(tf.float32, [None])}
for scope, estimator, labels, modes in (
        ('linear', linear, tf.placeholder(tf.int64, [None, 1]), ('train', 'infer')),
        ('numbers', numbers, tf.placeholder(tf.float32, [None]), ('train', 'eval')),
        ('both', both, tf.placeholder(tf.int32, [None]), ('train', 'infer')),
        ('baseline', baseline, tf.placeholder(tf.int32, [None]), ('train',))):
    for mode in modes:
        with tf.variable_scope(scope + '_' + mode):
            estimator.model_fn(features, None if mode == 'infer' else labels, mode, config)
