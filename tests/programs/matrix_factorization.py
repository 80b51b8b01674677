"""Factors of users and items that explain ratings: embeddings, sparse gradients, and a sparse tensor of what is known."""
import numpy as np
import tensorflow as tf

np.random.seed(10)
users, items, rank = 12, 9, 3
true = np.random.normal(size=(users, rank)).dot(np.random.normal(size=(rank, items))) + 3
known = np.argwhere(np.random.rand(users, items) < 0.6)
np.random.shuffle(known)
ratings = true[known[:, 0], known[:, 1]].astype(np.float32)
split = int(0.8 * len(known))

graph = tf.Graph()
with graph.as_default(), tf.device('/cpu:0'):
    tf.set_random_seed(77)
    user_batch = tf.placeholder(tf.int32, shape=[None], name='id_user')
    item_batch = tf.placeholder(tf.int32, shape=[None], name='id_item')
    rate_batch = tf.placeholder(tf.float32, shape=[None])

    bias_global = tf.get_variable('bias_global', shape=[], initializer=tf.constant_initializer(3.0))
    w_bias_user = tf.get_variable('embd_bias_user', shape=[users], initializer=tf.zeros_initializer)
    w_bias_item = tf.get_variable('embd_bias_item', shape=[items], initializer=tf.zeros_initializer)
    w_user = tf.get_variable('embd_user', [users, rank], initializer=tf.truncated_normal_initializer(stddev=0.3))
    w_item = tf.get_variable('embd_item', [items, rank], initializer=tf.truncated_normal_initializer(stddev=0.3))
    bias_user = tf.nn.embedding_lookup(w_bias_user, user_batch, name='bias_user')
    bias_item = tf.nn.embedding_lookup(w_bias_item, item_batch, name='bias_item')
    embd_user = tf.nn.embedding_lookup(w_user, user_batch, name='embedding_user')
    embd_item = tf.nn.embedding_lookup(w_item, item_batch, name='embedding_item')
    infer = tf.reduce_sum(tf.multiply(embd_user, embd_item), 1)
    infer = tf.add(infer, bias_global)
    infer = tf.add_n([infer, bias_user, bias_item], name='svd_inference')
    regularizer = tf.add(tf.nn.l2_loss(embd_user), tf.nn.l2_loss(embd_item), name='svd_regularizer')
    cost_l2 = tf.nn.l2_loss(tf.subtract(infer, rate_batch))
    penalty = tf.constant(0.05, dtype=tf.float32, shape=[], name='l2')
    cost = tf.add(cost_l2, tf.multiply(regularizer, penalty))
    global_step = tf.Variable(0, trainable=False, name='global_step')
    optimizer = tf.train.AdagradOptimizer(0.3)
    grads = optimizer.compute_gradients(cost)
    for grad, var in grads:
        print(var.op.name, type(grad).__name__, grad.values.shape if isinstance(grad, tf.IndexedSlices) else grad.shape)
    train_op = optimizer.apply_gradients(grads, global_step=global_step)

    rmse, rmse_update = tf.metrics.root_mean_squared_error(rate_batch, infer)
    observed = tf.SparseTensor(known[:split].astype(np.int64), ratings[:split], [users, items])
    observed = tf.sparse_reorder(observed)
    dense = tf.sparse_tensor_to_dense(observed)
    row_sums = tf.sparse_reduce_sum(observed, 1)
    neighbours = tf.nn.top_k(tf.matmul(tf.nn.l2_normalize(w_item, 1), tf.nn.l2_normalize(w_item, 1), transpose_b=True), k=3)
    pooled = tf.nn.embedding_lookup_sparse(
        w_item, tf.SparseTensor([[0, 0], [0, 1], [2, 0]], tf.constant([1, 3, 2], tf.int64), [3, 2]), None, combiner='mean')
    init_op = tf.group(tf.global_variables_initializer(), tf.local_variables_initializer())

with tf.Session(graph=graph) as sess:
    sess.run(init_op)
    for epoch in range(20):
        order = np.random.permutation(split)
        errors = []
        for begin in range(0, split, 10):
            ids = order[begin:begin + 10]
            batch = {user_batch: known[ids, 0], item_batch: known[ids, 1], rate_batch: ratings[ids]}
            _, pred = sess.run([train_op, infer], feed_dict=batch)
            errors.append(np.power(pred - ratings[ids], 2).mean())
        if epoch % 5 == 0:
            print('{:3d} {:.6f}'.format(epoch, np.sqrt(np.mean(errors))))
    sess.run(rmse_update, {user_batch: known[split:, 0], item_batch: known[split:, 1], rate_batch: ratings[split:]})
    print('test %.5f after %d' % (sess.run(rmse), global_step.eval()))
    print(sess.run(row_sums), sess.run(dense).shape)
    print(sess.run(neighbours).indices)
    print(sess.run(pooled))
