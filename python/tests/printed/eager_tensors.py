"""Tensors that have their values: what they print, how they become Python's and NumPy's values, and what they refuse."""
import re

import numpy as np
import tensorflow as tf

tf.enable_eager_execution()


def show(f):
    try:
        print(re.sub(r'id=\d+', 'id=?', repr(f())))
    except Exception as error:
        print(type(error).__name__, '|', re.sub(r'id=\d+|0x\w+', '?', str(error)))


x = tf.constant([[1., 2.], [3., 4.]])
for value in (x, 3, 'abc', ['abc', 'd'], np.ones((2, 2, 2)), [], True, 1 + 2j, 2**40, [1.5], np.float32(1.1), 1e10, -0.0, b'\x00a'):
    tensor = tf.constant(value) if not isinstance(value, tf.Tensor) else value
    show(lambda: tensor)
    print(tensor)
show(lambda: tf.constant(1, tf.bfloat16))
show(lambda: tf.constant(1, tf.half))
show(lambda: tf.constant(1, shape=[2, 2]))
show(lambda: tf.constant([1, 2, 3], shape=[2, 2]))
show(lambda: tf.constant(1.5, dtype=tf.int32))
show(lambda: tf.constant(None))
show(lambda: tf.constant([1, [2]]))
show(lambda: tf.constant([1, 'a']))

for name in ('name', 'op', 'graph', 'value_index', 'device', 'backing_device', 'shape', 'dtype', 'ndim'):
    show(lambda: getattr(x, name))
show(lambda: x.consumers())
show(lambda: x.eval())
show(lambda: x.get_shape())
show(lambda: x.set_shape([2, 2]))
show(lambda: x.set_shape([2, 3]))
show(lambda: x.gpu())
show(lambda: x.cpu())
show(lambda: x.experimental_ref().deref() is x)

for scalar in (tf.constant(3), tf.constant(3.7), tf.constant(0), tf.constant(True), tf.constant('a'), tf.constant([]),
               tf.constant([5]), x):
    for convert in (bool, int, float, len, list):
        show(lambda: convert(scalar))
show(lambda: range(5)[tf.constant(2)])
show(lambda: [10, 20, 30][tf.constant(1)])
show(lambda: [v for v in tf.constant([1, 2])])
show(lambda: [a + b for a, b in x])
show(lambda: 1 if tf.constant(0) else 2)
print('%s' % tf.constant(1), '{}'.format(tf.constant(1)), '{:.2f}'.format(tf.constant(1.)), str(tf.constant([1, 2])))

show(lambda: hash(x) == hash(x))
show(lambda: x == x)
show(lambda: tf.constant(1) == tf.constant(1))
show(lambda: tf.constant(1) != tf.constant(1))
show(lambda: {x: 1}[x])
show(lambda: tf.constant([1, 2]) in [1])

show(lambda: x.numpy())
show(lambda: type(tf.constant(1).numpy()))
show(lambda: tf.constant('a').numpy())
show(lambda: tf.constant(['a', 'b']).numpy())
show(lambda: np.array(x))
show(lambda: np.add(x, 1))
show(lambda: np.sum(x))
show(lambda: x + np.ones((2, 2)))
show(lambda: np.ones((2, 2)) + x)
show(lambda: np.float32(2) * x)
show(lambda: np.asarray(x, dtype=np.int64))
values = np.array([1., 2.], np.float32)
copied = tf.constant(values)
values[0] = 5
print(copied)
values = copied.numpy()
values[0] = 7
print(copied)

show(lambda: x[0])
show(lambda: x[:, 1])
show(lambda: x[0, 1])
show(lambda: x[..., tf.newaxis])
show(lambda: x[::-1])
show(lambda: x[tf.constant(1)])
show(lambda: x[5])
show(lambda: x['a'])

for f in (lambda: -x, lambda: abs(-x), lambda: x // 2, lambda: x % 2, lambda: x**2, lambda: x @ x, lambda: x / 2, lambda: 1 / x,
          lambda: 2 - x, lambda: tf.constant(7) / 2, lambda: tf.constant(7) // 2, lambda: ~tf.constant(True), lambda: x > 1,
          lambda: x <= 2, lambda: 3 > x, lambda: tf.constant(True) & False, lambda: tf.constant(True) | False,
          lambda: tf.constant(True) ^ True, lambda: tf.constant(2) * [1, 2], lambda: [1, 2] * tf.constant(2), lambda: x + 'a',
          lambda: tf.constant(1) + 1.5, lambda: x + tf.constant(1)):
    show(f)

show(lambda: tf.convert_to_tensor(x) is x)
show(lambda: tf.identity(x) is x)
show(lambda: tf.convert_to_tensor([x, x]))
show(lambda: tf.convert_to_tensor([tf.constant(1), 2]))
show(lambda: tf.convert_to_tensor(x, dtype=tf.int32))
show(lambda: tf.convert_to_tensor(values))
print(isinstance(x, tf.Tensor), type(x).__name__, tf.executing_eagerly())
