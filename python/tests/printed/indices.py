"""What tensors take as indices."""
import numpy as np
import tensorflow as tf

x, v = tf.zeros([3, 3]), tf.Variable(1)
f, u = tf.placeholder(tf.float32, []), tf.placeholder(tf.int32)
i, ii, i8 = tf.placeholder(tf.int64, [1]), tf.placeholder(tf.int32, [1, 1]), tf.constant(1, tf.int8)
for expression in '''
x[f]
x[u]
x[i8]
x[v]
x[v:]
x[i]
x[ii]
x[:i]
x[::i]
x[np.int32(1)]
x[np.int8(1)]
x[np.array(1)]
x[np.array([1])]
x[np.float32(1)]
x[1.0]
x[1.0:]
x["a":]
x[tf.Dimension(1)]
x[tf.Dimension(1):]
x[[1,2]]
x[(1,2)]
x[[[1]]]
x[None:None]
x[...,None]
x[Ellipsis:]
x[True]
x[np.True_]
x[np.array([True,False,True])]
x[x>0]
x[0:1:0]
x[np.arange(2)]
x[::np.int64(2)]
x[:, np.uint8(1)]
x[2**40]
x[:2**40]
x[-5]
x[3]
x[-1:,0]
x[tf.TensorShape([1])]
x[b"a"]
x[{}]
x[x.shape[0]-1]
x[:x.shape[0]]
'''.strip().splitlines():
    try:
        print(expression, eval(expression))
    except (TypeError, ValueError) as error:
        print(expression, '!', type(error).__name__, error)
