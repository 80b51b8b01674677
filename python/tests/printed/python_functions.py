"""What becomes of the results of functions of NumPy: of each kind, for each kind of type."""
import re

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
functions = {
    'two in a tuple': lambda a: (a, a), 'two in a list': lambda a: [a, a], 'None': lambda a: None, 'one in a list': lambda a: [a],
    'one in a tuple': lambda a: (a,), 'an array': lambda a: np.stack([a, a]), 'text': lambda a: 'text', 'bytes': lambda a: b'bytes',
    'other numbers': lambda a: a.astype(np.float64), 'a float': lambda a: 1.5, 'an int': lambda a: 1,
    'a dictionary': lambda a: {}, 'an object': lambda a: object(), 'lists': lambda a: [[1.], [1., 2.]]}
with tf.Session() as sess:
    for name, function in functions.items():
        for types in (tf.float32, [tf.float32], [tf.float32, tf.float32], [], tf.string, tf.int64, None):
            try:
                result = sess.run(tf.py_func(function, [tf.constant([1.])], types))
            except Exception as error:
                result = '%s %s' % (type(error).__name__, re.sub(r'pyfunc_\d+', 'pyfunc_?', str(error).split('\n')[0]))
            print(name, 'as', types, result)
    try:
        tf.py_func(None, [], tf.float32)
    except ValueError as error:
        print(error)
