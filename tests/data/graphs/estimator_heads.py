fc = tf.feature_column
est = tf.contrib.estimator
config = tf.estimator.RunConfig(model_dir='unused')
columns = [fc.numeric_column('x', shape=[4])]
tf.set_random_seed(5)
tf.train.create_global_step()
features = {'x': tf.placeholder(tf.float32, [None, 4])}
classes = tf.placeholder(tf.int32, [None, 1])
heads = {
    'several': (est.multi_label_head(3, thresholds=[0.5], classes_for_class_based_metrics=[1]),
                tf.placeholder(tf.int64, [None, 3])),
    'words': (est.multi_label_head(3, label_vocabulary=['a', 'b', 'c'], classes_for_class_based_metrics=['b']),
              tf.sparse_placeholder(tf.string, [None, None])),
    'counts': (est.poisson_regression_head(), tf.placeholder(tf.float32, [None, 1])),
    'chances': (est.logistic_regression_head(), tf.placeholder(tf.float32, [None])),
    'two': (est.binary_classification_head(thresholds=[0.3, 0.9]), classes),
    'own': (est.multi_class_head(3, loss_fn=lambda labels, logits: tf.reduce_sum(logits, 1, keepdims=True)), classes)}
for name in ('several', 'words', 'counts', 'chances', 'two', 'own'):
    head, labels = heads[name]
    for mode in ('train', 'eval', 'infer') if name in ('several', 'words') else ('train', 'eval'):
        with tf.variable_scope(name + '_' + mode):
            head.create_estimator_spec(
                features, mode, tf.layers.dense(features['x'], head.logits_dimension),
                None if mode == 'infer' else labels,
                optimizer=est.clip_gradients_by_norm(tf.train.AdamOptimizer(), 2.),
                **({'regularization_losses': [tf.constant(1.)]} if name == 'several' else {}))
both = est.multi_head([est.multi_class_head(3, name='a'), est.regression_head(name='b')], head_weights=[1., 0.5])
for mode in ('train', 'eval', 'infer'):
    with tf.variable_scope('both_' + mode):
        both.create_estimator_spec(
            features, mode, tf.layers.dense(features['x'], both.logits_dimension),
            None if mode == 'infer' else {'a': classes, 'b': heads['counts'][1]}, train_op_fn=lambda loss: tf.no_op())
