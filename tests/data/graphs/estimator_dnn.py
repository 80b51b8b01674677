fc = tf.feature_column
words = fc.categorical_column_with_vocabulary_list('w', ['a', 'b', 'c'])
columns = [fc.numeric_column('x', shape=[4]), fc.embedding_column(words, 2), fc.indicator_column(words)]
config = tf.estimator.RunConfig(model_dir='unused')
several = tf.estimator.DNNClassifier([5, 3], columns, n_classes=3, dropout=0.1, batch_norm=True, config=config)
two = tf.estimator.DNNClassifier(
    [4], columns, label_vocabulary=['no', 'yes'], weight_column='weight', optimizer='Adam', activation_fn=tf.nn.tanh,
    config=config)
numbers = tf.estimator.DNNRegressor([4], columns, label_dimension=2, config=config, optimizer=tf.train.AdamOptimizer)
tf.set_random_seed(5)
tf.train.create_global_step()
features = {'x': tf.placeholder(tf.float32, [None, 4]), 'w': tf.placeholder(tf.string, [None]),
            'weight': tf.placeholder(tf.float32, [None])}
for scope, estimator, labels in (
        ('several', several, tf.placeholder(tf.int32, [None])), ('two', two, tf.placeholder(tf.string, [None, 1])),
        ('numbers', numbers, tf.placeholder(tf.float32, [None, 2]))):
    for mode in ('train', 'eval', 'infer'):
        with tf.variable_scope(scope + '_' + mode):
            estimator.model_fn(features, None if mode == 'infer' else labels, mode, config)
