# Gradients of rows that reach gradient functions which take tensors.
table = tf.Variable(np.ones([4, 3], 'f'), name='table')
other, unknown = tf.constant(np.full([4, 3], 2., 'f'), name='other'), tf.placeholder(tf.float32, [None, None], name='unknown')
pages = tf.tile(table[None], [2, 1, 1])
ids = tf.constant([0, 1], name='ids')
ops = {'tile': tf.tile(table, [2, 1]), 'tile_unknown': tf.tile(unknown, [2, 1]), 'sum': tf.reduce_sum(pages, 0), 'mean': tf.reduce_mean(pages, 0),
       'sum_unknown': tf.reduce_sum(unknown, 1, keepdims=True), 'log_softmax': tf.nn.log_softmax(table),
       'squared_difference': tf.squared_difference(table, other), 'squared_difference_unknown': tf.squared_difference(unknown, 2.),
       'cos': tf.cos(table), 'acos': tf.acos(table), 'segments': tf.segment_sum(table, [0, 0, 1, 1]),
       'unsorted': tf.unsorted_segment_sum(table, [0, 0, 1, 1], 3), 'top': tf.nn.top_k(table, 2)[0], 'stitch': tf.dynamic_stitch([[0, 1, 2, 3]], [table]),
       'sparse': tf.sparse_tensor_dense_matmul(tf.SparseTensor([[0, 0]], [1.], [4, 4]), table), 'xdivy': tf.math.xdivy(table, other),
       'xlogy': tf.math.xlogy(table, other), 'unstack': tf.stack(tf.unstack(table)), 'layer': tf.layers.dense(table, 3, tf.nn.tanh)}
for name, values in ops.items():
    rows = tf.nn.embedding_lookup(values, ids) + tf.gather(values, [1, 0])
    tf.gradients(tf.reduce_sum(rows), [table, unknown], name=name)
tf.train.GradientDescentOptimizer(.1).minimize(tf.reduce_sum(tf.square(tf.nn.embedding_lookup(ops['tile'], ids))))
