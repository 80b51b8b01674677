# The feature columns of tf.contrib.layers, what models make of them, and the heads of tf.contrib.learn.
layers, learn = tf.contrib.layers, tf.contrib.learn

tf.set_random_seed(3)
numbers = layers.real_valued_column('numbers', dimension=2, normalizer=lambda x: x - 1.)
number = layers.real_valued_column('number')
words = layers.sparse_column_with_keys('words', ['a', 'b', 'c'])
hashed = layers.sparse_column_with_hash_bucket('hashed', 10)
integers = layers.sparse_column_with_integerized_feature('integers', 5)
weighted = layers.weighted_sparse_column(words, 'weights')


def features():
    sparse = lambda values: tf.SparseTensor([[0, 0], [1, 0], [1, 1]], values, [2, 2])
    return {'numbers': tf.constant([[1., 2.], [3., 4.]]), 'number': tf.constant([[5.], [6.]]), 'words': sparse(['a', 'c', 'b']),
            'hashed': sparse(['x', 'y', 'z']), 'integers': sparse([1, 2, 3]), 'weights': sparse([1., 2., 3.]),
            'example_weights': tf.constant([1., 2.])}


deep = layers.input_from_feature_columns(features(), [
    numbers, number, layers.embedding_column(words, 3), layers.one_hot_column(hashed), layers.one_hot_column(weighted),
    layers.bucketized_column(numbers, [0., 2.]), layers.embedding_column(integers, 2, combiner='sum')])
wide, weights, bias = layers.weighted_sum_from_feature_columns(features(), [
    numbers, number, words, hashed, integers, weighted, layers.bucketized_column(numbers, [0., 2.]),
    layers.bucketized_column(number, [5.5])], num_outputs=1)
shared = layers.input_from_feature_columns(features(), layers.shared_embedding_columns(
    [hashed, layers.sparse_column_with_hash_bucket('words', 10)], 2), scope='shared')
parsed = layers.parse_feature_columns_from_examples(tf.placeholder(tf.string, [None]), [
    numbers, words, weighted, layers.one_hot_column(hashed)])


def train(loss):
    return layers.optimize_loss(loss, tf.train.get_global_step(), 0.1, 'SGD')


tf.train.create_global_step()
for mode in ('train', 'eval', 'infer'):
    for n_classes in (2, 3):
        head = learn.multi_class_head(n_classes, weight_column_name='example_weights', enable_centered_bias=True,
                                      head_name='%s_%d' % (mode, n_classes))
        head.create_model_fn_ops(features(), mode, tf.constant([[1], [0]]), train, logits_input=deep)
    learn.regression_head(head_name=mode + '_numbers').create_model_fn_ops(
        features(), mode, tf.constant([1., 0.]), train, logits=wide)
learn.multi_class_head(3, head_name='named', label_keys=['x', 'y', 'z']).create_model_fn_ops(
    features(), 'eval', tf.constant(['x', 'z']), logits=tf.constant([[1., 2., 3.], [4., 5., 7.]]))
