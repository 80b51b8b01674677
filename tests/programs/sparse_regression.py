"""Logistic regression over sparse features: sparse placeholders, embedding_lookup_sparse, FTRL, hashed strings, metrics."""
import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
NUM_FEATURES = 12
rng = np.random.RandomState(3)
rows = [sorted(rng.choice(NUM_FEATURES, rng.randint(1, 5), replace=False)) for _ in range(20)]
true = rng.randn(NUM_FEATURES)
labels = np.array([[float(sum(true[r]) > 0)] for r in rows])


def libsvm(rows):
    return ['%d ' % labels[i, 0] + ' '.join('%d:%.1f' % (k, 1 + k % 3) for k in row) for i, row in enumerate(rows)]


def parse(lines):
    ys, indices, ids, values = [], [], [], []
    for i, line in enumerate(lines):
        parts = line.split()
        ys.append([float(parts[0])])
        for j, part in enumerate(parts[1:]):
            k, v = part.split(':')
            indices.append([i, j]), ids.append(int(k)), values.append(float(v))
    shape = [len(lines), max(j for _, j in indices) + 1]
    return (tf.SparseTensorValue(indices, ids, shape), tf.SparseTensorValue(np.array(indices), np.array(values, np.float32), shape),
            np.array(ys))


sp_ids, sp_weights, ys = parse(libsvm(rows))
sparse_x = tf.sparse_placeholder(tf.float32, name='x')
ids = tf.sparse_placeholder(tf.int64, shape=[None, 4])
weights = tf.sparse_placeholder(tf.float32)
y = tf.placeholder(tf.float32, [None, 1])
print(sparse_x, ids.get_shape(), ids.indices, sparse_x.op.name)
w = tf.get_variable('w', [NUM_FEATURES, 1], initializer=tf.random_normal_initializer(stddev=0.1, seed=1))
b = tf.get_variable('b', [1], initializer=tf.zeros_initializer())
logits = tf.sparse_tensor_dense_matmul(sparse_x, w) + b
loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=logits))
train = tf.train.FtrlOptimizer(0.5, l1_regularization_strength=0.01, l2_regularization_strength=0.02).minimize(loss)
emb = tf.get_variable('emb', [NUM_FEATURES, 3], initializer=tf.truncated_normal_initializer(stddev=0.3, seed=2),
                      partitioner=tf.fixed_size_partitioner(3))
pooled = {c: tf.nn.embedding_lookup_sparse(emb, ids, weights, partition_strategy='div', combiner=c) for c in ('sum', 'mean', 'sqrtn')}
fm = 0.5 * tf.reduce_sum(tf.square(pooled['sum']) - pooled['mean'], 1, keepdims=True)
fm_loss = tf.losses.log_loss(y, tf.sigmoid(fm))
fm_train = tf.train.AdagradOptimizer(0.3).minimize(fm_loss, var_list=tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, 'emb'))
prob = tf.sigmoid(logits)
metrics = {'auc': tf.metrics.auc(y, prob, num_thresholds=20), 'accuracy': tf.metrics.accuracy(y, tf.round(prob)),
           'precision': tf.metrics.precision(y, prob > 0.5), 'recall': tf.metrics.recall(y, prob > 0.5),
           'mean': tf.metrics.mean(prob), 'rmse': tf.metrics.root_mean_squared_error(y, prob)}
names, values = zip(*sorted(metrics.items()))
updates = [u for _, u in values]
dense = np.zeros([20, NUM_FEATURES], np.float32)
for i, row in enumerate(rows):
    for k in row:
        dense[i, k] = 1 + k % 3
nz = np.argwhere(dense)
x_value = tf.SparseTensorValue(nz, dense[dense != 0], dense.shape)
with tf.Session() as sess:
    sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
    for i in range(15):
        value, _ = sess.run([loss, train], {sparse_x: x_value, y: ys})
        if i % 5 == 0:
            print('%d %.5f' % (i, value), np.count_nonzero(sess.run(w)))
    feed = {ids: sp_ids, weights: sp_weights, y: ys}
    for i in range(10):
        value, _ = sess.run([fm_loss, fm_train], feed)
        if i % 3 == 0:
            print('%d %.5f' % (i, value))
    print({c: sess.run(tf.reduce_sum(p), feed).round(4) for c, p in sorted(pooled.items())})
    for start in (0, 10):
        part = nz[(nz[:, 0] >= start) & (nz[:, 0] < start + 10)]
        v = tf.SparseTensorValue(part - [start, 0], dense[part[:, 0], part[:, 1]], [10, NUM_FEATURES])
        sess.run(updates, {sparse_x: v, y: ys[start:start + 10]})
    for name, (v, _) in zip(names, values):
        print('%s %.4f' % (name, sess.run(v)))
    sp = tf.SparseTensor([[0, 1], [1, 0], [1, 2]], [5., 6., 7.], [3, 3])
    result = sess.run(tf.sparse_add(sp, tf.sparse_transpose(sp)))
    print(result.indices.tolist(), result.values, result.dense_shape)
    print(sess.run(sp), sp)
    print(sess.run([tf.sparse_tensor_to_dense(tf.sparse_reorder(sp), -1.), tf.sparse_reduce_sum(sp, 1),
                    tf.sparse_softmax(sp).values, tf.sparse_slice(sp, [1, 0], [2, 2])])[:3])
    print(sess.run(tf.sparse_concat(0, [sp, sp]).dense_shape), sess.run(tf.sparse_retain(sp, sp.values > 5.5)).values)
    print(sess.run(tf.sparse_fill_empty_rows(sp, 0.)[1]), sess.run(tf.sparse_reset_shape(sp, [4, 4]).dense_shape))
    print([s.values.tolist() for s in sess.run(tf.sparse_split(sp_input=sp, num_split=3, axis=1))])
    print(sess.run(tf.sparse_to_indicator(tf.SparseTensor([[0, 0], [1, 1]], tf.constant([2, 0], tf.int64), [2, 2]), 3)))
    words = tf.string_split(['a b c', 'b', ''], ' ')
    hashed = tf.string_to_hash_bucket_fast(words.values, 10)
    print(sess.run([words.values, words.indices, hashed]), sess.run(tf.string_to_hash_bucket_strong(['a'], 100, [1, 2])))
    table = tf.contrib.lookup.index_table_from_tensor(tf.constant(['a', 'b']), num_oov_buckets=2)
    sess.run(tf.tables_initializer())
    looked = table.lookup(words)
    print(sess.run(looked).values, sess.run(tf.sparse_merge(looked, tf.SparseTensor(words.indices, tf.constant([1., 2., 3., 4.]), words.dense_shape), 4)))
    try:
        sess.run(loss, {sparse_x: dense, y: ys})
    except Exception as e:
        print(type(e).__name__, str(e)[:60])
    try:
        sess.run(loss, {sparse_x: (nz[:1] + 100, [1.], dense.shape), y: ys})
    except tf.errors.InvalidArgumentError as e:
        print(e.message.split('\n')[0])
