"""Sparse tensors and sets: values and nodes."""
from show import show

a = 'tf.SparseTensor([[0, 1], [2, 0]], tf.constant([1., 2.]), [3, 4])'
b = 'tf.SparseTensor([[0, 1], [1, 3]], tf.constant([5., 6.]), [3, 4])'
ids = 'tf.SparseTensor([[0, 0], [0, 1], [2, 0]], tf.constant([1, 3, 2], tf.int64), [3, 2])'
for call in ('sparse_tensor_to_dense(%s)', 'sparse_tensor_to_dense(%s, default_value=-1.)', 'sparse_reduce_sum(%s)',
             'sparse_reduce_sum(%s, 1, keepdims=True)', 'sparse_reduce_max(%s, [0])', 'sparse_reduce_sum_sparse(%s, 0)',
             'sparse_reorder(%s)', 'sparse_reshape(%s, [4, -1])', 'sparse_transpose(%s)', 'sparse_transpose(%s, [1, 0])',
             'sparse_softmax(%s)', 'sparse_slice(%s, [0, 0], [2, 2])', 'sparse_retain(%s, [True, False])',
             'sparse_fill_empty_rows(%s, 9.)', 'sparse_reset_shape(%s)', 'sparse_reset_shape(%s, [5, 6])',
             'sparse_split(sp_input=%s, num_split=2, axis=1)', 'sparse_tensor_dense_matmul(%s, tf.ones([4, 2]))',
             'sparse_tensor_dense_matmul(%s, tf.ones([3, 2]), adjoint_a=True)', 'serialize_sparse(%s)[0]',
             'deserialize_many_sparse(tf.serialize_many_sparse(%s), tf.float32, rank=1)', 'sparse.expand_dims(%s, 1)',
             'sparse_add(%s, tf.ones([3, 4]))'):
    show(('tf.' + call) % a)
for call in ('sparse_add(%s, %s)', 'sparse_add(%s, %s, threshold=5.5)', 'sparse_concat(0, [%s, %s])',
             'sparse_concat(1, [%s, %s], name="n")', 'sparse_maximum(%s, %s)', 'sparse_minimum(%s, %s)',
             'sets.set_union(tf.cast(%s, tf.int32), tf.cast(%s, tf.int32))'):
    show(('tf.' + call) % (a, b))
show('tf.sparse_concat(0, [%s, tf.SparseTensor([[0, 0]], [1.], [1, 6])], expand_nonconcat_dim=True)' % a, False)
show('tf.sparse_to_indicator(%s, 5)' % ids)
show('tf.sparse_merge(%s, tf.SparseTensor([[0, 0], [0, 1], [2, 0]], [1., 2., 3.], [3, 2]), 5)' % ids)
show('tf.sparse_to_dense([[0, 1], [1, 0]], [2, 2], [5, 6], default_value=-1)')
show('tf.sparse.from_dense([[1, 0], [0, 2]])')
show('tf.sparse.eye(3, 2)')
show('tf.sparse.eye(2)')
show('tf.sparse.cross([["a", "b"], tf.SparseTensor([[0, 0]], ["x"], [2, 1])])', False)
show('tf.sparse.cross([tf.constant([["a"], ["b"]]), tf.SparseTensor([[0, 0]], ["x"], [2, 1])])')
show('tf.sparse.cross_hashed([tf.constant([["a"], ["b"]]), tf.SparseTensor([[0, 0]], ["x"], [2, 1])], 100)', False)
show('tf.sparse_mask(tf.IndexedSlices(tf.constant([[1.], [2.], [3.]]), tf.constant([0, 2, 4])), [2, 7]).values')
show('%s * tf.ones([3, 4])' % a)
show('%s / 2.' % a)
show('tf.sets.set_intersection([[1, 2, 3]], [[2, 3, 4]])')
show('tf.sets.set_difference([[1, 2, 3]], [[2, 3, 4]], aminusb=False)')
show('tf.sets.set_size(%s)' % ids)
show('tf.sets.set_union(%s, tf.constant([[1], [2], [9]], tf.int64))' % ids)
for wrong in ('sparse_add(tf.ones([1]), tf.ones([1]))', 'sparse_tensor_to_dense(tf.ones([2]))', 'sparse_concat(0, 3)',
              'sparse_reshape(%s, [5, 5])' % a, 'sparse_reset_shape(%s, [1, 1])' % a, 'sparse_split(%s, 2, 1)' % a,
              'sets.set_size(tf.ones([2]))', 'sets.set_union([[1]], [["a"]])'):
    show('tf.' + wrong, False)
