"""What quantized tensors are as arrays: integers."""
import numpy as np
import tensorflow as tf

with tf.Session() as sess:
    for dtype in (tf.qint8, tf.quint8, tf.qint32):
        quantized = tf.quantize([[0., 1., 2.]], 0., 2., dtype)[0]
        print(dtype.as_numpy_dtype, repr(sess.run(quantized)))
        fed = tf.placeholder(dtype, [2])
        print(sess.run(tf.dequantize(fed, 0., 2.), {fed: np.array([1, 2])}))
        print(repr(sess.run(tf.constant(np.array([(1,), (2,)], dtype.as_numpy_dtype)))))
        try:
            sess.run(tf.py_func(lambda array: print(repr(array)), [quantized], []))
        except tf.errors.OpError as error:
            print(error.message)
