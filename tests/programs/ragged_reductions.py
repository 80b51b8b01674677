"""Reductions of ragged tensors, alone and of several axes, and tensors cut to rows of given lengths."""
import numpy as np
import tensorflow as tf

flat = tf.ragged.constant([[3., 1., 2.], [], [5., 4.]])
deep = tf.ragged.constant([[[1, 2], [3]], [], [[4, 5, 6]]])
inner = tf.RaggedTensor.from_row_splits(tf.constant([[1., 2.], [3., 4.], [5., 7.]]), [0, 2, 3])
functions = (tf.reduce_sum, tf.reduce_prod, tf.reduce_min, tf.reduce_max, tf.reduce_mean)
with tf.Session() as sess:
    def show(value):
        found = sess.run(value)
        return found.to_list() if hasattr(found, 'to_list') else np.asarray(found).tolist()

    for function in functions:
        print([show(function(flat, axis)) for axis in (None, 0, 1, -1, [1], [0, 1])], show(function(deep, axis=0)),
              show(function(deep, axis=2)), show(function(deep, [1, 2])), show(function(inner, 1)), show(function(inner, 2)))
    print([show(function(deep > 1, axis)) for function in (tf.reduce_all, tf.reduce_any) for axis in (None, 0, 1, 2)])
    print(show(tf.reduce_sum(flat, reduction_indices=1)), show(tf.reduce_sum(flat.to_tensor(), keep_dims=True)),
          show(tf.reduce_max(input_tensor=flat, axis=tf.constant(1), name='largest')))
    for mistaken in (lambda: tf.reduce_sum(flat, 1, keepdims=True), lambda: tf.reduce_sum(flat, 2),
                     lambda: tf.reduce_sum(flat, tf.placeholder(tf.int32, []))):
        try:
            mistaken()
        except ValueError as error:
            print(error)
    matrix = tf.constant(np.arange(6).reshape(2, 3))
    for lengths in (tf.constant([2, 1]), [2, 1], np.array([2, 9], 'i4'), tf.constant([2., 1.])):
        try:
            print(show(tf.RaggedTensor.from_tensor(matrix, lengths=lengths)))
        except TypeError as error:
            print(error)
    print(tf.gradients(tf.reduce_sum(tf.reduce_mean(tf.RaggedTensor.from_tensor(tf.ones([2, 3]), lengths=[2, 1]), 1)), [])) 
