"""Recommenders: factorisation machines over sparse features, wide and deep by hand, negative sampling."""
import numpy as np
import tensorflow as tf
tf.logging.set_verbosity(tf.logging.ERROR)
tf.set_random_seed(9)
r = np.random.RandomState(2)
N, K, B = 20, 4, 10
sp = tf.sparse_placeholder(tf.float32, [None, N])
y = tf.placeholder(tf.float32, [None, 1])
w0 = tf.Variable(0.)
w = tf.Variable(tf.random_normal([N, 1], stddev=0.1, seed=1))
V = tf.Variable(tf.random_normal([N, K], stddev=0.1, seed=2))
lin = w0 + tf.sparse_tensor_dense_matmul(sp, w)
sq = tf.SparseTensor(sp.indices, tf.square(sp.values), sp.dense_shape)
inter = 0.5 * tf.reduce_sum(tf.square(tf.sparse_tensor_dense_matmul(sp, V)) - \
                            tf.sparse_tensor_dense_matmul(sq, tf.square(V)), 1, keepdims=True)
out = lin + inter
loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=out)) + \
                      0.01 * (tf.nn.l2_loss(w) + tf.nn.l2_loss(V))
train = tf.train.FtrlOptimizer(0.1, l1_regularization_strength=0.01).minimize(loss)
auc, auc_op = tf.metrics.auc(y, tf.sigmoid(out))


def batch(): d = (r.rand(B, N) < 0.2) * 1.; i = np.argwhere(d); return tf.SparseTensorValue(i,
          np.ones(len(i)), [B, N]), r.randint(0, 2, [B, 1])


with tf.Session() as s:
    s.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
    for i in range(5):
        b = batch()
        print(i, '%.5f' % s.run([loss, train, auc_op], {sp: b[0], y: b[1]})[0], '%.4f' % s.run(auc))
    print(np.round(s.run(out, {sp: (b[0].indices, b[0].values, b[0].dense_shape)}).ravel()[:4], 4))
user = tf.placeholder(tf.int32, [None])
item = tf.placeholder(tf.int32, [None])
neg = tf.placeholder(tf.int32, [None])
with tf.variable_scope('bpr', regularizer=tf.contrib.layers.l2_regularizer(0.001)):
    U = tf.get_variable('U', [6, K], initializer=tf.random_uniform_initializer(-0.1, 0.1, seed=3))
    I = tf.get_variable('I', [9, K], initializer=tf.random_uniform_initializer(-0.1,
                        0.1, seed=4), partitioner=tf.fixed_size_partitioner(3))
    bias = tf.get_variable('b', [9], initializer=tf.zeros_initializer())
ue = tf.nn.embedding_lookup(U, user)
pe = tf.nn.embedding_lookup(I, item, partition_strategy='div')
ne = tf.nn.embedding_lookup(I, neg, partition_strategy='div')
diff = tf.reduce_sum(ue * (pe - ne), 1) + tf.gather(bias, item) - tf.gather(bias, neg)
bpr = -tf.reduce_mean(tf.log_sigmoid(diff)) + tf.add_n(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES, 'bpr'))
print(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))
trains = [o.minimize(bpr, var_list=[U] + list(I) + [bias]) for o in (tf.train.AdamOptimizer(0.05), tf.train.AdadeltaOptimizer(1.), tf.train.ProximalAdagradOptimizer(0.1, l2_regularization_strength=0.01), tf.train.ProximalGradientDescentOptimizer(0.1),
                     tf.train.AdagradDAOptimizer(0.1, tf.train.get_or_create_global_step()), tf.train.RMSPropOptimizer(0.01, centered=True), tf.contrib.opt.LazyAdamOptimizer(0.01) if hasattr(tf.contrib, 'opt') else tf.train.AdamOptimizer(0.01))]
ids = tf.SparseTensor([[0, 0], [0, 1], [1, 0], [2, 2]], tf.constant([1, 3, 8, 2], tf.int64), [3, 3])
wts = tf.SparseTensor(ids.indices, [1., 2., 3., 4.], ids.dense_shape)
combos = [tf.nn.embedding_lookup_sparse(I, ids, wts if c != 'none' else None, partition_strategy='div',
                                        combiner=c if c != 'none' else 'sum') for c in ('sum', 'mean', 'sqrtn', 'none')]
safe = tf.nn.safe_embedding_lookup_sparse(list(I), tf.SparseTensor(
    [[0, 0], [2, 0]], tf.constant([1, -1], tf.int64), [3, 1]), partition_strategy='div')
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    f = {user: [0, 1, 2, 1], item: [3, 4, 8, 4], neg: [0, 1, 2, 7]}
    for t in trains:
        s.run(t, f)
        print('%.6f' % s.run(bpr, f))
    print([np.round(x, 4) for x in s.run(combos + [safe])][0])
    print(np.round(s.run(safe), 4), np.round(s.run(tf.convert_to_tensor(I)), 4)[:3])
    cs = tf.nn.sampled_softmax_loss(tf.transpose(tf.constant(r.randn(K, 9), tf.float32)),
                                    bias, tf.expand_dims(item, 1), ue, 3, 9, seed=1)
    lu = tf.nn.log_uniform_candidate_sampler(tf.expand_dims(tf.cast(item, tf.int64), 1), 1, 4, True, 9, seed=3)
    print(np.round(s.run(cs, f), 3), [np.round(x, 4) for x in s.run(lu, f)])
    hb = tf.string_to_hash_bucket_fast(['a', 'b', 'zz'], 100)
    print(s.run([hb, tf.string_to_hash_bucket_strong(['a'], 100, [1, 2])]))
    cross = tf.string_join([['u1', 'u2'], ['i1', 'i2']], '_x_')
    print(s.run(cross))
